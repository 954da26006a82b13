"""Columns of a list: declared once by the room that owns the rows, used by its head, its body and its sorting.

A list shows hundreds of values. So each column prepares once a page what it needs (words in the reader's language,
addresses, what depends on rights) and then writes a cell in a few microseconds, with `written`. Only the values that
the shown columns name are read from the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pmcrm.figures import NOTHING
from pmcrm.icons import icon
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    import datetime as dt

    from django.utils.functional import _StrPromise

    from pmcrm.figures import Reader
    from pmcrm.people.models import User

# A row is a named tuple of the values that the columns read; a path such as owner__name is its attribute.
Row = Any
Cell = Callable[[Row], SafeString]

_MARK: Final = 987654321987654321


def _same(path: str) -> Callable[[User], Callable[[Row], Any]]:
    return lambda _user: lambda row: getattr(row, path)


@dataclass(frozen=True)
class FileColumn:
    """One column of a file: its header, as an import knows it, what it reads, and the value itself (text, number,
    day, instant, yes or no). `value` is asked once a file; without it the first path that is read is the value."""

    header: str
    reads: tuple[str, ...] = ()  # without them the path is the header
    value: Callable[[User], Callable[[Row], Any]] | None = None
    right: str = ""  # whoever lacks it has no such column

    @property
    def paths(self) -> tuple[str, ...]:
        return self.reads or (self.header,)

    def prepare(self, user: User) -> Callable[[Row], Any]:
        return (self.value or _same(self.paths[0]))(user)


@dataclass(frozen=True)
class Column:
    """One column. `prepare` is asked once a page and answers with the function that writes a row's cell."""

    key: str
    label: _StrPromise | str
    reads: tuple[str, ...]
    prepare: Callable[[User], Cell]
    sort: str = ""  # the path that the list is ordered by
    starts_descending: bool = True
    right: str = ""  # whoever lacks it has no such column
    hint: _StrPromise | str = ""
    classes: str = ""
    has_label: bool = False  # where the row is a card, the label stands before the value
    names_row: bool = False
    is_usual: bool = True  # shown until somebody chooses; the others wait in the dialog
    in_file: tuple[FileColumn, ...] = ()  # what it is in an export; without them one column of its key and first path

    @property
    def file_columns(self) -> tuple[FileColumn, ...]:
        return self.in_file or (FileColumn(self.key, self.reads[:1], right=self.right),)

    @property
    def frame(self) -> str:
        """What stands around each of its cells: markup with one place to fill."""
        if self.names_row:
            return '<th scope="row">{}</th>'
        label = format_html(' data-label="{}"', self.label) if self.has_label else ""
        classes = format_html(' class="{}"', self.classes) if self.classes else ""
        opening = format_html("<td{}{}>", classes, label).replace("{", "{{").replace("}", "}}")
        return opening + "{}</td>"


@dataclass(frozen=True)
class Head:
    """A column's head: where a click leads, and how the list is sorted by it now (ascending, descending or empty)."""

    column: Column
    url: str = ""
    now: str = ""


def columns_for(user: User, declared: Iterable[Column]) -> list[Column]:
    """The columns that this person may see."""
    return [column for column in declared if not column.right or may(user, column.right)]


def arranged(columns: Sequence[Column], keys: Iterable[str] = ()) -> list[Column]:
    """The columns of these keys in their order, the one that names the row always first; without keys the usual ones.

    A key of no column is left out: a shared view may name a column that its reader does not have.
    """
    known = {column.key: column for column in columns}
    chosen = [known[key] for key in dict.fromkeys(keys) if key in known and not known[key].names_row]
    if not chosen:
        return [column for column in columns if column.is_usual]
    return [*(column for column in columns if column.names_row), *chosen]


def read_by(columns: Iterable[Column], *others: str) -> list[str]:
    """What is read for these columns, each path once."""
    return list(dict.fromkeys([*others, *(path for column in columns for path in column.reads)]))


def heads(columns: Iterable[Column], *, sortable: Iterable[str], sort: str, to: Callable[[str], str]) -> list[Head]:
    """The heads of a list that is sorted by `sort` ("-revenue"); `to` gives the address of another order."""
    may_sort = set(sortable)
    return [_head(column, sort, to) if column.key in may_sort else Head(column) for column in columns]


def _head(column: Column, sort: str, to: Callable[[str], str]) -> Head:
    up, down = column.key, f"-{column.key}"
    first, second = (down, up) if column.starts_descending else (up, down)
    return Head(column, to(second if sort == first else first), {up: "ascending", down: "descending"}.get(sort, ""))


def head_row(heads: Iterable[Head], *, target: str) -> SafeString:
    """The heads as markup; a click puts the list in its new order in place of the element `target`."""
    return SafeString(f"<thead><tr>{''.join([_head_cell(head, target) for head in heads])}</tr></thead>")


def _head_cell(head: Head, target: str) -> SafeString:
    column, attributes = head.column, ""
    for name, value in (("class", column.classes), ("title", column.hint), ("aria-sort", head.now)):
        attributes += written(' {}="{}"', name, value) if value else ""
    words: Any = written("{}", column.label)
    if head.url:
        arrow = icon("arrow-up" if head.now == "ascending" else "arrow-down") if head.now else ""
        words = written(
            '<a href="{}" hx-get="{}" hx-target="{}" hx-swap="outerHTML">{}{}</a>',
            *(head.url, head.url, target, words, arrow),
        )
    return written('<th scope="col"{}>{}</th>', SafeString(attributes), words)


def body(rows: Iterable[Row], columns: Sequence[Column], *, user: User, address: Callable[[Row], str]) -> SafeString:
    """The rows as markup. What a cell gives is escaped unless it is safe already."""
    cells = [column.prepare(user) for column in columns]
    row_of = '<tr data-href="{}">' + "".join(column.frame for column in columns) + "</tr>"
    return SafeString("\n".join([written(row_of, address(row), *[cell(row) for cell in cells]) for row in rows]))


def written(frame: str, *values: Any) -> SafeString:
    """`format_html` for plain values: each is escaped unless it is markup already.

    Django's own looks at each value for words still to be translated, which takes ten times as long as the escaping.
    """
    return SafeString(frame.format(*[value if hasattr(value, "__html__") else escape(str(value)) for value in values]))


def address_of(page: str) -> Callable[[int], str]:
    """The addresses of many records' pages. Asking Django for each takes longer than the rest of the row."""
    before, after = reverse(page, args=[_MARK]).split(str(_MARK))
    return lambda key: f"{before}{key}{after}"


def nothing(hint: str = "") -> SafeString:
    """The cell of a value that is not there."""
    title = format_html(' title="{}"', hint) if hint else ""
    return format_html('<span class="dim none"{}>{}</span>', title, NOTHING)


def time_since(at: dt.datetime, reader: Reader) -> SafeString:
    """How long ago an instant was, counting on by itself."""
    return written(
        '<time datetime="{}" title="{}" data-ago>{}</time>', at.isoformat(), reader.local_time(at), reader.ago(at)
    )
