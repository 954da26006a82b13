"""A block of my day: one question, the first few rows of its answer, the number and the address of the whole list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, F, QuerySet, Window
from django.urls import NoReverseMatch, reverse

from pmcrm.figures import number

SHOWN: Final = 8


@dataclass(frozen=True)
class Block:
    """One answer to "what needs me now?". `count` is that of the whole list at `url`; `rows` are its first few."""

    slug: str
    title: str
    rows: Sequence[Any]
    count: int
    url: str = ""
    is_more: bool = False  # the list is longer than `count`, which is how far it was counted
    late: int = 0
    nothing: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> str:
        return f"home/my_day/_{self.slug}.html"

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.rows)

    @property
    def counted(self) -> str:
        return f"{number(self.count)}+" if self.is_more else number(self.count)


def url_or_none(page: str) -> str:
    """The address of a page, empty where this installation has no such page."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def first_few(rows: QuerySet[Any], *, order_by: Iterable[str] | None) -> list[Any]:
    """The first few rows, each knowing in `total` how many there are: one query for both."""
    if order_by is not None:
        rows = rows.order_by(*(F(name).asc() for name in order_by))
    return list(rows.annotate(total=Window(Count("pk")))[:SHOWN])


def total_of(rows: Sequence[Any]) -> int:
    return int(rows[0].total) if rows else 0
