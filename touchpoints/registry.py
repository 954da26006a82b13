"""Sections of the page of engagement figures. Rooms above add theirs; nothing here imports them.

register(Section("adherence", _("Ground rules kept"), "adherence_figures"))         # in AppConfig.ready()
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def sections() -> list[Section]:
    return list(_sections.values())
