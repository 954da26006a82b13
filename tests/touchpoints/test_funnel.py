"""The connect funnel and its intervals, the promoter score, and involvement coverage."""

from decimal import Decimal

import pytest

from touchpoints.funnel import Funnel, attempts_needed, rate, wilson
from touchpoints.involvement import DEPTHS, Coverage, coverage
from touchpoints.promoters import promoter_score

CAMPAIGN = Funnel(base=200, attempted=120, declined=11, undetermined=25, talked=18)


def test_a_campaign_has_its_known_rates_and_intervals() -> None:
    rates = CAMPAIGN.rates()

    assert CAMPAIGN.reached == 54
    assert [rates[name].value for name in ("pick_up", "yield", "base_yield")] == [0.45, 0.15, 0.09]
    assert rates["decline"].value == pytest.approx(0.2037, abs=5e-5)
    assert rates["talk"].value == pytest.approx(0.3333, abs=5e-5)
    assert (rates["pick_up"].low, rates["pick_up"].high) == (
        pytest.approx(0.3639, abs=5e-5),
        pytest.approx(0.5392, abs=5e-5),
    )
    assert (rates["yield"].low, rates["yield"].high) == (
        pytest.approx(0.0970, abs=5e-5),
        pytest.approx(0.2247, abs=5e-5),
    )
    assert rates["yield"].base == "attempted"


def test_nothing_tried_has_no_rate() -> None:
    assert rate(0, 0, "attempted").value is None
    with pytest.raises(ValueError, match="a sample that is not empty"):
        wilson(0, 0)


def test_few_attempts_print_counts_only() -> None:
    assert [Funnel(50, tried, 0, 0, 5).has_rates for tried in (19, 20)] == [False, True]


def test_thirty_talks_need_two_hundred_customers_or_seventy_five() -> None:
    assert (attempts_needed(30, 0.15), attempts_needed(30, 0.40)) == (200, 75)
    assert CAMPAIGN.planning_yield() == 0.15
    assert Funnel(200, 99, 0, 0, 60).planning_yield() == 0.15
    assert Funnel(200, 100, 0, 0, 60).planning_yield() == 0.6


def test_forty_answers_score_plus_twenty_five() -> None:
    found = promoter_score([9] * 18 + [8] * 14 + [3] * 8)

    assert (found.answers, found.promoters, found.detractors, found.score) == (40, 18, 8, 25.0)
    assert found.margin == pytest.approx(23.8, abs=0.05)


def test_nine_answers_have_no_score() -> None:
    assert promoter_score([10] * 9).score is None
    with pytest.raises(ValueError, match="between 0 and 10"):
        promoter_score([11])


def test_coverage_counts_accounts_and_depth() -> None:
    depths = [DEPTHS["survey"]] * 5 + [DEPTHS["document"]] * 2 + [DEPTHS["review"], DEPTHS["test"]]

    assert coverage(depths, 100) == Coverage(Decimal("0.09"), Decimal("0.04"), Decimal("0.04"))
