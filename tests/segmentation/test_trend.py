"""The trend of quarterly contribution."""

from decimal import Decimal

import pytest

from segmentation.trend import theil_sen, trend


def quarters(*values: int) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_the_slope_is_the_median_of_all_pairs() -> None:
    slope = theil_sen(quarters(5, -2, -3, -9))

    assert slope is not None
    assert round(slope, 4) == Decimal("-4.3333")


def test_one_extreme_quarter_does_not_turn_the_slope() -> None:
    assert theil_sen(quarters(1, 2, 3, 4, 500)) == 1


def test_fewer_than_four_quarters_say_nothing() -> None:
    assert trend(quarters(3, 2, 1)).is_falling is None
    assert theil_sen(quarters(3)) is None


@pytest.mark.parametrize(
    ("values", "falling"),
    [((1, 2, 3, 4), False), ((4, 4, 4, 4), True), ((4, 3, 2, 1), True), ((-90, -80, -2, -1), True)],
)
def test_a_level_slope_or_two_quarters_below_zero_fall(values: tuple[int, ...], falling: bool) -> None:
    assert trend(quarters(*values)).is_falling is falling


def test_only_the_last_eight_quarters_are_looked_at() -> None:
    found = trend(quarters(900, 800, 1, 2, 3, 4, 5, 6, 7, 8))

    assert (found.quarters, found.slope, found.is_falling) == (tuple(quarters(1, 2, 3, 4, 5, 6, 7, 8)), 1, False)
