"""What the flag rule answers, in words for people. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

GROUPS: Final = {
    "earner": lazy("Earners"),
    "about_zero": lazy("About zero"),
    "loss_maker": lazy("Loss-makers"),
}

TESTS: Final = {
    "loss": lazy("Loses money"),
    "attention": lazy("Takes attention out of proportion"),
    "misfit": lazy("Does not fit (class 4)"),
    "trend": lazy("Not recovering"),
    "symptoms": lazy("Symptoms felt by several people"),
}

GATES: Final = {
    "kind": lazy("External customer, not already leaving"),
    "age": lazy("Old enough to be judged"),
    "data": lazy("Enough data"),
    "sign": lazy("The sign of the contribution is certain"),
    "rescue": lazy("No rescue plan inside its deadline"),
    "forward": lazy("No approved plan that earns within four quarters"),
}

FAILED_GATES: Final = {
    "kind": lazy("not judged"),
    "age": lazy("too new"),
    "data": lazy("not enough data"),
    "sign": lazy("sign uncertain"),
    "rescue": lazy("in rescue"),
    "forward": lazy("has a plan"),
}

GUARDS: Final = {
    "brand": lazy("Brand"),
    "market": lazy("Foothold in a new market"),
    "geography": lazy("Foothold in a new country"),
    "strategic_list": lazy("On the strategic list"),
    "tier": lazy("Tier A"),
    "sole_reference": lazy("Only reference in a target segment"),
    "legal_duty": lazy("Legal duty or public contract"),
    "revenue_share": lazy("A large share of our revenue"),
    "linked_party": lazy("Linked with another account"),
}

VERDICT_NOTES: Final = {
    "class_it_first": lazy("A class 4 is suggested; a person has to set the class first."),
    "class_due_for_review": lazy("The class was set long ago and is due for review."),
    "effort_without_value_basis": lazy("Takes effort without a value to hold it against."),
    "few_accounts_rule_of_thumb": lazy("Few accounts: judged by a rule of thumb."),
    "cost_without_revenue": lazy("Cost without revenue."),
}

# Each number of a verdict: its words, and how it is written (money, share, count, decimal, date, truth, word).
NUMBERS: Final = {
    "revenue": (lazy("Revenue"), "money"),
    "band": (lazy("Break-even band"), "money"),
    "band_of_revenue": (lazy("Band, of revenue"), "share"),
    "peak": (lazy("Peak of the curve"), "money"),
    "material_of_peak": (lazy("Material loss, of the peak"), "share"),
    "material_floor": (lazy("Material loss, at least"), "money"),
    "effort": (lazy("Share of all effort"), "share"),
    "value": (lazy("Share of all value"), "share"),
    "yardstick": (lazy("The larger share counts"), "word"),
    "by_revenue": (lazy("Share of all revenue"), "share"),
    "by_market": (lazy("Share of all market value"), "share"),
    "log_ratio": (lazy("Logarithm of effort over value"), "decimal"),
    "score": (lazy("Distance from the others (modified z-score)"), "decimal"),
    "method": (lazy("Method"), "word"),
    "weight_gate": (lazy("Smallest share of effort that counts"), "share"),
    "passes_weight_gate": (lazy("Its effort counts"), "truth"),
    "confirmed_by_fence": (lazy("Confirmed by the quartile fence"), "truth"),
    "set_on": (lazy("Class set on"), "date"),
    "suggested": (lazy("Class suggested"), "count"),
    "last_two_negative": (lazy("Last two quarters below zero"), "truth"),
    "raters": (lazy("People who rated"), "count"),
    "raters_needed": (lazy("People needed"), "count"),
    "external": (lazy("External"), "truth"),
    "customer": (lazy("Customer"), "truth"),
    "exiting": (lazy("Already leaving"), "truth"),
    "first_revenue_on": (lazy("First revenue"), "date"),
    "months": (lazy("Months since first revenue"), "count"),
    "months_needed": (lazy("Months needed"), "count"),
    "months_since_onboarding": (lazy("Months since onboarding"), "count"),
    "months_since_onboarding_needed": (lazy("Months since onboarding needed"), "count"),
    "closed_months": (lazy("Closed months"), "count"),
    "closed_months_needed": (lazy("Closed months needed"), "count"),
    "hours_coverage": (lazy("Hours booked, of those there are"), "share"),
    "hours_coverage_needed": (lazy("Hours booked, needed"), "share"),
    "reconciles": (lazy("Agrees with the ledger"), "truth"),
    "missing_rate": (lazy("A rate is missing"), "truth"),
    "low": (lazy("Contribution if people cost more"), "money"),
    "high": (lazy("Contribution if people cost less"), "money"),
    "people_cost": (lazy("Cost of people"), "money"),
    "rate_swing": (lazy("Swing of the rates"), "share"),
    "rescue_until": (lazy("Rescue until"), "date"),
    "limit": (lazy("Limit"), "count"),
    "review_by": (lazy("Review by"), "date"),
    "tier": (lazy("Tier"), "word"),
    "share": (lazy("Share of all revenue"), "share"),
    "account": (lazy("Account"), "word"),
}
GUARD_NUMBERS: Final = {"limit": lazy("Limit"), "score": lazy("Score")}
METHODS: Final = {
    "modified_z": lazy("Modified z-score"),
    "mean_deviation": lazy("Mean deviation"),
    "all_alike": lazy("All alike"),
    "rule_of_thumb": lazy("Rule of thumb"),
}
YARDSTICKS: Final = {"revenue": lazy("Revenue"), "market_value": lazy("Market value")}


def numbers_in_words(
    numbers: Mapping[str, Any], pools: Mapping[str, Any] | None = None
) -> Iterator[tuple[Any, str, Any]]:
    """(words, how it is written, value) of each known number, pool by pool and quarter by quarter."""
    for name, value in numbers.items():
        if name == "pools":
            yield from (((pools or {}).get(pool, pool), "share", share) for pool, share in value.items())
        elif name == "quarters":
            for back, quarter in enumerate(reversed(value), start=1):
                yield _quarter(back), "money", quarter
        elif value is not None and name in NUMBERS:
            words, kind = NUMBERS[name]
            if "limit" in numbers and name in {"limit", "score"}:
                words, kind = (words, "share") if "share" in numbers else (GUARD_NUMBERS[name], "count")
            yield words, kind, _said(kind, value)


def _said(kind: str, value: Any) -> Any:
    if kind == "date":
        return date.fromisoformat(value)
    return (METHODS | YARDSTICKS).get(value, value) if kind == "word" else value


def _quarter(back: int) -> str:
    return _("Last quarter") if back == 1 else _("%(n)s quarters ago") % {"n": back - 1}


def reasons_in_words(verdict: Mapping[str, Any]) -> list[str]:
    """The short reasons of a flag: what was answered yes, as a list cell shows it."""
    return [str(TESTS[test["code"]]) for test in verdict.get("tests", []) if test["outcome"] == "yes"]
