"""The form of an account, for a new one and for changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.countries import CODES, country_choices, only_zone, zone_choices
from accounts.forms.custom import CustomForm
from accounts.forms.tags import TagsField, split, written
from accounts.models import Account
from accounts.models.choices import Kind
from accounts.models.custom import Thing
from accounts.services.accounts import FACTS
from pmcrm.errors import StaleVersion
from pmcrm.people.models import User
from pmcrm.people.permissions import may


class AccountForm(CustomForm):
    """Shows only the fields that this person may set; the owner in sales is asked for where he may name one."""

    thing = Thing.ACCOUNT
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https", max_length=200)

    class Meta:
        model = Account
        fields = (
            "name",
            "ref",
            "kind",
            "party",
            "state",
            "relationship_owner",
            "product_manager",
            "department",
            "internal_mode",
            "parent",
            *FACTS,
        )
        widgets = {
            "business_summary": forms.Textarea(attrs={"rows": 4}),
            "first_impression": forms.Textarea(attrs={"rows": 2}),
            "first_heard_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "reference_permission_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "ref": _("What your other systems call it. Left empty, it gets one."),
            "business_summary": _("What they do and for whom, in a few sentences."),
            "first_heard_source": _("For example a fair, an article, another customer."),
            "first_impression": _("What they thought of us then, in their words."),
            "distance_class": _("Left empty, it follows from their clock and the product manager’s."),
            "reference_permission_on": _("Without a day there is no permission."),
        }

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["ref"].required = False
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"), required=False, choices=lambda: _optional(country_choices(), self.instance.country)
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            required=False,
            choices=lambda: _optional(zone_choices(), self.instance.time_zone),
            help_text=_("Left empty, it follows from a country with one zone."),
        )
        self.fields["phone"] = phone_field(
            (self.data.get("country") if self.is_bound else "") or self.instance.country,
            _("For example +47 22 34 56 78; without a prefix the country's counts."),
        )
        if may(person, "account.set_owner"):
            self.fields["relationship_owner"] = _person_field(
                "account.create", _("Relationship owner in sales"), self.instance.relationship_owner_id
            )
            self.fields["product_manager"] = _person_field(
                "exit_plan.propose", _("Product manager"), self.instance.product_manager_id
            )
        else:
            del self.fields["relationship_owner"], self.fields["product_manager"]
        engineer: Any = self.fields["se_owner"]
        engineer.queryset = (User.objects.active() | User.objects.filter(pk=self.instance.se_owner_id)).distinct()
        self.fields["tags"] = TagsField()
        if self.instance.pk is not None:
            self.initial["tags"] = written(list(self.instance.tags.values_list("name", flat=True)))
        parents: Any = self.fields["parent"]
        parents.queryset = Account.objects.visible_to(person).exclude(pk=self.instance.pk)
        if self.instance.pk is None:
            # Whoever is new here has given no permission yet.
            for name in ("reference_ok", "speaker_ok", "reference_permission_on"):
                del self.fields[name]
        self.add_custom_fields()
        self.remember_initial()

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
        line = values.pop("tags", "")
        # A form that did not show the tags leaves them alone.
        return values | {"tags": split(line)} if self.add_prefix("tags") in self.data else values

    def current_of(self, refusal: StaleVersion) -> Mapping[str, Any]:
        theirs: Any = refusal.current.get("tags", [])
        return {**super().current_of(refusal), "tags": written(theirs)}

    @property
    def tags_chosen(self) -> list[dict[str, str]]:
        """As the typeahead box shows them."""
        line = self["tags"].value() or ""
        return [{"id": name, "label": name} for name in split(line)]

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"]
        if country and country not in CODES and country != self.instance.country:
            raise forms.ValidationError(_("Use the two letters of a country, for example NO."))
        return country

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not values.get("time_zone"):
            values["time_zone"] = only_zone(values.get("country", ""))
        is_external = values.get("kind") == Kind.EXTERNAL
        if "relationship_owner" in self.fields and is_external and not values.get("relationship_owner"):
            self.add_error("relationship_owner", _("Say who in sales owns the relationship with this account."))
        for day in ("first_heard_on", "reference_permission_on"):
            if (said := values.get(day)) and said > timezone.localdate():
                self.add_error(day, _("This day has not come yet."))
        is_asked = values.get("reference_ok") or values.get("speaker_ok")
        if is_asked and not values.get("reference_permission_on") and "reference_permission_on" not in self.errors:
            self.add_error("reference_permission_on", _("Say on which day they gave their permission."))
        if values.get("kind") == Kind.INTERNAL:
            if values.get("relationship_owner"):
                values["relationship_owner"] = None
        else:
            if values.get("department"):
                values["department"] = None
            values["internal_mode"] = ""
        return values


def phone_field(region: str, example: Any) -> PhoneNumberField:
    """A number; one without a prefix is of the `region`, where that is a country's code."""
    field = PhoneNumberField(
        label=_("Phone"), required=False, region=region if region in CODES else None, help_text=example, initial=""
    )
    field.error_messages["invalid"] = _(
        "This is no complete phone number. Write it with the country's prefix, for example +47 22 34 56 78."
    )
    return field


def _optional(choices: list[tuple[str, str]], present: str) -> list[tuple[str, Any]]:
    """The choices after an empty one; a value that is stored already stays possible."""
    known = {value for value, _words in choices}
    kept = [(present, present)] if present and present not in known else []
    return [("", "–"), *kept, *choices]


def _person_field(right: str, label: Any, present: int | None) -> forms.ModelChoiceField[User]:
    """Active people whose role carries the right, and whoever it is now."""
    people = User.objects.with_right(right) | User.objects.filter(pk=present)
    return forms.ModelChoiceField(people.distinct(), label=label, required=False)
