"""How other rows are named in a body: by an id that the caller sees."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber, to_python
from rest_framework import serializers

from pmcrm.people.models import User


class Visible(serializers.PrimaryKeyRelatedField[Any]):
    """The id of a row that the caller sees; any other id is as unknown as one that does not exist."""

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.visible_to(self.context["request"].user)


class Colleague(serializers.PrimaryKeyRelatedField[Any]):
    """The id of an active colleague."""

    def get_queryset(self) -> Any:
        return User.objects.active()


def valid_phone(text: str, *, region: str) -> PhoneNumber:
    """A complete number; without a prefix it is one of the country `region`."""
    number = to_python(text, region=region or None)
    if number is None or not number.is_valid():
        raise serializers.ValidationError(
            {"phone": _("This is no complete phone number. Write it as +47 22 34 56 78.")}
        )
    return number
