"""How values look in the API: money with 4 places and shares with 6, both as strings; instants in UTC.

A value that the caller may not see is absent: not null, not 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers

if TYPE_CHECKING:
    from pmcrm.people.models import User


class _FixedPlaces(serializers.DecimalField):
    """Takes up to `accepted` places, gives exactly `places`, rounded half-even, without a negative zero."""

    places: ClassVar[int]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 20)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> str:
        return fixed(Decimal(value), self.places)


def fixed(value: Decimal, places: int) -> str:
    """`value` with exactly `places` decimals, half-even: fixed(Decimal("-0.00001"), 4) is "0.0000"."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    return f"{abs(rounded) if rounded == 0 else rounded:f}"


class MoneyField(_FixedPlaces):
    """An amount in the currency named beside it: "164424.3117"."""

    places = 4


class ShareField(_FixedPlaces):
    """A fraction of 1: "0.574113" is 57.4113 %."""

    places = 6


class HoursField(_FixedPlaces):
    """Hours with two places: "1.50"."""

    places = 2


class InstantField(serializers.DateTimeField):
    """A moment, always given in UTC: "2026-01-15T09:00:00Z". One sent without an offset is read as UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=dt.UTC, **kwargs)


class _StrictMixin:
    """Refuses names that the endpoint does not know, so that a misspelt field is not dropped in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known: Mapping[str, Any] = self.fields  # type: ignore[attr-defined]  # a serializer's
            unknown = sorted(str(name) for name in set(data) - set(known) - {"version"})
            if unknown:
                raise serializers.ValidationError({name: [_("There is no such field here.")] for name in unknown})
        return super().to_internal_value(data)  # type: ignore[misc]  # a serializer's


class Serializer(_StrictMixin, serializers.Serializer[Any]):
    """For bodies and answers that are no model's row."""


class ModelSerializer(_StrictMixin, serializers.ModelSerializer[Any]):
    """For a model's rows. `hidden_from` names the fields that the caller may not see of this row, nor write."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: InstantField,
    }

    def hidden_from(self, person: User, thing: Any) -> Iterable[str]:
        return ()

    @property
    def person(self) -> User:
        """Who asks."""
        user: Any = self.context["request"].user
        return user  # type: ignore[no-any-return]  # always a person behind HasRight

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if "request" in self.context:
            for name in self.hidden_from(self.person, instance):
                shown.pop(name, None)
        return shown
