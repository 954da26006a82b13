"""Internal customers: whom they serve, how, and the programmes they take part in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Enrolment
from accounts.services.accounts import create_account, edit_account
from accounts.services.inside import end_enrolment, enrol, serve, stop_serving
from accounts.services.merging import merge
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.accounts.test_value_api import ROOT, client_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager")


@pytest.fixture
def desk(manager: User) -> Account:
    return build.account(name="Port desk", kind="internal", product_manager=manager, internal_mode="assists")


@pytest.fixture
def halden() -> Account:
    return build.account(name="Halden Maritime")


def inside_tab(client: Client, person: User, account: Account) -> str:
    client.force_login(person)
    return client.get(f"{account.get_absolute_url()}?tab=inside").content.decode()


def test_both_pages_list_the_other(client: Client, manager: User, desk: Account, halden: Account) -> None:
    client.force_login(manager)
    answer = client.post(reverse("serves_add", args=[desk.pk]), {"customer": halden.pk})
    assert answer["Location"] == f"/accounts/{desk.pk}/?tab=inside"

    assert f'href="/accounts/{halden.pk}/"' in inside_tab(client, manager, desk)
    assert "Helps customers with the product." in inside_tab(client, manager, desk)
    assert f'href="/accounts/{desk.pk}/?tab=inside">Port desk</a>' in inside_tab(client, manager, halden)
    told = TrailEntry.objects.filter(verb="account.serves").order_by("id")
    assert [one.account_id for one in told] == [desk.pk, halden.pk]

    client.post(reverse("serves_end", args=[desk.pk, halden.pk]))
    assert "Port desk" not in inside_tab(client, manager, halden)
    assert TrailEntry.objects.filter(verb="account.serves_no_more").count() == 2


def test_an_owner_in_sales_reads_the_team_of_his_account(client: Client, manager: User, desk: Account) -> None:
    owner = build.user("sales_owner")
    own = build.account(name="Own", relationship_owner=owner)
    serve(actor=manager, account=desk, customer=own)
    page = inside_tab(client, owner, own)
    assert "<strong>Port desk</strong>" in page
    assert f"/accounts/{desk.pk}/" not in page


def test_who_may_not_serve(manager: User, desk: Account, halden: Account) -> None:
    other = build.account(kind="internal")
    refusals: list[tuple[Any, ...]] = [
        (build.user("product_manager"), desk, halden, "not yours"),
        (manager, desk, other, "Choose an external account."),
        (build.user("product_lead"), halden, desk, "Only an internal account"),
    ]
    for actor, account, customer, words in refusals:
        with pytest.raises(RuleViolation, match=words):
            serve(actor=actor, account=account, customer=customer)
    serve(actor=manager, account=desk, customer=halden)
    with pytest.raises(RuleViolation, match="serves Halden Maritime already"):
        serve(actor=manager, account=desk, customer=halden)
    assert list(desk.serves.all()) == [halden]


def test_a_pairing_shows_on_both_sides_and_its_end_stores_the_day(
    client: Client, manager: User, desk: Account, halden: Account
) -> None:
    client.force_login(manager)
    body = {
        "programme": "Beta of the quay view",
        "role": "hand_holder",
        "paired_with": halden.pk,
        "since": "2026-03-02",
    }
    assert client.post(reverse("enrolment_add", args=[desk.pk]), body).status_code == 303
    made = Enrolment.objects.get()
    for account, words in [(desk, "Halden Maritime</a>"), (halden, "Port desk</a> · Beta of the quay view")]:
        page = inside_tab(client, manager, account)
        assert words in page
        assert "since 2 Mar 2026" in page

    client.post(reverse("enrolment_end", args=[made.pk]), {"until": "2026-06-30", "end_note": "It went live."})

    made.refresh_from_db()
    assert (made.until, made.end_note) == (dt.date(2026, 6, 30), "It went live.")
    assert "2 Mar 2026 to 30 Jun 2026" in inside_tab(client, manager, halden)
    assert TrailEntry.objects.filter(verb="enrolment.ended").count() == 2


@pytest.mark.parametrize("role", ["beta_tester", "brainstormer", "evangelist"])
def test_the_other_roles_have_no_pair(manager: User, desk: Account, halden: Account, role: str) -> None:
    assert enrol(actor=manager, account=desk, programme="Beta", role=role).until is None
    with pytest.raises(RuleViolation, match="Only who holds a hand"):
        enrol(actor=manager, account=desk, programme="Beta 2", role=role, paired_with=halden)
    with pytest.raises(RuleViolation, match="already"):
        enrol(actor=manager, account=desk, programme="Beta", role=role)
    assert Enrolment.objects.count() == 1


def test_what_an_enrolment_needs(manager: User, desk: Account, halden: Account) -> None:
    for wrong, words in [
        ({"programme": " ", "role": "evangelist"}, "Name the programme."),
        ({"programme": "Beta", "role": "spy"}, "Choose one of"),
        ({"programme": "Beta", "role": "hand_holder"}, "Say whose hand they hold."),
        ({"programme": "Beta", "role": "evangelist", "since": TODAY() + dt.timedelta(days=1)}, "earlier day"),
    ]:
        with pytest.raises(RuleViolation, match=words):
            enrol(actor=manager, account=desk, **wrong)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(RuleViolation, match="Only an internal account"):
        enrol(actor=build.user("product_lead"), account=halden, programme="Beta", role="evangelist")
    made = enrol(actor=manager, account=desk, programme="Beta", role="evangelist")
    with pytest.raises(RuleViolation, match="before it began"):
        end_enrolment(actor=manager, enrolment=made, until=TODAY() - dt.timedelta(days=1))
    end_enrolment(actor=manager, enrolment=made)
    with pytest.raises(RuleViolation, match="ended already"):
        end_enrolment(actor=manager, enrolment=made)


def test_the_database_refuses_a_hand_holder_without_a_pair(manager: User, desk: Account) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.create(account=desk, programme="Beta", role="hand_holder", enrolled_by=manager)


def test_kind_is_required_and_mode_is_for_internal_accounts(manager: User, desk: Account, halden: Account) -> None:
    lead = build.user("product_lead")
    with pytest.raises(RuleViolation):
        create_account(actor=lead, name="Nobody knows")
    with pytest.raises(RuleViolation, match="Only an internal account"):
        edit_account(actor=lead, account=halden, version=1, internal_mode="assists")
    serve(actor=manager, account=desk, customer=halden)
    with pytest.raises(RuleViolation, match="so it is internal"):
        edit_account(actor=lead, account=desk, version=1, kind="external", internal_mode="")
    with pytest.raises(RuleViolation, match="so it is external"):
        edit_account(actor=lead, account=halden, version=1, kind="internal")
    stop_serving(actor=manager, account=desk, customer=halden)
    assert edit_account(actor=lead, account=desk, version=1, internal_mode="on_behalf").version == 2


def test_a_merge_carries_service_and_pairing(manager: User, desk: Account, halden: Account) -> None:
    lead = build.user("product_lead")
    twin = build.account(name="Halden Maritime AS")
    serve(actor=manager, account=desk, customer=twin)
    enrol(actor=manager, account=desk, programme="Beta", role="hand_holder", paired_with=twin)

    merge(actor=lead, winner=halden, loser=twin, version=1, other_version=1, take={})

    assert list(desk.serves.all()) == [halden]
    assert Enrolment.objects.get().paired_with == halden


def test_the_api_serves_and_enrols(manager: User, desk: Account, halden: Account) -> None:
    api = client_of(manager)
    served = api.post(f"{ROOT}/accounts/{desk.pk}/serve/", {"account": halden.pk}, format="json")
    assert (served.status_code, [one["name"] for one in served.json()]) == (200, ["Halden Maritime"])
    assert [one["id"] for one in api.get(f"{ROOT}/accounts/{halden.pk}/serves/").json()] == [desk.pk]
    body = {"account": desk.pk, "programme": "Beta", "role": "hand_holder", "paired_with": halden.pk}
    made = api.post(f"{ROOT}/enrolments/", body, format="json")
    assert made.status_code == 201, made.json()
    ended = api.post(f"{ROOT}/enrolments/{made.json()['id']}/end/", {}, format="json").json()
    assert ended["until"] == TODAY().isoformat()
    rows = api.get(f"{ROOT}/enrolments/?paired_with={halden.pk}").json()["results"]
    assert [row["programme"] for row in rows] == ["Beta"]
    assert api.post(f"{ROOT}/accounts/{desk.pk}/stop-serving/", {"account": halden.pk}, format="json").json() == []
    assert client_of(build.user("sales_owner")).get(f"{ROOT}/enrolments/").json()["results"] == []
