"""Keyset paging: as fast on the last page as on the first. Pages and API share this one cursor.

An order is a short list of column names ("-figures__revenue_12m", "-figures__account_id"); the last one is unique and
only the first may be empty. NULLs come last in both directions, as the indexes say. "Last page" is the first page of
the reversed order, read by the cursor `LAST`.

Where all columns run in one direction a page is one comparison of rows, `(a, b) > (x, y)`, which PostgreSQL answers
with one range of the index; the rows without a value are a second range, asked for only when the first one is used up.
"""

from __future__ import annotations

import datetime as dt
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")

LAST: Final = "last"
_MINUTE: Final = 60


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

    def expression(self, *, backwards: bool, is_nullable: bool) -> Any:
        # Reading backwards turns everything round, NULLs too: they come first then and the page is flipped after.
        nulls = ({"nulls_first": True} if backwards else {"nulls_last": True}) if is_nullable else {}
        field = F(self.column)
        return field.desc(**nulls) if self.is_descending != backwards else field.asc(**nulls)


@dataclass(frozen=True)
class KeysetPage(Generic[R]):
    """Up to `size` rows and the cursors of their neighbours (None at an end)."""

    rows: list[R]
    next_cursor: str | None
    previous_cursor: str | None


class _Row(Func):
    """Several columns or values as one row value."""

    template = "(%(expressions)s)"
    arg_joiner = ", "


def _plain(value: Any) -> str | int | None:
    """A value as the cursor carries it; an instant keeps its microseconds, a decimal all its places."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"a cursor cannot carry {type(value).__name__}")


def encode(values: list[Any], *, backwards: bool) -> str:
    payload = json.dumps([backwards, *map(_plain, values)], separators=(",", ":"))
    return urlsafe_b64encode(payload.encode()).decode().rstrip("=")


def decode(cursor: str, fields: list[Field[Any, Any]]) -> tuple[bool, list[Any]]:
    """The direction and the values of a cursor, each as its column's type. Raises BadCursor."""
    if cursor == LAST:
        return True, []
    try:
        payload = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        backwards, *values = payload
    except (Base64Error, UnicodeDecodeError, ValueError, TypeError) as error:
        raise BadCursor(cursor) from error
    if not isinstance(backwards, bool) or len(values) != len(fields):
        raise BadCursor(cursor)
    if any(value is None for value in values[1:] or values):
        raise BadCursor(cursor)
    if not all(value is None or (isinstance(value, str | int) and "\x00" not in str(value)) for value in values):
        raise BadCursor(cursor)
    try:
        return backwards, [field.to_python(value) for field, value in zip(fields, values, strict=True)]
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise BadCursor(cursor) from error


def keyset_page(
    queryset: QuerySet[Any, R],
    *,
    order: list[str],
    cursor: str | None,
    size: int,
    chosen_from: QuerySet[Any, Any] | None = None,
) -> KeysetPage[R]:
    """One page of `queryset` in `order`. Raises BadCursor for a cursor of another list.

    The rows may be named tuples (`values_list(named=True)`) that hold the columns of the order. `chosen_from` gives the
    same rows bare: the page is found among these by key, and only its own rows get what they show. It serves where the
    database has to sort tens of thousands, each of which it would first join with what is shown of it.
    """
    orders = [Order.parse(text) for text in order]
    found_fields = [_annotation(queryset, o.column) or _field(queryset.model, o.column) for o in orders]
    fields = [field for field, _ in found_fields]
    is_nullable = found_fields[0][1]
    backwards, values = decode(cursor, fields) if cursor else (False, [])
    in_turn = [o.expression(backwards=backwards, is_nullable=is_nullable and n == 0) for n, o in enumerate(orders)]
    ordered = queryset.order_by(*in_turn)
    found: list[R] = []
    for condition in _ranges(orders, fields, values, backwards=backwards, is_nullable=is_nullable):
        most = size + 1 - len(found)
        if chosen_from is None:
            found += ordered.filter(condition)[:most]
        else:
            keys = chosen_from.order_by(*in_turn).filter(condition).values("pk")[:most]
            found += ordered.filter(pk__in=keys)
        if len(found) > size:
            break
    has_more = len(found) > size
    rows = found[:size]
    if backwards:
        rows.reverse()

    def cursor_of(row: R, *, back: bool) -> str:
        return encode([_value(row, o.column) for o in orders], backwards=back)

    has_next = bool(rows) and (bool(values) if backwards else has_more)
    has_previous = bool(rows) and (has_more if backwards else bool(values))
    return KeysetPage(
        rows,
        cursor_of(rows[-1], back=False) if has_next else None,
        cursor_of(rows[0], back=True) if has_previous else None,
    )


def in_order(queryset: Any, order: list[str]) -> Any:
    """All of `queryset` in the order of its pages, for whoever reads it to the end."""
    orders = [Order.parse(text) for text in order]
    is_nullable = (_annotation(queryset, orders[0].column) or _field(queryset.model, orders[0].column))[1]
    return queryset.order_by(
        *(o.expression(backwards=False, is_nullable=is_nullable and n == 0) for n, o in enumerate(orders))
    )


def _ranges(
    orders: list[Order], fields: list[Field[Any, Any]], values: list[Any], *, backwards: bool, is_nullable: bool
) -> list[Any]:
    """The ranges of the index that lie beyond `values` in reading direction, in that order."""
    if not values:
        return [Q()]
    without = Q(**{f"{orders[0].column}__isnull": True})
    if values[0] is not None:
        beyond = _beyond(orders, fields, values, backwards=backwards)
        return [beyond, without] if is_nullable and not backwards else [beyond]
    rest = without & Q(_beyond(orders[1:], fields[1:], values[1:], backwards=backwards))
    return [rest, ~without] if backwards else [rest]


def _beyond(orders: list[Order], fields: list[Field[Any, Any]], values: list[Any], *, backwards: bool) -> Any:
    """Rows strictly after `values` in reading direction; no value is NULL."""
    downwards = {o.is_descending != backwards for o in orders}
    if len(downwards) == 1:
        columns = _Row(*(F(o.column) for o in orders), output_field=fields[-1])
        marks = _Row(
            *(Value(value, output_field=field) for value, field in zip(values, fields, strict=True)),
            output_field=fields[-1],
        )
        return LessThan(columns, marks) if downwards == {True} else GreaterThan(columns, marks)
    # Mixed directions: the first column bounds the range, equal values are looked through.
    result, equal = Q(), Q()
    for order, value in zip(orders, values, strict=True):
        comparison = "lt" if order.is_descending != backwards else "gt"
        result |= equal & Q(**{f"{order.column}__{comparison}": value})
        equal &= Q(**{order.column: value})
    bound = "lte" if orders[0].is_descending != backwards else "gte"
    return Q(**{f"{orders[0].column}__{bound}": values[0]}) & result


def _annotation(queryset: QuerySet[Any], column: str) -> tuple[Field[Any, Any], bool] | None:
    """The field of a column that the query computes; such a column is never empty in an order."""
    found = queryset.query.annotations.get(column)
    return None if found is None else (found.output_field, False)


def _field(model: type[Model], column: str) -> tuple[Field[Any, Any], bool]:
    """The field that a column name leads to, and whether it may be empty."""
    is_nullable = False
    *hops, last = column.split("__")
    for hop in hops:
        relation: Any = model._meta.get_field(hop)
        is_nullable = is_nullable or (relation.null and relation.concrete)
        model = relation.related_model
    field: Any = model._meta.pk if last == "pk" else model._meta.get_field(last)
    target = field.target_field if field.is_relation else field
    # A computed column is as empty as what it is computed from, which is never empty here.
    return target, is_nullable or (field.null and not field.generated)


def _value(row: Any, column: str) -> Any:
    if isinstance(row, tuple):
        return getattr(row, column)
    value = row
    for part in column.split("__"):
        if value is None:
            return None
        value = getattr(value, part)
    return value


def capped_count(queryset: QuerySet[Any], limit: int = 10_000) -> tuple[int, bool]:
    """How many rows, counted up to `limit`; True beside it where there are more."""
    found = queryset.order_by()[: limit + 1].count()
    return min(found, limit), found > limit


def count_or_estimate(
    queryset: QuerySet[Any], limit: int, *, expected: Callable[[], QuerySet[Any]] | None = None
) -> tuple[int, bool]:
    """How many rows: counted up to `limit`; beyond it what the database expects, to two figures, and True beside it.

    Its plan costs the same for a million rows as for ten. An estimate stays for a minute, a count is always new.
    `expected` gives the same rows in other words, where the database can tell better how many these are.
    """
    statement, values = queryset.order_by().query.sql_with_params()
    key = f"estimate-{sha256(f'{statement}{values}'.encode()).hexdigest()}"
    if estimate := cache.get(key):
        return int(estimate), True
    count, is_more = capped_count(queryset, limit)
    if is_more:
        told = expected() if expected else queryset
        plan = json.loads(told.order_by().explain(format="json"))
        about = int(plan[0]["Plan"]["Plan Rows"])
        count = max(count, round(about, 2 - len(str(about))))
        cache.set(key, count, _MINUTE)
    return count, is_more


def order_by(model: type[Model], text: str) -> list[str]:
    """The whole order of a sortable column: "-figures__revenue_12m" gives it with its table's key, same direction.

    Both columns then lie in one index of the table that holds the value; a one-to-one row has its owner's key.
    """
    order = Order.parse(text)
    hops = order.column.split("__")[:-1]
    is_same_row = True
    for hop in hops:
        relation: Any = model._meta.get_field(hop)
        is_same_row = is_same_row and relation.one_to_one
        model = relation.related_model
    key = "__".join([*hops, "pk"]) if is_same_row else "pk"
    if order.column in {"id", "pk"}:
        return [text]
    return [text, f"-{key}" if order.is_descending else key]
