"""Figures over a year of many talks are kept: a worker works them out every hour, instead of whoever looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.core.cache import cache
from django.utils import timezone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.db.models import QuerySet

MANY: Final = 1000
"""From so many talks on; fewer are counted while one waits, and then figures are of this moment."""
_KEPT_SECONDS: Final = 3 * 3600

Found = TypeVar("Found")


def figures_as_of(key: str, talks: QuerySet[Any], work_out: Callable[[], Found]) -> tuple[Found, dt.datetime | None]:
    """What `work_out` finds over these talks, and of when it is: None is now."""
    kept: tuple[Found, dt.datetime] | None = cache.get(key)
    if kept is not None:
        return kept
    if not are_many(talks):
        return work_out(), None
    return keep_figures(key, work_out)


def keep_figures(key: str, work_out: Callable[[], Found]) -> tuple[Found, dt.datetime]:
    """Work them out now and keep them until they are worked out again."""
    found = (work_out(), timezone.now())
    cache.set(key, found, _KEPT_SECONDS)
    return found


def are_many(talks: QuerySet[Any]) -> bool:
    """Looks at no more of them than it takes to tell."""
    return talks.order_by()[:MANY].count() >= MANY
