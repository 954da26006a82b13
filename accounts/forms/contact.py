"""The forms of a person at an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.countries import zone_choices
from accounts.forms.account import phone_field
from accounts.forms.custom import CustomForm
from accounts.models import Account, Contact
from accounts.models.custom import Thing
from accounts.permissions import writes_temperament
from pmcrm.people.models import User


class ContactForm(CustomForm):
    """Asks for temperament only where one may write it. A number without a prefix is of the account's country."""

    thing = Thing.CONTACT

    class Meta:
        model = Contact
        fields = (
            "name",
            "job_title",
            "role",
            "email",
            "phone",
            "time_zone",
            "joined_company_on",
            "previous_employers",
            "background",
            "temperament",
            "temperament_note",
            "is_active",
        )
        widgets = {
            "joined_company_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "previous_employers": forms.Textarea(attrs={"rows": 2}),
            "background": forms.Textarea(attrs={"rows": 3}),
            "temperament_note": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, person: User, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        example = _("For example +47 22 34 56 78; without a prefix the account's country counts.")
        self.fields["phone"] = phone_field(account.country, example)
        zones = zone_choices()
        present = self.instance.time_zone
        kept = [(present, present)] if present and present not in dict(zones) else []
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            required=False,
            choices=[("", _("as the account")), *kept, *zones],
        )
        if not writes_temperament(person, account):
            del self.fields["temperament"], self.fields["temperament_note"]
        if self.instance.pk is None:
            del self.fields["is_active"]
        self.add_custom_fields()
        self.remember_initial()

    def clean_joined_company_on(self) -> Any:
        day = self.cleaned_data["joined_company_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


class MoveForm(forms.Form):
    """Where the person works now, and since when."""

    to = forms.ModelChoiceField(Account.objects.none(), label=_("New company"))
    on = forms.DateField(label=_("Since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    job_title = forms.CharField(label=_("Position there"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset = Account.objects.visible_to(person)
        self.fields["on"].initial = timezone.localdate()
