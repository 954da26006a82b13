"""Where fields lie that a list is filtered by: a column, a key of a JSON column, or rows of another table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final

from django.db.models import DecimalField, Exists, OuterRef, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, IContains, IExact, IsNull, LessThanOrEqual
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models import QuerySet


def _span(operator: str, values: Sequence[Any]) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day that an operator of dates leaves, None where that end is open."""
    today = timezone.localdate()
    match operator:
        case "last":
            return today - dt.timedelta(days=values[0]), today
        case "next":
            return today, today + dt.timedelta(days=values[0])
        case "before":
            return None, _day_beside(values[0], -1)
        case "between":
            return values[0], values[1]
        case _:
            return _day_beside(values[0], 1), None


def _day_beside(day: dt.date, by: int) -> dt.date:
    """The day before or after; the calendar's own ends stay what they are."""
    return dt.date.fromordinal(min(max(day.toordinal() + by, dt.date.min.toordinal()), dt.date.max.toordinal()))


_LOOKUPS: Final = {"has": "icontains", "is": "iexact", "min": "gte", "max": "lte"}


@dataclass(frozen=True)
class Column:
    """A column of the row or of what belongs to it one to one. `empty` is how nothing is stored."""

    path: str
    empty: str | None = None
    is_instant: bool = False

    def condition(self, operator: str, values: Sequence[Any]) -> Q:
        path = self.path
        if operator in {"empty", "filled"}:
            nothing = Q(**{f"{path}__isnull": True}) if self.empty is None else Q(**{path: self.empty})
            return nothing if operator == "empty" else ~nothing
        if operator in {"any", "none"}:
            found = Q(**{f"{path}__in": values})
            return found if operator == "any" else ~found
        if operator == "between" and not isinstance(values[0], dt.date):
            return Q(**{f"{path}__gte": values[0], f"{path}__lte": values[1]})
        if lookup := _LOOKUPS.get(operator):
            return Q(**{f"{path}__{lookup}": values[0]})
        return self._days(*_span(operator, values))

    def _days(self, first: dt.date | None, last: dt.date | None) -> Q:
        found = Q()
        if first is not None:
            found &= Q(**{f"{self.path}__gte": _midnight(first) if self.is_instant else first})
        if last is not None and self.is_instant:
            found &= Q(**{f"{self.path}__lt": _midnight(_day_beside(last, 1))})
        elif last is not None:
            found &= Q(**{f"{self.path}__lte": last})
        return found


@dataclass(frozen=True)
class Beside:
    """A column of the row that belongs to this one: `path` leads there, `rows` are all of them, `owner` is the key of
    this one among them."""

    path: str
    rows: Callable[[], QuerySet[Any]]
    owner: str
    column: Column

    def condition(self, operator: str, values: Sequence[Any]) -> Q:
        column = self.column
        return Column(f"{self.path}__{column.path}", column.empty, column.is_instant).condition(operator, values)

    def by_key(self, operator: str, values: Sequence[Any]) -> Q:
        """The same as keys that the other table's own index finds, for where something of this one would do as well:
        an `or` across two joined tables is answered by reading both."""
        return Q(pk__in=self.rows().filter(self.column.condition(operator, values)).values(self.owner))


def _midnight(day: dt.date) -> dt.datetime:
    """The day's first instant where the reader is; far ends of the calendar count in UTC."""
    start = dt.datetime.combine(day, dt.time.min)
    is_far = not 2 <= day.year <= 9998
    return timezone.make_aware(start, dt.UTC if is_far else None)


@dataclass(frozen=True)
class Folded:
    """A text that is kept a second time as it is compared: `function` makes the same of what is looked for."""

    path: str
    function: Callable[[Value], Combinable]

    def condition(self, operator: str, values: Sequence[Any]) -> Q:
        wanted = self.function(Value(values[0]))
        return Q(**{f"{self.path}__contains" if operator == "has" else self.path: wanted})


@dataclass(frozen=True)
class JsonKey:
    """A key of a JSON column: decimals and days lie in it as text, a choice as text or as true and false."""

    column: str
    key: str
    is_number: bool = False

    def condition(self, operator: str, values: Sequence[Any]) -> Q:
        # The key as an expression, never as part of a name: a key may be called like a lookup.
        text = KeyTextTransform(self.key, self.column)
        match operator:
            case "empty" | "filled":
                return Q(IsNull(text, operator == "empty"))
            case "any":
                return self._holds(values)
            case "none":
                return ~self._holds(values)
            case "has":
                return Q(IContains(text, values[0]))
            case "is":
                return Q(IExact(text, values[0]))
        if self.is_number:
            number = Cast(text, DecimalField(max_digits=20, decimal_places=6))
            first, last = (values[0], values[-1])
            found = Q()
            if operator in {"min", "between"}:
                found &= Q(GreaterThanOrEqual(number, first))
            if operator in {"max", "between"}:
                found &= Q(LessThanOrEqual(number, last))
            return found
        start, end = _span(operator, values)
        days = Q(GreaterThanOrEqual(text, start.isoformat())) if start is not None else Q()
        return days & Q(LessThanOrEqual(text, end.isoformat())) if end is not None else days

    def _holds(self, values: Sequence[Any]) -> Q:
        # One question each: the index over the column answers those.
        return reduce(or_, (Q(**{f"{self.column}__contains": {self.key: value}}) for value in values))


@dataclass(frozen=True)
class Linked:
    """Rows of another table that point at this one and at the choice."""

    rows: Callable[[], QuerySet[Any]]
    owner: str
    choice: str

    def condition(self, operator: str, values: Sequence[Any]) -> Q:
        match operator:
            case "empty":
                return ~Q(self._any())
            case "filled":
                return Q(self._any())
        carrying = self.rows().filter(**{f"{self.choice}__in": values}).values(self.owner)
        return Q(pk__in=carrying) if operator == "any" else ~Q(pk__in=carrying)

    def _any(self) -> Exists:
        return Exists(self.rows().filter(**{self.owner: OuterRef("pk")}))
