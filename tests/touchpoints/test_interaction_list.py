"""The list of interactions: who sees which, filters, columns, paging, and the same as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Attendance, Interaction

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def logged(author: User, *accounts: Account, at: dt.datetime = NOON, **fields: Any) -> Interaction:
    made = Interaction.objects.create(author=author, at=at, **{"kind": "call", "minutes": 30, **fields})
    Attendance.objects.bulk_create(Attendance(interaction=made, account=one, at=at) for one in accounts)
    return made


def listed(client: Client, **asked: Any) -> list[str]:
    answer = client.get(reverse("interaction_list"), asked)
    assert answer.status_code == 200
    return re.findall(r'<th scope="row"><a href="[^"]+" title="([^"]+)"', answer.content.decode())


@pytest.fixture
def manager(client: Client) -> User:
    person = build.user("product_manager", email="maja@example.com")
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Planned", "Mail", "Review"]),
        ({"status": "held"}, ["Mail", "Review"]),
        ({"status": "planned"}, ["Planned"]),
        ({"status": "cancelled"}, ["Called off"]),
        ({"kinds": ["mail"]}, ["Mail"]),
        ({"whose": "mine"}, ["Planned", "Review"]),
        ({"on": "2026-03-02"}, ["Review"]),
        ({"since": "2026-03-03"}, ["Planned", "Mail"]),
        ({"until": "2026-03-03"}, ["Mail", "Review"]),
        ({"q": "berth"}, ["Review"]),
        ({"sort": "when"}, ["Review", "Mail", "Planned"]),
        ({"on": "soon", "kinds": "fax"}, ["Planned", "Mail", "Review"]),
    ],
)
def test_filters_and_orders(client: Client, manager: User, asked: dict[str, Any], found: list[str]) -> None:
    nord, day = build.account(), dt.timedelta(days=1)
    logged(manager, nord, subject="Review", notes="Spoke of berths.")
    logged(build.user("sales_owner"), nord, subject="Mail", kind="mail", at=NOON + day)
    logged(manager, nord, subject="Planned", status="planned", at=timezone.now() + day)
    logged(manager, nord, subject="Called off", status="cancelled", cancel_reason="ill")

    assert listed(client, **asked) == found


def test_a_private_one_is_for_its_people_alone(client: Client, manager: User) -> None:
    named = build.user("product_lead")
    private = logged(manager, build.account(), subject="In confidence", is_private=True)
    private.colleagues.add(named)
    assert listed(client) == ["In confidence"]

    client.force_login(named)
    assert listed(client) == ["In confidence"]
    client.force_login(build.user("product_lead"))
    assert listed(client) == []
    assert b"confidence" not in exported(client)


def test_only_accounts_that_one_sees_are_named(client: Client) -> None:
    person = build.user("sales_owner")
    own, foreign = build.account(name="Own", relationship_owner=person), build.account(name="Foreign")
    both = logged(build.user("product_manager"), own, foreign)
    both.contacts.add(build.contact(account=own, name="Kari"), build.contact(account=foreign, name="Hidden"))
    logged(build.user("product_manager"), foreign, subject="Elsewhere")
    client.force_login(person)

    html = client.get(reverse("interaction_list")).content.decode()

    assert listed(client) == ["Call with Kari"]
    assert ("Own" in html, "Foreign" in html, "Hidden" in html, "Elsewhere" in html) == (True, False, False, False)


@pytest.mark.parametrize("size", [5, 60])
def test_the_page_asks_as_few_queries_for_many_rows(
    client: Client, manager: User, size: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(size):
        nord = build.account()
        logged(manager, nord, subject=f"Call {number}").contacts.add(build.contact(account=nord))
    client.get(reverse("interaction_list"))

    with django_assert_max_num_queries(5):
        client.get(reverse("interaction_list"))


def test_the_last_page_and_the_way_back(client: Client, manager: User) -> None:
    for number in range(55):
        logged(manager, subject=f"Call {number:02}", at=NOON - dt.timedelta(hours=number))

    assert listed(client, cursor="last")[-1] == "Call 54"
    assert len(listed(client, cursor="last")) == 50
    assert listed(client)[0] == "Call 00"


def exported(client: Client, holds: str = "everything", query: str = "") -> bytes:
    form = {"holds": holds, "format": "csv", "query": query}
    answer: Any = client.post(reverse("list_export", args=["interactions"]), form)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_the_file_names_all_that_an_import_reads(client: Client, manager: User) -> None:
    nord, sued = build.account(ref="N-1", name="Nord"), build.account(ref="S-1", name="Sued")
    made = logged(manager, nord, sued, subject="=Review", notes="One line\nand another", outcome="conversation")
    kari = build.contact(account=nord, name="Kari Lund")
    made.contacts.add(kari)
    made.colleagues.add(build.user("sales_owner", email="lars@example.com"))

    (row,) = csv.DictReader(io.StringIO(exported(client).decode("utf-8-sig")))

    assert row == {
        "pmcrm_id": str(made.pk), "account_ref": "N-1", "at": "2026-03-02T12:00:00+00:00", "kind": "call",
        "status": "held", "direction": "outgoing", "minutes": "30", "account_name": "Nord", "other_accounts": "S-1",
        "contact_ids": str(kari.pk), "contact_name": "Kari Lund", "author": "maja@example.com",
        "colleagues": "lars@example.com", "subject": "'=Review", "outcome": "conversation",
        "notes": "One line\nand another", "is_private": "no", "voice": "direct", "told_of": "", "cancel_reason": "",
    }  # fmt: skip
    chosen = exported(client, "columns", "columns=minutes&columns=when").decode("utf-8-sig").splitlines()
    assert chosen == [
        "pmcrm_id,account_ref,kind,subject,minutes,at",
        f"{made.pk},N-1,call,'=Review,30,2026-03-02T12:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("subject:has:BERTH", ["Berth plan"]),
        ("kind:any:mail", ["Price"]),
        ("minutes:between:20,40;voice:any:direct", ["Berth plan"]),
        ("when:between:2026-03-03,2026-03-02", ["Price", "Berth plan"]),
        ("when:between:2026-03-03,2026-03-09", ["Price"]),
        ("outcome:filled", ["Price"]),
        ("any(outcome:any:voicemail;author:any:me)", ["Price", "Berth plan"]),
        ("author:none:me", ["Price"]),
        ("any(all(kind:any:call;minutes:max:10);outcome:any:voicemail)", ["Price"]),
    ],
)
def test_interactions_are_filtered_by_conditions_in_groups(
    client: Client, manager: User, asked: str, found: list[str]
) -> None:
    account = build.account(product_manager=manager)
    logged(manager, account, subject="Berth plan")
    later: dict[str, Any] = {"at": NOON + dt.timedelta(days=1), "subject": "Price", "kind": "mail", "minutes": 0}
    logged(build.user("sales_owner"), account, outcome="voicemail", **later)

    assert listed(client, filter=asked) == found
    assert client.get(reverse("list_filters", args=["interactions"]), {"filter": asked}).status_code == 200


def test_conditions_find_nothing_that_one_may_not_see(client: Client, manager: User) -> None:
    logged(build.user("sales_owner"), build.account(), subject="Elsewhere", is_private=True)

    assert listed(client, filter="subject:has:elsewhere") == []
