"""The form of what was learned of a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from touchpoints.services.people import MOST_YEARS, Told


class LearnedForm(forms.Form):
    """In a talk the talk is the source; beside one, source and day are asked for."""

    job_title = forms.CharField(label=gettext_lazy("Position"), max_length=200, required=False)
    years_there = forms.IntegerField(
        label=gettext_lazy("Years there, about"), min_value=0, max_value=MOST_YEARS, required=False
    )
    previous_employers = forms.CharField(
        label=gettext_lazy("Earlier employers"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    background = forms.CharField(
        label=gettext_lazy("Background"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    source = forms.CharField(
        label=gettext_lazy("Where from"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example their own page, a colleague, a fair."),
    )
    as_of = forms.DateField(
        label=gettext_lazy("As of"),
        initial=timezone.localdate,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a day, for example 2026-03-10.")},
    )

    def __init__(self, *args: Any, in_a_talk: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if in_a_talk:
            del self.fields["source"], self.fields["as_of"]

    def told(self) -> Told:
        return Told(**self.cleaned_data)
