"""What the account's own row says beyond its address: how it heard of us, how we sell to it, how far away it is."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.clock import distance_class, hours_ahead, local_time
from accounts.models import Account, Contact, Product
from accounts.services.accounts import create_account, edit_account
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.accounts.test_value_api import ROOT, client_of

pytestmark = pytest.mark.django_db
WINTER, SUMMER = dt.datetime(2026, 1, 15, 12, tzinfo=dt.UTC), dt.datetime(2026, 7, 15, 12, tzinfo=dt.UTC)


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager", time_zone="Europe/Oslo")


@pytest.fixture
def account(manager: User) -> Account:
    return build.account(name="Halden Maritime", product_manager=manager, time_zone="Asia/Singapore")


def test_a_new_prospect_is_asked_how_it_heard_of_us(client: Client, manager: User) -> None:
    client.force_login(manager)
    asked = client.get(reverse("account_create")).content.decode()
    assert all(f'name="{name}"' in asked for name in ("first_heard_on", "first_heard_source", "first_impression"))
    assert 'name="reference_ok"' not in asked
    posted = {"name": "Fjord", "kind": "external", "party": "customer", "state": "prospect"}
    posted |= {"first_heard_on": "2026-01-05", "first_heard_source": "Harbour days", "first_impression": "Too big."}
    client.post(reverse("account_create"), posted)
    made = Account.objects.get(name="Fjord")
    assert (made.first_heard_on, made.first_heard_source) == (dt.date(2026, 1, 5), "Harbour days")
    assert made.first_impression == "Too big."


def test_hearing_of_us_lies_in_the_past(client: Client, manager: User) -> None:
    client.force_login(manager)
    posted = {"name": "Fjord", "kind": "external", "party": "customer", "state": "prospect"}
    answer = client.post(reverse("account_create"), posted | {"first_heard_on": "2199-01-05"})
    assert answer.status_code == 422
    assert "This day has not come yet." in answer.content.decode()
    assert not Account.objects.filter(name="Fjord").exists()


def test_permission_needs_its_day(manager: User, account: Account) -> None:
    with pytest.raises(RuleViolation, match="on which day they gave their permission"):
        edit_account(actor=manager, account=account, version=1, reference_ok=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        build.account(speaker_ok=True)
    day = dt.date(2026, 2, 1)
    saved = edit_account(actor=manager, account=account, version=1, reference_ok=True, reference_permission_on=day)
    assert saved.has_permission
    told = TrailEntry.objects.get(verb="account.edited")
    assert told.data["changes"] == {"reference_ok": [False, True], "reference_permission_on": [None, "2026-02-01"]}


@pytest.mark.parametrize(
    ("chosen", "there", "here", "at", "ahead", "found"),
    [
        ("", "Asia/Singapore", "Europe/Oslo", WINTER, "7", "remote"),
        ("", "Asia/Singapore", "Europe/Oslo", SUMMER, "6", "remote"),
        ("", "Europe/London", "Europe/Oslo", WINTER, "-1", "same_country"),
        ("same_city", "Europe/Oslo", "Europe/Oslo", WINTER, "0", "same_city"),
        ("", "Asia/Kolkata", "Asia/Tokyo", WINTER, "-3.5", "remote"),
        ("", "", "Europe/Oslo", WINTER, None, ""),
    ],
)
def test_distance_follows_from_both_clocks_unless_chosen(
    chosen: str, there: str, here: str, at: dt.datetime, ahead: str | None, found: str
) -> None:
    assert hours_ahead(there, here, at) == (None if ahead is None else Decimal(ahead))
    assert distance_class(chosen, there, here, at) == found


def test_the_page_tells_distance_form_and_engineer(client: Client, manager: User, account: Account) -> None:
    engineer = build.user("department_member", name="Siri Engineer")
    Account.objects.filter(pk=account.pk).update(se_owner=engineer, sales_form="inside", business_model="By the tonne")
    client.force_login(manager)
    page = client.get(f"{account.get_absolute_url()}?tab=about").content.decode()
    assert "<dd>Remote" in page
    assert "h ahead of Mia Manager" in page
    assert "Inside sales (from the desk)" in page
    assert "<dd>Siri Engineer</dd>" in page
    assert "<dd>By the tonne</dd>" in page


def test_the_clock_of_a_contact_is_right_on_both_sides_of_the_change(account: Account) -> None:
    """Zurich: summer time ended on 25 October 2026 at 01:00 UTC."""
    contact = build.contact(account=account, time_zone="Europe/Zurich")
    before, after = (dt.datetime(2026, 10, day, 12, 30, tzinfo=dt.UTC) for day in (24, 26))
    assert [found.time for at in (before, after) if (found := local_time(contact.zone_name, at))] == [
        dt.time(14, 30),
        dt.time(13, 30),
    ]
    # Without a zone of their own the account's counts.
    assert Contact(account=account).zone_name == "Asia/Singapore"


def test_a_technical_contact_shows_the_engineer_first(client: Client, manager: User, account: Account) -> None:
    engineer = build.user("department_member", name="Siri Engineer")
    Account.objects.filter(pk=account.pk).update(se_owner=engineer)
    technical = build.contact(account=account, name="Ola Tech", role="technical")
    buyer = build.contact(account=account, name="Bo Buyer", role="economic_buyer")
    client.force_login(manager)

    def first_named(contact: Contact) -> str:
        page = client.get(contact.get_absolute_url()).content.decode()
        card = page.split("Who of us talks to them")[1]
        return min(("Siri Engineer", "Mia Manager"), key=card.index)

    assert first_named(technical) == "Siri Engineer"
    assert first_named(buyer) == "Mia Manager"
    people = client.get(f"{account.get_absolute_url()}?tab=people").content.decode()
    assert people.count("Siri Engineer (systems engineer) first") == 1


def test_kind_is_required(manager: User) -> None:
    with pytest.raises(RuleViolation) as refused:
        create_account(actor=manager, name="Nobody knows")
    assert "kind" in refused.value.fields
    assert not Account.objects.filter(name="Nobody knows").exists()


def test_the_api_carries_the_fields(manager: User, account: Account) -> None:
    api = client_of(manager)
    body = {"version": 1, "incumbent_competitor": "Harbourmaster", "sales_form": "outside", "se_owner": manager.pk}
    answer = api.patch(f"{ROOT}/accounts/{account.pk}/", body, format="json")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["incumbent_competitor"], told["sales_form"], told["se_owner"]) == (
        "Harbourmaster",
        "outside",
        manager.pk,
    )
    assert (told["reference_ok"], told["first_heard_on"]) == (False, None)
    stale = api.patch(f"{ROOT}/accounts/{account.pk}/", {"version": 1, "name": "Late"}, format="json")
    assert (stale.status_code, stale.json()["current"]["product_manager"]) == (409, manager.pk)
    contact = build.contact(account=account, role="user")
    found = api.get(f"{ROOT}/contacts/", {"role": "user"}).json()["results"]
    assert [(one["id"], one["role"]) for one in found] == [(contact.pk, "user")]


def test_the_export_carries_the_fields(client: Client, manager: User, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(
        speaker_ok=True, reference_permission_on=dt.date(2026, 2, 1), se_owner=manager, distance_class="remote"
    )
    client.force_login(manager)
    sent: Any = client.post(reverse("list_export", args=["accounts"]), {"holds": "everything", "format": "csv"})
    text = b"".join(sent.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(StringIO(text))
    assert (row["speaker_ok"], row["reference_ok"], row["reference_permission_on"]) == ("yes", "no", "2026-02-01")
    assert (row["first_heard_on"], row["se_owner"], row["distance_class"]) == ("", manager.email, "remote")


def test_a_product_without_partners_uses_no_channel() -> None:
    assert Product(name="Planner").uses_channel
    assert Product(name="Planner", routes=["direct", "channel"]).uses_channel
    assert not Product(name="Planner", routes=["direct"]).uses_channel
