"""Cells that the lists of accounts and of contacts share."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts.clock import local_time
from accounts.countries import country_name, place_words
from accounts.models.custom import FieldType
from pmcrm.figures import Reader, clock
from pmcrm.lists.columns import Cell, Column, FileColumn, Row, nothing, time_since, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from accounts.models import CustomField
    from pmcrm.people.models import User


def short(name: str) -> SafeString:
    return written('<span class="short" title="{}">{}</span>', name, name)


def words_of(path: str, write: Callable[[str], Any] = str) -> Callable[[User], Cell]:
    """A short text of the row."""

    def prepare(_user: User) -> Cell:
        none, words = nothing(), cache(lambda text: short(str(write(text))))

        def cell(row: Row) -> SafeString:
            text: str = getattr(row, path)
            return words(text) if text else none

        return cell

    return prepare


def place(_user: User) -> Cell:
    now, none = timezone.now(), nothing()
    during, outside = gettext("office hours there"), gettext("outside office hours there")

    @cache
    def time_in(zone: str) -> SafeString:
        there = local_time(zone, now)
        if there is None:
            return SafeString()
        hint = during if there.is_office_hours else outside
        return written('<span class="dim" title="{}">{}</span>', hint, clock(there.time))

    @cache
    def name_of(country: str) -> str:
        return country_name(country) if country else ""

    @cache
    def written_place(country: str, city: str, zone: str) -> SafeString:
        time = time_in(zone)
        if not (country or time):
            return none
        frame = '<span class="place"><span class="short" title="{}">{}</span>{}</span>'
        return written(frame, place_words(city, country), name_of(country), time)

    return lambda row: written_place(row.country, row.city, row.time_zone)


def own_columns(fields: Iterable[CustomField]) -> list[Column]:
    """A column for each of these fields of our own; all are read from the row itself."""
    return [
        Column(
            field.form_name,
            field.label,
            ("custom",),
            _own(field),
            classes="num" if field.type == FieldType.NUMBER else "",
            has_label=True,
            in_file=(own_in_file(field),),
        )
        for field in fields
    ]


def own_in_file(field: CustomField) -> FileColumn:
    """A field of our own as an import reads it."""
    return FileColumn(field.form_name, ("custom",), lambda _user: lambda row: field.value(row.custom.get(field.key)))


def _own(field: CustomField) -> Callable[[User], Cell]:
    def prepare(_user: User) -> Cell:
        none = nothing()
        words = cache(lambda stored: short(field.words(stored)))

        def cell(row: Row) -> SafeString:
            stored = row.custom.get(field.key)
            return none if stored is None else words(stored)

        return cell

    return prepare


def added(_user: User) -> Cell:
    reader = Reader.here()
    return lambda row: time_since(row.created_at, reader)


def tick(_user: User) -> Cell:
    words = gettext("Tick %(name)s")
    return lambda row: format_html(
        '<input type="checkbox" name="row" value="{}.{}" form="bulk" aria-label="{}">',
        row.pk,
        row.version,
        words % {"name": row.name},
    )
