"""The flag rule: gates, tests, levels, guards, dismissal and the stop when too many come out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from segmentation.attention import Attention, Method, Outlier
from segmentation.facts import AccountFacts, BaseFacts, Level, Outcome, Thresholds, Verdict
from segmentation.policy import is_silenced, level_of, months_between, must_stop, verdict

BASE = BaseFacts(
    accounts=100,
    peak=Decimal(100_000),
    revenue=Decimal(1_000_000),
    window_end=date(2026, 6, 30),
    judged_on=date(2026, 7, 10),
    closed_months=12,
    hours_coverage=Decimal("0.81"),
)
HEAVY = Attention("A1", Decimal("0.12"), Decimal("0.02"), Decimal(6), {"support": Decimal("0.12")}, 2.584963)
STANDS_OUT = Outlier(True, Method.MODIFIED_Z, 5.2, Decimal("0.02"), True, is_confirmed=True)


def facts(**different: Any) -> AccountFacts:
    ground: dict[str, Any] = {
        "ref": "A1",
        "revenue": Decimal(20_000),
        "contribution": Decimal(-4_000),
        "first_revenue_on": date(2024, 1, 15),
        "quarters": [Decimal(value) for value in (5, -2, -3, -9)],
    }
    return AccountFacts(**(ground | different))


def seen(**different: Any) -> AccountFacts:
    return facts(attention=HEAVY, outlier=STANDS_OUT, **different)


def outcomes(found: Verdict) -> dict[str, Outcome]:
    return {test.code: test.outcome for test in found.tests}


def failed(found: Verdict) -> list[str]:
    return [gate.code for gate in found.gates if not gate.passed]


def test_a_material_loss_alone_is_watched() -> None:
    found = verdict(facts(), BASE)

    assert (found.level, failed(found)) == (Level.WATCH, [])
    assert outcomes(found) == {
        "loss": Outcome.YES,
        "attention": Outcome.UNKNOWN,
        "misfit": Outcome.UNKNOWN,
        "trend": Outcome.YES,
        "symptoms": Outcome.UNKNOWN,
    }


@pytest.mark.parametrize(
    ("contribution", "revenue", "outcome"),
    [
        (Decimal(-500), Decimal(20_000), Outcome.YES),
        (Decimal("-499.99"), Decimal(20_000), Outcome.NO),
        (Decimal(-600), Decimal(60_000), Outcome.NO),
        (Decimal("-600.01"), Decimal(60_000), Outcome.YES),
        (Decimal(0), Decimal(0), Outcome.NO),
        (Decimal(900), Decimal(100), Outcome.NO),
    ],
)
def test_a_loss_counts_from_half_a_percent_of_the_peak_and_outside_its_band(
    contribution: Decimal, revenue: Decimal, outcome: Outcome
) -> None:
    assert outcomes(verdict(facts(contribution=contribution, revenue=revenue), BASE))["loss"] is outcome


def test_loss_and_attention_open_a_review() -> None:
    assert verdict(seen(), BASE).level is Level.REVIEW


def test_all_tests_together_make_a_candidate() -> None:
    assert verdict(seen(set_class=4), BASE).level is Level.CANDIDATE


def test_without_a_trend_and_symptoms_it_stays_a_review() -> None:
    young = seen(set_class=4, quarters=[Decimal(-1)] * 3)

    assert verdict(young, BASE).level is Level.REVIEW
    assert verdict(replace(young, symptom_score=Decimal(50), symptom_raters=3), BASE).level is Level.CANDIDATE
    assert verdict(replace(young, symptom_score=Decimal(90), symptom_raters=2), BASE).level is Level.REVIEW


@pytest.mark.parametrize(
    ("yes", "level"),
    [
        (set(), Level.NONE),
        ({"trend"}, Level.NONE),
        ({"misfit"}, Level.NONE),
        ({"symptoms"}, Level.NONE),
        ({"loss"}, Level.WATCH),
        ({"attention"}, Level.WATCH),
        ({"loss", "symptoms"}, Level.WATCH),
        ({"loss", "misfit"}, Level.REVIEW),
        ({"attention", "misfit"}, Level.REVIEW),
        ({"attention", "symptoms"}, Level.REVIEW),
        ({"misfit", "symptoms"}, Level.REVIEW),
        ({"loss", "misfit", "trend", "symptoms"}, Level.REVIEW),
        ({"loss", "attention", "misfit"}, Level.REVIEW),
        ({"loss", "attention", "misfit", "trend"}, Level.CANDIDATE),
        ({"loss", "attention", "misfit", "symptoms"}, Level.CANDIDATE),
    ],
)
def test_each_set_of_answers_has_its_level(yes: set[str], level: Level) -> None:
    assert level_of(yes) is level


@pytest.mark.parametrize(
    "base",
    [
        replace(BASE, hours_coverage=None),
        replace(BASE, hours_coverage=Decimal("0.699999")),
        replace(BASE, closed_months=5),
        replace(BASE, reconciles=False),
    ],
)
def test_thin_data_leaves_a_candidate_at_watch(base: BaseFacts) -> None:
    found = verdict(seen(set_class=4), base)

    assert (found.level, failed(found)) == (Level.WATCH, ["data"])


def test_a_misfit_with_symptoms_opens_a_review_whatever_the_data() -> None:
    known = seen(set_class=4, symptom_score=Decimal(72), symptom_raters=4)

    assert verdict(known, replace(BASE, hours_coverage=None)).level is Level.REVIEW
    assert verdict(replace(known, first_revenue_on=date(2026, 5, 2)), BASE).level is Level.REVIEW
    assert verdict(replace(known, contribution=Decimal(900)), BASE).level is Level.REVIEW


def test_an_account_too_new_is_not_held_to_its_figures() -> None:
    found = verdict(seen(first_revenue_on=date(2025, 7, 2)), BASE)

    assert (found.level, failed(found), outcomes(found)["loss"]) == (Level.NONE, ["age"], Outcome.YES)
    assert verdict(seen(first_revenue_on=date(2025, 7, 1)), BASE).level is Level.REVIEW
    assert verdict(seen(first_revenue_on=None, onboarded_on=date(2026, 1, 1)), BASE).level is Level.REVIEW


@pytest.mark.parametrize("different", [{"is_external": False}, {"is_customer": False}, {"is_exiting": True}])
def test_who_is_no_present_customer_is_not_judged(different: dict[str, bool]) -> None:
    found = verdict(seen(set_class=4, symptom_score=Decimal(80), symptom_raters=5, **different), BASE)

    assert (found.level, failed(found)) == (Level.NONE, ["kind"])


@pytest.mark.parametrize(
    ("different", "gate"),
    [
        ({"people_cost": Decimal(20_001)}, "sign"),
        ({"rescue_until": date(2026, 7, 10)}, "rescue"),
        ({"has_turnaround_plan": True}, "forward"),
        ({"has_missing_rate": True}, "data"),
    ],
)
def test_an_uncertain_sign_a_rescue_or_a_plan_leaves_it_at_watch(different: dict[str, Any], gate: str) -> None:
    found = verdict(seen(set_class=4, **different), BASE)

    assert (found.level, failed(found)) == (Level.WATCH, [gate])


def test_a_sign_is_certain_where_a_fifth_of_the_rates_does_not_turn_it() -> None:
    assert failed(verdict(facts(people_cost=Decimal(19_999)), BASE)) == []
    assert failed(verdict(facts(people_cost=Decimal(20_000)), BASE)) == ["sign"]


def test_guards_mark_a_flag_and_never_lower_it() -> None:
    found = verdict(
        seen(
            brand_score=60,
            geography_score=80,
            strategic_review_by=date(2026, 12, 31),
            tier="A",
            is_sole_reference=True,
            has_legal_duty=True,
            revenue=Decimal("100000.01"),
            linked_party="A2",
        ),
        BASE,
    )

    assert (found.level, found.is_guarded) == (Level.REVIEW, True)
    assert [guard.code for guard in found.guards] == [
        "brand",
        "geography",
        "strategic_list",
        "tier",
        "sole_reference",
        "legal_duty",
        "revenue_share",
        "linked_party",
    ]


def test_the_word_strategic_with_a_passed_review_date_guards_nothing() -> None:
    found = verdict(seen(strategic_review_by=date(2026, 7, 10), brand_score=59, tier="B"), BASE)

    assert (found.guards, found.is_guarded) == ((), False)


def test_a_guarded_account_without_a_flag_is_not_marked() -> None:
    assert not verdict(facts(contribution=Decimal(5), tier="A"), BASE).is_guarded


def test_what_the_rule_cannot_know_is_noted() -> None:
    no_value = replace(HEAVY, value=Decimal(0), ratio=None, log_ratio=None)
    found = verdict(facts(suggested_class=4, attention=no_value, outlier=replace(STANDS_OUT, is_outlier=False)), BASE)

    assert outcomes(found)["attention"] is Outcome.UNKNOWN
    assert found.notes == ("class_it_first", "effort_without_value_basis")
    assert verdict(facts(set_class=3, class_set_on=date(2026, 1, 10)), BASE).notes == ("class_due_for_review",)
    assert verdict(facts(revenue=Decimal(0)), BASE).notes == ("cost_without_revenue",)


def test_a_verdict_carries_its_sum_in_exact_decimals() -> None:
    found = verdict(facts(contribution=Decimal("-4000.1234")), BASE).as_json()

    assert found["level"] == "watch"
    assert found["tests"][0] == {
        "code": "loss",
        "outcome": "yes",
        "value": "-4000.1234",
        "limit": "-500.000",
        "numbers": {
            "revenue": "20000",
            "band": "200.00",
            "band_of_revenue": "0.01",
            "peak": "100000",
            "material_of_peak": "0.005",
            "material_floor": "0",
        },
    }
    assert found["gates"][1]["numbers"]["first_revenue_on"] == "2024-01-15"
    assert found["tests"][3]["value"] == "-4.333333"


def test_more_than_a_handful_of_candidates_stops_the_rule() -> None:
    assert [must_stop(2, 10), must_stop(3, 10), must_stop(3, 100), must_stop(4, 100)] == [False, True, False, True]


def test_a_dismissed_flag_speaks_again_when_it_worsens_or_after_half_a_year() -> None:
    def silenced(today: date, now: str, ratio: str | None = None) -> bool:
        return is_silenced(
            dismissed_on=date(2026, 1, 1),
            today=today,
            contribution_then=Decimal(-1000),
            contribution_now=Decimal(now),
            ratio_then=Decimal(3) if ratio else None,
            ratio_now=Decimal(ratio) if ratio else None,
        )

    assert silenced(date(2026, 6, 29), "-1199.99")
    assert not silenced(date(2026, 6, 29), "-1200")
    assert not silenced(date(2026, 6, 30), "-900")
    assert silenced(date(2026, 2, 1), "-1000", "3.59")
    assert not silenced(date(2026, 2, 1), "-1000", "3.6")


def test_every_limit_is_a_setting_and_a_wrong_name_is_refused() -> None:
    limits = Thresholds.from_settings({"closed_months": 3, "material_floor": "250.50"})

    assert (limits.closed_months, limits.material_floor, limits.symptom_raters) == (3, Decimal("250.50"), 3)
    with pytest.raises(ValueError, match=r"Not a limit of the rule: closed_month\."):
        Thresholds.from_settings({"closed_month": 3})


def test_a_window_counts_its_last_month_as_full() -> None:
    assert months_between(date(2025, 7, 1), date(2026, 6, 30)) == 12
    assert months_between(date(2025, 7, 2), date(2026, 6, 30)) == 11
    assert months_between(date(2016, 9, 20), date(2019, 12, 31)) == 39
