"""A row of any table, made from what its model says: for tests that must hold for tables nobody has thought of yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any, Final

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

_numbers = count(1)
_OURS: Final = {
    *("api", "trail", "lists", "exchange", "notices", "exports", "files"),
    *("accounts", "touchpoints", "preparation", "campaigns", "meetings", "correspondence", "segmentation"),
}


def all_models() -> list[Any]:
    """Every table of ours that people or machines write into; histories are written by the database."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in _OURS and model._meta.managed and not hasattr(model, "pgh_tracked_model")
    ]


class Rows:
    """Makes rows that point at the things given, and where none is given at one of their own kind.

    rows = Rows({User: lead, Account: account, Contact: contact})
    """

    def __init__(self, known: dict[Any, Any]) -> None:
        self.known = {model._meta.label: thing for model, thing in known.items()}

    def one(self, model: Any) -> Any:
        """The thing of this kind that all rows share."""
        if model._meta.label not in self.known:
            self.known[model._meta.label] = self.make(model)
        return self.known[model._meta.label]

    def make(self, model: Any, **values: Any) -> Any:
        """One valid row; `values` by the names of fields."""
        usual = _USUAL.get(model._meta.label)
        given = {**(usual(self) if usual else {}), **values}
        for field in model._meta.concrete_fields:
            if field.name not in given and not _is_filled(field):
                given[field.name] = self._value(field)
        made = model._base_manager.create(**given)
        self.known.setdefault(model._meta.label, made)
        return made

    def kinds(self) -> list[tuple[Any, Any]]:
        return [(apps.get_model(label), thing) for label, thing in self.known.items()]

    def _value(self, field: Any) -> Any:
        if field.is_relation:
            return self.one(field.related_model)
        if field.choices:
            return field.flatchoices[0][0] or field.flatchoices[1][0]
        return next(make for kind, make in _BY_KIND if isinstance(field, kind))(field)


def _is_filled(field: Any) -> bool:
    by_itself = field.generated or field.has_default() or getattr(field, "auto_now", False)
    by_itself = by_itself or getattr(field, "auto_now_add", False) or isinstance(field, models.AutoField)
    return by_itself or field.null or (field.empty_strings_allowed and field.blank)


_BY_KIND: Final[list[tuple[Any, Callable[[Any], Any]]]] = [
    (models.EmailField, lambda _field: f"person{next(_numbers)}@example.com"),
    (models.CharField | models.TextField, lambda field: f"t{next(_numbers)}"[: field.max_length]),
    (models.DateTimeField, lambda _field: timezone.now()),
    (models.DateField, lambda _field: timezone.localdate()),
    (models.BooleanField, lambda _field: False),
    (models.DecimalField, lambda _field: Decimal(1)),
    (models.IntegerField | models.FloatField, lambda _field: 1),
    (models.BinaryField, lambda _field: b"x"),
    (ArrayField, lambda _field: []),
    (models.JSONField, lambda _field: {}),
    (models.UUIDField, lambda _field: None),
]
# What the database asks for beyond the kinds of its columns.
_FIRST: Final = dt.date(2026, 1, 1)
_USUAL: Final[dict[str, Callable[[Rows], dict[str, Any]]]] = {
    "accounts.AccountPair": lambda rows: _pair(rows, "accounts.Account"),
    "accounts.ContactPair": lambda rows: _pair(rows, "accounts.Contact"),
    "accounts.StrategicEntry": lambda _rows: {"rank": next(_numbers)},
    "touchpoints.Evidence": lambda rows: {"interaction": rows.one(apps.get_model("touchpoints.Interaction"))},
    "touchpoints.NpsAnswer": lambda _rows: {"score": 9},
    "segmentation.ExchangeRate": lambda _rows: {"month": _FIRST, "from_currency": "EUR", "to_currency": "USD"},
    "segmentation.MonthReopening": lambda _rows: {"month": _FIRST},
    "segmentation.ProfitRun": lambda _rows: {"from_month": _FIRST, "to_month": _FIRST, "currency": "USD"},
    "segmentation.LedgerLine": lambda _rows: {"currency": "USD", "cost": 1},
    "segmentation.PoolRate": lambda _rows: {"from_month": _FIRST, "currency": "USD"},
    "accounts.BulkChange": lambda _rows: {"field": "trash"},
    "meetings.Criterion": lambda _rows: {"position": 0},
    "meetings.Invitee": lambda rows: {"contact": rows.one(apps.get_model("accounts.Contact"))},
    "meetings.SalesReview": lambda _rows: {"is_approved": True},
    "files.Attachment": lambda rows: {"account": rows.one(apps.get_model("accounts.Account"))},
}


def _pair(rows: Rows, label: str) -> dict[str, Any]:
    model = apps.get_model(label)
    other: Any = Rows({kind: thing for kind, thing in rows.kinds() if kind is not model}).make(model)
    left, right = sorted((rows.one(model), other), key=lambda one: one.pk)
    return {"left": left, "right": right}
