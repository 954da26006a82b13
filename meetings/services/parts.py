"""Rows without end, a bounded part of them at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

from django.db.models import Model, QuerySet

AT_ONCE: Final = 500

Row = TypeVar("Row", bound=Model)


def in_parts(rows: QuerySet[Row], size: int = AT_ONCE) -> Iterator[list[Row]]:
    """All rows by their keys, at most `size` at a time, each part asked for when the one before is done."""
    last = 0
    while part := list(rows.filter(pk__gt=last).order_by("pk")[:size]):
        yield part
        last = part[-1].pk
