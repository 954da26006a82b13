"""The forms about people and the organisation. They check shape; the services decide."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from pmcrm.people.models import Invitation, Organisation, Role, User

if TYPE_CHECKING:
    from pmcrm.errors import RuleViolation


@cache
def zone_choices() -> list[tuple[str, str]]:
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class RefusableForm:
    """A form that can show a service's refusal beside the fields it names."""

    def take(self, refusal: RuleViolation) -> None:
        form: Any = self
        named = {name: sentence for name, sentence in refusal.fields.items() if name in form.fields}
        for name, sentence in named.items():
            form.add_error(name, sentence)
        if not named:
            form.add_error(None, refusal.sentence)


class RolesField(forms.MultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Role.choices, label=_("Roles"), widget=forms.CheckboxSelectMultiple, **kwargs)


class PersonForm(RefusableForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    roles = RolesField()
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = User
        fields = ["name", "job_title", "department", "office", "roles"]


class InvitationForm(RefusableForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    roles = RolesField()

    class Meta:
        model = Invitation
        fields = ["email", "name", "department", "office", "roles"]

    def _get_validation_exclusions(self) -> set[str]:
        # A second invitation replaces the first: that an open one exists is no fault. The service sees to it.
        return {*super()._get_validation_exclusions(), "email"}  # type: ignore[misc]  # Django has it, the stubs do not


class DeactivationForm(RefusableForm, forms.Form):
    successor = forms.ModelChoiceField(User.objects.none(), label=_("Who takes over?"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: User, is_successor_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        successor: Any = self.fields["successor"]
        successor.queryset = User.objects.active().exclude(pk=person.pk)
        if is_successor_needed:
            successor.required = True
        else:
            del self.fields["successor"]


class AcceptanceForm(RefusableForm, forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=150)
    password = forms.CharField(
        label=_("Choose a password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; a few words in a row are easy to remember."),
    )


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ["name", "job_title", "time_zone", "language"]


class PercentField(forms.DecimalField):
    """A share that is kept as a fraction of one and written in percent."""

    def prepare_value(self, value: Any) -> Any:
        return format((value * 100).normalize(), "f") if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        cleaned: Decimal | None = super().clean(value)
        return None if cleaned is None else cleaned / 100


class OrganisationForm(RefusableForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    strategic_cap = PercentField(
        label=_("Largest share of accounts on the strategic list, %"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=4,
        decimal_places=1,
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    fiscal_year_start = forms.TypedChoiceField(label=_("First month of the fiscal year"), coerce=int)
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Organisation
        fields = [
            "name",
            "currency",
            "time_zone",
            "fiscal_year_start",
            "month_closes_after",
            "strategic_cap",
            "trash_days",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        month: Any = self.fields["fiscal_year_start"]
        month.choices = list(MONTHS.items())

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()


class TokenForm(RefusableForm, forms.Form):
    name = forms.CharField(label=_("What is it for?"), max_length=100)
