"""The sentence for the CFO: its form, its figures and its words."""

from decimal import Decimal

import pytest

from segmentation.curve import figures_of, sums_of
from segmentation.kpis import KPIS, read_aloud
from segmentation.sentence import Figure, Form, Sign, Unit, sentence


def said(*values: int) -> tuple[Form, str]:
    found = sentence(figures_of(sums_of([Decimal(value) for value in values])))
    return found.form, read_aloud(found, "EUR")


def test_the_published_shape_reads_twice_as_high() -> None:
    assert said(150, 20, 15, 10, 5, 0, 0, 0, 0, -100) == (
        Form.TWICE,
        (
            "The best tenth earns plus 150 percent of our profit, the worst tenth contributes minus 100 percent; "
            "without it profit would be twice as high, provided the freed people find other paid work."
        ),
    )


def test_a_usual_base_names_its_multiple() -> None:
    assert said(90, 60, 42, 30, 24, 18, 12, 6, 3, 0, -9, -36) == (
        Form.MULTIPLE,
        (
            "The best tenth earns plus 42.5 percent of our profit, the worst tenth contributes minus 15.8 percent; "
            "without it profit would be 1.16 times as high, provided the freed people find other paid work."
        ),
    )


@pytest.mark.parametrize(
    ("values", "form", "words"),
    [
        ((), Form.NO_DATA, "There is no revenue or cost in this window yet."),
        ((-7,), Form.ONLY_ONE, "There is only one account; it contributes minus 7.00 EUR."),
        ((-4, -2), Form.NO_ACCOUNT_EARNS, "No account earns: the base as a whole contributes minus 6.00 EUR."),
        (
            (30, 10, -20, -60),
            Form.BASE_EARNS_NOTHING,
            (
                "The base as a whole earns nothing; percentages of total have no meaning. "
                "Earners bring plus 40.00 EUR (2 of 4 accounts), loss-makers take minus 80.00 EUR (2)."
            ),
        ),
        (
            (10_000, -9_500),
            Form.BASE_NEAR_ZERO,
            (
                "Nearly all that our customers earn is eaten again: earners bring plus 10,000.00 EUR (1 of 2 "
                "accounts), loss-makers take minus 9,500.00 EUR (1), and plus 500.00 EUR is left."
            ),
        ),
        (
            (50, 40, -20),
            Form.FEWER_THAN_TEN,
            (
                "Earners bring plus 90.00 EUR (2 of 3 accounts), "
                "loss-makers take minus 20.00 EUR (1), and plus 70.00 EUR is left."
            ),
        ),
        (
            (40, 40, 5, 5, 2, 2, 2, 2, 1, 1),
            Form.NOTHING_TO_REMOVE,
            (
                "The best tenth earns plus 40 percent of our profit and the worst tenth contributes plus 1 percent: "
                "there is no gain from removing it."
            ),
        ),
    ],
)
def test_each_kind_of_base_has_its_sentence(values: tuple[int, ...], form: Form, words: str) -> None:
    assert said(*values) == (form, words)


def test_the_parts_carry_sign_and_unit_for_translation() -> None:
    found = sentence(figures_of(sums_of([Decimal(value) for value in (150, 20, 15, 10, 5, 0, 0, 0, 0, -100)])))

    assert found.figures["worst"] == Figure(Decimal(100), Unit.PERCENT, Sign.MINUS)


def test_every_kpi_says_what_its_figure_is_of() -> None:
    assert all(kpi.base and kpi.meaning and kpi.formula for kpi in KPIS.values())
