"""What the quick log says while a talk is being planned."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests import build

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


def test_planning_shows_load_and_colleagues_near_and_what_has_happened_shows_nothing(client: Client) -> None:
    manager = build.user("product_manager", time_zone="UTC")
    support = build.user("department_member", name="Sven", department=build.department(pool="support"))
    account = build.account(name="Aurora", product_manager=manager, distance_class="same_city")
    for days in (0, 1, 2):
        at = NOW - dt.timedelta(days=days)
        build.interaction(account, author=support, at=at, kind="meeting", minutes=90)
    client.force_login(manager)
    with time_machine.travel(NOW, tick=False):

        def said(at: str, **more: str) -> str:
            asked = {"accounts": str(account.pk), "at": at, "kind": "meeting"} | more
            return client.get(reverse("interaction_heed"), asked).content.decode()

        planned = said("2026-03-11T09:00")
        assert "Aurora has had much contact: load 8.2, red from 6." in planned
        assert "This would be more than 2 meetings in 14 days." in planned
        assert "Planning it all the same takes a reason." in planned
        assert planned.count("Sven talked with Aurora on") == 3
        assert "Aurora" not in said("2026-03-09T09:00")
        assert "Aurora" not in said("2026-03-11T09:00", kind="note")
        assert "Aurora" not in said("nonsense")
        assert "Aurora" not in said("2026-03-11T09:00", accounts="99999999999999999999")
        posted = {
            "kind": "meeting",
            "accounts": str(account.pk),
            "at": "2026-03-11T09:00",
            "step-TOTAL_FORMS": "0",
            "step-INITIAL_FORMS": "0",
        }
        refused = client.post(reverse("interaction_create"), posted)
        assert refused.status_code == 422
        assert "If you contact them all the same, say why." in refused.content.decode()
        assert 'name="override_reason"' in refused.content.decode()
        assert account.interactions.count() == 3
        made = client.post(reverse("interaction_create"), posted | {"override_reason": "They asked for it."})
        assert (made.status_code, account.interactions.count()) == (303, 4)
