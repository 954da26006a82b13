"""What hurts, as a list like the others: segments, filters, views, columns, export, the same queries for many."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Pain

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def pain(account: Account, author: User, words: str, *, due: int = 5, **fields: Any) -> Pain:
    fields = {"told_on": TODAY() - dt.timedelta(days=3)} | fields
    by = TODAY() + dt.timedelta(days=due)
    return Pain.objects.create(account=account, author=author, words=words, report_back_on=by, **fields)


def listed(client: Client, **asked: Any) -> list[str]:
    answer = client.get(reverse("pain_list"), asked)
    assert answer.status_code == 200
    return re.findall(r'<th scope="row"><a href="/pains/[0-9]+/">([^<]+)</a>', answer.text)


@pytest.fixture
def told(client: Client, mia: User, halden: Account) -> list[Pain]:
    client.force_login(mia)
    other = build.account(name="Other")
    return [
        pain(halden, mia, "The export stops", severity="blocking", cause="technology", due=9),
        pain(halden, mia, "Prices jump", due=-2, told_on=TODAY(), retold_count=2),
        pain(other, build.user(), "No rota", state="answered", expectation="planned"),
        pain(other, build.user(), "It is slow", state="gone"),
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Prices jump", "No rota", "The export stops"]),
        ({"which": "waits"}, ["Prices jump", "The export stops"]),
        ({"which": "late"}, ["Prices jump"]),
        ({"which": "unsaid"}, ["Prices jump", "The export stops"]),
        ({"which": "gone"}, ["It is slow"]),
        ({"whose": "mine"}, ["Prices jump", "The export stops"]),
        ({"severity": "blocking"}, ["The export stops"]),
        ({"cause": "technology"}, ["The export stops"]),
        ({"q": "EXPORT"}, ["The export stops"]),
        ({"sort": "told"}, ["The export stops", "No rota", "Prices jump"]),
        ({"sort": "due"}, ["Prices jump", "No rota", "The export stops"]),
        ({"filter": "account:has:halden;retold:min:1"}, ["Prices jump"]),
        ({"filter": "any(expectation:any:planned;severity:any:blocking)"}, ["No rota", "The export stops"]),
    ],
)
def test_segments_filters_and_orders(client: Client, told: list[Pain], asked: dict[str, str], found: list[str]) -> None:
    assert listed(client, **asked) == found


def test_one_account_stays_while_one_searches_on(client: Client, told: list[Pain], halden: Account) -> None:
    assert listed(client, account=halden.pk) == ["Prices jump", "The export stops"]
    page = client.get(reverse("pain_list"), {"account": halden.pk}).text
    assert f'name="account" value="{halden.pk}" form="list-filters"' in page
    assert "Account: Halden Maritime" in page
    foreign = client.get(reverse("pain_list"), {"account": 10**17})
    assert (foreign.status_code, "Account:" in foreign.text) == (200, True)


def test_it_has_views_columns_filters_and_an_export(client: Client, told: list[Pain]) -> None:
    page = client.get(reverse("pain_list"), {"which": "late", "columns": ["due", "author"]}).text
    for name in ("list_columns", "list_filters", "saved_view_list", "list_export"):
        address = reverse(name, args=["pains"])
        assert address in page
        assert client.get(address, {"which": "late"}).status_code == 200
    assert "Mia Manager" in page


def test_more_troubles_take_no_more_queries(client: Client, told: list[Pain], halden: Account, mia: User) -> None:
    counts = []
    for _turn in range(2):
        client.get(reverse("pain_list"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("pain_list"))
        counts.append(len(queries))
        for number in range(60):
            pain(halden, mia, f"Trouble {number}")
    assert counts[0] == counts[1] <= 12
