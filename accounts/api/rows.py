"""How other rows are named in a body: by an id that the caller sees."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber, to_python
from rest_framework import serializers
from rest_framework.response import Response

from pmcrm.api.endpoints import Endpoint
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


def moved_to(endpoint: Endpoint, takers: models.QuerySet[Any]) -> Response | None:
    """301 with the address of the record in which the asked one went up, if it did."""
    taker = takers.only("pk").first()
    if taker is None:
        return None
    return Response(status=301, headers={"Location": endpoint.reverse_action("detail", args=[taker.pk])})
