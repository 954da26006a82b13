"""Adding and changing an account: owners, duplicates, and two people saving at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from accounts.services.accounts import create_account, edit_account
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db


def fields(**values: Any) -> dict[str, Any]:
    return {"name": "Nord AS", "kind": "external", "party": "customer", "state": "customer"} | values


def posted(html: str) -> dict[str, str]:
    """What a browser would send back of the form on the page: hidden inputs and chosen radio buttons."""
    found = {}
    for tag in re.findall(r"<input[^>]+>", html):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = attributes.get("type")
        if kind == "hidden" or (kind == "radio" and "checked" in tag):
            found[attributes["name"]] = attributes.get("value", "")
    return found


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


def test_a_new_account_gets_a_reference_and_its_countrys_clock(client: Client, lead: User) -> None:
    owner = build.user("sales_owner")
    client.force_login(lead)

    answer = client.post(reverse("account_create"), fields(relationship_owner=owner.pk, country="NO"))

    account = Account.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/accounts/{account.pk}/"
    assert account.ref == f"A-{account.pk}"
    assert (account.relationship_owner, account.time_zone) == (owner, "Europe/Oslo")
    assert account.figures.revenue_12m is None
    assert list(TrailEntry.objects.values_list("verb", "account_id")) == [("account.created", account.pk)]


def test_the_form_asks_who_in_sales_owns_an_external_account(client: Client, lead: User) -> None:
    client.force_login(lead)

    answer = client.post(reverse("account_create"), fields())

    assert answer.status_code == 422
    assert "Say who in sales owns the relationship" in answer.content.decode()
    assert not Account.objects.exists()


def test_who_may_not_name_owners_owns_what_he_adds(client: Client) -> None:
    sales, product = build.user("sales_owner"), build.user("product_manager")

    for person in (sales, product):
        client.force_login(person)
        assert "relationship_owner" not in client.get(reverse("account_create")).content.decode()
        client.post(reverse("account_create"), fields(name=person.name, relationship_owner=build.user("sales_vp").pk))

    owners = Account.objects.order_by("pk").values_list("relationship_owner", "product_manager")
    assert list(owners) == [(sales.pk, None), (None, product.pk)]


def test_a_probable_duplicate_is_shown_and_added_only_on_saying_so(client: Client, lead: User) -> None:
    there = build.account(name="Nord  AS")
    client.force_login(lead)
    asked = fields(name="NORD as", relationship_owner=lead.pk)

    answer = client.post(reverse("account_create"), asked)
    assert answer.status_code == 422
    assert f'href="/accounts/{there.pk}/"' in answer.content.decode()
    assert Account.objects.count() == 1

    assert client.post(reverse("account_create"), asked | {"is_another": "1"}).status_code == 303
    assert Account.objects.count() == 2


def test_a_duplicate_out_of_sight_is_not_told(client: Client) -> None:
    build.account(name="Nord AS")
    client.force_login(build.user("sales_owner"))

    assert client.post(reverse("account_create"), fields()).status_code == 303


def test_the_second_of_two_savers_sees_both_versions_and_overwrites_nothing(client: Client, lead: User) -> None:
    account = build.account(name="Nord AS", relationship_owner=lead, city="Oslo", industry="Food")
    client.force_login(lead)
    form = client.get(reverse("account_edit", args=[account.pk])).content.decode()
    mine = fields(ref=account.ref, relationship_owner=lead.pk, city="Bergen", industry="Food")
    edit_account(actor=lead, account=account, version=1, city="Tromsø", industry="Shipping")

    answer = client.post(reverse("account_edit", args=[account.pk]), posted(form) | mine)
    html = answer.content.decode()
    account.refresh_from_db()

    assert answer.status_code == 422
    assert (account.city, account.industry, account.version) == ("Tromsø", "Shipping", 2)
    assert "Nothing was overwritten" in html
    for value in ("Tromsø", "Bergen", "Shipping", "Food"):
        assert value in html
    # What I changed stays mine, what only they changed is theirs, until I choose otherwise.
    chosen = posted(html)
    assert (chosen["keep-city"], chosen["keep-industry"], chosen["version"]) == ("mine", "theirs", "2")

    again = client.post(reverse("account_edit", args=[account.pk]), mine | chosen)
    account.refresh_from_db()
    assert again.status_code == 303
    assert (account.city, account.industry, account.version) == ("Bergen", "Shipping", 3)


def test_taking_theirs_changes_nothing(client: Client, lead: User) -> None:
    account = build.account(name="Nord AS", relationship_owner=lead, city="Oslo")
    client.force_login(lead)
    mine = fields(ref=account.ref, relationship_owner=lead.pk, city="Bergen", version="1")
    edit_account(actor=lead, account=account, version=1, city="Tromsø")
    chosen = posted(client.post(reverse("account_edit", args=[account.pk]), mine).content.decode())

    client.post(reverse("account_edit", args=[account.pk]), mine | chosen | {"keep-city": "theirs"})

    account.refresh_from_db()
    assert (account.city, account.version) == ("Tromsø", 2)


def test_a_form_without_a_version_is_a_conflict(client: Client, lead: User) -> None:
    account = build.account(relationship_owner=lead)
    client.force_login(lead)

    answer = client.post(reverse("account_edit", args=[account.pk]), fields(relationship_owner=lead.pk))

    assert answer.status_code == 422
    account.refresh_from_db()
    assert account.version == 1


def test_the_service_refuses_a_stale_version(lead: User) -> None:
    account = build.account(city="Oslo")
    edit_account(actor=lead, account=account, version=1, city="Bergen")

    with pytest.raises(StaleVersion) as refusal:
        edit_account(actor=lead, account=account, version=1, city="Tromsø")

    assert refusal.value.current["city"] == "Bergen"
    account.refresh_from_db()
    assert account.city == "Bergen"


def test_the_trail_tells_what_changed(lead: User) -> None:
    account = build.account(city="Oslo")

    edit_account(actor=lead, account=account, version=1, city="Bergen", product_manager=lead)

    entry = TrailEntry.objects.get()
    assert entry.data == {"changes": {"city": ["Oslo", "Bergen"], "product_manager": [None, lead.name]}}


def test_saving_without_a_change_leaves_no_trace(lead: User) -> None:
    account = build.account(city="Oslo")

    assert edit_account(actor=lead, account=account, version=1, city="Oslo").version == 1
    assert not TrailEntry.objects.exists()


@pytest.mark.parametrize("role", ["product_manager", "sales_owner", "finance", "department_member", "administrator"])
def test_only_owners_change_an_account(client: Client, role: str) -> None:
    person = build.user(role)
    account = build.account(city="Oslo")
    account.team.add(person)
    client.force_login(person)

    assert client.get(reverse("account_edit", args=[account.pk])).status_code == 403
    with pytest.raises(RuleViolation):
        edit_account(actor=person, account=account, version=1, city="Bergen")
    account.refresh_from_db()
    assert account.city == "Oslo"


def test_a_foreign_account_is_not_there_for_a_sales_owner(client: Client) -> None:
    account = build.account()
    client.force_login(build.user("sales_owner"))

    for page in ("account_detail", "account_edit", "contact_create", "promise_add", "value_assess"):
        assert client.get(reverse(page, args=[account.pk])).status_code == 404


def test_an_owner_does_not_give_his_account_away(lead: User) -> None:
    person = build.user("product_manager")
    account = build.account(product_manager=person)

    with pytest.raises(RuleViolation, match="names who owns an account"):
        edit_account(actor=person, account=account, version=1, product_manager=lead)

    account.refresh_from_db()
    assert account.product_manager == person


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "name"),
        ({"country": "XX"}, "country"),
        ({"time_zone": "Oslo"}, "time_zone"),
        ({"state": "gone"}, "state"),
        ({"ref": "TAKEN"}, "ref"),
        ({"name": "x" * 301}, "name"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"parent": "999999"}, "parent"),
        ({"relationship_owner": "no number"}, "relationship_owner"),
        ({"name": "a\x00b"}, "name"),
    ],
)
def test_bad_input_is_named_at_its_field(client: Client, lead: User, wrong: dict[str, str], field: str) -> None:
    build.account(ref="TAKEN")
    client.force_login(lead)

    answer = client.post(reverse("account_create"), fields(relationship_owner=lead.pk) | wrong)

    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()
    assert Account.objects.count() == 1


def test_internal_accounts_have_no_owner_in_sales(lead: User) -> None:
    with pytest.raises(RuleViolation, match="no owner in sales"):
        create_account(actor=lead, name="Support", ref="", kind="internal", relationship_owner=lead)
