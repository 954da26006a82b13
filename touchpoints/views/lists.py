"""Keyset pages of this room: the rows and the addresses of their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.web import Request


@dataclass(frozen=True)
class Found:
    """One page of a list, with addresses that keep the filters."""

    rows: list[Any]
    next_url: str
    previous_url: str
    first_url: str


def keyset(request: Request, rows: QuerySet[Any], *, order: list[str], size: int) -> Found:
    """The page that the address names; from the beginning where its cursor is not of this list."""
    try:
        found = keyset_page(rows, order=order, cursor=request.GET.get("cursor"), size=size)
    except BadCursor:
        found = keyset_page(rows, order=order, cursor=None, size=size)
    return Found(
        found.rows,
        _address(request, found.next_cursor),
        _address(request, found.previous_cursor),
        _address(request, "") if found.previous_cursor else "",
    )


def _address(request: Request, cursor: str | None) -> str:
    if cursor is None:
        return ""
    query = request.GET.copy()
    query.pop("cursor", None)
    if cursor:
        query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}" if query else request.path
