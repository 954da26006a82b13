"""What the lists of interactions and next steps filter by."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from touchpoints.models import InteractionKind, InteractionStatus, Voice

if TYPE_CHECKING:
    from pmcrm.people.models import User
    from touchpoints.models import InteractionQuerySet

SHORT_VOICES: Final = [
    (Voice.DIRECT, gettext_lazy("From customers")),
    (Voice.OWN, gettext_lazy("Own experience")),
    (Voice.PROXY, gettext_lazy("Second-hand")),
]
ALL: Final = ("", gettext_lazy("All"))


class InteractionFilter(forms.Form):
    """Kind, state, voice, whose, which day, words. What is not understood filters nothing."""

    kind = forms.ChoiceField(choices=[ALL, *InteractionKind.choices], required=False)
    status = forms.ChoiceField(choices=[ALL, *InteractionStatus.choices], required=False)
    voice = forms.ChoiceField(choices=[("", gettext_lazy("Any voice")), *SHORT_VOICES], required=False)
    whose = forms.ChoiceField(choices=[ALL, ("mine", gettext_lazy("Mine"))], required=False)
    on = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    q = forms.CharField(max_length=200, required=False)

    def __init__(self, data: Any, *, person: User) -> None:
        super().__init__(data if data is not None else {})
        self.person = person
        self.is_valid()

    def value(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    @property
    def shows_planned(self) -> bool:
        return bool(self.value("status") == InteractionStatus.PLANNED)

    def rows(self, interactions: InteractionQuerySet) -> InteractionQuerySet:
        if kind := self.value("kind"):
            interactions = interactions.filter(kind=kind)
        if status := self.value("status"):
            interactions = interactions.filter(status=status)
        else:
            interactions = interactions.current()
        if voice := self.value("voice"):
            interactions = interactions.filter(voice=voice)
        if self.value("whose"):
            interactions = interactions.involving(self.person)
        if day := self.value("on"):
            interactions = interactions.between(*whole_day(day))
        if day := self.value("until"):
            interactions = interactions.filter(at__lt=whole_day(day)[1])
        if words := self.value("q"):
            interactions = interactions.matching(words)
        return interactions


def whole_day(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From the day's beginning to the next one's, in the person's zone."""
    zone = timezone.get_current_timezone()
    start = dt.datetime.combine(day, dt.time.min, tzinfo=zone)
    return start, dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, tzinfo=zone)
