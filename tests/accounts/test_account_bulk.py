"""Many accounts changed at once: at once or by a job, each with its own rights and version."""

from __future__ import annotations

import datetime as dt
import subprocess
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account, BulkChange, BulkRow, StrategicEntry
from accounts.services import bulk
from accounts.services.accounts import edit_account
from accounts.services.bulk import cancel_change, request_change, work
from pmcrm.errors import RuleViolation
from pmcrm.jobs.models import ClaimLost
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.api.conftest import client_of
from tests.test_pages_in_browser import sign_in


def many(count: int) -> list[tuple[int, int]]:
    made = Account.objects.bulk_create(
        Account(ref=f"R{n:04}", name=f"Account {n:04}", kind="external") for n in range(count)
    )
    return [(account.pk, account.version) for account in made]


def states() -> dict[str, int]:
    values = list(Account.objects.values_list("state", flat=True))
    return {state: values.count(state) for state in sorted(set(values))}


@pytest.fixture
def lead(db: None) -> User:
    return build.user("product_lead")


@pytest.mark.django_db
def test_ticked_accounts_change_and_what_is_stale_or_foreign_is_named(client: Client) -> None:
    person = build.user("product_manager")
    mine, stale = (
        build.account(name="Mine", product_manager=person),
        build.account(name="Stale", product_manager=person),
    )
    foreign = build.account(name="Foreign")
    Account.objects.filter(pk=stale.pk).update(version=2)
    client.force_login(person)

    rows = [f"{mine.pk}.1", f"{stale.pk}.1", f"{foreign.pk}.1", "nonsense", "9.x"]
    answer = client.post(reverse("account_bulk"), {"change": "state:prospect", "scope": "ticked", "row": rows})

    change = BulkChange.objects.get()
    assert answer["Location"] == reverse("bulk_change_detail", args=[change.pk])
    html = client.get(answer["Location"]).content.decode()
    assert "Done: 3 accounts, 2 of them refused." in html
    assert "Somebody saved this account while you were editing" in html
    assert "not yours to change" in html
    found = dict(Account.objects.values_list("name", "state"))
    assert found == {"Mine": "prospect", "Stale": "customer", "Foreign": "customer"}
    assert TrailEntry.objects.filter(verb="account.edited").count() == 1
    assert set(TrailEntry.objects.about(change).values_list("verb", flat=True)) == {
        "accounts.bulk_requested",
        "accounts.bulk_done",
    }


def test_all_that_match_are_asked_about_first(client: Client, lead: User) -> None:
    client.force_login(lead)
    build.account(name="Nord", country="NO")
    build.account(name="Sued", country="DE")
    form = {"change": f"product_manager:{lead.pk}", "scope": "all", "query": "country=NO"}

    asked = client.post(reverse("account_bulk"), form)
    assert "Change 1 account?" in asked.content.decode()
    assert not BulkChange.objects.exists()
    done = client.post(reverse("account_bulk"), form | {"confirmed": "yes"})

    assert done["Location"] == "/accounts/?country=NO&edit=on"
    # A filter that is refused narrows nothing: it must not widen a change.
    client.post(reverse("account_bulk"), form | {"confirmed": "yes", "query": "country=NO&state=nowhere"})
    assert dict(Account.objects.values_list("name", "product_manager")) == {"Nord": lead.pk, "Sued": None}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("state:nowhere", "A state is one of"),
        ("password:x", "Say what to change"),
        ("", "Say what to change"),
        ("product_manager:99999999999999999999", "Choose somebody"),
        ("product_manager:\x00", "Choose somebody"),
    ],
)
def test_a_wrong_change_is_refused_in_words(client: Client, lead: User, change: str, sentence: str) -> None:
    client.force_login(lead)
    account = build.account()

    form = {"change": change, "scope": "ticked", "row": f"{account.pk}.1"}
    back = client.post(reverse("account_bulk"), form)["Location"]

    assert sentence in client.get(back).content.decode()
    assert not BulkChange.objects.exists()


def test_who_may_not_name_owners_changes_none(db: None) -> None:
    person = build.user("product_manager")
    account = build.account(product_manager=person)

    with pytest.raises(RuleViolation, match="names who owns"):
        request_change(actor=person, field="product_manager", value=str(person.pk), rows=[(account.pk, 1)])
    with pytest.raises(RuleViolation, match="Tick the accounts"):
        request_change(actor=person, field="state", value="prospect", rows=[])
    assert not BulkChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_goes_on_where_a_dead_worker_left_it() -> None:
    change = request_change(actor=build.user("product_lead"), field="state", value="prospect", rows=many(250))
    job = BulkChange.try_claim(change.pk, working_state="working")
    assert job is not None
    assert bulk._next_part(job)
    # The worker dies in the middle of the second part: nothing of it stays.
    with transaction.atomic():
        assert bulk._next_part(job)
        transaction.set_rollback(True)
    assert states() == {"customer": 150, "prospect": 100}
    assert work(change.pk) is None
    BulkChange.objects.update(heartbeat_at="2020-01-01T00:00Z")
    assert [one.pk for one in BulkChange.silent()] == [change.pk]

    done = work(change.pk)

    assert done is not None
    assert (done.state, done.done_units) == ("done", 250)
    assert states() == {"prospect": 250}
    assert set(Account.objects.values_list("version", flat=True)) == {2}
    with pytest.raises(ClaimLost):
        bulk._next_part(job)
    assert work(change.pk) is None


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_change_stops_after_its_part(client: Client) -> None:
    actor = build.user("product_lead")
    change = request_change(actor=actor, field="state", value="prospect", rows=many(150))
    job = BulkChange.try_claim(change.pk, working_state="working")
    assert job is not None
    bulk._next_part(job)
    client.force_login(actor)
    client.post(reverse("bulk_change_cancel", args=[change.pk]))

    with pytest.raises(ClaimLost):
        bulk._next_part(job)
    assert work(change.pk) is None
    assert states() == {"customer": 50, "prospect": 100}
    assert "Stopped after 100 of 150" in client.get(reverse("bulk_change_detail", args=[change.pk])).content.decode()
    with pytest.raises(RuleViolation, match="over already"):
        cancel_change(actor=actor, change=change)
    client.force_login(build.user("product_lead"))
    assert client.get(reverse("bulk_change_detail", args=[change.pk])).status_code == 404


def test_a_change_of_too_many_is_refused_whole(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_ROWS", 3)
    with pytest.raises(RuleViolation, match="At most 3"):
        request_change(actor=lead, field="state", value="prospect", rows=many(4))
    assert not BulkRow.objects.exists()


def test_a_tag_is_given_to_ticked_accounts_and_taken_off(client: Client, lead: User) -> None:
    client.force_login(lead)
    first, second = build.account(name="First"), build.account(name="Second")
    edit_account(actor=lead, account=second, version=1, tags=["Pilot", "Beta"])
    ticked = {"scope": "ticked", "row": [f"{first.pk}.1", f"{second.pk}.2", "999999.1"]}

    asked = client.post(reverse("account_bulk"), ticked | {"change": "add_tag:"}).content.decode()
    assert "Give 3 accounts a tag" in asked
    assert f'name="row" value="{second.pk}.2"' in asked
    none = client.post(reverse("account_bulk"), ticked | {"change": "add_tag:", "confirmed": "yes", "tag": " "})
    assert "Say which tag." in client.get(none["Location"]).content.decode()
    client.post(reverse("account_bulk"), ticked | {"change": "add_tag:", "confirmed": "yes", "tag": "PILOT"})

    assert [str(tag) for tag in first.tags.all()] == ["Pilot"]
    assert [str(tag) for tag in second.tags.all()] == ["Beta", "Pilot"]
    assert list(Account.objects.order_by("pk").values_list("version", flat=True)) == [2, 2]
    off = {"scope": "all", "change": "remove_tag:", "confirmed": "yes", "tag": "pilot", "query": "who=all"}
    client.post(reverse("account_bulk"), off)
    assert [str(tag) for tag in first.tags.all()] == []
    assert [str(tag) for tag in second.tags.all()] == ["Beta"]
    (note,) = TrailEntry.objects.filter(verb="account.edited", account_id=second.pk).order_by("-pk")[:1]
    assert note.data["changes"] == {"tags": ["Beta, Pilot", "Beta"]}


def test_many_go_to_the_trash_after_asking_and_what_is_held_stays(client: Client, lead: User) -> None:
    client.force_login(lead)
    gone, held = build.account(name="Gone"), build.account(name="Held")
    StrategicEntry.objects.create(account=held, rank=1, reason="x", sponsor=lead, review_by=dt.date(2999, 1, 1))
    form = {"scope": "ticked", "row": [f"{gone.pk}.1", f"{held.pk}.1"], "change": "trash:"}

    asked = client.post(reverse("account_bulk"), form).content.decode()
    assert "Put 2 accounts in the trash?" in asked
    assert Account.objects.in_sight().count() == 2
    done = client.post(reverse("account_bulk"), form | {"confirmed": "yes"})

    assert [one.name for one in Account.objects.in_sight()] == ["Held"]
    html = client.get(done["Location"]).content.decode()
    assert "Done: 2 accounts, 1 of them refused." in html
    assert "Take it off there first" in html


@pytest.mark.django_db
def test_the_trash_is_on_offer_to_those_who_delete(client: Client) -> None:
    person = build.user("product_manager")
    account = build.account(product_manager=person)
    client.force_login(person)

    assert "trash:" not in client.get(reverse("account_list"), {"edit": "on"}).content.decode()
    with pytest.raises(RuleViolation, match="deletes an account"):
        request_change(actor=person, field="trash", value="", rows=[(account.pk, 1)])


def test_the_api_changes_many(lead: User) -> None:
    api = client_of(lead)
    first, second = build.account(name="First", country="NO"), build.account(name="Second")
    url = "/api/v1/bulk-changes/"

    named = {
        "field": "state",
        "value": "former",
        "accounts": [{"id": first.pk, "version": 1}, {"id": second.pk, "version": 9}],
    }
    made = api.post(url, named, format="json")
    assert made.status_code == 201
    body = made.json()
    assert (body["state"], body["rows"], body["done"], body["refused"]) == ("done", 2, 2, 1)
    refused = api.get(f"{url}{body['id']}/refused/").json()
    assert [(row["account"], row["version"]) for row in refused] == [(second.pk, 9)]
    assert "Somebody saved this account" in refused[0]["reason"]
    matching = api.post(
        url, {"field": "add_tag", "value": "Nord", "query": "filter=country:any:NO"}, format="json"
    ).json()
    assert (matching["rows"], matching["refused"], matching["value"]) == (1, 0, "Nord")
    assert [str(tag) for tag in first.tags.all()] == ["Nord"]
    assert api.post(f"{url}{body['id']}/cancel/").status_code == 422
    assert [row["id"] for row in api.get(url).json()["results"]] == [matching["id"], body["id"]]
    assert client_of(build.user("product_lead")).get(f"{url}{body['id']}/").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"field": "state", "value": "former"}, 400, "Name the accounts, or give a query"),
        ({"field": "state", "value": "former", "query": "", "accounts": []}, 400, "one of both"),
        ({"field": "state", "value": "nowhere", "query": ""}, 422, "A state is one of"),
        ({"field": "name", "value": "x", "query": ""}, 400, "not a valid choice"),
        (
            {"field": "state", "value": "former", "accounts": [{"id": 999999, "version": 1}]},
            400,
            "no account with the id",
        ),
        ({"field": "state", "value": "former", "query": "state=nowhere"}, 400, "state"),
        ({"field": "state", "value": "former", "query": "filter=colour:is:red"}, 400, "no field “colour”"),
        ({"field": "state", "value": "former", "accounts": "all"}, 400, "accounts"),
    ],
)
def test_the_api_refuses_in_words(lead: User, body: dict[str, Any], status: int, sentence: str) -> None:
    build.account()

    answer = client_of(lead).post("/api/v1/bulk-changes/", body, format="json")

    assert (answer.status_code, sentence in answer.content.decode()) == (status, True)
    assert states() == {"customer": 1}


@pytest.mark.django_db(transaction=True)
def test_more_than_a_hundred_are_a_job_over_the_api_too() -> None:
    lead = build.user("product_lead")
    rows = [{"id": key, "version": version} for key, version in many(101)]

    made = client_of(lead).post("/api/v1/bulk-changes/", {"field": "trash", "accounts": rows}, format="json")

    assert (made.status_code, made.json()["state"], made.json()["rows"]) == (202, "queued", 101)
    assert work(made.json()["id"]) is not None
    now = client_of(lead).get(made["Location"]).json()
    assert (now["state"], now["done"], now["refused"]) == ("done", 101, 0)
    assert not Account.objects.in_sight().exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_accounts_are_changed_by_keyboard_and_by_a_worker(
    page: Page, live_server: LiveServer, celery_worker_process: subprocess.Popen[bytes]
) -> None:
    sign_in(page, build.user("product_lead"), live_server.url)
    many(120)
    page.goto(reverse("account_list"))

    page.get_by_role("link", name="Change", exact=True).press("Enter")
    page.get_by_role("checkbox", name="Tick Account 0000").press("Space")
    page.get_by_role("checkbox", name="Tick Account 0001").press("Space")
    assert not Axe().run(page).response["violations"]
    page.get_by_role("combobox", name="Change to").select_option("state:prospect")
    page.get_by_role("button", name="Change the ticked ones").press("Enter")
    expect(page.get_by_text("2 accounts changed.")).to_be_visible()
    assert states() == {"customer": 118, "prospect": 2}

    page.get_by_role("combobox", name="Change to").select_option("state:former")
    page.get_by_role("button", name="Change all 120 that match…").press("Enter")
    page.get_by_role("button", name="Change them").press("Enter")
    expect(page.get_by_text("Done: 120 accounts, 0 of them refused.")).to_be_visible(timeout=30_000)
    assert states() == {"former": 120}
