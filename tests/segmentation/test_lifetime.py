"""Lifetime value, concentration and break-even against worked examples."""

from decimal import Decimal

import pytest

from segmentation.concentration import herfindahl, largest_share, like_buyers_needed
from segmentation.lifetime import lifetime_value, monthly


def test_lifetime_value_in_its_three_forms() -> None:
    found = lifetime_value(Decimal(1000), Decimal("0.8"), Decimal("0.1"))

    assert round(found.endless, 2) == Decimal("2666.67")
    assert round(found.first_year_now, 2) == Decimal("3666.67")
    assert round(found.capped, 2) == Decimal("2124.10")
    assert monthly(Decimal("0.8"), Decimal("0.1")) == (0.981577, 0.007974)


def test_a_loss_is_never_a_value() -> None:
    assert lifetime_value(Decimal(-10), Decimal("0.8"), Decimal("0.1")).loses


def test_impossible_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="Retention lies between 0 and 1"):
        lifetime_value(Decimal(1), Decimal("1.1"), Decimal("0.1"))


def test_two_deals_hold_most_of_the_pipeline() -> None:
    deals = [Decimal(value) for value in (40, 40, 5, 5, 4, 3, 3)]

    assert (largest_share(deals, 2), herfindahl(deals)) == (Decimal("0.800000"), Decimal("0.328400"))


def test_a_one_off_needs_ten_more_like_buyers() -> None:
    assert like_buyers_needed(Decimal(230_000), Decimal(100_000), Decimal(13_000)) == 10
    assert like_buyers_needed(Decimal(90), Decimal(100), Decimal(1)) == 0
    assert like_buyers_needed(Decimal(230), Decimal(100), Decimal(0)) is None
