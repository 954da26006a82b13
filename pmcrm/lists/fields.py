"""Fields that a list can be filtered by: declared by the room that owns the rows, beside its columns.

A field is of a kind, which says its operators; its `place` turns an operator and typed values into what the database
is asked. Text from an address becomes typed here, or a sentence that says what would be right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.db.models import Q
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pmcrm.lists.conditions import ALL, ANY, LONGEST, MOST_CONDITIONS, MOST_GROUPS, Condition, Conditions, Group, parse
from pmcrm.lists.places import Beside

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_TEXT: Final = 100
MOST_VALUES: Final = 30
MOST_DAYS: Final = 3660
NUMBER_DIGITS, NUMBER_PLACES = 14, 6


class Kind(Enum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


class Takes(Enum):
    """What an operator is given."""

    NOTHING = "nothing"
    ONE = "one"
    TWO = "two"
    DAYS = "days"
    SOME = "some"


@dataclass(frozen=True)
class Operator:
    """How a field is compared. `words` is what stands between the field's name and the value."""

    slug: str
    words: _StrPromise
    takes: Takes = Takes.ONE


_EMPTY: Final = (
    Operator("empty", gettext_lazy("is empty"), Takes.NOTHING),
    Operator("filled", gettext_lazy("is filled in"), Takes.NOTHING),
)
OPERATORS: Final[Mapping[Kind, tuple[Operator, ...]]] = {
    Kind.TEXT: (Operator("has", gettext_lazy("contains")), Operator("is", gettext_lazy("is")), *_EMPTY),
    Kind.NUMBER: (
        Operator("min", gettext_lazy("at least")),
        Operator("max", gettext_lazy("at most")),
        Operator("between", gettext_lazy("between"), Takes.TWO),
        *_EMPTY,
    ),
    Kind.DATE: (
        Operator("last", gettext_lazy("in the last"), Takes.DAYS),
        Operator("next", gettext_lazy("in the next"), Takes.DAYS),
        Operator("before", gettext_lazy("before")),
        Operator("after", gettext_lazy("after")),
        Operator("between", gettext_lazy("between"), Takes.TWO),
        *_EMPTY,
    ),
    Kind.CHOICE: (
        Operator("any", gettext_lazy("is any of"), Takes.SOME),
        Operator("none", gettext_lazy("is none of"), Takes.SOME),
        *_EMPTY,
    ),
}


class Place(Protocol):
    """Where a field's values lie."""

    def condition(self, operator: str, values: Sequence[Any]) -> Q:
        """What the database is asked. `values` are typed: str, Decimal, date, a number of days, or stored choices."""
        ...


@dataclass(frozen=True)
class Field:
    """A field to filter by. `options` of a choice are (value in the address, words); `stored` where it is kept
    otherwise. `holds_something` fields are never empty."""

    key: str
    label: _StrPromise | str
    kind: Kind
    place: Place
    options: Sequence[tuple[str, Any]] = ()
    stored: Callable[[str], Any] = str
    holds_something: bool = False

    @property
    def operators(self) -> tuple[Operator, ...]:
        known = OPERATORS[self.kind]
        return tuple(one for one in known if one not in _EMPTY) if self.holds_something else known

    def operator(self, slug: str) -> Operator | None:
        return next((one for one in self.operators if one.slug == slug), None)


class Refused(ValueError):
    """A condition that cannot be asked, with the sentence that says why."""


@dataclass(frozen=True)
class Checked:
    """The conditions that hold good, and a sentence for each part that does not."""

    conditions: Conditions
    complaints: tuple[str, ...]


def check(text: str, fields: Mapping[str, Field]) -> Checked:
    """What of `text` can be asked of these fields; the rest is named."""
    asked, broken = parse(text)
    complaints = [_("“%(part)s” is no condition.") % {"part": part[:60]} for part in broken]
    if len(text) > LONGEST or len(list(asked)) > MOST_CONDITIONS or len(asked.groups) > MOST_GROUPS:
        words = {"conditions": MOST_CONDITIONS, "groups": MOST_GROUPS}
        sentence = _("At most %(conditions)d conditions in %(groups)d groups fit; nothing is filtered by them.")
        return Checked(Conditions(), (sentence % words,))
    groups = []
    for group in asked.groups:
        sound = []
        for condition in group.conditions:
            try:
                typed(condition, fields)
            except Refused as refusal:
                complaints.append(str(refusal))
            else:
                sound.append(condition)
        groups.append(Group(group.joined, tuple(sound)))
    return Checked(replace(asked, groups=tuple(groups)).tidy(), tuple(complaints))


def typed(condition: Condition, fields: Mapping[str, Field]) -> tuple[Field, Operator, list[Any]]:
    """A condition as it is asked; Refused with a sentence where it cannot be."""
    field = fields.get(condition.field)
    if field is None:
        raise Refused(_("There is no field “%(key)s” to filter by.") % {"key": condition.field[:40]})
    operator = field.operator(condition.operator)
    if operator is None:
        words = {"field": field.label, "known": ", ".join(one.slug for one in field.operators)}
        raise Refused(_("%(field)s is compared by one of: %(known)s.") % words)
    try:
        return field, operator, _values(field, operator, condition.values)
    except Refused as refusal:
        raise Refused(f"{field.label}: {refusal}") from refusal


def _values(field: Field, operator: Operator, given: tuple[str, ...]) -> list[Any]:
    if any("\x00" in value for value in given):
        raise Refused(_("The text holds a character that no text may hold."))
    match operator.takes:
        case Takes.NOTHING:
            return []
        case Takes.SOME:
            return _choices(field, given)
        case Takes.DAYS:
            return [_days(_one(given))]
        case Takes.TWO:
            if len(given) != 2:
                raise Refused(_("Say two values, from and to."))
            read: Callable[[str], Any] = _date if field.kind is Kind.DATE else _number
            return sorted(map(read, given))
    # A comma in a text that somebody wrote into the address by hand parts no values.
    value = ",".join(given) if field.kind is Kind.TEXT else _one(given)
    if field.kind is Kind.NUMBER:
        return [_number(value)]
    return [_date(value)] if field.kind is Kind.DATE else [_text(value)]


def _one(given: tuple[str, ...]) -> str:
    if len(given) != 1:
        raise Refused(_("Say one value."))
    return given[0]


def _text(value: str) -> str:
    text = value.strip()
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise Refused(_("Write 1 to %(most)d characters.") % {"most": LONGEST_TEXT})
    return text


def _number(value: str) -> Decimal:
    try:
        number = Decimal(value.strip().replace("\u2212", "-").replace(" ", "").replace("\u00a0", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Refused(_("Write a number, for example 1250 or 12.5."))
    exponent: Any = number.normalize().as_tuple().exponent
    if number.adjusted() >= NUMBER_DIGITS or -exponent > NUMBER_PLACES:
        raise Refused(_("Up to 14 digits before the point and 6 behind it fit."))
    return number


def _date(value: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value.strip())
    except ValueError as error:
        raise Refused(_("Write a day, for example 2026-03-10.")) from error


def _days(value: str) -> int:
    text = value.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= MOST_DAYS):
        raise Refused(_("Write a number of days from 1 to %(most)d.") % {"most": MOST_DAYS})
    return int(text)


def _choices(field: Field, given: tuple[str, ...]) -> list[Any]:
    wanted = list(dict.fromkeys(value for value in given if value))
    if not wanted:
        raise Refused(_("Choose at least one."))
    if len(wanted) > MOST_VALUES:
        raise Refused(_("Choose at most %(most)d.") % {"most": MOST_VALUES})
    known = {value for value, _words in field.options}
    for value in wanted:
        if value not in known:
            raise Refused(_("“%(value)s” is not on offer.") % {"value": value[:40]})
    return [field.stored(value) for value in wanted]


# To the database, and to people -----------------------------------------------------------------------------------


def asked_of_database(conditions: Conditions, fields: Mapping[str, Field]) -> Q:
    """Checked conditions as one question."""
    joins = {ALL: and_, ANY: or_}
    groups = []
    for group in conditions.groups:
        parts = []
        by_key = group.joined == ANY and _lie_apart(group.conditions, fields)
        for condition in group.conditions:
            field, operator, values = typed(condition, fields)
            place = field.place
            ask = place.by_key if by_key and isinstance(place, Beside) else place.condition
            parts.append(ask(operator.slug, values))
        groups.append(reduce(joins[group.joined], parts))
    return reduce(joins[conditions.joined], groups, Q()) if groups else Q()


def _lie_apart(conditions: Iterable[Condition], fields: Mapping[str, Field]) -> bool:
    """Some of them are about the row, others about the one that belongs to it."""
    return len({isinstance(fields[condition.field].place, Beside) for condition in conditions}) > 1


def in_words(condition: Condition, fields: Mapping[str, Field]) -> str:
    """A checked condition as people say it: Revenue at least 10,000."""
    field, operator, values = typed(condition, fields)
    words: Any = operator.words
    match operator.takes:
        case Takes.NOTHING:
            text = str(words)
        case Takes.SOME:
            labels = dict(field.options)
            chosen = [str(labels[value]) for value in dict.fromkeys(condition.values) if value]
            if operator.slug == "any":
                text = _("is %(values)s") % {"values": _joined(chosen, _("or"))}
            else:
                text = _("is not %(values)s") % {"values": _joined(chosen, _("nor"))}
        case Takes.DAYS if operator.slug == "last":
            text = ngettext("in the last day", "in the last %(n)d days", values[0]) % {"n": values[0]}
        case Takes.DAYS:
            text = ngettext("in the next day", "in the next %(n)d days", values[0]) % {"n": values[0]}
        case Takes.TWO:
            text = _("%(words)s %(first)s and %(second)s") % {
                "words": words,
                "first": _shown(values[0]),
                "second": _shown(values[1]),
            }
        case _:
            text = f"{words} {_shown(values[0])}"
    return f"{field.label} {text}"


def chips(conditions: Conditions, fields: Mapping[str, Field]) -> list[tuple[str, str]]:
    """Each part that can be taken off by itself: its words, and the text without it.

    Conditions that all hold stand alone; those of which one is enough stand together, joined by "or".
    """
    found: list[tuple[str, str]] = []
    if conditions.joined == ANY:
        for at, group in enumerate(conditions.groups):
            lead = _("or") + " " if at else ""
            found.append((lead + _group_in_words(group, fields), str(conditions.without(at))))
        return found
    for at, group in enumerate(conditions.groups):
        if group.joined == ANY:
            found.append((_group_in_words(group, fields), str(conditions.without(at))))
        else:
            for place, one in enumerate(group.conditions):
                found.append((in_words(one, fields), str(conditions.without(at, place))))
    return found


def _group_in_words(group: Group, fields: Mapping[str, Field]) -> str:
    join = _("or") if group.joined == ANY else _("and")
    return f" {join} ".join(in_words(one, fields) for one in group.conditions)


def _joined(words: list[str], join: str) -> str:
    return f" {join} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return number_format(value, use_l10n=True, force_grouping=True).replace("-", "\u2212")
    return date_format(value) if isinstance(value, dt.date) else f"“{value}”"


def by_key(fields: Iterable[Field]) -> dict[str, Field]:
    return {field.key: field for field in fields}
