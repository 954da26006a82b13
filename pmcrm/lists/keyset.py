"""Keyset paging: as fast on the last page as on the first. Pages and API share this one cursor.

An order is a short list of column names ("-contribution_12m", "id"); the last one is unique. NULLs come last in both
directions, as the indexes say. "Last page" is the first page of the reversed order.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model, Q, QuerySet

M = TypeVar("M", bound=Model)


class BadCursor(ValueError):
    """The cursor was not made by this list; the page starts from the beginning, the API answers 400."""


@dataclass(frozen=True)
class Order:
    """One column of an order."""

    column: str
    is_descending: bool

    @classmethod
    def parse(cls, text: str) -> Order:
        return cls(text.removeprefix("-"), text.startswith("-"))

    def expression(self, *, backwards: bool) -> Any:
        # Reading backwards turns everything round, NULLs too: they come first then and the page is flipped after.
        field = F(self.column)
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        return field.desc(**nulls) if self.is_descending != backwards else field.asc(**nulls)


@dataclass(frozen=True)
class KeysetPage(Generic[M]):
    """Up to `size` rows and the cursors of their neighbours (None at an end)."""

    rows: list[M]
    next_cursor: str | None
    previous_cursor: str | None


def encode(values: list[Any], *, backwards: bool) -> str:
    payload = json.dumps([backwards, *values], cls=DjangoJSONEncoder, separators=(",", ":"))
    return urlsafe_b64encode(payload.encode()).decode().rstrip("=")


def decode(cursor: str, columns: int) -> tuple[bool, list[Any]]:
    try:
        payload = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        backwards, *values = payload
    except (Base64Error, UnicodeDecodeError, ValueError, TypeError) as error:
        raise BadCursor(cursor) from error
    if not isinstance(backwards, bool) or len(values) != columns:
        raise BadCursor(cursor)
    if not all(value is None or isinstance(value, str | int) for value in values) or values[-1] is None:
        raise BadCursor(cursor)
    return backwards, values


def _beyond(orders: list[Order], values: list[Any], *, backwards: bool) -> Q:
    """Rows strictly after `values` in reading direction, with NULLs last in list order."""
    result = Q()
    equal = Q()
    for order, value in zip(orders, values, strict=True):
        if value is None:
            step = Q(**{f"{order.column}__isnull": False}) if backwards else Q(pk__in=[])
            same = Q(**{f"{order.column}__isnull": True})
        else:
            comparison = "lt" if order.is_descending != backwards else "gt"
            step = Q(**{f"{order.column}__{comparison}": value})
            if not backwards:
                step |= Q(**{f"{order.column}__isnull": True})
            same = Q(**{order.column: value})
        result |= equal & step
        equal &= same
    return result


def keyset_page(queryset: QuerySet[M], *, order: list[str], cursor: str | None, size: int) -> KeysetPage[M]:
    """One page of `queryset` in `order`. Raises BadCursor for a cursor of another list."""
    orders = [Order.parse(text) for text in order]
    backwards, values = decode(cursor, len(orders)) if cursor else (False, [])
    if values:
        try:
            queryset = queryset.filter(_beyond(orders, values, backwards=backwards))
        except (ValueError, TypeError) as error:
            raise BadCursor(cursor) from error
    found = list(queryset.order_by(*(o.expression(backwards=backwards) for o in orders))[: size + 1])
    has_more = len(found) > size
    rows = found[:size]
    if backwards:
        rows.reverse()

    def cursor_of(row: M, *, back: bool) -> str:
        return encode([_value(row, o.column) for o in orders], backwards=back)

    has_next = bool(rows) if backwards else has_more
    has_previous = bool(rows) and (has_more if backwards else bool(values))
    return KeysetPage(
        rows,
        cursor_of(rows[-1], back=False) if has_next else None,
        cursor_of(rows[0], back=True) if has_previous else None,
    )


def _value(row: Model, column: str) -> Any:
    value: Any = row
    for part in column.split("__"):
        if value is None:
            return None
        value = getattr(value, part)
    return value
