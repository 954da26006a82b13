"""The forms of a promise: making one, settling it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Promise
from accounts.models.promise import PromiseState
from pmcrm.people.models import User


class PromiseForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    class Meta:
        model = Promise
        fields = ("text", "owner", "promised_on", "due_on", "source")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3}),
            "promised_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["promised_on"].required = False
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.active()
        owner.initial = person.pk


class SettleForm(forms.Form):
    """How a promise ended."""

    state = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[choice for choice in PromiseState.choices if choice[0] != PromiseState.OPEN],
        widget=forms.RadioSelect,
    )
    agreed_on = forms.DateField(
        label=_("Agreed by the customer on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For a renegotiated or released promise."),
    )
    new_due_on = forms.DateField(
        label=_("New day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For a renegotiated promise."),
    )
    proof = forms.CharField(
        label=_("Proof"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Where one can see it: a mail, a release, minutes of a meeting."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
