"""The form that moves a planned interaction."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from touchpoints.forms.interaction import CLOCK_FORMAT, ClockInput


class MoveForm(forms.Form):
    at = forms.DateTimeField(
        label=gettext_lazy("New time"),
        widget=ClockInput(),
        input_formats=[CLOCK_FORMAT, "%Y-%m-%dT%H:%M:%S"],
        error_messages={
            "invalid": gettext_lazy("Enter a day and a time, for example 2026-03-10 14:30."),
            "required": gettext_lazy("Choose the new time."),
        },
    )
