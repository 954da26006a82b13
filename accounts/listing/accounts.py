"""The columns of the list of accounts."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.listing.cells import added, place, short, tick, words_of
from accounts.listing.load import load_cell, load_in_file
from accounts.models.choices import Kind, Party, SalesForm, Size, State, Tier
from accounts.permissions import sees_figures_owned_by
from pmcrm.figures import Reader, money, number, signed, state_icon, state_tone
from pmcrm.icons import icon
from pmcrm.lists.columns import Cell, Column, FileColumn, Row, address_of, nothing, time_since, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

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


def _sales(_user: User) -> Cell:
    nobody = format_html('<span class="warn">{}</span>', gettext("nobody"))
    none, name_of = nothing(), cache(short)

    def cell(row: Row) -> SafeString:
        name: str | None = row.relationship_owner__name
        if name:
            return name_of(name)
        return nobody if row.kind == Kind.EXTERNAL else none

    return cell


def _product(_user: User) -> Cell:
    none, name_of = format_html('<span class="dim">{}</span>', "–"), cache(short)
    return lambda row: name_of(row.product_manager__name) if row.product_manager__name else none


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


def _tags(_user: User) -> Cell:
    none = nothing()

    @cache
    def tag(name: str) -> SafeString:
        return format_html('<span class="tag">{}</span>', name)

    def cell(row: Row) -> SafeString:
        names: list[str] = row.tag_names
        return SafeString(" ".join(map(tag, names))) if names else none

    return cell


def _amount(path: str) -> Callable[[User], Callable[[Row], Any]]:
    """An amount for a file, where the person may see it on this account."""

    def prepare(user: User) -> Callable[[Row], Any]:
        sees = sees_figures_owned_by(user)
        return lambda row: getattr(row, path) if sees(row.relationship_owner, row.product_manager) else None

    return prepare


def _figure_in_file(header: str, path: str) -> FileColumn:
    return FileColumn(header, (path, *_OWNERS), _amount(path), right="contribution.read")


_LOAD: Final = ("figures__load_is_one_at", "tier")
PLACE_IN_FILE: Final = (FileColumn("country"), FileColumn("city"), FileColumn("time_zone"))
# People by address: an import of the file finds the same people again.
_SALES: Final = FileColumn("relationship_owner", ("relationship_owner__email",))
_PRODUCT: Final = FileColumn("product_manager", ("product_manager__email",))
_REVENUE: Final = _figure_in_file("revenue_12m", "figures__revenue_12m")
_CONTRIBUTION: Final = _figure_in_file("contribution_12m", "figures__contribution_12m")
_LAST_CONTACT: Final = FileColumn("last_contact", ("figures__last_contact_at",))
_NEXT_STEP: Final = FileColumn("next_step", ("figures__next_step_on",))
_TAGS: Final = FileColumn("tags", ("tag_names",), lambda _user: lambda row: ", ".join(row.tag_names or ()))

# Stands before the others while accounts are changed in bulk; the box says which version its reader saw.
TICK: Final = Column("tick", _("Tick"), ("pk", "version", "name"), tick, classes="tick")
COLUMNS: Final = (
    Column(
        "name",
        _("Account"),
        ("pk", "name", "ref"),
        _name,
        sort="sort_name",
        starts_descending=False,
        names_row=True,
        in_file=(FileColumn("name"),),
    ),
    Column("state", _("State"), ("state",), _state),
    Column("tier", _("Tier"), ("tier", "tier_score"), _tier, sort="tier_score"),
    Column("place", _("Place, time there"), ("country", "city", "time_zone"), place, in_file=PLACE_IN_FILE),
    Column("sales", _("Sales"), ("kind", "relationship_owner__name"), _sales, has_label=True, in_file=(_SALES,)),
    Column("product", _("Product"), ("product_manager__name",), _product, classes="when-wide", in_file=(_PRODUCT,)),
    Column(
        "revenue",
        _("Revenue"),
        ("figures__revenue_12m", *_OWNERS),
        _figure("figures__revenue_12m", lambda amount: written("{}", money(amount))),
        sort="figures__revenue_12m",
        right="contribution.read",
        hint=_("Revenue of the last 12 closed months"),
        in_file=(_REVENUE,),
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
        in_file=(_CONTRIBUTION,),
        classes="num",
        has_label=True,
    ),
    Column(
        "contact",
        _("Last contact"),
        ("figures__last_contact_at",),
        _contact,
        sort="figures__last_contact_at",
        in_file=(_LAST_CONTACT,),
        classes="nowrap",
        has_label=True,
    ),
    Column(
        "step",
        _("Next step"),
        ("figures__next_step_on",),
        _step,
        sort="figures__next_step_on",
        in_file=(_NEXT_STEP,),
        starts_descending=False,
        classes="nowrap",
        has_label=True,
    ),
    Column(
        "load",
        _("Contact load"),
        _LOAD,
        load_cell(*_LOAD),
        classes="nowrap",
        has_label=True,
        is_usual=False,
        in_file=(load_in_file(*_LOAD),),
    ),
    Column("industry", _("Industry"), ("industry",), words_of("industry"), has_label=True, is_usual=False),
    Column("segment", _("Segment"), ("segment",), words_of("segment"), has_label=True, is_usual=False),
    Column("tags", _("Tags"), ("tag_names",), _tags, has_label=True, is_usual=False, in_file=(_TAGS,)),
    Column("party", _("Kind of party"), ("party",), words_of("party", lambda text: Party(text).label), is_usual=False),
    Column(
        "form",
        _("Sold to by"),
        ("sales_form",),
        words_of("sales_form", lambda text: SalesForm(text).label),
        has_label=True,
        is_usual=False,
    ),
    Column(
        "rival",
        _("Rival in place"),
        ("incumbent_competitor",),
        words_of("incumbent_competitor"),
        has_label=True,
        is_usual=False,
    ),
    Column(
        "source",
        _("First heard through"),
        ("first_heard_source",),
        words_of("first_heard_source"),
        has_label=True,
        is_usual=False,
    ),
    Column("size", _("Size"), ("size",), words_of("size", lambda text: Size(text).label), is_usual=False),
    Column(
        "added",
        _("Added"),
        ("created_at",),
        added,
        sort="created_at",
        classes="nowrap",
        has_label=True,
        is_usual=False,
    ),
)
# What the list can also be ordered by, in its address.
OTHER_ORDERS: Final = {"ref": "ref"}
ORDERS: Final = {column.key: column.sort for column in COLUMNS if column.sort} | OTHER_ORDERS
# What every file of accounts begins with; and all that one can hold: what an import of accounts reads, and more.
FILE_KEYS: Final = (FileColumn("pmcrm_id", ("pk",)), FileColumn("ref"))
EVERY_FIELD: Final = (
    *map(FileColumn, ("name", "kind", "party", "state", "tier", "country", "region", "city", "time_zone", "industry")),
    *map(FileColumn, ("segment", "size", "street", "postcode", "phone", "website", "business_summary")),
    *map(FileColumn, ("business_model", "incumbent_competitor", "first_heard_on", "first_heard_source")),
    *map(FileColumn, ("first_impression", "sales_form", "distance_class", "reference_ok", "speaker_ok")),
    FileColumn("reference_permission_on"),
    FileColumn("department", ("department__name",)),
    FileColumn("internal_mode"),
    FileColumn("serves", ("serves_refs",), lambda _user: lambda row: "; ".join(row.serves_refs or ())),
    FileColumn("parent", ("parent__ref",)),
    _SALES,
    _PRODUCT,
    FileColumn("se_owner", ("se_owner__email",)),
    _LAST_CONTACT,
    _NEXT_STEP,
    _REVENUE,
    _CONTRIBUTION,
    _TAGS,
)
