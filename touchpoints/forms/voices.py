"""The form of how voices count, and the period of the report about them."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from touchpoints.models import VoiceRules

PERIODS: Final = (
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
    (365, gettext_lazy("12 months")),
)
USUAL_PERIOD: Final = 90


class VoiceRulesForm(forms.Form):
    """Checks shape; the service decides."""

    internal_weight = forms.DecimalField(
        label=gettext_lazy("Weight of an internal account"),
        max_digits=4,
        decimal_places=2,
        help_text=gettext_lazy("1 counts it like a customer. Requests are ranked with it."),
    )
    low_weight_reason = forms.CharField(
        label=gettext_lazy("Why less than a half"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed for a weight below 0.5."),
    )
    counts_second_hand = forms.BooleanField(
        label=gettext_lazy("What is told second-hand counts as contact with the customer"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, rules: VoiceRules) -> VoiceRulesForm:
        names = ("internal_weight", "low_weight_reason", "counts_second_hand", "version")
        return cls(initial={name: getattr(rules, name) for name in names})


def period_of(text: Any) -> int:
    """The days asked for, of the few that there are."""
    days = {str(number): number for number, _label in PERIODS}
    return days.get(str(text), USUAL_PERIOD)
