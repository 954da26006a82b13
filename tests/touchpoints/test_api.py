"""Interactions and next steps in the API: the same services, the same visibility."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Account
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Interaction, NextStep

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
JSON = "application/json"


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pm() -> User:
    return build.user("product_manager")


@pytest.fixture
def account() -> Account:
    return build.account()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def call(account: Account, **fields: Any) -> dict[str, Any]:
    return {"kind": "call", "at": "2026-03-10T11:30:00Z", "minutes": 30, "accounts": [account.pk]} | fields


def test_logged_read_corrected_and_cancelled(pm: User, account: Account) -> None:
    client = signed_in(pm)
    body = call(account, outcome="conversation", notes="Export limit hurts.")
    made = client.post("/api/v1/interactions/", body, content_type=JSON)
    found = Interaction.objects.get()
    assert (made.status_code, made.headers["Location"]) == (201, f"http://testserver/api/v1/interactions/{found.pk}/")
    assert made.json() == {
        "id": found.pk,
        "kind": "call",
        "status": "held",
        "cancel_reason": "",
        "at": "2026-03-10T11:30:00Z",
        "minutes": 30,
        "voice": "direct",
        "speaks_for": None,
        "subject": "",
        "outcome": "conversation",
        "brought": [],
        "notes": "Export limit hurts.",
        "is_incoming": False,
        "is_private": False,
        "is_backdated": False,
        "author": pm.pk,
        "accounts": [account.pk],
        "contacts": [],
        "colleagues": [pm.pk],
        "created_at": "2026-03-10T12:00:00Z",
        "version": 1,
    }
    url = f"/api/v1/interactions/{found.pk}/"
    changed = client.patch(url, {"minutes": 45, "version": 1}, content_type=JSON)
    assert (changed.status_code, changed.json()["minutes"], changed.json()["notes"]) == (200, 45, "Export limit hurts.")
    assert client.patch(url, {"minutes": 50, "version": 1}, content_type=JSON).status_code == 409
    assert client.patch(url, {"minutes": 50}, content_type=JSON).status_code == 400
    assert client.delete(url).status_code == 204
    assert client.get("/api/v1/interactions/").json()["results"] == []
    assert client.get("/api/v1/interactions/?status=cancelled").json()["results"] == []
    assert client.post(f"/api/v1/trash-interactions/{found.pk}/restore/").status_code == 200
    assert client.get("/api/v1/interactions/").json()["results"][0]["minutes"] == 45


@pytest.mark.parametrize(
    ("fields", "status", "name"),
    [
        ({"kind": "fax"}, 400, "kind"),
        ({"at": "noon"}, 400, "at"),
        ({"minutes": -1}, 400, "minutes"),
        ({"accounts": [999_999]}, 400, "accounts"),
        ({"accounts": "x"}, 400, "accounts"),
        ({"mood": "good"}, 400, "mood"),
        ({"accounts": []}, 422, "accounts"),
        ({"at": "2062-01-01T00:00:00Z"}, 422, "at"),
    ],
)
def test_what_is_wrong_is_named(pm: User, account: Account, fields: dict[str, Any], status: int, name: str) -> None:
    answer = signed_in(pm).post("/api/v1/interactions/", call(account, **fields), content_type=JSON)
    assert answer.status_code == status
    assert name in answer.json()["errors"]
    assert Interaction.objects.count() == 0


def test_private_ones_and_foreign_accounts_are_not_there(pm: User, account: Account) -> None:
    private = build.interaction(account, author=pm, is_private=True, notes="CFO leaves")
    lead, stranger = signed_in(build.user("product_lead")), signed_in(build.user("sales_owner"))
    assert lead.get("/api/v1/interactions/?search=CFO").json()["results"] == []
    assert lead.get(f"/api/v1/interactions/{private.pk}/").status_code == 404
    assert lead.delete(f"/api/v1/interactions/{private.pk}/").status_code == 404
    assert stranger.post("/api/v1/interactions/", call(account), content_type=JSON).status_code == 400
    assert signed_in(pm).get("/api/v1/interactions/?search=CFO").json()["results"][0]["id"] == private.pk


def test_planned_moved_and_held(pm: User, account: Account) -> None:
    client = signed_in(pm)
    made = client.post("/api/v1/interactions/", call(account, at="2026-03-12T09:00:00Z"), content_type=JSON).json()
    assert made["status"] == "planned"
    url = f"/api/v1/interactions/{made['id']}/"
    moved = client.post(f"{url}move/", {"at": "2026-03-13T09:00:00Z"}, content_type=JSON)
    assert (moved.status_code, moved.json()["at"]) == (200, "2026-03-13T09:00:00Z")
    assert client.post(f"{url}move/", {"at": "2020-03-13T09:00:00Z"}, content_type=JSON).status_code == 422
    assert client.post(f"{url}hold/", content_type=JSON).json()["status"] == "held"


def test_an_administrator_reads_and_does_not_log(account: Account) -> None:
    client = signed_in(build.user("administrator"))
    assert client.get("/api/v1/interactions/").status_code == 200
    assert client.post("/api/v1/interactions/", call(account), content_type=JSON).status_code == 403


def test_next_steps(pm: User, account: Account) -> None:
    client = signed_in(pm)
    body = {"account": account.pk, "text": "Send the export", "due_on": "2026-03-12"}
    made = client.post("/api/v1/next-steps/", body, content_type=JSON)
    assert (made.status_code, made.json()["owner"]) == (201, pm.pk)
    url = f"/api/v1/next-steps/{made.json()['id']}/"
    assert client.patch(url, {"text": "Send it", "version": 1}, content_type=JSON).json()["text"] == "Send it"
    assert (
        client.post(f"{url}snooze/", {"until": "2026-03-20"}, content_type=JSON).json()["snoozed_until"] == "2026-03-20"
    )
    assert client.post(f"{url}finish/", content_type=JSON).json()["done_at"] == "2026-03-10T12:00:00Z"
    assert client.get("/api/v1/next-steps/?open=true").json()["results"] == []
    assert client.post(f"{url}reopen/", content_type=JSON).json()["done_at"] is None
    assert len(client.get("/api/v1/next-steps/?open=true").json()["results"]) == 1
    assert client.delete(url).status_code == 204
    assert NextStep.objects.count() == 0
    assert client.post("/api/v1/next-steps/", body | {"due_on": "soon"}, content_type=JSON).status_code == 400
