"""The columns of the list of interactions, and the fields by which it is filtered."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pmcrm.figures import Reader, minutes
from pmcrm.icons import icon
from pmcrm.lists import places
from pmcrm.lists.columns import Cell, Column, FileColumn, Row, address_of, nothing, written
from pmcrm.lists.fields import Field, Kind
from touchpoints.models import InteractionKind, InteractionStatus, Outcome, Voice
from touchpoints.registry import narrowings
from touchpoints.wording import ICONS, MOST_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pmcrm.people.models import User

LONGEST_NOTE: Final = 300
ME: Final = "me"
_SEVERAL: Final = "; "


def _what(_user: User) -> Cell:
    address, signs = address_of("interaction_detail"), {kind: icon(name) for kind, name in ICONS.items()}
    private = format_html(' <span class="dim" title="{}">{}</span>', gettext("Private"), icon("lock"))
    kinds = {kind.value: str(kind.label) for kind in InteractionKind}
    with_people = gettext("%(kind)s with %(names)s")

    def cell(row: Row) -> SafeString:
        words = row.subject or kinds[row.kind]
        if not row.subject and row.people:
            words = with_people % {"kind": words, "names": _names(row.people)}
        frame = '<a href="{}" title="{}">{} {}</a>{}'
        return written(frame, address(row.pk), words, signs[row.kind], words, private if row.is_private else "")

    return cell


def _names(people: list[dict[str, Any]]) -> str:
    shown = ", ".join(one["name"] for one in people[:MOST_NAMES])
    more = len(people) - MOST_NAMES
    return gettext("%(names)s and %(count)s more") % {"names": shown, "count": more} if more > 0 else shown


def _linked(path: str, page: str) -> Callable[[User], Cell]:
    """Some records by name, each with its page."""

    def prepare(_user: User) -> Cell:
        none, address = nothing(), address_of(page)

        def cell(row: Row) -> SafeString:
            found = getattr(row, path)
            if not found:
                return none
            frame = '<a class="quiet" href="{}">{}</a>'
            links = [written(frame, address(one["id"]), one["name"]) for one in found[:MOST_NAMES]]
            more = f" +{len(found) - MOST_NAMES}" if len(found) > MOST_NAMES else ""
            title = ", ".join(one["name"] for one in found)
            return written('<span class="short" title="{}">{}{}</span>', title, SafeString(", ".join(links)), more)

        return cell

    return prepare


def _when(_user: User) -> Cell:
    reader = Reader.here()
    return lambda row: written('<time datetime="{}">{}</time>', row.at.isoformat(), reader.local_time(row.at))


def _state(_user: User) -> Cell:
    tones = {InteractionStatus.PLANNED: "brand", InteractionStatus.CANCELLED: "warn"}

    @cache
    def tag(status: str) -> SafeString:
        tone = tones.get(InteractionStatus(status), "")
        frame = '<span class="tag{}{}">{}</span>'
        return format_html(frame, " tag--" if tone else "", tone, InteractionStatus(status).label)

    return lambda row: tag(row.status)


def _minutes(_user: User) -> Cell:
    none, words = nothing(), cache(lambda count: written("{}", minutes(count)))
    return lambda row: words(row.minutes) if row.minutes else none


def _choice(path: str, choices: Any) -> Callable[[User], Cell]:
    def prepare(_user: User) -> Cell:
        none, words = nothing(), {value: written("{}", label) for value, label in choices.choices}
        return lambda row: words.get(getattr(row, path)) or none

    return prepare


def _text(path: str) -> Callable[[User], Cell]:
    def prepare(_user: User) -> Cell:
        none, frame = nothing(), '<span class="short" title="{}">{}</span>'

        def cell(row: Row) -> SafeString:
            text = " ".join(str(getattr(row, path))[:LONGEST_NOTE].split())
            return written(frame, text, text) if text else none

        return cell

    return prepare


def _joined(path: str, key: str, *, start: int = 0) -> Callable[[User], Callable[[Row], Any]]:
    """One value of each of some records, as an import takes them apart again."""
    return lambda _user: lambda row: _SEVERAL.join(str(one[key]) for one in (getattr(row, path) or ())[start:])


def _first(key: str) -> Callable[[User], Callable[[Row], Any]]:
    return lambda _user: lambda row: row.present[0][key] if row.present else None


_ACCOUNTS: Final = (
    FileColumn("account_ref", ("present",), _first("ref")),
    FileColumn("account_name", ("present",), _first("name")),
    FileColumn("other_accounts", ("present",), _joined("present", "ref", start=1)),
)
_PEOPLE: Final = (
    FileColumn("contact_ids", ("people",), _joined("people", "id")),
    FileColumn("contact_name", ("people",), _joined("people", "name")),
)
_VOICE: Final = (FileColumn("voice"), FileColumn("told_of", ("told_of",), _joined("told_of", "ref")))
_AUTHOR: Final = FileColumn("author", ("author__email",))

COLUMNS: Final = (
    Column(
        "what",
        _("What"),
        ("pk", "subject", "kind", "people", "is_private"),
        _what,
        names_row=True,
        in_file=(FileColumn("kind"), FileColumn("subject")),
    ),
    Column("account", _("Accounts"), ("present",), _linked("present", "account_detail"), classes="broad",
           in_file=_ACCOUNTS),
    Column("people", _("People"), ("people",), _linked("people", "contact_detail"), classes="broad", in_file=_PEOPLE),
    Column("when", _("When"), ("at",), _when, sort="at", classes="nowrap", in_file=(FileColumn("at"),)),
    Column("minutes", _("Time"), ("minutes",), _minutes, classes="num", in_file=(FileColumn("minutes"),)),
    Column("notes", _("Notes"), ("notes",), _text("notes"), classes="broad cell--wide", in_file=(FileColumn("notes"),)),
    Column("author", _("Logged by"), ("author__name",), _text("author__name"), classes="when-wide", in_file=(_AUTHOR,)),
    Column("state", _("State"), ("status",), _state, is_usual=False, in_file=(FileColumn("status"),)),
    Column("outcome", _("Outcome"), ("outcome",), _choice("outcome", Outcome), is_usual=False),
    Column("voice", _("Whose voice"), ("voice",), _choice("voice", Voice), is_usual=False, in_file=_VOICE),
)  # fmt: skip
ORDERS: Final = {"when": "at"}
# What every file of interactions begins with; and all that one can hold: what an import of them reads, and more.
FILE_KEYS: Final = (FileColumn("pmcrm_id", ("pk",)), _ACCOUNTS[0])
EVERY_FIELD: Final = (
    FileColumn("at"),
    FileColumn("kind"),
    FileColumn("status"),
    FileColumn("direction", ("is_incoming",), lambda _user: lambda row: "incoming" if row.is_incoming else "outgoing"),
    FileColumn("minutes"),
    *_ACCOUNTS,
    *_PEOPLE,
    _AUTHOR,
    FileColumn("colleagues", ("ours",), lambda _user: lambda row: _SEVERAL.join(row.ours or ())),
    *map(FileColumn, ("subject", "outcome", "notes", "cancel_reason", "is_private")),
    *_VOICE,
)


def interaction_fields(person: User, colleagues: Sequence[tuple[str, str]]) -> list[Field]:
    """What interactions are filtered by; `colleagues` are those who may have logged one, by key and name."""

    def stored(value: str) -> int:
        return person.pk if value == ME else int(value)

    def choice(key: str, label: Any, options: Sequence[tuple[str, Any]], *, holds_something: bool = True) -> Field:
        return Field(key, label, Kind.CHOICE, places.Column(key, empty=""), options, holds_something=holds_something)

    day, author = places.Column("at", is_instant=True), places.Column("author")
    logged = places.Column("created_at", is_instant=True)
    return [
        Field("subject", _("Subject"), Kind.TEXT, places.Column("subject", empty="")),
        choice("kind", _("Kind"), InteractionKind.choices),
        Field("when", _("When"), Kind.DATE, day, holds_something=True),
        Field("minutes", _("Minutes"), Kind.NUMBER, places.Column("minutes"), holds_something=True),
        choice("outcome", _("Outcome"), Outcome.choices, holds_something=False),
        choice("voice", _("Whose voice"), Voice.choices),
        Field(
            "author", _("Logged by"), Kind.CHOICE, author, [(ME, _("me")), *colleagues], stored, holds_something=True
        ),
        Field("logged", _("Entered"), Kind.DATE, logged, holds_something=True),
        *(Field(one.slug, one.label, Kind.CHOICE, places.Column(one.path), one.choices) for one in narrowings()),
    ]
