"""Which answers a promoter score counts: when, where, and every answer or each person's latest."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from touchpoints.models import NpsAnswerQuerySet

EVERY, LATEST = "every", "latest"
BASES = [(LATEST, _("Latest per person")), (EVERY, _("Every answer"))]


class NpsFilter(forms.Form):
    """Without a period the last twelve months count; of everybody the latest answer, unless every answer is asked."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    market = forms.CharField(label=_("Market"), required=False, max_length=100)
    base = forms.ChoiceField(label=_("Answers"), choices=BASES, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("This is before the first day."))
        return given

    @property
    def period(self) -> tuple[dt.date | None, dt.date | None]:
        """The first and the last day that count."""
        said = self.cleaned_data if self.is_valid() else {}
        since, until = said.get("since"), said.get("until")
        if since is None and until is None:
            today = timezone.localdate()
            # The 29th of February has its year's end on the last day of that month.
            day = 28 if (today.month, today.day) == (2, 29) else today.day
            return today.replace(year=today.year - 1, day=day) + dt.timedelta(days=1), today
        return since, until

    @property
    def market_said(self) -> str:
        return str(self.cleaned_data.get("market") or "") if self.is_valid() else ""

    @property
    def base_said(self) -> str:
        return (self.is_valid() and self.cleaned_data.get("base")) or LATEST

    def rows(self, answers: NpsAnswerQuerySet) -> NpsAnswerQuerySet:
        """Those of the answers that count."""
        found = answers.between(*self.period).of_market(self.market_said)
        return found.latest_per_person() if self.base_said == LATEST else found
