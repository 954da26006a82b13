"""Custom fields in bodies and in the description: typed by their definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.models import CustomField
from accounts.models.custom import LONGEST_TEXT, NUMBER_DIGITS, NUMBER_PLACES, FieldType, Thing
from pmcrm.api.serializers import Serializer


class CustomValues(Serializer):
    """The organisation's own fields by their keys; what is not known is null, and null empties a field."""

    thing: ClassVar[str]

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        request = self.context.get("request")
        # The open description tells what the program can do; an organisation's own fields are for its people.
        if request is None or not request.user.is_authenticated:
            return {}
        return {field.key: _api_field(field) for field in CustomField.objects.of(self.thing).active().in_order()}

    def to_representation(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        known: Mapping[str, Any] = self.fields
        return {key: instance.get(key) for key in known}


class AccountCustomValues(CustomValues):
    thing = Thing.ACCOUNT


class ContactCustomValues(CustomValues):
    thing = Thing.CONTACT


def _api_field(field: CustomField) -> serializers.Field[Any, Any, Any, Any]:
    common: dict[str, Any] = {"required": False, "allow_null": True, "label": field.label, "help_text": field.label}
    match field.type:
        case FieldType.NUMBER:
            return serializers.DecimalField(max_digits=NUMBER_DIGITS, decimal_places=NUMBER_PLACES, **common)
        case FieldType.DATE:
            return serializers.DateField(**common)
        case FieldType.CHOICE:
            return serializers.ChoiceField(choices=field.choices, **common)
        case FieldType.YES_NO:
            return serializers.BooleanField(**common)
        case _:
            return serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, **common)
