"""Sheets, stories and hand-overs in the API."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Account
from pmcrm.people.models import User
from preparation.models import Handover, Sheet
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from touchpoints.models import Interaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager")


@pytest.fixture
def owner() -> User:
    return build.user("sales_owner", name="Lars Owner")


@pytest.fixture
def halden(manager: User, owner: User) -> Account:
    return build.account(name="Halden", product_manager=manager, relationship_owner=owner)


@pytest.fixture
def talk(manager: User, halden: Account) -> Interaction:
    at = timezone.now() + dt.timedelta(days=2)
    return build.interaction(halden, author=manager, kind="meeting", status="planned", at=at)


def test_a_sheet_is_read_and_written_in_its_version(manager: User, owner: User, talk: Interaction) -> None:
    url = f"{ROOT}/preparation-sheets/{talk.pk}/"
    api = client_of(manager)
    empty = api.get(url).json()
    assert (empty["interaction"], empty["completeness"], empty["version"]) == (talk.pk, "0.000000", 1)
    assert "sales_line" in empty["missing"]
    assert api.patch(url, {"issues_note": "The crane stands"}, format="json").status_code == 400
    written = api.patch(url, {"issues_note": "The crane stands", "version": 1}, format="json").json()
    assert (written["issues_note"], written["version"], written["completeness"]) == ("The crane stands", 2, "0.111111")
    stale = client_of(owner).patch(url, {"issues_note": "It runs", "version": 1}, format="json")
    assert stale.status_code == 409
    assert stale.json()["current"]["issues_note"] == "The crane stands"
    assert api.patch(url, {"nothing_in": ["weather"], "version": 2}, format="json").status_code == 400
    assert api.patch(url, {"talk_share": "0.60", "version": 2}, format="json").status_code == 422
    assert Sheet.objects.get().version == 2


def test_the_owner_agrees_to_the_line(manager: User, owner: User, talk: Interaction) -> None:
    url = f"{ROOT}/preparation-sheets/{talk.pk}/"
    client_of(manager).patch(url, {"sales_line": "Renewal first.", "version": 1}, format="json")
    assert client_of(manager).post(f"{url}agree/").status_code == 422
    agreed = client_of(owner).post(f"{url}agree/")
    assert agreed.status_code == 200
    assert "sales_line" not in agreed.json()["missing"]


def test_how_much_one_talked_is_for_oneself(manager: User, owner: User, talk: Interaction) -> None:
    Interaction.objects.update(at=timezone.now() - dt.timedelta(hours=1))
    url = f"{ROOT}/preparation-sheets/{talk.pk}/"
    mine = client_of(manager).patch(url, {"talk_share": "0.60", "version": 1}, format="json")
    assert mine.json()["talk_share"] == "0.60"
    assert "talk_share" not in client_of(owner).get(url).json()


def test_sheets_of_unseen_talks_are_unknown(talk: Interaction) -> None:
    stranger = build.user("sales_owner")
    assert client_of(stranger).get(f"{ROOT}/preparation-sheets/{talk.pk}/").status_code == 404


def test_stories(manager: User, owner: User) -> None:
    made = client_of(manager).post(f"{ROOT}/experiences/", {"problem": "Seats", "story": "By berth."}, format="json")
    assert made.status_code == 201
    url = f"{ROOT}/experiences/{made.json()['id']}/"
    changed = client_of(manager).patch(url, {"is_retired": True, "version": 1}, format="json").json()
    assert (changed["is_retired"], changed["version"]) == (True, 2)
    assert client_of(build.user()).patch(url, {"story": "Mine", "version": 2}, format="json").status_code == 422
    assert client_of(owner).get(f"{ROOT}/experiences/").status_code == 403


def test_a_hand_over_is_confirmed_by_who_took_over(manager: User, halden: Account) -> None:
    new = build.user()
    Account.objects.filter(pk=halden.pk).update(product_manager=new)
    (found,) = client_of(manager).get(f"{ROOT}/handovers/?account={halden.pk}").json()["results"]
    assert (found["person"], found["former"], found["read_at"]) == (new.pk, manager.pk, None)
    url = f"{ROOT}/handovers/{found['id']}/confirm/"
    assert client_of(manager).post(url).status_code == 422
    assert client_of(new).post(url).status_code == 200
    assert Handover.objects.get().read_at is not None
