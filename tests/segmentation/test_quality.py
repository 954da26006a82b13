"""Hours coverage, data quality, and what an hour of a pool costs."""

from decimal import Decimal

import pytest

from segmentation.quality import data_quality, hours_coverage, pool_cost


def test_more_hours_in_one_month_do_not_fill_the_gap_of_another() -> None:
    assert hours_coverage([(Decimal(150), Decimal(100)), (Decimal(20), Decimal(100))]) == Decimal("0.600000")


def test_without_a_pool_there_is_no_coverage() -> None:
    assert hours_coverage([]) is None


def test_data_quality_weighs_its_three_terms() -> None:
    found = data_quality(Decimal("0.80"), Decimal("0.05"), Decimal(0))

    assert (found.value, found.is_thin) == (Decimal("0.885000"), False)


def test_without_a_pool_the_other_two_terms_count_alone() -> None:
    assert data_quality(None, Decimal(0), Decimal(0)).value == 1
    assert data_quality(None, Decimal("0.5"), Decimal("0.5")).value == Decimal("0.500000")
    assert data_quality(Decimal("0.1"), Decimal("0.5"), Decimal(0)).is_thin


def test_a_pool_is_charged_by_the_hours_it_can_give() -> None:
    found = pool_cost(Decimal(100_000), Decimal(5 * 160 * 3), Decimal(1_500))

    assert found.practical_hours == 1920
    assert round(found.rate, 4) == Decimal("52.0833")
    assert (round(found.charged, 2), round(found.unused, 2)) == (Decimal("78125.00"), Decimal("21875.00"))


def test_over_capacity_never_charges_more_than_the_cost() -> None:
    found = pool_cost(Decimal(100_000), Decimal(1_000), Decimal(1_000))

    assert (found.rate, found.charged, found.unused, found.is_over_capacity) == (100, 100_000, 0, True)


def test_a_pool_without_hours_has_no_rate() -> None:
    with pytest.raises(ValueError, match="A pool needs hours"):
        pool_cost(Decimal(1), Decimal(0), Decimal(0))
