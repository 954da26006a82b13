"""Keyset paging: every row once, in both directions, by ranges of an index."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, AccountFigures
from pmcrm.lists.keyset import LAST, BadCursor, KeysetPage, capped_count, decode, encode, keyset_page, order_by
from pmcrm.trail.models import TrailEntry
from pmcrm.trail.services import record
from tests import build

pytestmark = pytest.mark.django_db


def accounts(*contributions: str | None) -> list[str]:
    """One account a value, named by its place."""
    for number, value in enumerate(contributions):
        account = build.account(name=f"A{number}")
        AccountFigures.objects.filter(account=account).update(contribution_12m=value and Decimal(value))
    return [f"A{number}" for number in range(len(contributions))]


def walk(rows: QuerySet[Any], order: list[str], *, size: int, back: bool = False) -> list[str]:
    """All names met when paging from one end to the other."""
    met: list[str] = []
    cursor = LAST if back else None
    while True:
        page: KeysetPage[Any] = keyset_page(rows, order=order, cursor=cursor, size=size)
        names = [row.name for row in page.rows]
        met = names + met if back else met + names
        cursor = page.previous_cursor if back else page.next_cursor
        if cursor is None:
            return met


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-figures__contribution_12m", ["A1", "A5", "A3", "A0", "A6", "A4", "A2"]),
        ("figures__contribution_12m", ["A6", "A0", "A3", "A5", "A1", "A2", "A4"]),
    ],
)
def test_each_row_comes_once_with_missing_values_last(text: str, expected: list[str], size: int, back: bool) -> None:
    accounts("0", "20", None, "0", None, "0.000001", "-3")

    assert walk(Account.objects.for_list(), order_by(Account, text), size=size, back=back) == expected


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("back", [False, True])
def test_mixed_directions_work_too(size: int, back: bool) -> None:
    accounts("1", "2", None, "2", None)
    order = ["-figures__contribution_12m", "id"]

    assert walk(Account.objects.for_list(), order, size=size, back=back) == ["A1", "A3", "A0", "A2", "A4"]


def test_the_ends_have_no_neighbours() -> None:
    accounts("1", "2", "3")
    order = order_by(Account, "sort_name")

    first = keyset_page(Account.objects.all(), order=order, cursor=None, size=2)
    second = keyset_page(Account.objects.all(), order=order, cursor=first.next_cursor, size=2)
    last = keyset_page(Account.objects.all(), order=order, cursor=LAST, size=2)
    whole = keyset_page(Account.objects.all(), order=order, cursor=None, size=3)

    assert first.previous_cursor is None
    assert second.next_cursor is None
    assert [row.name for row in last.rows] == ["A1", "A2"]
    assert last.next_cursor is None
    assert last.previous_cursor is not None
    assert (whole.next_cursor, whole.previous_cursor) == (None, None)


def test_nothing_has_one_empty_page() -> None:
    page = keyset_page(Account.objects.all(), order=["sort_name", "id"], cursor=LAST, size=2)

    assert (page.rows, page.next_cursor, page.previous_cursor) == ([], None, None)


def test_an_instant_keeps_its_microseconds() -> None:
    at = dt.datetime(2026, 1, 15, 9, 0, 0, 123457, tzinfo=dt.UTC)
    fields = [TrailEntry._meta.get_field("at"), TrailEntry._meta.get_field("id")]

    assert decode(encode([at, 7], backwards=False), fields) == (False, [at, 7])


def test_rows_of_one_transaction_are_all_met() -> None:
    account = build.account()
    for number in range(5):
        record(actor=None, verb=f"verb.{number}", subject=account)
    order = ["-at", "-id"]

    met, cursor = [], None
    while True:
        page = keyset_page(TrailEntry.objects.all(), order=order, cursor=cursor, size=2)
        met += [row.verb for row in page.rows]
        if not (cursor := page.next_cursor):
            break

    assert met == ["verb.4", "verb.3", "verb.2", "verb.1", "verb.0"]


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense!",
        "",
        "%00",
        "bnVsbA",
        encode(["a"], backwards=False),
        encode(["a", None], backwards=False),
        encode(["a\x00", 1], backwards=False),
        encode(["a", "b"], backwards=False),
        encode(["a", 1, 2], backwards=False),
        "W10",
        "WzEsMiwzXQ",
    ],
)
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    fields: Any = [Account._meta.get_field("sort_name"), Account._meta.get_field("id")]

    with pytest.raises(BadCursor):
        decode(cursor, fields)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name", ["name", "pk"]),
        ("-tier_score", ["-tier_score", "-pk"]),
        ("figures__revenue_12m", ["figures__revenue_12m", "figures__pk"]),
        ("-relationship_owner__name", ["-relationship_owner__name", "-pk"]),
        ("-id", ["-id"]),
    ],
)
def test_the_tie_breaker_lies_in_the_same_index(text: str, expected: list[str]) -> None:
    assert order_by(Account, text) == expected


def test_a_page_within_the_values_is_one_query_of_one_comparison() -> None:
    accounts("1", "2", "3", "4")
    order = order_by(Account, "-figures__contribution_12m")
    first = keyset_page(Account.objects.for_list(), order=order, cursor=None, size=1)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        keyset_page(Account.objects.for_list(), order=order, cursor=first.next_cursor, size=1)

    (query,) = asked.captured_queries
    row = '("accounts_accountfigures"."contribution_12m", "accounts_accountfigures"."account_id") < ('
    assert row in query["sql"]
    assert " OR " not in query["sql"]


@pytest.mark.parametrize(("size", "expected"), [(2, (2, False)), (3, (3, False)), (4, (3, True))])
def test_counting_stops_at_its_limit(size: int, expected: tuple[int, bool]) -> None:
    accounts(*["1"] * size)

    assert capped_count(Account.objects.all(), 3) == expected


@pytest.mark.parametrize("back", [False, True])
def test_rows_found_bare_are_the_same_pages(back: bool) -> None:
    accounts("3", None, "1", None, "2", "3")
    chosen = Account.objects.exclude(name="A4")
    order = order_by(Account, "-figures__contribution_12m")

    cursor = LAST if back else None
    met: list[Any] = []
    while cursor is not None or not met:
        pages = [
            keyset_page(rows.for_list(), order=order, cursor=cursor, size=2, chosen_from=bare)
            for rows, bare in ((chosen, None), (Account.objects.all(), chosen))
        ]
        assert pages[0] == pages[1]
        met += pages[0].rows
        cursor = pages[0].previous_cursor if back else pages[0].next_cursor

    assert {row.name for row in met} == {"A0", "A1", "A2", "A3", "A5"}
    assert len(met) == 5
