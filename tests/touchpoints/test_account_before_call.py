"""Before a call: the policy in force, and the load that a distance makes heavier."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from pmcrm.people.models import User
from tests import build
from touchpoints.load import Light
from touchpoints.services.contact_load import load_of

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", time_zone="Europe/Oslo")


def met(account: Account, author: User, *days: int) -> Account:
    """Meetings of half an hour with one and the same person."""
    kari = build.contact(account=account)
    for ago in days:
        at = NOW - dt.timedelta(days=ago)
        build.interaction(account, author=author, kind="meeting", minutes=30, at=at).contacts.add(kari)
    return account


def test_a_remote_account_is_amber_before_a_local_one_with_equal_contacts(manager: User) -> None:
    with time_machine.travel(NOW, tick=False):
        local, remote = (
            met(build.account(product_manager=manager, time_zone=zone, distance_class=chosen), manager, 0, 0, 0, 7)
            for zone, chosen in (("Europe/Oslo", "same_city"), ("Asia/Tokyo", ""))
        )
        near, far = load_of(local), load_of(remote)
    # Three meetings today and one a week ago: 3 + 2^-0.5, and a quarter more over the distance.
    assert (near.load, near.light, near.factor) == (3.707107, Light.GREEN, 1.0)
    assert (far.load, far.light, far.factor) == (4.633883, Light.AMBER, 1.25)


def test_notes_and_what_is_still_ahead_do_not_count(manager: User) -> None:
    account = met(build.account(product_manager=manager), manager, 0)
    build.interaction(account, author=manager, at=NOW, kind="note")
    build.interaction(account, author=manager, at=NOW + dt.timedelta(days=1), status="planned")
    assert load_of(account, at=NOW).load == 1.0


def test_the_policy_in_force_is_displayed(client: Client, manager: User) -> None:
    account = build.account(product_manager=manager, tier="B")
    client.force_login(manager)
    page = client.get(reverse("account_before_call", args=[account.pk])).content.decode()
    assert "Default policy: talk every 60 days, at most 2 meetings in 14 days." in page
    assert client.get(account.get_absolute_url()).content.decode().count("/before/") == 1
    for fields, days in (
        ({"state": "exiting"}, 7),
        ({"state": "in_sales_cycle"}, 14),
        ({"kind": "internal"}, 30),
        ({}, 120),
    ):
        assert build.account(**fields).cadence == days
    client.force_login(build.user("sales_owner"))
    assert client.get(reverse("account_before_call", args=[account.pk])).status_code == 404


def test_it_asks_few_questions_however_many_talks(client: Client, manager: User) -> None:
    account = met(build.account(product_manager=manager), manager, 1)
    client.force_login(manager)
    counts = []
    for _round in range(2):
        client.get(reverse("account_before_call", args=[account.pk]))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("account_before_call", args=[account.pk]))
        counts.append(len(asked))
        met(account, manager, *range(1, 9))
    assert counts[0] == counts[1] <= 12


def test_the_calendar_of_all_of_us_names_who_talks_with_them_and_when(client: Client, manager: User) -> None:
    support = build.user("department_member", name="Sven", department=build.department(pool="support"))
    account = build.account(product_manager=manager)
    with time_machine.travel(NOW, tick=False):
        planned = build.interaction(account, author=support, at=NOW + dt.timedelta(days=3), status="planned")
        held = build.interaction(account, author=support, at=NOW - dt.timedelta(days=29), kind="meeting")
        build.interaction(account, author=support, at=NOW - dt.timedelta(days=31))
        build.interaction(account, author=support, at=NOW - dt.timedelta(days=1), is_private=True)
        build.interaction(account, author=support, at=NOW - dt.timedelta(days=1), kind="mail")
        client.force_login(manager)
        page = client.get(reverse("account_before_call", args=[account.pk]))
    assert [one.interaction for one in page.context["nearby"]] == [planned, held]
    assert page.content.decode().count("Sven") == 2
