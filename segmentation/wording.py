"""What the flag rule answers, in words for people. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

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
    "revenue_share": lazy("More than a tenth of revenue"),
    "linked_party": lazy("Linked with another account"),
}

VERDICT_NOTES: Final = {
    "class_it_first": lazy("A class 4 is suggested; a person has to set the class first."),
    "class_due_for_review": lazy("The class was set more than 180 days ago and is due for review."),
    "effort_without_value_basis": lazy("Takes effort without a value to hold it against."),
    "few_accounts_rule_of_thumb": lazy("Few accounts: judged by a rule of thumb."),
    "cost_without_revenue": lazy("Cost without revenue."),
}


def reasons_in_words(verdict: Mapping[str, Any]) -> list[str]:
    """The short reasons of a flag: what was answered yes, as a list cell shows it."""
    return [str(TESTS[test["code"]]) for test in verdict.get("tests", []) if test["outcome"] == "yes"]
