"""Forms of what a customer needs now, and of what we want to reach there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from pmcrm.people.models import User
from touchpoints.forms.relationship import day_field
from touchpoints.models import AccountGoal, GoalState, NeedKind, NeedState, UrgentNeed


def _owner(label: Any) -> forms.ModelChoiceField[User]:
    return forms.ModelChoiceField(
        label=label,
        queryset=User.objects.none(),
        error_messages={"invalid_choice": gettext_lazy("Choose a colleague from the list.")},
    )


class _OwnedForm(forms.Form):
    right = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.with_right(self.right)


class NeedForm(_OwnedForm):
    right = "urgent_need.write"
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=NeedKind.choices,
        required=False,
        help_text=gettext_lazy(
            "A ticket, an outage and an escalation stand among the present issues of the next talk."
        ),
    )
    text = forms.CharField(
        label=gettext_lazy("What they need now, or what is wrong"),
        max_length=300,
        help_text=gettext_lazy("In their words, for example: labels jam on line 2, they ship by hand."),
    )
    reference = forms.CharField(label=gettext_lazy("Number of the ticket"), max_length=60, required=False)
    owner = _owner(gettext_lazy("Who sees to it"))
    since = day_field(gettext_lazy("Since"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or NeedKind.NEED)

    @classmethod
    def of(cls, need: UrgentNeed) -> NeedForm:
        return cls(initial={name: getattr(need, name) for name in cls.base_fields})

    @classmethod
    def new(cls, owner: User) -> NeedForm:
        return cls(initial={"kind": NeedKind.NEED, "owner": owner, "since": timezone.localdate()})


class SettleForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        choices=[(one.value, one.label) for one in (NeedState.SOLVED, NeedState.DROPPED)],
        widget=forms.RadioSelect,
        initial=NeedState.SOLVED,
    )
    how = forms.CharField(label=gettext_lazy("In a sentence"), max_length=300)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class GoalForm(_OwnedForm):
    right = "account_goal.write"
    text = forms.CharField(
        label=gettext_lazy("What we want to reach"),
        max_length=300,
        help_text=gettext_lazy("So that one can tell when it is reached, for example: pilot in two plants."),
    )
    owner = _owner(gettext_lazy("Who pursues it"))
    target_on = day_field(gettext_lazy("By"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, goal: AccountGoal) -> GoalForm:
        return cls(initial={name: getattr(goal, name) for name in cls.base_fields})

    @classmethod
    def new(cls, owner: User) -> GoalForm:
        return cls(initial={"owner": owner})


class ProgressForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("How far did it come?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CloseForm(forms.Form):
    state = forms.ChoiceField(choices=[(one.value, one.label) for one in (GoalState.REACHED, GoalState.DROPPED)])
