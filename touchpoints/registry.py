"""Sections of the page of engagement figures, and what interactions are filtered by. Rooms above add theirs; nothing
here imports them.

register(Section("adherence", _("Ground rules kept"), "adherence_figures"))         # in AppConfig.ready()
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Section:
    """One section: a page that answers a fragment to htmx, asked with `whose=me` or `whose=all`."""

    slug: str
    label: str | _StrPromise
    page: str


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    _sections[section.slug] = section


@dataclass(frozen=True)
class Narrowing:
    """What rooms above know of an interaction and it can be filtered by: a choice at a path from the interaction."""

    slug: str
    label: str | _StrPromise
    path: str
    choices: Sequence[tuple[str, Any]]


_narrowings: dict[str, Narrowing] = {}


def narrow_by(narrowing: Narrowing) -> None:
    _narrowings[narrowing.slug] = narrowing


def narrowings() -> list[Narrowing]:
    return list(_narrowings.values())


def sections() -> list[Section]:
    return list(_sections.values())
