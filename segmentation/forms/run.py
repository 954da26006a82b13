"""Which months a run covers, as people type them: 2026-01."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class MonthField(forms.DateField):
    """A month, given as 2026-01; its value is the month's first day."""

    widget = forms.DateInput(attrs={"type": "month", "autocomplete": "off"}, format="%Y-%m")
    default_error_messages = {"invalid": _("Give a month as year and month, for example 2026-01.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m"], **kwargs)


class RunForm(forms.Form):
    """The window of a run: closed months, first and last included."""

    from_month = MonthField(label=_("From month"))
    to_month = MonthField(label=_("To month"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first: dt.date | None = cleaned.get("from_month")
        last: dt.date | None = cleaned.get("to_month")
        if first and last and last < first:
            self.add_error("to_month", _("The last month lies before the first one."))
        return cleaned
