"""Needs, goals, steps in trust and loads over the API."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from rest_framework.test import APIClient

from tests import build

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


def test_a_need_goes_from_raised_to_a_confirmed_step() -> None:
    manager = build.user("product_manager")
    account = build.account(product_manager=manager)
    api = APIClient()
    api.force_authenticate(manager)
    made = api.post("/api/v1/urgent-needs/", {"account": account.pk, "text": "Labels jam"}, format="json")
    assert (made.status_code, made.data["owner"], made.data["state"]) == (201, manager.pk, "open")
    url = f"/api/v1/urgent-needs/{made.data['id']}/"
    assert api.patch(url, {"text": "Labels"}, format="json").status_code == 400
    assert api.patch(url, {"text": "Labels jam daily", "version": 1}, format="json").data["text"] == "Labels jam daily"
    assert api.patch(url, {"text": "x", "version": 1}, format="json").status_code == 409
    assert api.post(f"{url}settle/", {"state": "open", "how": "x"}, format="json").status_code == 400
    settled = api.post(f"{url}settle/", {"state": "solved", "how": "New rollers"}, format="json")
    assert (settled.data["state"], settled.data["settled_how"]) == ("solved", "New rollers")
    (step,) = api.get("/api/v1/trust-steps/", {"account": account.pk}).data["results"]
    decided = api.post(f"/api/v1/trust-steps/{step['id']}/decide/", {"confirmed": True}, format="json")
    assert (decided.data["state"], decided.data["to_stage"]) == ("confirmed", "proving")
    stranger = APIClient()
    stranger.force_authenticate(build.user("sales_owner"))
    assert stranger.get(url).status_code == 404


def test_a_goal_counts_the_meetings_that_serve_it() -> None:
    manager = build.user("product_manager")
    account = build.account(product_manager=manager)
    api = APIClient()
    api.force_authenticate(manager)
    made = api.post("/api/v1/account-goals/", {"account": account.pk, "text": "Pilot"}, format="json")
    url = f"/api/v1/account-goals/{made.data['id']}/"
    talk = build.interaction(account, author=manager, kind="meeting", at=dt.datetime.now(dt.UTC))
    served = api.post(f"{url}serve/", {"interaction": talk.pk}, format="json")
    assert (served.data["meetings"], served.data["meetings_since"]) == (1, 1)
    noted = api.post(f"{url}note/", {"text": "One plant runs"}, format="json")
    assert (noted.data["meetings_since"], noted.data["notes"][0]["text"]) == (0, "One plant runs")
    elsewhere = build.interaction(build.account(), author=manager)
    assert api.post(f"{url}serve/", {"interaction": elsewhere.pk}, format="json").status_code == 422
    assert api.post(f"{url}close/", {"state": "reached"}, format="json").data["state"] == "reached"


def test_the_load_of_an_account_now_and_at_a_moment() -> None:
    manager = build.user("product_manager")
    colleague = build.user("department_member", name="Sven")
    account = build.account(product_manager=manager, distance_class="same_city")
    build.interaction(account, author=colleague, at=NOW, kind="meeting", minutes=240)
    api = APIClient()
    api.force_authenticate(manager)
    url = reverse("api-contact-loads-detail", args=[account.pk])
    with time_machine.travel(NOW, tick=False):
        now = api.get(url).data
        later = api.get(url, {"at": "2026-03-24T12:00:00Z"}).data
    assert (now["load"], now["light"], now["meetings"], now["red"]) == (8.0, "red", 1, 6.0)
    # 8 x 2^(-t/14) = 6 after 5.81 days.
    assert now["calm_at"].startswith("2026-03-16T07:")
    assert [clash["colleagues"] for clash in now["clashes"]] == [["Sven"]]
    assert (later["load"], later["light"], later["calm_at"], later["clashes"]) == (4.0, "amber", None, [])
    assert api.get(url, {"at": "soon"}).status_code == 400
