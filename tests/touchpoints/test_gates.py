"""What speaks against a talk is asked in one way, and one reason answers all of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from touchpoints.models import Hold, HoldOverride, Interaction, LoadOverride
from touchpoints.services.interactions import (
    Facts,
    edit_interaction,
    hold_interaction,
    log_interaction,
    move_interaction,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
SOON, LATER = NOW + dt.timedelta(days=1), NOW + dt.timedelta(days=60)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", time_zone="UTC")


@pytest.fixture
def account(manager: User) -> Account:
    """Its load is 8.2 tomorrow, red from 6; in sixty days it is nearly nothing."""
    made = build.account(name="Aurora", product_manager=manager, distance_class="same_city")
    for days in (0, 1, 2):
        build.interaction(made, author=manager, at=NOW - dt.timedelta(days=days), kind="meeting", minutes=90)
    return made


@pytest.fixture
def hold(account: Account) -> Hold:
    return Hold.objects.create(
        account=account, reason="A claim is open", placed_by=build.user("sales_owner", name="Siri")
    )


def plan(manager: User, account: Account, at: dt.datetime = LATER, override_reason: str = "") -> Interaction:
    return log_interaction(
        actor=manager, facts=Facts(kind="call", at=at, accounts=[account], override_reason=override_reason)
    )


def test_one_reason_answers_all_that_speaks_against_it(manager: User, account: Account, hold: Hold) -> None:
    with pytest.raises(RuleViolation) as refused:
        plan(manager, account, SOON)
    assert refused.value.code == "under_hold"
    assert refused.value.fields == {"override_reason": refused.value.sentence}
    assert refused.value.sentence.startswith(
        "Siri asks not to contact Aurora now: A claim is open. Say why all the same. Aurora has had much contact: load"
    )
    assert not Interaction.objects.planned().exists()

    made = plan(manager, account, SOON, override_reason="  Their plant\nstands still ")

    assert [(one.interaction, one.reason) for one in HoldOverride.objects.all()] == [(made, "Their plant stands still")]
    assert [(one.interaction, one.reason) for one in LoadOverride.objects.all()] == [(made, "Their plant stands still")]
    # Answered once, nobody asks again when it took place.
    assert hold_interaction(actor=manager, interaction=made).status == "held"


def test_a_talk_moved_to_a_red_load_asks_again(manager: User, account: Account) -> None:
    talk = plan(manager, account)
    with pytest.raises(RuleViolation, match="has had much contact") as refused:
        move_interaction(actor=manager, interaction=talk, to=SOON)
    assert (refused.value.code, list(refused.value.fields)) == ("load_red", ["override_reason"])
    talk.refresh_from_db()
    assert (talk.at, talk.attendances.get().at) == (LATER, LATER)

    move_interaction(actor=manager, interaction=talk, to=SOON, override_reason="They asked for it")
    assert LoadOverride.objects.get().reason == "They asked for it"
    # Another time is another question, also where the load was red before.
    with pytest.raises(RuleViolation, match="has had much contact"):
        move_interaction(actor=manager, interaction=talk, to=SOON + dt.timedelta(hours=1))
    move_interaction(actor=manager, interaction=talk, to=SOON + dt.timedelta(hours=1), override_reason="An hour later")
    assert LoadOverride.objects.get().reason == "An hour later"
    assert TrailEntry.objects.filter(verb="load.overridden").count() == 2
    # Away from it nothing speaks against it.
    assert move_interaction(actor=manager, interaction=talk, to=LATER).at == LATER


def test_a_talk_corrected_to_another_time_asks_again(manager: User, account: Account) -> None:
    talk = plan(manager, account)
    facts = Facts(kind="call", at=SOON, accounts=[account], subject="Sooner")
    with pytest.raises(RuleViolation, match="has had much contact"):
        edit_interaction(actor=manager, interaction=talk, facts=facts, version=talk.version)
    same = Facts(kind="call", at=LATER, accounts=[account], subject="Better words")
    edit_interaction(actor=manager, interaction=talk, facts=same, version=talk.version)
    talk.refresh_from_db()
    assert (talk.at, talk.subject) == (LATER, "Better words")


def test_a_hold_placed_since_is_asked_about_when_the_talk_moves(manager: User, account: Account) -> None:
    talk = plan(manager, account)
    Hold.objects.create(account=account, reason="A claim is open", placed_by=build.user("sales_owner", name="Siri"))
    later = LATER + dt.timedelta(days=1)
    with pytest.raises(RuleViolation, match="Siri asks not to contact Aurora now"):
        move_interaction(actor=manager, interaction=talk, to=later)

    move_interaction(actor=manager, interaction=talk, to=later, override_reason="It is about the claim")
    move_interaction(actor=manager, interaction=talk, to=LATER)

    assert HoldOverride.objects.get().reason == "It is about the claim"


def test_the_dialog_asks_for_the_reason(client: Client, manager: User, account: Account) -> None:
    talk = plan(manager, account)
    client.force_login(manager)
    url = reverse("interaction_move", args=[talk.pk])
    assert 'name="override_reason"' not in client.get(url).content.decode()

    refused = client.post(url, {"at": "2026-03-11T12:00"})

    assert refused.status_code == 422
    assert "Aurora has had much contact" in refused.content.decode()
    assert 'name="override_reason"' in refused.content.decode()
    moved = client.post(url, {"at": "2026-03-11T12:00", "override_reason": "They asked for it"})
    talk.refresh_from_db()
    assert (moved.status_code, talk.at) == (303, SOON)


def test_the_api_asks_for_the_reason(manager: User, account: Account) -> None:
    talk = plan(manager, account)
    api = client_of(manager)
    url = f"{ROOT}/interactions/{talk.pk}/move/"

    refused = api.post(url, {"at": SOON.isoformat()}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (422, "load_red")
    body = {"at": SOON.isoformat(), "override_reason": "They asked for it"}
    assert api.post(url, body, format="json").status_code == 200
    assert LoadOverride.objects.get().reason == "They asked for it"
