"""What the caller sends from the page of one dial: the outcome, what was heard, and what follows."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Block, Question
from campaigns.services.attempts import Dial, Heard, Learned
from pmcrm.people.models import User
from touchpoints.models import Outcome, Statement, UsageMode
from touchpoints.models.learning import LearningTag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from campaigns.models import Target

LEARNINGS: Final = 3
PARKED: Final = 3
LONGEST_MINUTES: Final = 480
MOST_RETIRED: Final = 50


def asked_before(sent: Mapping[str, Any], questions: Sequence[Question]) -> list[Question]:
    """The questions that were answered and are asked no more, or in other words, since the page was opened."""
    known = {one.pk for one in questions}
    keys = {
        int(key) for name in sent if (key := name.removeprefix("answer-")) != name and key.isdecimal() and len(key) < 18
    }
    return list(Question.objects.filter(pk__in=sorted(keys - known)[:MOST_RETIRED])) if keys - known else []


class CallBackField(forms.CharField):
    """A day and a time by the customer's clock, as the browser's picker writes it."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return dt.datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError as error:
            sentence = _("Enter a day and a time, for example 2026-03-10 14:30.")
            raise forms.ValidationError(sentence) from error


class DialForm(forms.Form):
    """Everything but the outcome is optional; which of it an outcome needs, the service says."""

    outcome = forms.ChoiceField(choices=Outcome.choices)
    notes = forms.CharField(required=False, max_length=50_000, strip=False)
    minutes = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=LONGEST_MINUTES,
        label=gettext_lazy("Minutes"),
        error_messages={"max_value": gettext_lazy("Enter at most 480 minutes.")},
    )
    call_back_at = CallBackField(required=False, label=gettext_lazy("Call back"))
    reason = forms.CharField(required=False, max_length=200, label=gettext_lazy("In their words"))
    do_not_call = forms.BooleanField(required=False)
    do_not_call_until = forms.DateField(required=False, label=gettext_lazy("Not before"))
    override_reason = forms.CharField(required=False, max_length=300)
    has_nothing_new = forms.BooleanField(required=False)
    bypass_reason = forms.CharField(required=False, max_length=200)
    use_mode = forms.ChoiceField(required=False, choices=[("", ""), *UsageMode.choices])
    quote = forms.CharField(required=False, max_length=2000)
    said = forms.ModelMultipleChoiceField(required=False, queryset=Statement.objects.current())
    blocks = forms.CharField(required=False, max_length=200)
    did_not_solve = forms.NullBooleanField(required=False)
    did_not_defend = forms.NullBooleanField(required=False)
    talk_share = forms.IntegerField(required=False, min_value=0, max_value=100)

    def __init__(self, *args: Any, target: Target, person: User, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target = target
        self.questions = [*questions, *asked_before(self.data, questions)]
        colleagues = User.objects.with_right("next_step.write").order_by("name", "pk")
        for one in self.questions:
            self.fields[f"answer-{one.pk}"] = forms.CharField(required=False, max_length=4000)
        for number in range(LEARNINGS):
            self.fields[f"learned-{number}"] = forms.CharField(required=False, max_length=2000)
            self.fields[f"tag-{number}"] = forms.ChoiceField(required=False, choices=[("", ""), *LearningTag.choices])
            self.fields[f"surprise-{number}"] = forms.BooleanField(required=False)
        for number in range(PARKED):
            self.fields[f"parked-{number}"] = forms.CharField(required=False, max_length=300)
            self.fields[f"owner-{number}"] = forms.ModelChoiceField(required=False, queryset=colleagues)
        self.person = person

    def dial(self, zone: str) -> Dial:
        """The checked values; the call-back by the customer's clock, without a known zone by the caller's. What was
        filled in for another outcome before does not count."""
        data = self.cleaned_data
        outcome = data["outcome"]
        at = data["call_back_at"] if outcome == Outcome.CALLBACK_AGREED else None
        is_busy = outcome == Outcome.DECLINED_BUSY
        there = ZoneInfo(zone) if zone else timezone.get_current_timezone()
        return Dial(
            outcome=outcome,
            minutes=data["minutes"] or 0,
            notes=data["notes"].strip(),
            reason=data["reason"] if is_busy else "",
            call_back_at=at.replace(tzinfo=there) if at else None,
            do_not_call=data["do_not_call"] and is_busy,
            do_not_call_until=data["do_not_call_until"] if is_busy else None,
            override_reason=data["override_reason"],
            heard=self._heard(data),
        )

    def _heard(self, data: Mapping[str, Any]) -> Heard:
        rows = range(LEARNINGS)
        return Heard(
            answers={one.pk: data[f"answer-{one.pk}"] for one in self.questions},
            learned=[
                Learned(data[f"learned-{at}"], [data[f"tag-{at}"]] if data[f"tag-{at}"] else [], data[f"surprise-{at}"])
                for at in rows
            ],
            said=list(data["said"]),
            bypass_reason=data["bypass_reason"],
            use_mode=data["use_mode"],
            quote=data["quote"],
            has_nothing_new=data["has_nothing_new"],
            parked=[(data[f"parked-{at}"], data[f"owner-{at}"] or self.person) for at in range(PARKED)],
            blocks=[block for block in data["blocks"].split(",") if block in Block.values][:20],
            did_not_solve=data["did_not_solve"],
            did_not_defend=data["did_not_defend"],
            talk_share=data["talk_share"],
        )
