"""Where a person stands although no column of text shows it: files and bytes. The rooms above register theirs.

erasing.register(Kept("files.attachment", look=named_files, forget=forget_file))     # in AppConfig.ready()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from re import Pattern
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pmcrm.people.models import User

FILE: Final = "file"
"""The column under which a file is listed."""


@dataclass(frozen=True)
class Kept:
    """Bytes that belong to the rows of one table.

    `look(pattern, people)` goes through all of them for a person who is erased, known by a pattern and by the keys of
    their contacts. What is only a copy it clears or deletes at once. Of what somebody keeps on purpose it gives the
    keys of the rows, which are listed; `forget` then takes one away for good. Both are safe to run again.
    """

    label: str
    look: Callable[[Pattern[str], list[int]], Iterable[int]]
    forget: Callable[[User, int], object] | None = None


_kept: dict[str, Kept] = {}


def register(kept: Kept) -> None:
    _kept[kept.label] = kept


def everywhere() -> list[Kept]:
    return list(_kept.values())


def kept_as(label: str) -> Kept:
    return _kept[label]
