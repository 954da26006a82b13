"""What one sees before calling somebody: their own load, their last talk, who knows them; and both in the list."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Contact
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Interaction
from touchpoints.services.contact_load import publish_loads

pytestmark = pytest.mark.django_db


def spoke(author: User, person: Contact, days: int, **fields: object) -> Interaction:
    fields = {"outcome": "conversation"} | fields
    made = build.interaction(person.account, author=author, at=timezone.now() - dt.timedelta(days=days), **fields)
    made.contacts.add(person)
    return made


def panel(client: Client, contact: Contact) -> str:
    return client.get(reverse("contact_before_call", args=[contact.pk])).content.decode()


def test_a_person_shows_load_last_talk_and_who_knows_them(
    client: Client, mia: User, halden: Account, kari: Contact
) -> None:
    client.force_login(mia)
    assert reverse("contact_before_call", args=[kari.pk]) in client.get(kari.get_absolute_url()).content.decode()
    assert "Nobody is known to have talked with them." in panel(client, kari)
    for _number in range(4):
        spoke(mia, kari, 0, kind="meeting", minutes=60)
    words = panel(client, kari)
    assert "Crowded. Send a document" in words
    assert "icon" in words.partition("Crowded")[0].rpartition("tag--loss")[2]
    assert "Mia Manager" in words
    assert "4 talks" in words
    stranger = build.user("sales_owner")
    client.force_login(stranger)
    assert client.get(reverse("contact_before_call", args=[kari.pk])).status_code == 404


def cells(client: Client, **asked: str | list[str]) -> str:
    return client.get(reverse("contact_list"), {"columns": ["contact", "load"], **asked}).content.decode()


def test_the_list_tells_the_last_talk_with_the_person_else_with_the_account(
    client: Client, mia: User, halden: Account, kari: Contact
) -> None:
    client.force_login(mia)
    build.contact(account=halden, name="Ola Berg")
    spoke(mia, kari, 3)
    spoke(mia, kari, 1, is_private=True)
    spoke(mia, kari, 1, outcome="no_answer")
    spoke(mia, kari, -1, status="planned")
    halden.figures.last_contact_at = timezone.now() - dt.timedelta(days=1)
    halden.figures.save()
    words = cells(client)
    rows = {name: words.partition(f">{name}</a>")[2].partition("</tr>")[0] for name in ("Kari Lund", "Ola Berg")}
    assert "3 days ago" in rows["Kari Lund"]
    assert "at the account" not in rows["Kari Lund"]
    assert "at the account" in rows["Ola Berg"]


def test_the_list_shows_and_filters_by_the_load_of_the_account(
    client: Client, mia: User, halden: Account, kari: Contact
) -> None:
    calm = build.contact(account=build.account(name="Calm"), name="Ola Berg")
    busy = build.contact(account=build.account(name="Busy"), name="Per Vik")
    spoke(mia, calm, 1)
    for _number in range(4):
        spoke(mia, kari, 0, kind="meeting", minutes=60)
    for _number in range(2):
        spoke(mia, busy, 0, kind="meeting", minutes=65)
    publish_loads()
    client.force_login(mia)
    for state, name in (("red", "Kari Lund"), ("amber", "Per Vik"), ("calm", "Ola Berg")):
        for asked in ({"load": state}, {"filter": f"load:any:{state}"}):
            words = cells(client, **asked)
            assert [one for one in ("Kari Lund", "Ola Berg", "Per Vik") if f">{one}</a>" in words] == [name]
    assert "crowded" in cells(client, load="red").partition("Kari Lund</a>")[2]
    accounts = client.get(reverse("account_list"), {"filter": "load:none:calm", "columns": "load"}).content.decode()
    assert (">Busy</a>" in accounts, ">Calm</a>" in accounts) == (True, False)


def test_more_people_take_no_more_queries(client: Client, mia: User, halden: Account, kari: Contact) -> None:
    client.force_login(mia)
    spoke(mia, kari, 3)
    cells(client)
    with CaptureQueriesContext(connection) as few:
        cells(client)
    for number in range(20):
        spoke(mia, build.contact(account=halden, name=f"Person {number}"), number)
    with CaptureQueriesContext(connection) as many:
        cells(client)
    assert len(many) == len(few) <= 12
