"""A person at an account: the page, the forms, moving to another company, what few may read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Contact
from accounts.services.contacts import edit_contact, move_contact
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


@pytest.mark.parametrize(
    ("role", "owns", "sees"),
    [
        ("product_lead", False, True),
        ("product_manager", True, True),
        ("product_manager", False, False),
        ("sales_owner", True, True),
        ("sales_vp", True, False),
        ("finance", False, False),
        ("executive", False, False),
        ("department_member", False, False),
        ("administrator", False, False),
    ],
)
def test_temperament_never_reaches_the_markup_of_others(client: Client, role: str, owns: bool, sees: bool) -> None:
    person = build.user(role)
    account = build.account(relationship_owner=person if owns else None)
    account.team.add(person)
    contact = build.contact(account=account, temperament="impatient", temperament_note="hates slides")
    client.force_login(person)
    pages = [
        reverse("contact_detail", args=[contact.pk]),
        f"{reverse('account_detail', args=[account.pk])}?tab=people",
        reverse("contact_edit", args=[contact.pk]),
    ]

    answers = [client.get(page) for page in pages]
    html = "".join(answer.content.decode() for answer in answers if answer.status_code == 200)

    assert contact.name in html
    assert ("Impatient" in html) is sees
    assert ("hates slides" in html) is sees


def test_a_number_without_prefix_belongs_to_the_accounts_country(client: Client, lead: User) -> None:
    account = build.account(country="NO", time_zone="Europe/Oslo")
    client.force_login(lead)

    answer = client.post(
        reverse("contact_create", args=[account.pk]), {"name": "Kari Lund", "phone": "22 34 56 78", "email": "k@x.no"}
    )

    contact = Contact.objects.get()
    assert answer.status_code == 303
    assert str(contact.phone) == "+4722345678"
    html = client.get(reverse("contact_detail", args=[contact.pk])).content.decode()
    assert 'href="tel:+47-22-34-56-78"' in html
    assert "there" in html


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"email": "no address"}, "email"),
        ({"name": ""}, "name"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"joined_company_on": "2999-01-01"}, "joined_company_on"),
        ({"joined_company_on": "yesterday"}, "joined_company_on"),
    ],
)
def test_bad_input_is_named_at_its_field(client: Client, lead: User, wrong: dict[str, Any], field: str) -> None:
    account = build.account()
    client.force_login(lead)

    answer = client.post(reverse("contact_create", args=[account.pk]), {"name": "Kari"} | wrong)

    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()
    assert not Contact.objects.exists()


def test_a_stale_form_shows_both_versions(client: Client, lead: User) -> None:
    contact = build.contact(account=build.account(), job_title="Planner")
    client.force_login(lead)
    edit_contact(actor=lead, contact=contact, version=1, job_title="Head of planning")

    answer = client.post(
        reverse("contact_edit", args=[contact.pk]),
        {"name": contact.name, "job_title": "CFO", "is_active": "on", "version": "1"},
    )

    assert answer.status_code == 422
    assert "Head of planning" in answer.content.decode()
    contact.refresh_from_db()
    assert contact.job_title == "Head of planning"


def test_moving_keeps_the_history(lead: User) -> None:
    old, new = build.account(name="Old AS"), build.account(name="New AS")
    contact = build.contact(account=old, job_title="Planner", previous_employers="First AS")
    said = build.interaction(old, author=lead)
    said.contacts.add(contact)

    move_contact(actor=lead, contact=contact, version=1, to=new, on=dt.date(2026, 2, 1), job_title="CFO")

    contact.refresh_from_db()
    assert (contact.account, contact.job_title, contact.joined_company_on) == (new, "CFO", dt.date(2026, 2, 1))
    assert contact.previous_employers == "Old AS (Planner until 2026-02)\nFirst AS"
    assert list(contact.interactions.all()) == [said]
    assert list(said.accounts.all()) == [old]
    assert set(TrailEntry.objects.values_list("verb", "account_id")) == {
        ("contact.moved", old.pk),
        ("contact.moved", new.pk),
    }


def test_moving_is_refused_where_it_makes_no_sense(lead: User) -> None:
    person = build.user("product_manager")
    mine, foreign = build.account(product_manager=person), build.account()
    contact = build.contact(account=mine)

    for to in (mine, foreign):
        with pytest.raises(RuleViolation):
            move_contact(actor=person, contact=contact, version=1, to=to, on=dt.date(2026, 2, 1))
    with pytest.raises(StaleVersion):
        move_contact(actor=lead, contact=contact, version=7, to=foreign, on=dt.date(2026, 2, 1))

    contact.refresh_from_db()
    assert (contact.account, contact.version) == (mine, 1)


def test_the_trail_repeats_no_temperament(lead: User) -> None:
    contact = build.contact(account=build.account())

    edit_contact(actor=lead, contact=contact, version=1, temperament="impatient", job_title="CFO")

    assert TrailEntry.objects.get().data == {"changes": {"job_title": ["", "CFO"]}}


def test_a_foreign_contact_is_not_there(client: Client) -> None:
    contact = build.contact(account=build.account())
    client.force_login(build.user("sales_owner"))

    for page in ("contact_detail", "contact_edit", "contact_move"):
        assert client.get(reverse(page, args=[contact.pk])).status_code == 404


def test_names_are_inert(client: Client, lead: User) -> None:
    contact = build.contact(account=build.account(), name="<img src=x onerror=alert(1)>")
    client.force_login(lead)

    for page in (
        reverse("contact_detail", args=[contact.pk]),
        reverse("contact_edit", args=[contact.pk]),
        f"{reverse('account_detail', args=[contact.account_id])}?tab=people",
    ):
        html = client.get(page).content.decode()
        assert "<img src=x" not in html
        assert "&lt;img src=x onerror=alert(1)&gt;" in html
