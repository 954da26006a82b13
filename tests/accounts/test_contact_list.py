"""The list of contacts, and what is lacking of accounts and people."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.forms.on_offer import forget_own_fields
from accounts.models import Contact
from accounts.services.custom_fields import create_field
from pmcrm.people.models import User
from tests import build

pytestmark = pytest.mark.django_db


def names(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', html)


def listed(client: Client, page: str = "contact_list", **asked: Any) -> list[str]:
    answer = client.get(reverse(page), asked)
    assert answer.status_code == 200
    return names(answer.content.decode())


@pytest.fixture
def lead(client: Client) -> User:
    person = build.user("product_lead")
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Ärlig Nord", "Berit Ost"]),
        ({"who": "left"}, ["Carl West"]),
        ({"who": "all"}, ["Ärlig Nord", "Berit Ost", "Carl West"]),
        ({"role": "technical"}, ["Ärlig Nord"]),
        ({"lacks": "phone"}, ["Berit Ost"]),
        ({"lacks": "zone"}, ["Berit Ost"]),
        ({"lacks": "email"}, ["Berit Ost"]),
        ({"has_phone": "yes"}, ["Ärlig Nord"]),
        ({"owner": "mine"}, ["Ärlig Nord"]),
        ({"country": "DE"}, ["Berit Ost"]),
        ({"q": "arlig"}, ["Ärlig Nord"]),
        ({"q": "22 34"}, ["Ärlig Nord"]),
        ({"q": "@NORD"}, ["Ärlig Nord"]),
        ({"sort": "-name"}, ["Berit Ost", "Ärlig Nord"]),
        ({"sort": "-added"}, ["Berit Ost", "Ärlig Nord"]),
        ({"sort": "phone", "country": "Atlantis"}, ["Ärlig Nord", "Berit Ost"]),
    ],
)
def test_filters_and_orders(client: Client, lead: User, asked: dict[str, Any], found: list[str]) -> None:
    nord = build.account(name="Nord", country="NO", time_zone="Europe/Oslo", product_manager=lead)
    ost = build.account(name="Ost", country="DE")
    build.contact(account=nord, name="Ärlig Nord", role="technical", phone="+4722345678", email="a@nord.example")
    build.contact(account=ost, name="Berit Ost")
    build.contact(account=ost, name="Carl West", is_active=False)

    assert listed(client, **asked) == found


def test_a_row_says_how_somebody_is_reached(client: Client, lead: User) -> None:
    nord = build.account(name="Nord & Co", time_zone="Europe/Oslo")
    build.contact(account=nord, name="Kari <b>", phone="+4722345678", email="kari@nord.example", job_title="Planner")

    html = client.get(reverse("contact_list")).content.decode()

    assert "Kari &lt;b&gt;" in html
    assert 'href="tel:+4722345678"' in html
    assert "+47 22345678" in html
    assert 'href="mailto:kari@nord.example"' in html
    assert 'title="Europe/Oslo, ' in html
    assert f'<a class="quiet short" href="{nord.get_absolute_url()}" title="Nord &amp; Co">Nord &amp; Co</a>' in html


def test_people_are_seen_where_their_account_is(client: Client) -> None:
    person = build.user("sales_owner")
    build.contact(account=build.account(name="Own", relationship_owner=person), name="Seen")
    build.contact(account=build.account(name="Foreign"), name="Hidden")
    client.force_login(person)

    assert listed(client) == ["Seen"]
    assert listed(client, q="Hidden") == []


def test_an_own_field_is_column_and_filter(client: Client, lead: User) -> None:
    create_field(actor=lead, thing="contact", label="Newsletter", type="yes_no")
    account = build.account()
    build.contact(account=account, name="Reader", custom={"newsletter": True})
    build.contact(account=account, name="Other")

    assert listed(client, custom_newsletter="yes") == ["Reader"]
    assert (
        'data-label="Newsletter"' in client.get(f"{reverse('contact_list')}?columns=custom_newsletter").content.decode()
    )


def test_pages_lead_to_the_last_and_back(client: Client, lead: User) -> None:
    account = build.account()
    Contact.objects.bulk_create(Contact(account=account, name=f"Person {n:03}") for n in range(120))

    last = client.get(reverse("contact_list"), {"cursor": "last"}).content.decode()

    assert (names(last)[0], names(last)[-1], len(names(last))) == ("Person 070", "Person 119", 50)
    assert "120 people" in last


@pytest.mark.parametrize("size", [10, 100])
def test_the_page_asks_as_few_queries_for_many_rows(
    client: Client, lead: User, size: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(size):
        build.contact(account=build.account(relationship_owner=lead), name=f"Person {number}")
    client.get(reverse("contact_list"))

    with django_assert_max_num_queries(4):
        client.get(f"{reverse('contact_list')}?columns=account&columns=sales&columns=country&columns=phone")


def test_views_of_contacts_are_kept_apart_from_those_of_accounts(client: Client, lead: User) -> None:
    form = {"name": "To call", "query": "has_phone=yes", "sharing": "private"}
    saved = client.post(reverse("saved_view_create", args=["contacts"]), form)

    assert saved["Location"].startswith("/contacts/?has_phone=yes&view=")
    assert "To call" in client.get("/contacts/?who=all").content.decode()
    assert "To call" not in client.get("/accounts/?who=all").content.decode()


@pytest.mark.parametrize(
    ("lacks", "found"),
    [
        ("contact", ["Deserted", "Nobody"]),
        ("phone", ["Deserted", "Silent"]),
        ("zone", ["Nobody", "Silent"]),
        (["contact", "zone"], ["Nobody"]),
    ],
)
def test_gaps_of_customers_are_found(client: Client, lead: User, lacks: Any, found: list[str]) -> None:
    """Complete: its only number is its contact's. Nobody: a number of its own. Deserted: its only contact left."""
    zone = {"time_zone": "Europe/Oslo"}
    build.contact(account=build.account(name="Complete", **zone), name="A", phone="+4722345678")
    build.account(name="Nobody", phone="+4722345679")
    build.contact(account=build.account(name="Silent"), name="B")
    build.contact(account=build.account(name="Deserted", **zone), name="C", phone="+4722345670", is_active=False)

    assert listed(client, "account_list", lacks=lacks) == found


def test_gaps_of_ones_own_customers_are_counted_and_lead_to_their_lists(client: Client, lead: User) -> None:
    build.account(name="Mine", product_manager=lead)
    build.account(name="Not mine")
    build.account(name="Supplier", party="supplier", product_manager=lead)

    html = client.get(reverse("account_gaps")).content.decode()

    assert html.count('owner=mine">1</a>') == 3
    assert listed(client, "account_list", lacks="phone", owner="mine") == ["Mine"]
    assert reverse("account_gaps") in client.get(reverse("account_list")).content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("title:has:chief", ["Ärlig Nord"]),
        ("role:any:technical", ["Ärlig Nord"]),
        ("role:empty", ["Berit Ost"]),
        ("name:has:arlig", ["Ärlig Nord"]),
        ("account:has:OST", ["Berit Ost"]),
        ("state:any:former;tier:empty", ["Berit Ost"]),
        ("product:any:me", ["Ärlig Nord"]),
        ("sales:empty", ["Ärlig Nord", "Berit Ost"]),
        ("country:none:DE", ["Ärlig Nord"]),
        ("email:filled", ["Ärlig Nord"]),
        ("joined:between:2020-05-02,2020-04-30", ["Ärlig Nord"]),
        ("joined:between:2020-04-01,2020-04-30", []),
        ("any(role:any:technical;all(country:any:DE;custom_crew:any:yes))", ["Ärlig Nord", "Berit Ost"]),
        ("any(custom_crew:any:yes;title:has:nobody)", ["Berit Ost"]),
    ],
)
def test_people_are_filtered_by_what_is_known_of_them_and_their_account(
    client: Client, lead: User, asked: str, found: list[str]
) -> None:
    create_field(actor=lead, thing="contact", label="Crew", type="yes_no")
    forget_own_fields()
    nord = build.account(name="Nord", country="NO", product_manager=lead)
    ost = build.account(name="Ost", country="DE", state="former")
    known = {"role": "technical", "job_title": "Chief of berths", "email": "a@nord.example"}
    build.contact(account=nord, name="Ärlig Nord", joined_company_on=dt.date(2020, 5, 1), **known)
    build.contact(account=ost, name="Berit Ost", custom={"crew": True})

    assert listed(client, filter=asked) == found


def test_the_dialog_of_contacts_leads_to_the_list_so_filtered(client: Client, lead: User) -> None:
    assert reverse("list_filters", args=["contacts"]) in client.get(reverse("contact_list")).content.decode()
    asked = {"draft": "1", "f.0.0": "joined", "o.0.0": "between"}
    page = client.get(reverse("list_filters", args=["contacts"]), asked).content.decode()
    assert page.count('type="date" name="v.0.0"') == 2

    done = client.get(
        reverse("list_filters", args=["contacts"]), asked | {"v.0.0": ["2020-01-01", "2020-12-31"], "do": "show"}
    )
    assert done["Location"] == "/contacts/?filter=joined:between:2020-01-01,2020-12-31"
    assert "With the company since between 1 Jan 2020 and 31 Dec 2020" in client.get(done["Location"]).content.decode()
