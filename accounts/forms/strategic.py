"""The forms of the strategic list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from pmcrm.people.models import User


class StrategicEntryForm(forms.Form):
    """Why an account is strategic, who stands for it, and when we look again."""

    rank = forms.IntegerField(label=_("Rank"), min_value=1, max_value=100_000, required=False)
    reason = forms.CharField(label=_("Why it is strategic"), widget=forms.Textarea(attrs={"rows": 3}))
    sponsor = forms.ModelChoiceField(User.objects.none(), label=_("Sponsor"))
    review_by = forms.DateField(label=_("Review by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sponsor: Any = self.fields["sponsor"]
        sponsor.queryset = User.objects.with_right("strategic_list.read")


class StrategicForm(StrategicEntryForm):
    """One more account for the list."""

    account = forms.ModelChoiceField(Account.objects.none(), label=_("Account"))
    over_cap_reason = forms.CharField(
        label=_("Why one more than the cap"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only where the list is full."),
    )
    field_order = ("account", "rank", "reason", "sponsor", "review_by", "over_cap_reason")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account: Any = self.fields["account"]
        account.queryset = Account.objects.visible_to(person)
        self.fields["rank"].help_text = _("Left empty, it comes last.")


class StrategicRemoveForm(forms.Form):
    reason = forms.CharField(label=_("Why it is strategic no more"), widget=forms.Textarea(attrs={"rows": 3}))
