"""The columns of the list of what hurts, and the fields by which it is filtered."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pmcrm.figures import Reader, short_date
from pmcrm.icons import icon
from pmcrm.lists import places
from pmcrm.lists.columns import Cell, Column, FileColumn, Row, address_of, nothing, written
from pmcrm.lists.fields import Field, Kind
from pmcrm.lists.text import Fold
from touchpoints.models import Cause, ExpectationKind, PainState, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from pmcrm.people.models import User

LONGEST_SHOWN: Final = 140


def _words(_user: User) -> Cell:
    address = address_of("pain_detail")
    severities, causes = (dict(choices) for choices in (Severity.choices, Cause.choices))

    def cell(row: Row) -> SafeString:
        filed = " · ".join(str(one) for one in (severities.get(row.severity), causes.get(row.cause)) if one)
        sub = written('<span class="sub">{}</span>', filed) if filed else ""
        shown = Truncator(" ".join(row.words.split())).chars(LONGEST_SHOWN)
        return written('<a href="{}">{}</a>{}', address(row.pk), shown, sub)

    return cell


def _account(_user: User) -> Cell:
    address = address_of("account_detail")
    return lambda row: written('<a class="quiet" href="{}">{}</a>', address(row.account), row.account__name)


def _teller(_user: User) -> Cell:
    none = nothing(gettext("Nobody was named"))
    return lambda row: written("{}", row.teller__name) if row.teller__name else none


def _day(path: str) -> Callable[[User], Cell]:
    words = cache(lambda day: written("{}", short_date(day)))
    return lambda _user: lambda row: words(getattr(row, path))


def _stands(_user: User) -> Cell:
    """What waits, what was said, and what went wrong: each in a sign and words."""
    reader = Reader.here()
    states, said = dict(PainState.choices), dict(ExpectationKind.choices)
    unset = format_html(
        '<span class="tag tag--warn">{}{}</span>', icon("triangle-alert"), gettext("expectation not set")
    )
    clock, sign, check = icon("clock"), icon("message-square-quote"), icon("check")

    def cell(row: Row) -> SafeString:
        tags = []
        if number := row.retold_count:
            words = ngettext("told again once", "told again %(n)s times", number) % {"n": number}
            tags.append(written('<span class="tag tag--warn">{}{}</span>', sign, words))
        if row.state != PainState.OPEN:
            tags.append(written('<span class="tag tag--gain">{}{}</span>', check, states[row.state]))
        elif row.report_back_on < reader.today:
            words = gettext("answer %(when)s") % {"when": reader.until(row.report_back_on)}
            tags.append(written('<span class="tag tag--loss">{}{}</span>', clock, words))
        else:
            words = gettext("answer by %(day)s") % {"day": short_date(row.report_back_on)}
            tags.append(written('<span class="tag">{}{}</span>', clock, words))
        if row.expectation:
            tone = " tag--guard" if row.expectation == ExpectationKind.PLANNED else ""
            tags.append(written('<span class="tag{}">{}</span>', tone, said[row.expectation]))
        if row.saying is None:
            tags.append(unset)
        return written('<span class="chips">{}</span>', SafeString("".join(tags)))

    return cell


_STANDS: Final = ("state", "report_back_on", "retold_count", "expectation", "saying")
_ACCOUNT: Final = (FileColumn("account_ref", ("account__ref",)), FileColumn("account_name", ("account__name",)))
_FILED: Final = tuple(map(FileColumn, ("severity", "cause")))
_STATE: Final = tuple(map(FileColumn, ("state", "report_back_on", "retold_count", "expectation")))

COLUMNS: Final = (
    Column(
        "words",
        _("Their words"),
        ("pk", "words", "severity", "cause"),
        _words,
        names_row=True,
        in_file=(FileColumn("words"), *_FILED),
    ),
    Column("account", _("Account"), ("account", "account__name"), _account, has_label=True, in_file=_ACCOUNT),
    Column(
        "teller",
        _("Told by"),
        ("teller__name",),
        _teller,
        has_label=True,
        in_file=(FileColumn("told_by", ("teller__name",)),),
    ),
    Column(
        "told",
        _("Told"),
        ("told_on",),
        _day("told_on"),
        sort="told_on",
        classes="nowrap",
        has_label=True,
        in_file=(FileColumn("told_on"),),
    ),
    Column("stands", _("How it stands"), _STANDS, _stands, has_label=True, in_file=_STATE),
    Column(
        "due",
        _("They hear by"),
        ("report_back_on",),
        _day("report_back_on"),
        sort="report_back_on",
        starts_descending=False,
        classes="nowrap",
        has_label=True,
        is_usual=False,
        in_file=(FileColumn("report_back_on"),),
    ),
    Column(
        "author",
        _("Noted by"),
        ("author__name",),
        lambda _user: lambda row: written("{}", row.author__name),
        has_label=True,
        is_usual=False,
        in_file=(FileColumn("author", ("author__email",)),),
    ),
)
ORDERS: Final = {"told": "told_on", "due": "report_back_on"}
FILE_KEYS: Final = (FileColumn("pmcrm_id", ("pk",)), _ACCOUNT[0])
EVERY_FIELD: Final = (
    FileColumn("words"),
    _ACCOUNT[1],
    FileColumn("told_by", ("teller__name",)),
    FileColumn("told_on"),
    *_FILED,
    *_STATE,
    FileColumn("bypass_reason"),
    FileColumn("author", ("author__email",)),
)


def pain_fields() -> list[Field]:
    """What the list of what hurts is filtered by, beside its choosers."""

    def choice(key: str, label: Any, options: Any, *, holds_something: bool = False) -> Field:
        return Field(key, label, Kind.CHOICE, places.Column(key, empty=""), options, holds_something=holds_something)

    return [
        Field("words", _("Their words"), Kind.TEXT, places.Folded("folded", Fold), holds_something=True),
        Field("account", _("Account"), Kind.TEXT, places.Folded("account__sort_name", Fold), holds_something=True),
        choice("state", _("State"), PainState.choices, holds_something=True),
        choice("severity", _("How bad"), Severity.choices),
        choice("cause", _("What it comes from"), Cause.choices),
        choice("expectation", _("What they may expect"), ExpectationKind.choices),
        Field("retold", _("Told again"), Kind.NUMBER, places.Column("retold_count"), holds_something=True),
        Field("told", _("Told"), Kind.DATE, places.Column("told_on"), holds_something=True),
        Field("due", _("They hear by"), Kind.DATE, places.Column("report_back_on"), holds_something=True),
    ]
