"""What a person says about a flag and about an account that the figures cannot know."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from segmentation.models import ReviewFact
from segmentation.models.flag import FactKind


class DismissForm(forms.Form):
    """Why a flag is dismissed."""

    reason = forms.CharField(
        label=_("Why it can rest"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, so that the next reader need not ask.")},
    )


# What each kind of fact needs beside its reason; the form shows and checks just that.
NEEDED: dict[str, tuple[str, ...]] = {
    FactKind.VALUE_CLASS: ("value",),
    FactKind.SYMPTOM_SCORE: ("value", "raters"),
    FactKind.RESCUE_PLAN: ("until",),
    FactKind.FORWARD_PLAN: (),
    FactKind.MARKET_VALUE: ("value",),
    FactKind.FIRST_SIGNATURE: ("on",),
    FactKind.ONBOARDING_ENDED: ("on",),
    FactKind.LEGAL_DUTY: (),
    FactKind.SOLE_REFERENCE: (),
}

_MISSING: dict[str, Any] = {
    "value": _("Give the number."),
    "raters": _("Say how many people rated."),
    "until": _("Give the deadline; without one a rescue never ends."),
    "on": _("Give the day."),
}


class ReviewFactForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """One fact with its day and reason."""

    class Meta:
        model = ReviewFact
        fields = ["kind", "value", "raters", "on", "until", "reason"]
        widgets = {
            "on": forms.DateInput(attrs={"type": "date"}),
            "until": forms.DateInput(attrs={"type": "date"}),
            "reason": forms.Textarea(attrs={"rows": 3}),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in NEEDED.get(cleaned.get("kind", ""), ()):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _MISSING[name])
        if cleaned.get("kind") == FactKind.MARKET_VALUE and (cleaned.get("value") or 0) < 0:
            self.add_error("value", _("A market value is not below zero."))
        return cleaned
