"""The registry of what search finds. Each app registers its kinds in `AppConfig.ready()`; nothing here imports them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from pmcrm.people.models import User


@dataclass(frozen=True)
class Hit:
    """One found record: what it is called, what tells it apart, where it lives."""

    label: str
    detail: str
    url: str


Find = Callable[["User", str, int], Iterable[Hit]]


@dataclass(frozen=True, eq=False)
class SearchKind:
    """One kind of record: `find(user, text, limit)` returns the best visible hits first.

    `guess` does the same for what a mistyped text may have meant; asked where nothing was found: what stands somewhere
    is not mistyped.
    """

    slug: str
    label: str | _StrPromise
    icon: str
    find: Find
    guess: Find | None = None
    order: int = 100


_kinds: dict[str, SearchKind] = {}


def register(kind: SearchKind) -> None:
    _kinds[kind.slug] = kind


def kinds() -> list[SearchKind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.slug))


def search(user: User, text: str, *, limit: int = 6) -> list[tuple[SearchKind, list[Any]]]:
    """The best hits of every kind, kinds without a hit left out. Empty text finds nothing."""
    text = text.strip()
    if not text:
        return []
    found = {kind: list(kind.find(user, text, limit)) for kind in kinds()}
    if not any(found.values()):
        found |= {kind: list(kind.guess(user, text, limit)) for kind in found if kind.guess}
    return [(kind, hits) for kind, hits in found.items() if hits]
