"""Forms about one next step, and the days that are one touch away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from pmcrm.people.models import User
from touchpoints.forms.choosing import Picking
from touchpoints.models import NextStep
from touchpoints.services.next_steps import PlannedStep


def week_from_today() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=7)


def quick_days() -> list[tuple[str, dt.date]]:
    """Tomorrow, the next Friday, in a week."""
    today = timezone.localdate()
    friday = today + dt.timedelta(days=(4 - today.weekday()) % 7 or 7)
    return [
        (_("Tomorrow"), today + dt.timedelta(days=1)),
        (_("Friday"), friday),
        (_("In a week"), week_from_today()),
    ]


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NextStepForm(Picking):
    """A next step of its own, or a change of one."""

    text = forms.CharField(label=gettext_lazy("What will be done"), max_length=300)
    account = forms.ModelChoiceField(
        label=gettext_lazy("Account"),
        queryset=Account.objects.none(),
        error_messages={
            "invalid_choice": gettext_lazy("Choose an account from the list."),
            "required": gettext_lazy("Choose the account it is for."),
        },
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who"),
        queryset=User.objects.none(),
        error_messages={"invalid_choice": gettext_lazy("Choose a colleague from the list.")},
    )
    due_on = forms.DateField(label=gettext_lazy("By"), widget=_day_input())
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: User, step: NextStep | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if step is not None:
            del self.fields["account"]
        else:
            self._choices("account", Account.objects.visible_to(person))
        self._choices("owner", User.objects.with_right("next_step.write"))

    def _choices(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    @property
    def chosen_account(self) -> list[dict[str, Any]]:
        return self.chosen("account")

    @property
    def chosen_owner(self) -> list[dict[str, Any]]:
        return self.chosen("owner")

    def planned(self) -> PlannedStep:
        data = self.cleaned_data
        return PlannedStep(data["text"], data["owner"], data["due_on"])


class SnoozeForm(forms.Form):
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=_day_input(),
        error_messages={
            "invalid": gettext_lazy("Enter a day, for example 2026-03-10."),
            "required": gettext_lazy("Choose a day."),
        },
    )


class ReassignForm(forms.Form):
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who"),
        queryset=User.objects.none(),
        error_messages={
            "invalid_choice": gettext_lazy("Choose a colleague from the list."),
            "required": gettext_lazy("Choose a colleague."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = User.objects.with_right("next_step.write")
