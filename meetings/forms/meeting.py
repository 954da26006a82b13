"""Planning a meeting, and saying how and where it takes place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Contact
from meetings.models import Channel
from meetings.services.planning import Setting
from pmcrm.people.models import User
from touchpoints.forms.choosing import PickingParties
from touchpoints.forms.interaction import CLOCK_FORMAT, ClockInput
from touchpoints.models import AccountGoal
from touchpoints.services.interactions import LONGEST_MINUTES, Facts


class SettingForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("How"), choices=Channel.choices, initial=Channel.ONLINE)
    place = forms.CharField(
        label=gettext_lazy("Where"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Room, address or number to call")}),
    )
    link = forms.URLField(
        label=gettext_lazy("Link to join"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        error_messages={"invalid": gettext_lazy("A link begins with https://.")},
    )

    goal = forms.ModelChoiceField(
        label=gettext_lazy("Goal that it serves"),
        queryset=AccountGoal.objects.none(),
        required=False,
        empty_label=gettext_lazy("none"),
        error_messages={"invalid_choice": gettext_lazy("Choose a goal of an account that is present.")},
    )

    def __init__(self, *args: Any, accounts: Sequence[Account] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goal = self.fields["goal"]
        assert isinstance(goal, forms.ModelChoiceField)
        goal.queryset = AccountGoal.objects.open().filter(account__in=accounts).order_by("pk")
        if not accounts:
            del self.fields["goal"]

    def setting(self) -> Setting:
        data = self.cleaned_data
        return Setting(data["channel"], data["place"], data["link"])


class MeetingForm(PickingParties, SettingForm):
    """A meeting that is planned: with whom, when, how long, and what it is about."""

    accounts = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Account"), queryset=Account.objects.none(), required=False
    )
    contacts = forms.ModelMultipleChoiceField(
        label=gettext_lazy("People there"), queryset=Contact.objects.none(), required=False
    )
    colleagues = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Colleagues who come along"), queryset=User.objects.none(), required=False
    )
    subject = forms.CharField(
        label=gettext_lazy("What it is about"),
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("The customer reads this")}),
    )
    at = forms.DateTimeField(
        label=gettext_lazy("When"),
        widget=ClockInput(),
        input_formats=[CLOCK_FORMAT, "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": gettext_lazy("Enter a day and a time, for example 2026-03-10 14:30.")},
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=5, max_value=LONGEST_MINUTES, initial=45)
    override_reason = forms.CharField(
        label=gettext_lazy("Why all the same"), max_length=300, required=False, widget=forms.HiddenInput
    )

    field_order = ("accounts", "contacts", "subject", "at", "minutes", "channel", "place", "link", "colleagues")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        # A goal is offered of the accounts that are named already: on the page it was asked for from, or typed.
        data = kwargs.get("data") or (args[0] if args else None)
        given = data.getlist("accounts") if data is not None else kwargs.get("initial", {}).get("accounts", [])
        ids = [
            int(text) for text in given[:20] if str(text).isascii() and str(text).isdecimal() and len(str(text)) < 19
        ]
        named = list(Account.objects.visible_to(person).filter(pk__in=ids)) if ids else []
        super().__init__(*args, accounts=named, **kwargs)
        self.person = person
        self._choices("accounts", Account.objects.visible_to(person))
        self._choices("contacts", Contact.objects.visible_to(person).select_related("account"))
        self._choices("colleagues", User.objects.active())
        if self.data.get("override_reason"):
            self.ask_why()

    def _choices(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = rows
        field.error_messages["invalid_choice"] = field.error_messages["invalid_pk_value"] = _("Choose from the list.")

    def ask_why(self) -> None:
        """Something speaks against it: the reason is asked for where it was hidden."""
        field = self.fields["override_reason"]
        field.widget, field.required = forms.TextInput(), True

    def facts(self) -> Facts:
        data = self.cleaned_data
        return Facts(
            kind="meeting",
            at=data["at"],
            accounts=list(data["accounts"]),
            contacts=list(data["contacts"]),
            colleagues=[self.person, *(one for one in data["colleagues"] if one != self.person)],
            minutes=data["minutes"],
            subject=data["subject"],
            override_reason=data["override_reason"],
        )
