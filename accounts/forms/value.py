"""The form of one assessment."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.value import Dimension

SCORES = (
    (0, _("0 · none")),
    (20, "20"),
    (40, "40"),
    (60, "60"),
    (80, "80"),
    (100, _("100 · full")),
)


class TierForm(forms.Form):
    tier = forms.ChoiceField(
        label=_("Tier"), choices=[(letter, letter) for letter in ("A", "B", "C")], widget=forms.RadioSelect
    )
    expires_on = forms.DateField(
        label=_("Holds until"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        help_text=_("Then the computed tier holds again. At most 180 days."),
    )
    reason = forms.CharField(
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=10_000,
        help_text=_("What the five scores do not tell."),
    )


class AssessForm(forms.Form):
    dimension = forms.ChoiceField(label=_("What is assessed"), choices=Dimension.choices)
    score = forms.TypedChoiceField(label=_("Score"), choices=SCORES, coerce=int, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("Evidence"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What shows it. Without evidence the score counts, and is marked."),
    )
