"""The whale curve against worked examples, its invariants, and the real order file where it lies beside the project."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.curve import (
    Note,
    Standing,
    break_even_band,
    chart,
    competition_ranks,
    figures_of,
    positions_drawn,
    positions_needed,
    standing,
    sums_of,
    zero_crossing,
)

money = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
bases = st.lists(money, min_size=1, max_size=60)


def amounts(*values: int) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_the_published_shape_doubles_profit_without_its_worst_tenth() -> None:
    figures = figures_of(sums_of(amounts(150, 20, 15, 10, 5, 0, 0, 0, 0, -100)))

    assert (figures.total, figures.peak, figures.peak_at, figures.hidden_loss) == (100, 200, 5, 100)
    assert figures.peak_ratio == Decimal("2.000000")
    assert (figures.best["0.1"].amount, figures.best["0.1"].share) == (150, Decimal("1.500000"))
    assert (figures.worst["0.1"].amount, figures.worst["0.1"].share) == (-100, Decimal("-1.000000"))
    assert figures.middle["0.1"].share == Decimal("0.500000")
    assert figures.multiple == {"0.1": Decimal("2.000000"), "0.2": Decimal("2.000000")}
    assert (figures.best["0.2"].share, figures.worst["0.2"].share) == (Decimal("1.700000"), Decimal("-1.000000"))
    assert (figures.reach_80, figures.share_80) == (1, Decimal("0.100000"))
    assert figures.notes == ()


def test_a_tenth_of_twelve_accounts_is_interpolated() -> None:
    sums = sums_of(amounts(90, 60, 42, 30, 24, 18, 12, 6, 3, 0, -9, -36))
    figures = figures_of(sums)

    assert [sums.cumulative(k) for k in range(13)] == [0, 90, 150, 192, 222, 246, 264, 276, 282, 285, 285, 276, 240]
    assert (figures.total, figures.peak, figures.peak_at, figures.hidden_loss) == (240, 285, 9, 45)
    assert (figures.best["0.1"].amount, figures.best["0.1"].share) == (102, Decimal("0.425000"))
    assert (figures.worst["0.1"].amount, figures.worst["0.1"].share) == (Decimal("-37.8"), Decimal("-0.157500"))
    assert (figures.best["0.2"].amount, figures.best["0.2"].share) == (Decimal("166.8"), Decimal("0.695000"))
    assert (figures.worst["0.2"].amount, figures.worst["0.2"].share) == (-45, Decimal("-0.187500"))
    assert figures.multiple == {"0.1": Decimal("1.157500"), "0.2": Decimal("1.187500")}
    assert (figures.reach_80, figures.share_80) == (3, Decimal("0.250000"))


def test_a_pure_pareto_base_has_nothing_to_remove() -> None:
    figures = figures_of(sums_of(amounts(40, 40, 5, 5, 2, 2, 2, 2, 1, 1)))

    assert (figures.best["0.2"].share, figures.worst["0.2"].share) == (Decimal("0.800000"), Decimal("0.020000"))
    assert figures.multiple["0.2"] == Decimal("0.980000")
    assert figures.nothing_to_remove == {"0.1": True, "0.2": True}
    assert figures.notes == (Note.NOTHING_TO_REMOVE,)
    assert (figures.peak, figures.hidden_loss) == (100, 0)


def test_a_losing_base_has_money_and_shares_of_its_peak_only() -> None:
    sums = sums_of(amounts(30, 10, -20, -60))
    figures = figures_of(sums)

    assert (figures.total, figures.peak, figures.peak_at, figures.hidden_loss) == (-40, 40, 2, 80)
    assert [figures.best["0.1"].share, figures.worst["0.2"].share, figures.peak_ratio] == [None, None, None]
    assert figures.multiple == {"0.1": None, "0.2": None}
    assert (figures.reach_80, figures.share_80) == (None, None)
    assert [point.share_of_peak for point in chart(sums)] == [
        *amounts(0),
        Decimal("0.75"),
        Decimal(1),
        Decimal("0.5"),
        Decimal(-1),
    ]
    assert [point.share for point in chart(sums)] == [None] * 5
    assert zero_crossing(sums) == 4
    assert figures.notes == (Note.BASE_EARNS_NOTHING, Note.FEWER_THAN_TEN, Note.FEW_ACCOUNTS_RULE_OF_THUMB)


@pytest.mark.parametrize(
    ("values", "note"),
    [
        (amounts(), Note.NO_DATA),
        (amounts(7), Note.ONLY_ONE),
        (amounts(-1, -2), Note.NO_ACCOUNT_EARNS),
        (amounts(0, 0), Note.BASE_EARNS_NOTHING),
        (amounts(100, -91), Note.BASE_NEAR_ZERO),
    ],
)
def test_a_base_without_meaning_for_a_figure_says_so(values: list[Decimal], note: Note) -> None:
    assert note in figures_of(sums_of(values)).notes


def test_a_tenth_of_the_peak_is_no_longer_near_zero() -> None:
    assert Note.BASE_NEAR_ZERO not in figures_of(sums_of(amounts(100, -90))).notes


def test_one_account_has_a_contribution_and_no_share() -> None:
    figures = figures_of(sums_of(amounts(7)))

    assert (figures.total, figures.best["0.1"].share, figures.multiple["0.1"]) == (7, None, None)
    assert (figures.peak_place, figures.share_80, figures.best["0.1"].share_of_peak) == (None, None, None)


def test_without_accounts_there_are_no_points() -> None:
    assert chart(sums_of([])) == []


def test_the_break_even_band_is_one_percent_of_revenue_and_its_edge_lies_inside() -> None:
    assert break_even_band(Decimal(500)) == 5
    assert break_even_band(Decimal(-500)) == 0
    assert break_even_band(Decimal(500), floor=Decimal(9)) == 9
    assert standing(Decimal(-5), Decimal(5)) is Standing.ABOUT_ZERO
    assert standing(Decimal("-5.01"), Decimal(5)) is Standing.LOSS_MAKER
    assert standing(Decimal("5.01"), Decimal(5)) is Standing.EARNER
    assert standing(Decimal(0), Decimal(0)) is Standing.ABOUT_ZERO


def test_equal_contributions_share_a_rank() -> None:
    assert competition_ranks(amounts(9, 5, 5, 5, 1)) == [1, 2, 2, 2, 5]
    assert competition_ranks([]) == []


def test_the_figures_ask_for_the_neighbours_of_each_quantile() -> None:
    assert positions_needed(793) == [0, 79, 80, 158, 159, 634, 635, 713, 714, 793]
    assert positions_needed(10) == [0, 1, 2, 3, 8, 9, 10]
    assert positions_needed(0) == [0]


def test_a_chart_is_thinned_and_keeps_what_matters() -> None:
    sums = sums_of([Decimal(value) for value in range(-7000, 3000)])
    drawn = positions_drawn(sums, zero_crossing(sums))

    assert len(drawn) <= 400
    assert {0, 1000, 2000, 8000, 9000, 10000, sums.peak_at, zero_crossing(sums)} <= set(drawn)
    assert sums.peak_at == 2999


@given(bases)
def test_the_groups_add_up_to_the_total(values: list[Decimal]) -> None:
    sums = sums_of(values)
    figures = figures_of(sums)

    for part in ("0.1", "0.2"):
        assert figures.best[part].amount + figures.middle[part].amount + figures.worst[part].amount == sum(values)
        assert figures.best[part].amount >= figures.worst[part].amount
    assert figures.peak == sum(value for value in values if value > 0)
    assert figures.hidden_loss == -sum(value for value in values if value < 0)
    assert figures.peak == max(sums.cumulative(k) for k in range(len(values) + 1))


@given(bases, st.randoms(use_true_random=False))
def test_the_order_in_which_accounts_come_does_not_matter(values: list[Decimal], random: object) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands over a Random

    assert figures_of(sums_of(shuffled)) == figures_of(sums_of(values))


@given(bases)
def test_few_looked_up_totals_give_the_same_figures_as_all(values: list[Decimal]) -> None:
    whole = sums_of(values)
    looked_up = {k: whole.cumulative(k) for k in positions_needed(whole.count)}
    few = type(whole)(
        count=whole.count,
        total=whole.total,
        peak=whole.peak,
        peak_at=whole.peak_at,
        loss_makers=whole.loss_makers,
        cumulative=looked_up.__getitem__,
        reach_80=whole.reach_80,
    )

    assert figures_of(few) == figures_of(whole)


@given(bases)
def test_eighty_percent_is_reached_first_at_the_named_account(values: list[Decimal]) -> None:
    sums = sums_of(values)
    if sums.reach_80 is not None:
        assert sums.cumulative(sums.reach_80) >= Decimal("0.8") * sums.total > sums.cumulative(sums.reach_80 - 1)


@pytest.mark.real_input
def test_the_real_order_file_gives_its_known_figures(shared_data: Path) -> None:
    orders = shared_data / "data/superstore/raw/timlafferty_mdy_utf8bom_2018dates.csv"
    profit: dict[str, Decimal] = defaultdict(Decimal)
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    with orders.open(encoding="utf-8-sig", newline="") as lines:
        for line in csv.DictReader(lines):
            profit[line["Customer ID"]] += Decimal(line["Profit"])
            revenue[line["Customer ID"]] += Decimal(line["Sales"])

    sums = sums_of(list(profit.values()), [break_even_band(revenue[ref]) for ref in profit])
    figures = figures_of(sums)

    assert (figures.accounts, figures.total) == (793, Decimal("286397.0217"))
    assert (figures.peak, figures.peak_at) == (Decimal("357621.4961"), 638)
    assert figures.hidden_loss == Decimal("71224.4744")
    assert (figures.loss_makers, figures.losses_about_zero) == (155, 9)
    assert (figures.best["0.1"].amount, figures.best["0.1"].share) == (Decimal("164424.31172"), Decimal("0.574113"))
    assert (figures.worst["0.1"].amount, figures.worst["0.1"].share) == (Decimal("-65810.11983"), Decimal("-0.229786"))
    assert figures.multiple["0.1"] == Decimal("1.229786")
    assert figures.best["0.2"].share == Decimal("0.815692")
