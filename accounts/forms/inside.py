"""The forms of internal customers: whom they serve, and a programme that they take part in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.models.inside import ProgrammeRole
from pmcrm.people.models import User


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class ServesForm(forms.Form):
    customer = forms.ModelChoiceField(Account.objects.none(), label=_("External account"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customer: Any = self.fields["customer"]
        customer.queryset = Account.objects.visible_to(person).external()


class EnrolmentForm(forms.Form):
    programme = forms.CharField(label=_("Programme"), max_length=120, help_text=_("For example Beta of the quay view."))
    role = forms.ChoiceField(label=_("Role"), choices=ProgrammeRole.choices)
    paired_with = forms.ModelChoiceField(Account.objects.none(), label=_("Whose hand they hold"), required=False)
    since = _day(_("Since"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        paired: Any = self.fields["paired_with"]
        paired.queryset = Account.objects.visible_to(person).external()


class EnrolmentEndForm(forms.Form):
    until = _day(_("Until"))
    end_note = forms.CharField(
        label=_("What came of it"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )
