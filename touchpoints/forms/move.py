"""The forms that move a planned interaction, that cancel one, and that ask why one was held all the same."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from touchpoints.forms.interaction import CLOCK_FORMAT, ClockInput


class MoveForm(forms.Form):
    """The reason is asked for where something speaks against the new time; another time may need none."""

    use_required_attribute = False

    at = forms.DateTimeField(
        label=gettext_lazy("New time"),
        widget=ClockInput(),
        input_formats=[CLOCK_FORMAT, "%Y-%m-%dT%H:%M:%S"],
        error_messages={
            "invalid": gettext_lazy("Enter a day and a time, for example 2026-03-10 14:30."),
            "required": gettext_lazy("Choose the new time."),
        },
    )
    override_reason = forms.CharField(label=gettext_lazy("Why all the same"), max_length=300, required=False)


class CancelForm(forms.Form):
    """What was agreed on is called off for a reason; what was entered by mistake needs none."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        required=False,
        error_messages={"required": gettext_lazy("Say why it does not take place, for example: they are on holiday.")},
    )

    def __init__(self, *args: Any, is_planned: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_planned


class AllTheSameForm(forms.Form):
    """Something speaks against it having been held like that, and there is a reason."""

    override_reason = forms.CharField(
        label=gettext_lazy("Why all the same"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say why, in a few words.")},
    )
