"""When the figures ask for a review of a customer, and when they may not speak.

A rule of gates, tests, levels and guards. It suggests, people decide: nothing here changes an account. Every outcome
carries the numbers it was made from, so that a person can redo the sum. All limits are settings (`Thresholds`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from .attention import Method
from .curve import break_even_band, share
from .facts import AccountFacts, Answer, BaseFacts, GateResult, Guard, Level, Outcome, Thresholds, Verdict
from .trend import trend

ZERO = Decimal(0)
ILL_FITTING = 4
TOP_TIER = "A"
BOUND_BY_AGE = frozenset({"loss", "attention", "trend"})


def months_between(first: date, last: date) -> int:
    """Whole calendar months from `first` to `last`; a window's last day counts its month as full."""
    following = last + timedelta(days=1)
    return (following.year - first.year) * 12 + following.month - first.month - (following.day < first.day)


def verdict(account: AccountFacts, base: BaseFacts, limits: Thresholds | None = None) -> Verdict:
    """Judge one account.

    Loss, attention and trend need age and data; a failed data gate leaves them at most at *watch*, an account too
    new is not held to them at all. A misfit that a person set, with symptoms, always opens a review: finance cannot
    see such cases.
    """
    limits = limits or Thresholds()
    gates = gates_of(account, base, limits)
    tests = tests_of(account, base, limits)
    guards = guards_of(account, base, limits)
    failed = {gate.effect for gate in gates if not gate.passed}
    yes = {test.code for test in tests if test.outcome is Outcome.YES}
    if "not_judged" in failed:
        level = Level.NONE
    else:
        level = level_of(yes - BOUND_BY_AGE if "silent" in failed else yes)
        if "at_most_watch" in failed and not {"misfit", "symptoms"} <= yes:
            level = min(level, Level.WATCH)
        elif "at_most_watch" in failed:
            level = min(level, Level.REVIEW)
    guarded = bool(guards) and level > Level.NONE
    return Verdict(account.ref, level, guarded, gates, tests, guards, tuple(_notes(account, base, limits)))


def level_of(yes: set[str]) -> Level:
    """The level that a set of tests answered *yes* leads to, before any gate."""
    loss, attention, misfit, trending, symptoms = (
        code in yes for code in ("loss", "attention", "misfit", "trend", "symptoms")
    )
    if loss and attention and misfit and (trending or symptoms):
        return Level.CANDIDATE
    if (attention and (loss or misfit or symptoms)) or (misfit and (loss or symptoms)):
        return Level.REVIEW
    return Level.WATCH if loss or attention else Level.NONE


def gates_of(account: AccountFacts, base: BaseFacts, limits: Thresholds) -> tuple[GateResult, ...]:
    """Who is judged, and on enough of a record: kind, age, data, sign, rescue and forward plan."""
    age = None if account.first_revenue_on is None else months_between(account.first_revenue_on, base.window_end)
    settled = None if account.onboarded_on is None else months_between(account.onboarded_on, base.window_end)
    old_enough = (age is not None and age >= limits.months_since_first_revenue) or (
        settled is not None and settled >= limits.months_since_onboarding
    )
    covered = base.hours_coverage is not None and base.hours_coverage >= limits.hours_coverage
    enough_months = base.closed_months >= limits.closed_months
    swing = limits.rate_swing * account.people_cost
    low, high = account.contribution - swing, account.contribution + swing
    rescued = account.rescue_until is not None and account.rescue_until >= base.judged_on
    judged = account.is_external and account.is_customer and not account.is_exiting
    return (
        GateResult(
            "kind",
            judged,
            "not_judged",
            {"external": account.is_external, "customer": account.is_customer, "exiting": account.is_exiting},
        ),
        GateResult(
            "age",
            old_enough,
            "silent",
            {
                "first_revenue_on": account.first_revenue_on,
                "months": age,
                "months_needed": limits.months_since_first_revenue,
                "months_since_onboarding": settled,
                "months_since_onboarding_needed": limits.months_since_onboarding,
            },
        ),
        GateResult(
            "data",
            covered and enough_months and base.reconciles and not account.has_missing_rate,
            "at_most_watch",
            {
                "closed_months": base.closed_months,
                "closed_months_needed": limits.closed_months,
                "hours_coverage": base.hours_coverage,
                "hours_coverage_needed": limits.hours_coverage,
                "reconciles": base.reconciles,
                "missing_rate": account.has_missing_rate,
            },
        ),
        GateResult(
            "sign",
            (low < 0) == (high < 0),
            "at_most_watch",
            {"low": low, "high": high, "people_cost": account.people_cost, "rate_swing": limits.rate_swing},
        ),
        GateResult("rescue", not rescued, "at_most_watch", {"rescue_until": account.rescue_until}),
        GateResult("forward", not account.has_turnaround_plan, "at_most_watch"),
    )


def tests_of(account: AccountFacts, base: BaseFacts, limits: Thresholds) -> tuple[Answer, ...]:
    """Loss (T1), attention (T2), misfit (T3), trend (T4) and symptoms (T5), in this order."""
    return (
        _loss(account, base, limits),
        _attention(account),
        _misfit(account),
        _trend(account),
        _symptoms(account, limits),
    )


def is_material_loss(contribution: Decimal, revenue: Decimal, peak: Decimal, limits: Thresholds) -> bool:
    """A contribution below zero, outside its break-even band, and large beside all profit earned."""
    band = break_even_band(revenue, limits.band_of_revenue, limits.band_floor)
    return contribution < 0 and -contribution > band and -contribution >= material_limit(peak, limits)


def material_limit(peak: Decimal, limits: Thresholds) -> Decimal:
    """From which loss on an account matters to the base, in money."""
    return max(limits.material_of_peak * peak, limits.material_floor)


def _loss(account: AccountFacts, base: BaseFacts, limits: Thresholds) -> Answer:
    found = is_material_loss(account.contribution, account.revenue, base.peak, limits)
    numbers = {
        "revenue": account.revenue,
        "band": break_even_band(account.revenue, limits.band_of_revenue, limits.band_floor),
        "band_of_revenue": limits.band_of_revenue,
        "peak": base.peak,
        "material_of_peak": limits.material_of_peak,
        "material_floor": limits.material_floor,
    }
    limit = -material_limit(base.peak, limits)
    return Answer("loss", Outcome.YES if found else Outcome.NO, account.contribution, limit, numbers)


def _attention(account: AccountFacts) -> Answer:
    seen, found = account.attention, account.outlier
    if seen is None or found is None or (seen.ratio is None and seen.effort > 0):
        numbers: dict[str, Any] = {} if seen is None else {"effort": seen.effort, "value": seen.value}
        return Answer("attention", Outcome.UNKNOWN, None, None, numbers)
    numbers = {
        "effort": seen.effort,
        "value": seen.value,
        "yardstick": seen.yardstick,
        "by_revenue": seen.by_revenue,
        "by_market": seen.by_market,
        "pools": seen.pools,
        "log_ratio": seen.log_ratio,
        "score": found.score,
        "method": found.method.value,
        "weight_gate": found.weight_gate,
        "passes_weight_gate": found.passes_weight_gate,
        "confirmed_by_fence": found.is_confirmed,
    }
    return Answer("attention", Outcome.YES if found.is_outlier else Outcome.NO, seen.ratio, None, numbers)


def _misfit(account: AccountFacts) -> Answer:
    if account.set_class is None:
        outcome = Outcome.UNKNOWN
    else:
        outcome = Outcome.YES if account.set_class == ILL_FITTING else Outcome.NO
    numbers = {"set_on": account.class_set_on, "suggested": account.suggested_class}
    return Answer("misfit", outcome, account.set_class, ILL_FITTING, numbers)


def _trend(account: AccountFacts) -> Answer:
    found = trend(account.quarters)
    slope = None if found.slope is None else found.slope.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
    outcome = Outcome.UNKNOWN if found.is_falling is None else Outcome.YES if found.is_falling else Outcome.NO
    numbers = {"quarters": list(found.quarters), "last_two_negative": found.last_two_negative}
    return Answer("trend", outcome, slope, ZERO, numbers)


def _symptoms(account: AccountFacts, limits: Thresholds) -> Answer:
    score = account.symptom_score
    if score is None or account.symptom_raters < limits.symptom_raters:
        outcome = Outcome.UNKNOWN
    else:
        outcome = Outcome.YES if score >= limits.symptom_score else Outcome.NO
    numbers = {"raters": account.symptom_raters, "raters_needed": limits.symptom_raters}
    return Answer("symptoms", outcome, score, limits.symptom_score, numbers)


def guards_of(account: AccountFacts, base: BaseFacts, limits: Thresholds) -> tuple[Guard, ...]:
    """The reasons that a person outside product must see. The word *strategic* without a future review date is none."""
    found: list[Guard] = []
    scores = {"brand": account.brand_score, "market": account.market_score, "geography": account.geography_score}
    found.extend(
        Guard(code, {"score": score, "limit": limits.guard_score})
        for code, score in scores.items()
        if score >= limits.guard_score
    )
    if account.strategic_review_by is not None and account.strategic_review_by > base.judged_on:
        found.append(Guard("strategic_list", {"review_by": account.strategic_review_by}))
    if account.tier == TOP_TIER:
        found.append(Guard("tier", {"tier": account.tier}))
    if account.is_sole_reference:
        found.append(Guard("sole_reference"))
    if account.has_legal_duty:
        found.append(Guard("legal_duty"))
    if base.revenue > 0 and account.revenue > limits.guard_revenue_share * base.revenue:
        of_base = share(account.revenue, base.revenue)
        found.append(Guard("revenue_share", {"share": of_base, "limit": limits.guard_revenue_share}))
    if account.linked_party:
        found.append(Guard("linked_party", {"account": account.linked_party}))
    return tuple(found)


def _notes(account: AccountFacts, base: BaseFacts, limits: Thresholds) -> Iterator[str]:
    if account.set_class is None and account.suggested_class == ILL_FITTING:
        yield "class_it_first"
    if account.class_set_on is not None and base.judged_on - account.class_set_on > timedelta(days=limits.class_days):
        yield "class_due_for_review"
    if account.attention is not None and account.attention.ratio is None and account.attention.effort > 0:
        yield "effort_without_value_basis"
    if account.outlier is not None and account.outlier.is_outlier and account.outlier.method is Method.RULE_OF_THUMB:
        yield "few_accounts_rule_of_thumb"
    if account.revenue == 0 and account.contribution < 0:
        yield "cost_without_revenue"


def must_stop(candidates: int, accounts: int, limits: Thresholds | None = None) -> bool:
    """Whether so many candidates came out that costs, prices and target definition are to be checked first."""
    limits = limits or Thresholds()
    return candidates > max(Decimal(limits.sanity_floor), limits.sanity_of_base * accounts)


def is_silenced(
    *,
    dismissed_on: date,
    today: date,
    contribution_then: Decimal,
    contribution_now: Decimal,
    ratio_then: Decimal | None = None,
    ratio_now: Decimal | None = None,
    limits: Thresholds | None = None,
) -> bool:
    """Whether a dismissed flag stays silent: until 180 days have passed or a figure is a fifth worse than then."""
    limits = limits or Thresholds()
    worsening = limits.dismissal_worsening
    if today - dismissed_on >= timedelta(days=limits.dismissal_days):
        return False
    if contribution_now < 0 and contribution_then - contribution_now >= worsening * abs(contribution_then):
        return False
    return not (ratio_then and ratio_now and ratio_now >= (1 + worsening) * ratio_then)
