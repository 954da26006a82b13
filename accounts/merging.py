"""What hangs on a record and passes to another when both turn out to be the same. The rooms above register theirs.

    merging.register("account", Link("touchpoints.NextStep", "account", _("next steps")))     # in AppConfig.ready()

Every column of the database that points at an account or a contact is either a `Link` or `Kept`; a test sees to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ACCOUNT: Final = "account"
CONTACT: Final = "contact"


Join = Callable[[Any, Any], None]


@dataclass(frozen=True)
class Link:
    """A column that is pointed at the record which stays.

    `right` is what one needs to be told how many there are; `is_quiet` ones are told to nobody. Where the record that
    stays has the same already and a unique constraint allows one only, a row is put aside with the merge and put back
    by its undo; what belonged to it follows to that same one, and `join(kept, aside)` lets that one take what is
    further in the other. With `stays` it remains with the record that went. `other_end` names the second column of a
    relation between two records of this kind: a record is never related to itself.
    """

    model: str
    field: str
    label: str | _StrPromise
    right: str = ""
    is_quiet: bool = False
    stays: bool = False
    other_end: str = ""
    join: Join | None = None

    @property
    def slug(self) -> str:
        return f"{self.model}.{self.field}"


@dataclass(frozen=True)
class Kept:
    """A column that goes on pointing at the record that went, and why."""

    model: str
    field: str
    why: str

    @property
    def slug(self) -> str:
        return f"{self.model}.{self.field}"


After = Callable[[int, int], None]

_links: dict[str, dict[str, Link]] = {ACCOUNT: {}, CONTACT: {}}
_kept: dict[str, dict[str, Kept]] = {ACCOUNT: {}, CONTACT: {}}
_after: dict[str, list[After]] = {ACCOUNT: [], CONTACT: []}


def register(kind: str, *entries: Link | Kept) -> None:
    for entry in entries:
        if isinstance(entry, Link):
            _links[kind][entry.slug] = entry
        else:
            _kept[kind][entry.slug] = entry


def after(kind: str, call: After) -> None:
    """Have `call(winner, loser)` run at the end of each merge and each undo, in its transaction."""
    if call not in _after[kind]:
        _after[kind].append(call)


def links(kind: str) -> list[Link]:
    return list(_links[kind].values())


def kept(kind: str) -> list[Kept]:
    return list(_kept[kind].values())


def afterwards(kind: str) -> list[After]:
    return list(_after[kind])
