"""Accounts and contacts over the API: the same services, rows and values as the pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account, Contact
from accounts.services.figures import publish_figures
from pmcrm.people.models import User
from tests import build
from tests.api.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


def test_an_account_carries_what_the_contract_names(lead: User) -> None:
    account = build.account(ref="N-1", name="Nord AS", country="NO", relationship_owner=lead)
    publish_figures([{"account_id": account.pk, "revenue_12m": Decimal("12.5")}], columns=["revenue_12m"])

    found = client_of(lead).get(f"/api/v1/accounts/{account.pk}/").json()

    expected = {
        "id": account.pk,
        "ref": "N-1",
        "name": "Nord AS",
        "kind": "external",
        "state": "customer",
        "industry": "",
        "country": "NO",
        "region": "",
        "time_zone": "",
        "tier": "",
        "relationship_owner": lead.pk,
        "revenue_12m": "12.5000",
        "contribution_12m": None,
        "version": 1,
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("role", "sees"), [("finance", True), ("product_manager", True), ("sales_owner", False), ("administrator", False)]
)
def test_money_that_one_may_not_see_is_absent(role: str, sees: bool) -> None:
    person = build.user(role)
    account = build.account()
    account.team.add(person)

    (found,) = client_of(person).get("/api/v1/accounts/").json()["results"]

    assert ("revenue_12m" in found, "contribution_12m" in found) == (sees, sees)


def test_an_owner_in_sales_sees_the_money_of_his_own(lead: User) -> None:
    person = build.user("sales_owner")
    account = build.account(relationship_owner=person)

    assert "contribution_12m" in client_of(person).get(f"/api/v1/accounts/{account.pk}/").json()


def test_a_row_out_of_sight_is_404() -> None:
    account = build.account()
    contact = build.contact(account=account)
    client = client_of(build.user("sales_owner"))

    assert client.get(f"/api/v1/accounts/{account.pk}/").status_code == 404
    assert client.patch(f"/api/v1/accounts/{account.pk}/", {"version": 1}, format="json").status_code == 404
    assert client.get(f"/api/v1/contacts/{contact.pk}/").status_code == 404
    assert client.get("/api/v1/accounts/").json()["results"] == []
    assert client.get("/api/v1/contacts/").json()["results"] == []


def test_lists_page_search_filter_and_order(lead: User) -> None:
    for name, country, revenue in [("Bø", "NO", "1"), ("Ås", "NO", "3"), ("Kiel", "DE", "2"), ("Rest", "DE", None)]:
        account = build.account(name=name, country=country)
        row = {"account_id": account.pk, "revenue_12m": revenue and Decimal(revenue)}
        publish_figures([row], columns=["revenue_12m"])
    client = client_of(lead)

    def names(query: str) -> list[str]:
        return [row["name"] for row in client.get(f"/api/v1/accounts/?{query}").json()["results"]]

    assert names("") == ["Ås", "Bø", "Kiel", "Rest"]
    assert names("ordering=-revenue") == ["Ås", "Kiel", "Bø", "Rest"]
    assert names("ordering=revenue") == ["Bø", "Kiel", "Ås", "Rest"]
    assert names("country=DE") == ["Kiel", "Rest"]
    assert names("search=BO") == ["Bø"]
    first = client.get("/api/v1/accounts/?page_size=3&ordering=-revenue").json()
    second = client.get(first["next"]).json()
    assert [row["name"] for row in second["results"]] == ["Rest"]
    assert second["next"] is None
    assert [row["name"] for row in client.get(second["previous"]).json()["results"]] == ["Ås", "Kiel", "Bø"]


def test_creating_answers_with_its_address(lead: User) -> None:
    answer = client_of(lead).post("/api/v1/accounts/", {"name": "Nord", "kind": "external"}, format="json")

    account = Account.objects.get()
    assert answer.status_code == 201
    assert answer["Location"].endswith(f"/api/v1/accounts/{account.pk}/")
    assert answer.json()["ref"] == f"A-{account.pk}"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Nord"}, "kind"),
        ({"kind": "external", "name": " "}, "name"),
        ({"kind": "alien", "name": "Nord"}, "kind"),
        ({"kind": "external", "name": "Nord", "country": "XX"}, "country"),
        ({"kind": "external", "name": "Nord", "time_zone": "Oslo"}, "time_zone"),
        ({"kind": "external", "name": "Nord", "ref": "TAKEN"}, "ref"),
        ({"kind": "external", "name": "Nord", "colour": "red"}, "colour"),
        ({"kind": "external", "name": "Nord", "relationship_owner": 999999}, "relationship_owner"),
        ({"kind": "external", "name": "No\u0000rd"}, "name"),
        ({"kind": "external", "name": ["Nord"]}, "name"),
        ({"kind": "external", "name": "Nord", "parent_account": 2**70}, "parent_account"),
    ],
)
def test_invalid_fields_are_400_by_name(lead: User, body: dict[str, Any], field: str) -> None:
    build.account(ref="TAKEN")

    answer = client_of(lead).post("/api/v1/accounts/", body, format="json")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert field in answer.json()["errors"]
    assert Account.objects.count() == 1


def test_a_change_names_the_version_it_means(lead: User) -> None:
    account = build.account(city="Oslo", ref="N-1")
    client, address = client_of(lead), f"/api/v1/accounts/{account.pk}/"

    assert client.patch(address, {"city": "Bergen"}, format="json").status_code == 400
    changed = client.patch(address, {"city": "Bergen", "ref": "N-1", "version": 1}, format="json")
    assert (changed.status_code, changed.json()["city"], changed.json()["version"]) == (200, "Bergen", 2)
    assert client.patch(address, {"city": "Tromsø", "version": 1}, format="json").status_code == 409
    account.refresh_from_db()
    assert account.city == "Bergen"
    whole = {"name": "Nord", "kind": "external", "version": 2}
    assert client.put(address, whole, format="json").json()["name"] == "Nord"


def test_a_refused_rule_is_422() -> None:
    person = build.user("product_manager")
    account = build.account(product_manager=person)
    client, address = client_of(person), f"/api/v1/accounts/{account.pk}/"

    answer = client.patch(address, {"relationship_owner": person.pk, "version": 1}, format="json")

    assert answer.status_code == 422
    assert "relationship_owner" in answer.json()["errors"]
    account.refresh_from_db()
    assert account.relationship_owner is None


def test_removing(lead: User) -> None:
    account = build.account()

    assert client_of(lead).delete(f"/api/v1/accounts/{account.pk}/").status_code == 204
    assert list(Account.objects.discarded()) == [account]
    assert client_of(lead).get(f"/api/v1/accounts/{account.pk}/").status_code == 404


def test_reading_rights_are_403(lead: User) -> None:
    client = client_of(build.user("finance"))

    assert client.post("/api/v1/accounts/", {"name": "Nord", "kind": "external"}, format="json").status_code == 403


def test_nobody_orders_by_money_he_may_not_see() -> None:
    answer = client_of(build.user("sales_owner")).get("/api/v1/accounts/?ordering=-contribution")

    assert answer.status_code == 400


def test_the_list_asks_the_same_queries_for_ten_as_for_one(
    lead: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(lead)
    for _ in range(10):
        build.account(relationship_owner=lead)

    # One of them asks which fields of our own there are, one for the tags.
    with django_assert_max_num_queries(5):
        client.get("/api/v1/accounts/")


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
        ("administrator", False, False),
    ],
)
def test_temperament_is_there_only_for_those_who_may_see_it(role: str, owns: bool, sees: bool) -> None:
    person = build.user(role)
    account = build.account(product_manager=person if owns else None)
    contact = build.contact(account=account, temperament="impatient", temperament_note="hates slides")

    found = client_of(person).get(f"/api/v1/contacts/{contact.pk}/").json()

    assert ("temperament" in found, "temperament_note" in found) == (sees, sees)


def test_a_contact_is_made_changed_moved_and_removed(lead: User) -> None:
    old, new = build.account(name="Old AS", country="NO"), build.account(name="New AS")
    client = client_of(lead)

    made = client.post(
        "/api/v1/contacts/", {"account": old.pk, "name": "Kari", "phone": "22 34 56 78"}, format="json"
    ).json()
    assert made["phone"] == "+4722345678"
    address = f"/api/v1/contacts/{made['id']}/"
    assert client.patch(address, {"phone": "12", "version": 1}, format="json").json()["errors"].keys() == {"phone"}
    assert client.patch(address, {"account": new.pk, "version": 1}, format="json").status_code == 400
    assert client.patch(address, {"job_title": "CFO", "version": 1}, format="json").json()["version"] == 2
    moved = client.post(f"{address}move/", {"to": new.pk, "on": "2026-02-01", "version": 2}, format="json").json()
    assert (moved["account"], moved["previous_employers"]) == (new.pk, "Old AS (CFO until 2026-02)")
    assert client.delete(address).status_code == 204
    assert Contact.objects.discarded().get().name == "Kari"
    assert client.get(address).status_code == 404


def test_who_may_not_read_a_temperament_does_not_write_one() -> None:
    person = build.user("sales_vp")
    account = build.account(relationship_owner=person)

    answer = client_of(person).post(
        "/api/v1/contacts/", {"account": account.pk, "name": "Kari", "temperament": "calm"}, format="json"
    )

    assert answer.status_code == 422
    assert not Contact.objects.exists()
