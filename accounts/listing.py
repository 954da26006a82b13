"""The columns of the list of accounts."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.clock import local_time
from accounts.countries import country_name, place_words
from accounts.models.account import Kind, Party, Size, State, Tier
from accounts.models.custom import FieldType
from accounts.permissions import sees_figures_owned_by
from pmcrm.figures import Reader, clock, money, number, signed, state_icon, state_tone
from pmcrm.icons import icon
from pmcrm.lists.columns import Cell, Column, Row, address_of, nothing, time_since, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal

    from accounts.models import CustomField
    from pmcrm.people.models import User

_OWNERS: Final = ("relationship_owner", "product_manager")


def _name(_user: User) -> Cell:
    address = address_of("account_detail")
    return lambda row: written('<a href="{}">{}</a><span class="sub">{}</span>', address(row.pk), row.name, row.ref)


def _state(_user: User) -> Cell:
    @cache
    def tag(state: str) -> SafeString:
        tone = state_tone(state)
        return format_html(
            '<span class="tag{}{}">{}{}</span>',
            *(" tag--" if tone else "", tone, icon(state_icon(state)), State(state).label),
        )

    return lambda row: tag(row.state)


def _tier(_user: User) -> Cell:
    unknown = nothing(gettext("Fewer than three scores are known"))

    @cache
    def tag(tier: str, score: Decimal | None) -> SafeString:
        brand = " tag--brand" if tier == Tier.A else ""
        return format_html('<span class="tag{}">{} · {}</span>', brand, Tier(tier).label, number(score))

    return lambda row: tag(row.tier, row.tier_score) if row.tier else unknown


def _place(_user: User) -> Cell:
    now = timezone.now()
    during, outside = gettext("office hours there"), gettext("outside office hours there")

    @cache
    def place(country: str, city: str, zone: str) -> SafeString:
        there = local_time(zone, now)
        if not (country or there):
            return nothing()
        name = country_name(country) if country else ""
        words = format_html('<span class="short" title="{}">{}</span>', place_words(city, country), name)
        if there:
            hint = during if there.is_office_hours else outside
            words += format_html('<span class="dim" title="{}">{}</span>', hint, clock(there.time))
        return format_html('<span class="place">{}</span>', words)

    return lambda row: place(row.country, row.city, row.time_zone)


def _sales(_user: User) -> Cell:
    nobody = format_html('<span class="warn">{}</span>', gettext("nobody"))
    none, short = nothing(), cache(_short)

    def cell(row: Row) -> SafeString:
        name: str | None = row.relationship_owner__name
        if name:
            return short(name)
        return nobody if row.kind == Kind.EXTERNAL else none

    return cell


def _product(_user: User) -> Cell:
    none, short = format_html('<span class="dim">{}</span>', "–"), cache(_short)
    return lambda row: short(row.product_manager__name) if row.product_manager__name else none


def _short(name: str) -> SafeString:
    return written('<span class="short" title="{}">{}</span>', name, name)


def _figure(path: str, write: Callable[[Any], SafeString]) -> Callable[[User], Cell]:
    """An amount, where the person may see it on this account."""

    def prepare(user: User) -> Cell:
        hidden = format_html("{}", "")
        sees = sees_figures_owned_by(user)
        return lambda row: write(getattr(row, path)) if sees(row.relationship_owner, row.product_manager) else hidden

    return prepare


def _contact(_user: User) -> Cell:
    none, reader = nothing(), Reader.here()

    def cell(row: Row) -> SafeString:
        at: dt.datetime | None = row.figures__last_contact_at
        return time_since(at, reader) if at else none

    return cell


def _step(_user: User) -> Cell:
    none, reader = nothing(), Reader.here()

    @cache
    def due(day: dt.date) -> SafeString:
        late = format_html(' class="{}"', "warn strong") if day < reader.today else ""
        return format_html("<span{}>{}</span>", late, reader.until(day))

    def cell(row: Row) -> SafeString:
        day: dt.date | None = row.figures__next_step_on
        return due(day) if day else none

    return cell


def own_columns(fields: Iterable[CustomField]) -> list[Column]:
    """A column for each of these fields of our own; all are read from the account's own row."""
    return [
        Column(
            field.form_name,
            field.label,
            ("custom",),
            _own(field),
            classes="num" if field.type == FieldType.NUMBER else "",
            has_label=True,
        )
        for field in fields
    ]


def _own(field: CustomField) -> Callable[[User], Cell]:
    def prepare(_user: User) -> Cell:
        none = nothing()
        words = cache(lambda stored: _short(field.words(stored)))

        def cell(row: Row) -> SafeString:
            stored = row.custom.get(field.key)
            return none if stored is None else words(stored)

        return cell

    return prepare


def _words(path: str, write: Callable[[str], Any] = str) -> Callable[[User], Cell]:
    """A short text of the account's own row."""

    def prepare(_user: User) -> Cell:
        none, words = nothing(), cache(lambda text: _short(str(write(text))))

        def cell(row: Row) -> SafeString:
            text: str = getattr(row, path)
            return words(text) if text else none

        return cell

    return prepare


def _tags(_user: User) -> Cell:
    none = nothing()

    @cache
    def tag(name: str) -> SafeString:
        return format_html('<span class="tag">{}</span>', name)

    def cell(row: Row) -> SafeString:
        names: list[str] = row.tag_names
        return SafeString(" ".join(map(tag, names))) if names else none

    return cell


def _added(_user: User) -> Cell:
    reader = Reader.here()
    return lambda row: time_since(row.created_at, reader)


def _tick(_user: User) -> Cell:
    words = gettext("Tick %(name)s")
    return lambda row: format_html(
        '<input type="checkbox" name="row" value="{}.{}" form="bulk" aria-label="{}">',
        row.pk,
        row.version,
        words % {"name": row.name},
    )


# Stands before the others while accounts are changed in bulk; the box says which version its reader saw.
TICK: Final = Column("tick", _("Tick"), ("pk", "version", "name"), _tick, classes="tick")
COLUMNS: Final = (
    Column(
        "name", _("Account"), ("pk", "name", "ref"), _name, sort="sort_name", starts_descending=False, names_row=True
    ),
    Column("state", _("State"), ("state",), _state),
    Column("tier", _("Tier"), ("tier", "tier_score"), _tier, sort="tier_score"),
    Column("place", _("Place, time there"), ("country", "city", "time_zone"), _place),
    Column("sales", _("Sales"), ("kind", "relationship_owner__name"), _sales, has_label=True),
    Column("product", _("Product"), ("product_manager__name",), _product, classes="when-wide"),
    Column(
        "revenue",
        _("Revenue"),
        ("figures__revenue_12m", *_OWNERS),
        _figure("figures__revenue_12m", lambda amount: written("{}", money(amount))),
        sort="figures__revenue_12m",
        right="contribution.read",
        hint=_("Revenue of the last 12 closed months"),
        classes="num when-wide",
    ),
    Column(
        "contribution",
        _("Contribution"),
        ("figures__contribution_12m", *_OWNERS),
        _figure(
            "figures__contribution_12m",
            lambda amount: written('<span class="loss">{}</span>' if amount and amount < 0 else "{}", signed(amount)),
        ),
        sort="figures__contribution_12m",
        right="contribution.read",
        hint=_("Contribution of the last 12 closed months"),
        classes="num",
        has_label=True,
    ),
    Column(
        "contact",
        _("Last contact"),
        ("figures__last_contact_at",),
        _contact,
        sort="figures__last_contact_at",
        classes="nowrap",
        has_label=True,
    ),
    Column(
        "step",
        _("Next step"),
        ("figures__next_step_on",),
        _step,
        sort="figures__next_step_on",
        starts_descending=False,
        classes="nowrap",
        has_label=True,
    ),
    Column("industry", _("Industry"), ("industry",), _words("industry"), has_label=True, is_usual=False),
    Column("segment", _("Segment"), ("segment",), _words("segment"), has_label=True, is_usual=False),
    Column("tags", _("Tags"), ("tag_names",), _tags, has_label=True, is_usual=False),
    Column("party", _("Kind of party"), ("party",), _words("party", lambda text: Party(text).label), is_usual=False),
    Column("size", _("Size"), ("size",), _words("size", lambda text: Size(text).label), is_usual=False),
    Column(
        "added",
        _("Added"),
        ("created_at",),
        _added,
        sort="created_at",
        classes="nowrap",
        has_label=True,
        is_usual=False,
    ),
)
# What the list can also be ordered by, in its address.
OTHER_ORDERS: Final = {"ref": "ref"}
ORDERS: Final = {column.key: column.sort for column in COLUMNS if column.sort} | OTHER_ORDERS
