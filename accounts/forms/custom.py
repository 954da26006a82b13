"""Custom fields in forms: those of an account or contact, and the form that decides on one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.locked import LockedForm
from accounts.models import CustomField
from accounts.models.custom import LONGEST_TEXT, NUMBER_DIGITS, NUMBER_PLACES, FieldType, Thing
from pmcrm.errors import RuleViolation, StaleVersion


class CustomForm(LockedForm):
    """A form of a row with custom fields. `values` carries theirs under `custom`, by key."""

    thing: ClassVar[str]

    def add_custom_fields(self) -> None:
        self.custom_fields = list(CustomField.objects.of(self.thing).active().in_order())
        for field in self.custom_fields:
            self.fields[field.form_name] = form_field(field)
            self.initial[field.form_name] = _shown(field, self.instance.custom.get(field.key))

    @property
    def custom_bound(self) -> list[forms.BoundField]:
        """What templates show."""
        return [self[field.form_name] for field in self.custom_fields]

    @property
    def values(self) -> dict[str, Any]:
        names = {field.form_name: field.key for field in self.custom_fields}
        plain = {name: value for name, value in super().values.items() if name not in names}
        # A field that came up after the form was shown was not asked for.
        sent = {key: self.cleaned_data.get(name) for name, key in names.items() if self.add_prefix(name) in self.data}
        return plain | {"custom": sent} if sent else plain

    def current_of(self, refusal: StaleVersion) -> Mapping[str, Any]:
        custom: Any = refusal.current.get("custom", {})
        theirs = {field.form_name: _shown(field, custom.get(field.key)) for field in self.custom_fields}
        return {**refusal.current, **theirs}


def form_field(field: CustomField) -> forms.Field:
    """The input that fits the field's type; each may stay empty."""
    common: dict[str, Any] = {"label": field.label, "required": False}
    match field.type:
        case FieldType.NUMBER:
            return forms.DecimalField(max_digits=NUMBER_DIGITS, decimal_places=NUMBER_PLACES, **common)
        case FieldType.DATE:
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
        case FieldType.CHOICE:
            return forms.ChoiceField(choices=[("", "–"), *((word, word) for word in field.choices)], **common)
        case FieldType.YES_NO:
            return forms.ChoiceField(choices=[("", "–"), ("yes", _("yes")), ("no", _("no"))], **common)
        case _:
            return forms.CharField(max_length=LONGEST_TEXT, **common)


def _shown(field: CustomField, stored: Any) -> Any:
    """A kept value as the input takes it, and as it comes back cleaned."""
    if stored is None:
        return None if field.type in {FieldType.NUMBER, FieldType.DATE} else ""
    if field.type == FieldType.YES_NO:
        return "yes" if stored else "no"
    return field.value(stored)


class CustomFieldForm(forms.Form):
    """A new field. Of whom it is and its type are asked once and stay."""

    label = forms.CharField(label=_("Name"), max_length=60)
    thing = forms.ChoiceField(label=_("Of"), choices=Thing.choices)
    type = forms.ChoiceField(label=_("Type"), choices=FieldType.choices)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Only for a choice: one a line."),
    )

    def choice_lines(self) -> list[str]:
        return str(self.cleaned_data["choices"]).splitlines()

    def show_refusal(self, refusal: RuleViolation) -> None:
        placed = {name: text for name, text in refusal.fields.items() if name in self.fields}
        for name, sentence in placed.items():
            self.add_error(name, sentence)
        if not placed:
            self.add_error(None, refusal.sentence)


class CustomFieldEditForm(CustomFieldForm):
    """Its name and what can be chosen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, field: CustomField) -> None:
        lines = "\n".join(field.choices)
        super().__init__(data, initial={"label": field.label, "choices": lines, "version": field.version})
        del self.fields["thing"], self.fields["type"]
        if field.type != FieldType.CHOICE:
            self.fields["choices"].widget = forms.HiddenInput()
