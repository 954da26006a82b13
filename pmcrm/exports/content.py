"""What an export holds: the rows of a list as its person may see them, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.lists.columns import read_by
from pmcrm.lists.keyset import in_order, order_by
from pmcrm.lists.registry import kinds, list_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pmcrm.lists.columns import FileColumn
    from pmcrm.people.models import User

AT_ONCE: Final = 2_000


@dataclass(frozen=True)
class Content:
    """The columns and rows of one export."""

    columns: list[FileColumn]
    narrowed: Any
    listed: Any
    person: User

    @property
    def heads(self) -> list[str]:
        return [column.header for column in self.columns]

    def rows(self) -> Iterator[list[Any]]:
        """Row by row, all as they were at one moment, without ever holding more than a few of them."""
        values = [column.prepare(self.person) for column in self.columns]
        for row in self.listed.iterator(chunk_size=AT_ONCE):
            yield [value(row) for value in values]


def content_of(*, person: User, kind: str, query: str, is_everything: bool) -> Content:
    """The list `kind` under this query. Raises RuleViolation where there is no such list or a filter does not hold:
    a refused filter narrows nothing, so more would leave than was asked for."""
    if kind not in kinds():
        sentence = _("There are exports of: %(known)s.") % {"known": ", ".join(kinds())}
        raise RuleViolation(sentence, fields={"kind": sentence})
    filters = list_named(kind)(QueryDict(query), person=person)
    if not filters.is_valid():
        label = str(filters.fields[next(iter(filters.errors))].label)
        sentence = _("The filter “%(name)s” holds a value that is not on offer; take it off first.") % {"name": label}
        raise RuleViolation(sentence, fields={"query": sentence})
    columns = filters.file_columns(is_everything=is_everything)
    narrowed = filters.narrowed(filters.visible())
    order = order_by(narrowed.model, filters.column)
    paths = [path for column in columns for path in column.paths]
    names = [column.removeprefix("-") for column in order]
    listed = in_order(filters.read(narrowed, read_by((), "pk", *names, *paths)), order)
    return Content(columns, narrowed, listed, person)
