"""The registry of lists. Each app registers its own in `AppConfig.ready()`; nothing here imports them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pmcrm.lists.filters import ListFilters

_lists: dict[str, type[ListFilters]] = {}


def register(declared: type[ListFilters]) -> None:
    """From now on the list has views, a dialog of columns, and an export."""
    _lists[declared.kind] = declared


def list_named(kind: str) -> type[ListFilters]:
    """The list of this name; LookupError where there is none."""
    return _lists[kind]


def kinds() -> list[str]:
    return sorted(_lists)
