"""The value tier."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.tiers import Tier, manual_tier_holds, percentile_ranks, tier


def scores(**known: str | None) -> dict[str, Decimal | None]:
    return {name: None if value is None else Decimal(value) for name, value in known.items()}


def test_five_scores_weigh_to_tier_b() -> None:
    found = tier(scores(now="72.5", potential="60", brand="60", market="0", geography="100"))

    assert found == Tier("B", Decimal("61.875"), is_partial=False, is_lifted=False)


@pytest.mark.parametrize(("value", "letter"), [("70", "A"), ("69.99", "B"), ("40", "B"), ("39.99", "C")])
def test_the_limits_belong_to_the_better_tier(value: str, letter: str) -> None:
    same = scores(now=value, potential=value, brand=value, market=value, geography=value)

    assert tier(same).letter == letter


def test_a_foothold_lifts_to_b() -> None:
    found = tier(scores(now="0", potential="0", brand="0", market="0", geography="100"))

    assert (found.letter, found.is_lifted) == ("B", True)


def test_missing_scores_rescale_the_rest_and_two_are_too_few() -> None:
    found = tier(scores(now="80", potential="80", brand="80", market=None))

    assert found == Tier("A", Decimal(80), is_partial=True, is_lifted=False)
    assert tier(scores(now="80", potential="80")) == Tier(None, None, is_partial=True, is_lifted=False)


def test_a_score_above_a_hundred_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        tier(scores(now="101"))


def test_equal_revenue_shares_its_average_rank() -> None:
    assert percentile_ranks([Decimal(5), Decimal(9), Decimal(5), Decimal(1)]) == [
        Decimal("62.5"),
        Decimal(100),
        Decimal("62.5"),
        Decimal(25),
    ]
    assert percentile_ranks([Decimal(7)]) == [100]


def test_a_manual_tier_holds_for_half_a_year() -> None:
    assert manual_tier_holds(date(2026, 1, 1), date(2026, 6, 29))
    assert not manual_tier_holds(date(2026, 1, 1), date(2026, 6, 30))
