"""Needs and goals on the account's page: panels, forms, and who may do what."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from pmcrm.people.models import User
from tests import build
from touchpoints.models import AccountGoal, TrustStep, UrgentNeed

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Ada")


@pytest.fixture
def account(manager: User) -> Account:
    return build.account(name="Aurora", product_manager=manager)


def test_a_need_stands_at_the_top_until_it_is_settled(client: Client, manager: User, account: Account) -> None:
    client.force_login(manager)
    assert (
        client.get(account.get_absolute_url()).content.decode().count(reverse("account_urgent", args=[account.pk])) == 1
    )
    raised = {"text": "Labels jam", "owner": manager.pk, "since": "2026-01-02"}
    assert client.post(reverse("need_raise", args=[account.pk]), raised).status_code == 303
    need = UrgentNeed.objects.get()
    assert (need.text, need.owner, need.since) == ("Labels jam", manager, dt.date(2026, 1, 2))
    top = client.get(reverse("account_urgent", args=[account.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "They need now: Labels jam" in top
    edited = {"text": "Labels jam on line 2", "owner": manager.pk, "since": "2026-01-02", "version": 1}
    assert client.post(reverse("need_edit", args=[need.pk]), edited).status_code == 303
    stale = client.post(reverse("need_edit", args=[need.pk]), edited)
    assert (stale.status_code, "Somebody changed this in the meantime" in stale.content.decode()) == (422, True)
    refused = client.post(reverse("need_settle", args=[need.pk]), {"state": "solved", "how": " "})
    assert (refused.status_code, UrgentNeed.objects.open().count()) == (422, 1)
    settled = client.post(
        reverse("need_settle", args=[need.pk]), {"state": "solved", "how": "New rollers", "version": 2}
    )
    assert settled.status_code == 303
    top = client.get(reverse("account_urgent", args=[account.pk])).content.decode()
    assert "Labels jam on line 2" in top
    assert "Is their trust now: proving ourselves?" in top
    step = TrustStep.objects.get()
    client.post(reverse("trust_step_decide", args=[step.pk]), {"answer": "yes"})
    account.refresh_from_db()
    assert account.trust_stage == "proving"
    panel = client.get(reverse("account_goals", args=[account.pk])).content.decode()
    assert "Trust: proving ourselves" in panel
    assert "New rollers" in panel


def test_a_goal_is_set_noted_and_closed(client: Client, manager: User, account: Account) -> None:
    client.force_login(manager)
    data = {"text": "Pilot in two plants", "owner": manager.pk, "target_on": ""}
    assert client.post(reverse("goal_set", args=[account.pk]), data).status_code == 303
    goal = AccountGoal.objects.get()
    for _number in range(3):
        made = build.interaction(account, author=manager, at=goal.created_at + dt.timedelta(minutes=1), kind="meeting")
        made.goal = goal
        made.save()
    panel = client.get(reverse("account_goals", args=[account.pk])).content.decode()
    assert "3 meetings since somebody last said how far it came. What are they for?" in panel
    assert "3 meetings, 1" in panel
    assert client.post(reverse("goal_note", args=[goal.pk]), {"text": "First plant runs."}).status_code == 303
    assert client.post(reverse("goal_edit", args=[goal.pk]), data | {"version": 1, "text": "Pilot"}).status_code == 303
    client.post(reverse("goal_close", args=[goal.pk]), {"state": "nonsense"})
    assert AccountGoal.objects.get().is_open
    client.post(reverse("goal_close", args=[goal.pk]), {"state": "reached"})
    found = AccountGoal.objects.get()
    assert (found.state, found.text, found.notes.get().text) == ("reached", "Pilot", "First plant runs.")


def test_strangers_do_not_see_and_readers_do_not_change(client: Client, manager: User, account: Account) -> None:
    need = UrgentNeed.objects.create(account=account, text="Labels", owner=manager, created_by=manager)
    goal = AccountGoal.objects.create(account=account, text="Pilot", owner=manager, created_by=manager)
    client.force_login(build.user("sales_owner"))
    for name in ("account_goals", "account_urgent"):
        assert client.get(reverse(name, args=[account.pk])).status_code == 404
    assert client.get(reverse("need_settle", args=[need.pk])).status_code == 404
    client.force_login(build.user("product_manager"))
    assert client.get(reverse("account_goals", args=[account.pk])).status_code == 200
    assert client.get(reverse("need_settle", args=[need.pk])).status_code == 404
    assert client.post(reverse("goal_close", args=[goal.pk]), {"state": "dropped"}).status_code == 404
    client.force_login(build.user("finance"))
    assert client.get(reverse("need_raise", args=[account.pk])).status_code == 403
    assert (UrgentNeed.objects.open().count(), AccountGoal.objects.open().count()) == (1, 1)


def test_the_panel_asks_few_questions_however_much_there_is(client: Client, manager: User, account: Account) -> None:
    client.force_login(manager)
    counts = []
    for _round in range(2):
        for _number in range(3):
            UrgentNeed.objects.create(account=account, text="Labels", owner=manager, created_by=manager)
            goal = AccountGoal.objects.create(account=account, text="Pilot", owner=manager, created_by=manager)
            goal.notes.create(text="One", author=manager)
        client.get(reverse("account_goals", args=[account.pk]))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("account_goals", args=[account.pk]))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
