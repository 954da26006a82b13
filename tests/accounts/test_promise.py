"""Promises: made, settled, and what may not be said about them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Promise
from accounts.services.promises import add_promise, note_late_promises, settle_promise
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.notices.models import Notice
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


def test_a_promise_is_noted_and_seen(client: Client, lead: User) -> None:
    account = build.account()
    client.force_login(lead)
    body = {"text": "Deliver <b>the</b> export", "owner": lead.pk, "due_on": "2020-01-15", "source": "mail"}

    answer = client.post(reverse("promise_add", args=[account.pk]), body)
    html = client.get(answer["Location"]).content.decode()

    assert answer["Location"] == f"/accounts/{account.pk}/?tab=promises"
    assert "Deliver &lt;b&gt;the&lt;/b&gt; export" in html
    assert "1 promise is late." in html
    assert TrailEntry.objects.get().verb == "promise.added"


@pytest.mark.parametrize(
    ("state", "extra"),
    [
        ("kept", {"proof": "release 4.1"}),
        ("broken", {}),
        ("released", {"agreed_on": dt.date(2026, 1, 5)}),
        ("renegotiated", {"agreed_on": dt.date(2026, 1, 5), "new_due_on": dt.date(2027, 1, 5)}),
    ],
)
def test_settling(lead: User, state: str, extra: dict[str, Any]) -> None:
    promise = build.promise(account=build.account(), owner=lead)

    settled = settle_promise(actor=lead, promise=promise, version=1, state=state, **extra)

    assert (settled.state, settled.version, settled.settled_at is not None) == (state, 2, True)
    assert TrailEntry.objects.get().verb == f"promise.{state}"
    follow_ups = Promise.objects.open().values_list("text", "due_on")
    assert list(follow_ups) == ([(promise.text, dt.date(2027, 1, 5))] if state == "renegotiated" else [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"state": "released"}, "agreed_on"),
        ({"state": "renegotiated", "agreed_on": "2026-01-05"}, "new_due_on"),
        ({"state": "released", "agreed_on": "2999-01-05"}, "agreed_on"),
        ({"state": "open"}, "state"),
        ({"state": ""}, "state"),
        ({"state": "kept", "agreed_on": "soon"}, "agreed_on"),
    ],
)
def test_half_an_answer_is_refused(client: Client, lead: User, body: dict[str, str], field: str) -> None:
    promise = build.promise(account=build.account(), owner=lead)
    client.force_login(lead)

    answer = client.post(reverse("promise_settle", args=[promise.pk]), {"version": "1"} | body)

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    promise.refresh_from_db()
    assert promise.state == "open"


def test_a_promise_ends_once(lead: User) -> None:
    promise = build.promise(account=build.account(), owner=lead)
    settle_promise(actor=lead, promise=promise, version=1, state="kept")

    with pytest.raises(StaleVersion):
        settle_promise(actor=lead, promise=promise, version=1, state="broken")
    with pytest.raises(RuleViolation, match="settled already"):
        settle_promise(actor=lead, promise=promise, version=2, state="broken")

    promise.refresh_from_db()
    assert promise.state == "kept"


def test_who_promises_and_who_settles(lead: User) -> None:
    stranger, owner = build.user("product_manager"), build.user("department_member")
    account = build.account()
    promise = build.promise(account=account, owner=owner)

    with pytest.raises(RuleViolation):
        add_promise(actor=stranger, account=account, text="All", owner=stranger, due_on=timezone.localdate())
    with pytest.raises(RuleViolation):
        settle_promise(actor=stranger, promise=promise, version=1, state="kept")
    assert settle_promise(actor=owner, promise=promise, version=1, state="kept").state == "kept"


def test_nobody_who_left_promises_anything(lead: User) -> None:
    gone = build.user("product_manager", is_active=False)

    with pytest.raises(RuleViolation, match="has left"):
        add_promise(actor=lead, account=build.account(), text="All", owner=gone, due_on=timezone.localdate())

    assert not Promise.objects.exists()


def test_a_late_promise_is_told_to_both_owners_once_a_day(lead: User) -> None:
    sales = build.user("sales_owner")
    today = timezone.localdate()
    account = build.account(relationship_owner=sales)
    late = build.promise(account=account, owner=lead, due_on=today - dt.timedelta(days=1))
    build.promise(account=account, owner=lead, due_on=today)
    build.promise(account=account, owner=lead, state="kept")

    assert (note_late_promises(), note_late_promises()) == (2, 0)

    told = Notice.objects.order_by("person").values_list("person", "kind", "path")
    path = f"/accounts/{account.pk}/?tab=promises"
    assert list(told) == [(lead.pk, "promise_late", path), (sales.pk, "promise_late", path)]
    # The next day it is told again; once settled, no more.
    Notice.objects.update(key=f"promise late {late.pk} {today - dt.timedelta(days=1):%Y-%m-%d}")
    assert note_late_promises() == 2
    settle_promise(actor=lead, promise=late, version=1, state="broken")
    Notice.objects.all().delete()
    assert note_late_promises() == 0


def test_who_owns_both_is_told_once(lead: User) -> None:
    build.promise(account=build.account(relationship_owner=lead), owner=lead)
    assert note_late_promises() == 1
