"""Plays: several at once with one account, on the board by aim, with the history of their changes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Play
from accounts.services.plays import change_play, end_play, open_play
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.handover import charges
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.accounts.test_value_api import ROOT, client_of

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(days=1)


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager")


@pytest.fixture
def halden(manager: User) -> Account:
    return build.account(name="Halden Maritime", product_manager=manager)


def begun(manager: User, account: Account, aim: str = "retain", **fields: object) -> Play:
    values = {"goal": f"To {aim} them", "owner": manager} | fields
    return open_play(actor=manager, account=account, aim=aim, **values)  # type: ignore[arg-type]  # by name


def board(client: Client, **asked: str) -> dict[str, int]:
    context = client.get(reverse("play_board"), asked).context
    return {column["aim"]: column["count"] for column in context["columns"]}


def test_retain_and_grow_open_together_count_in_both_columns(client: Client, manager: User, halden: Account) -> None:
    begun(manager, halden, "retain")
    begun(manager, halden, "grow")
    client.force_login(manager)
    assert board(client) == {"identify": 0, "win": 0, "retain": 1, "grow": 1, "leverage": 0}
    page = client.get(reverse("play_board")).content.decode()
    assert page.count(">Halden Maritime</a>") == 2
    verbs = TrailEntry.objects.filter(account_id=halden.pk).order_by("id").values_list("verb", "subject_label")
    assert list(verbs) == [("play.opened", "Retain: To retain them"), ("play.opened", "Grow: To grow them")]


def test_the_board_shows_mine_or_all_that_i_see(client: Client, manager: User, halden: Account) -> None:
    other = build.user("product_manager")
    begun(manager, halden, "retain")
    begun(manager, halden, "win", owner=other)
    client.force_login(manager)
    assert board(client, whose="mine") == {"identify": 0, "win": 0, "retain": 1, "grow": 0, "leverage": 0}
    assert board(client, whose="all")["win"] == 1
    assert board(client, whose="nonsense", aim="nonsense")["win"] == 1
    client.force_login(build.user("sales_owner"))
    assert sum(board(client).values()) == 0


def test_every_change_is_kept_with_both_values(client: Client, manager: User, halden: Account) -> None:
    play = begun(manager, halden, "retain")
    ida = build.user("product_manager", name="Ida")
    changed = change_play(actor=manager, play=play, version=1, aim="grow", owner=ida)
    assert (changed.aim, changed.owner, changed.version) == ("grow", ida, 2)
    told = TrailEntry.objects.get(verb="play.changed")
    assert told.data["changes"] == {"aim": ["retain", "grow"], "owner": ["Mia Manager", "Ida"]}
    assert change_play(actor=manager, play=play, version=2, aim="grow").version == 2
    client.force_login(manager)
    dialog = client.get(reverse("play_edit", args=[play.pk])).content.decode()
    assert "<del>retain</del> → grow" in dialog
    with pytest.raises(StaleVersion):
        change_play(actor=manager, play=play, version=1, aim="win")
    assert Play.objects.get().aim == "grow"


def test_an_ended_play_leaves_the_board_and_stays_with_the_account(
    client: Client, manager: User, halden: Account
) -> None:
    play = begun(manager, halden, "leverage")
    client.force_login(manager)
    answer = client.post(reverse("play_end", args=[play.pk]), {"outcome": "", "ended_on": "2026-01-01", "version": "1"})
    assert answer.status_code == 422
    assert "Say what came of it." in answer.content.decode()
    today = timezone.localdate().isoformat()
    client.post(reverse("play_end", args=[play.pk]), {"outcome": "They spoke.", "ended_on": today, "version": "1"})
    assert board(client)["leverage"] == 0
    assert "They spoke." in client.get(f"{halden.get_absolute_url()}?tab=relation").content.decode()
    assert client.get(reverse("play_edit", args=[play.pk])).status_code == 404
    with pytest.raises(RuleViolation, match="ended already"):
        end_play(actor=manager, play=play, version=2, outcome="Again")


def test_what_no_play_can_be(manager: User, halden: Account) -> None:
    left = build.user("product_manager", name="Gone", is_active=False)
    for values, field in (
        ({"aim": "sell"}, "aim"),
        ({"goal": "  "}, "goal"),
        ({"owner": left}, "owner"),
        ({"started_on": timezone.localdate() + LATER}, "started_on"),
    ):
        with pytest.raises(RuleViolation) as refused:
            begun(manager, halden, **values)
        assert set(refused.value.fields) == {field}
    with pytest.raises(RuleViolation, match="not yours"):
        begun(build.user("product_manager"), halden)
    assert Play.objects.count() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Play.objects.create(account=halden, aim="sell", goal="x", owner=manager)


def test_its_owner_may_end_it_on_anothers_account(manager: User, halden: Account) -> None:
    ida = build.user("product_manager")
    play = begun(manager, halden, owner=ida)
    with pytest.raises(RuleViolation, match="Only its owner"):
        end_play(actor=build.user("product_manager"), play=play, version=1, outcome="No")
    assert end_play(actor=ida, play=play, version=1, outcome="Done").ended_on == timezone.localdate()


def test_plays_pass_on_when_somebody_leaves(manager: User, halden: Account) -> None:
    play, successor = begun(manager, halden), build.user("product_manager")
    (charge,) = [one for one in charges() if one.slug == "plays"]
    assert charge.count(manager) == 1
    assert charge.move(successor, manager, successor) == 1
    play.refresh_from_db()
    assert (play.owner, play.version) == (successor, 2)


def test_the_api_opens_changes_and_ends(manager: User, halden: Account) -> None:
    api = client_of(manager)
    made = api.post(
        f"{ROOT}/plays/", {"account": halden.pk, "aim": "win", "goal": "Win", "owner": manager.pk}, format="json"
    )
    assert made.status_code == 201, made.content
    url = f"{ROOT}/plays/{made.json()['id']}/"
    assert api.patch(url, {"goal": "Win them", "version": 1}, format="json").json()["version"] == 2
    assert api.patch(url, {"goal": "Late", "version": 1}, format="json").status_code == 409
    assert [one["goal"] for one in api.get(f"{ROOT}/plays/", {"running": "true"}).json()["results"]] == ["Win them"]
    ended = api.post(f"{url}end/", {"outcome": "Signed", "version": 2}, format="json").json()
    assert (ended["outcome"], ended["ended_on"]) == ("Signed", timezone.localdate().isoformat())
    assert api.get(f"{ROOT}/plays/", {"running": "true"}).json()["results"] == []
    assert client_of(build.user("sales_owner")).get(url).status_code == 404


def test_the_board_is_bounded(client: Client, manager: User) -> None:
    client.force_login(manager)

    def queries() -> int:
        client.get(reverse("play_board"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("play_board"))
        return len(asked)

    for aim in ("identify", "win", "retain", "grow", "leverage"):
        begun(manager, build.account(product_manager=manager), aim)
    few = queries()
    for _number in range(14):
        begun(manager, build.account(product_manager=manager), "grow")
    assert queries() == few <= 12
    page = client.get(reverse("play_board"))
    assert [len(column["plays"]) for column in page.context["columns"]] == [1, 1, 1, 12, 1]
    assert "All 15" in page.content.decode()
    (alone,) = client.get(reverse("play_board"), {"aim": "grow"}).context["columns"]
    assert len(alone["plays"]) == 15
