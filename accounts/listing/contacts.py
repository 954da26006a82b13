"""The columns of the list of contacts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from accounts.clock import local_time
from accounts.countries import country_name
from accounts.listing.cells import added, words_of
from accounts.listing.load import load_cell, load_in_file
from accounts.listing.talks import LAST_TALK
from accounts.models.contact import ContactRole
from accounts.permissions import sees_temperament_at
from pmcrm.figures import Reader, clock, short_date
from pmcrm.icons import icon
from pmcrm.lists.columns import Cell, Column, FileColumn, Row, address_of, nothing, time_since, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.safestring import SafeString

    from pmcrm.people.models import User

_LONGEST_PREFIX: Final = 3


def _name(_user: User) -> Cell:
    address, gone = address_of("contact_detail"), format_html(' <span class="tag">{}</span>', gettext("left"))

    def cell(row: Row) -> SafeString:
        return written('<a href="{}">{}</a>{}', address(row.pk), row.name, "" if row.is_active else gone)

    return cell


def _account(_user: User) -> Cell:
    address = address_of("account_detail")
    return lambda row: written(
        '<a class="quiet short" href="{}" title="{}">{}</a>', address(row.account), row.account__name, row.account__name
    )


def spaced(number: str) -> str:
    """A stored number with a gap behind its country's prefix: cheap enough to write by the hundred."""
    digits = number.removeprefix("+")
    for length in range(1, _LONGEST_PREFIX + 1):
        prefix = digits[:length]
        if digits != number and prefix.isdecimal() and int(prefix) in COUNTRY_CODE_TO_REGION_CODE:
            return f"+{prefix} {digits[length:]}"
    return number


def _phone(_user: User) -> Cell:
    none, sign = nothing(gettext("Phone not known")), icon("phone")

    def cell(row: Row) -> SafeString:
        number = str(row.phone)
        return written('<a class="quiet" href="tel:{}">{} {}</a>', number, sign, spaced(number)) if number else none

    return cell


def _time(_user: User) -> Cell:
    now, none = timezone.now(), nothing(gettext("Time zone not known"))
    during, outside = gettext("office hours there"), gettext("outside office hours there")
    signs = {True: icon("sun"), False: icon("moon")}

    @cache
    def there(zone: str) -> SafeString:
        found = local_time(zone, now)
        if found is None:
            return none
        hint = during if found.is_office_hours else outside
        words = (f"{zone}, {hint}", signs[found.is_office_hours], clock(found.time))
        return format_html('<span class="{}" title="{}">{} {}</span>', "" if found.is_office_hours else "dim", *words)

    return lambda row: there(row.time_zone or row.account__time_zone)


def _last_contact(_user: User) -> Cell:
    """With the person; where there was none, with the account, which is said."""
    reader = Reader.here()
    none, hint = (
        nothing(gettext("No contact yet")),
        gettext("With the account; nobody is known to have talked with them"),
    )
    there = gettext("at the account")

    def cell(row: Row) -> SafeString:
        if at := getattr(row, LAST_TALK):
            return time_since(at, reader)
        at = row.account__figures__last_contact_at
        return written('<span class="dim" title="{}">{} {}</span>', hint, time_since(at, reader), there) if at else none

    return cell


def _calls(_user: User) -> Cell:
    """Whether they may be called: only who may not is marked."""
    today = timezone.localdate()
    sign, for_ever, until = icon("ban"), gettext("not to be called"), gettext("not before %(day)s")

    def cell(row: Row) -> SafeString:
        last = row.do_not_call_until
        if not row.do_not_call_reason or (last is not None and last < today):
            return nothing(gettext("May be called"))
        words = until % {"day": short_date(last)} if last else for_ever
        return written('<span class="warn" title="{}">{} {}</span>', row.do_not_call_reason, sign, words)

    return cell


def _email(_user: User) -> Cell:
    none = nothing(gettext("E-mail not known"))
    frame = '<a class="quiet short short--wide" href="mailto:{}" title="{}">{}</a>'
    return lambda row: written(frame, row.email, row.email, row.email) if row.email else none


def _temperament(path: str) -> FileColumn:
    """How to speak with somebody, where the person may read it."""
    owners = ("account__relationship_owner", "account__product_manager")

    def prepare(user: User) -> Callable[[Row], Any]:
        sees = sees_temperament_at(user)
        return lambda row: getattr(row, path) if sees(*(getattr(row, owner) for owner in owners)) else None

    return FileColumn(path, (path, *owners), prepare, right="temperament.read")


_LOAD: Final = ("account__figures__load_is_one_at", "account__tier")
_NAME: Final = FileColumn("contact_name", ("name",))
_TITLE: Final = FileColumn("job_title")
_ROLE: Final = FileColumn("contact_role", ("role",))
_ACCOUNT: Final = (FileColumn("account_ref", ("account__ref",)), FileColumn("account_name", ("account__name",)))
_SALES: Final = FileColumn("relationship_owner", ("account__relationship_owner__email",))
_PRODUCT: Final = FileColumn("product_manager", ("account__product_manager__email",))

COLUMNS: Final = (
    Column(
        "name",
        _("Name"),
        ("pk", "name", "is_active"),
        _name,
        sort="sort_name",
        starts_descending=False,
        names_row=True,
        in_file=(_NAME,),
    ),
    Column("title", _("Position"), ("job_title",), words_of("job_title"), classes="broad", in_file=(_TITLE,)),
    Column("role", _("Role"), ("role",), words_of("role", lambda role: ContactRole(role).label), in_file=(_ROLE,)),
    Column("account", _("Account"), ("account", "account__name"), _account, classes="broad", in_file=_ACCOUNT),
    Column("phone", _("Phone"), ("phone",), _phone, classes="nowrap"),
    Column(
        "time",
        _("Time there"),
        ("time_zone", "account__time_zone"),
        _time,
        classes="nowrap",
        in_file=(FileColumn("time_zone"),),
    ),
    Column("email", _("E-mail"), ("email",), _email, classes="cell--wide"),
    Column(
        "contact",
        _("Last talk"),
        (LAST_TALK, "account__figures__last_contact_at"),
        _last_contact,
        classes="nowrap",
        has_label=True,
        is_usual=False,
        hint=_("When both sides last spoke with this person; else the last contact with the account"),
        in_file=(
            FileColumn("last_talk", (LAST_TALK,)),
            FileColumn("account_last_contact", ("account__figures__last_contact_at",)),
        ),
    ),
    Column(
        "load",
        _("Load of the account"),
        _LOAD,
        load_cell(*_LOAD),
        classes="nowrap",
        has_label=True,
        is_usual=False,
        in_file=(load_in_file(*_LOAD),),
    ),
    Column(
        "calls",
        _("Do not call"),
        ("do_not_call_reason", "do_not_call_until"),
        _calls,
        has_label=True,
        is_usual=False,
        in_file=(FileColumn("do_not_call_reason"), FileColumn("do_not_call_until")),
    ),
    Column(
        "sales",
        _("Sales"),
        ("account__relationship_owner__name",),
        words_of("account__relationship_owner__name"),
        has_label=True,
        is_usual=False,
        in_file=(_SALES,),
    ),
    Column(
        "product",
        _("Product"),
        ("account__product_manager__name",),
        words_of("account__product_manager__name"),
        has_label=True,
        is_usual=False,
        in_file=(_PRODUCT,),
    ),
    Column(
        "country",
        _("Country"),
        ("account__country",),
        words_of("account__country", country_name),
        is_usual=False,
        in_file=(FileColumn("account_country", ("account__country",)),),
    ),
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
ORDERS: Final = {column.key: column.sort for column in COLUMNS if column.sort}
# What every file of contacts begins with; and all that one can hold: what an import of contacts reads, and more.
FILE_KEYS: Final = (FileColumn("pmcrm_id", ("pk",)), FileColumn("account_ref", ("account__ref",)))
EVERY_FIELD: Final = (
    _NAME,
    *_ACCOUNT,
    _TITLE,
    _ROLE,
    *map(FileColumn, ("email", "phone", "time_zone", "joined_company_on", "previous_employers", "background")),
    FileColumn("is_active"),
    _temperament("temperament"),
    _temperament("temperament_note"),
)
