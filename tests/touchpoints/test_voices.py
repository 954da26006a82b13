"""Whose voice was heard: the customer's own word, people's own experience, and what they tell of a customer."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, AccountFigures
from accounts.services.merging import merge
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from touchpoints import policy
from touchpoints.models import Attendance, Interaction, Voice, VoiceRules, heard
from touchpoints.services.interactions import Facts, edit_interaction, log_interaction
from touchpoints.services.voices import count_second_hand_anew, edit_voice_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager", department=build.department(name="Product"))


@pytest.fixture
def desk(manager: User) -> Account:
    return build.account(name="Port desk", kind="internal", product_manager=manager)


def facts(*accounts: Account, **fields: Any) -> Facts:
    at = timezone.now() - dt.timedelta(hours=3)
    given: dict[str, Any] = {"kind": "call", "at": at, "accounts": accounts, "minutes": 30} | fields
    return Facts(**given)


def timeline(client: Client, person: User, account: Account) -> str:
    client.force_login(person)
    return client.get(reverse("account_timeline", args=[account.pk]), headers={"HX-Request": "true"}).content.decode()


def set_rules(counts_second_hand: bool, *, weight: str = "1", reason: str = "") -> VoiceRules:
    return edit_voice_rules(
        actor=build.user("product_lead"),
        version=VoiceRules.current().version,
        internal_weight=Decimal(weight),
        low_weight_reason=reason,
        counts_second_hand=counts_second_hand,
    )


def test_a_proxy_note_stands_on_both_timelines_marked_second_hand(
    client: Client, manager: User, desk: Account, halden: Account
) -> None:
    nils = build.contact(account=desk, name="Nils Berg")
    made = log_interaction(actor=manager, facts=facts(contacts=[nils], speaks_for=halden, notes="They print the plan."))

    assert (made.voice, made.spoken_for, made.present) == ("proxy", halden, [desk])
    of_halden = timeline(client, manager, halden)
    assert "Second-hand: Nils Berg (Port desk) told this" in " ".join(of_halden.split())
    assert "They print the plan." in of_halden
    of_desk = timeline(client, manager, desk)
    assert f'told this of <a class="link" href="/accounts/{halden.pk}/">Halden Maritime</a>' in of_desk
    page = client.get(reverse("interaction_detail", args=[made.pk])).content.decode()
    assert "Second-hand" in page
    assert "Halden Maritime</a>" in page


def test_second_hand_counts_as_contact_only_where_the_organisation_wants_it(
    manager: User, desk: Account, halden: Account
) -> None:
    made = log_interaction(actor=manager, facts=facts(desk, speaks_for=halden))
    since = timezone.now() - dt.timedelta(days=30)

    def seen() -> tuple[Any, ...]:
        figures = AccountFigures.objects.get(account=halden)
        found = heard(Account.objects.all(), since=since)
        return figures.last_contact_at, figures.last_two_way_at, found.covered, found.base, found.only_told_of

    assert seen() == (None, None, 0, 1, 1)

    set_rules(True)
    assert count_second_hand_anew() == 1
    assert seen() == (made.at, made.at, 1, 1, 1)

    set_rules(False)
    count_second_hand_anew()
    assert seen() == (None, None, 0, 1, 1)


def test_hours_are_of_those_present(manager: User, desk: Account, halden: Account) -> None:
    log_interaction(actor=manager, facts=facts(desk, speaks_for=halden, minutes=60))
    rows = [(row["account_id"], row["hours"]) for row in Attendance.objects.all().hours_by_month(dt.UTC)]  # type: ignore[arg-type]  # any zone
    assert rows == [(desk.pk, Decimal(1))]


def test_the_voice_follows_from_who_was_there(manager: User, desk: Account, halden: Account) -> None:
    partner = build.account(party="channel_partner")
    voices = [
        log_interaction(actor=manager, facts=facts(*present)).voice
        for present in ([desk], [halden], [desk, halden], [partner])
    ]
    assert voices == ["own", "direct", "direct", "own"]


def test_what_nobody_present_can_say_is_refused(manager: User, desk: Account, halden: Account) -> None:
    other = build.account(kind="internal")
    hidden = build.account()
    member = build.user("department_member")
    desk.team.add(member)
    refusals: list[tuple[User, Facts, str, str]] = [
        (manager, facts(desk, voice="direct"), "voice", "No customer was there"),
        (manager, facts(halden, voice="own"), "voice", "Only an internal account or a partner"),
        (manager, facts(halden, voice="proxy"), "voice", "Only an internal account or a partner"),
        (manager, facts(desk, voice="proxy"), "speaks_for", "Say which customer's"),
        (manager, facts(desk, voice="own", speaks_for=halden), "speaks_for", "Only what is told second-hand"),
        (manager, facts(desk, speaks_for=other), "speaks_for", "Choose a customer"),
        (member, facts(desk, speaks_for=hidden), "speaks_for", "Choose a customer"),
        (manager, facts(desk, halden, speaks_for=halden), "speaks_for", "their own word"),
        (manager, facts(desk, voice="echo"), "voice", "Choose one of: direct, own, proxy."),
    ]
    for actor, wrong, field, words in refusals:
        with pytest.raises(RuleViolation, match=words) as refusal:
            log_interaction(actor=actor, facts=wrong)
        assert list(refusal.value.fields) == [field]
    assert not Interaction.objects.exists()


def test_a_correction_moves_the_voice(manager: User, desk: Account, halden: Account) -> None:
    other = build.account(name="Osterfeld")
    made = log_interaction(actor=manager, facts=facts(desk, speaks_for=halden))

    made = edit_interaction(actor=manager, interaction=made, facts=facts(desk, speaks_for=other), version=1)
    assert [(row.account.name, row.is_second_hand) for row in made.attendances.order_by("id")] == [
        ("Port desk", False),
        ("Osterfeld", True),
    ]
    made = edit_interaction(actor=manager, interaction=made, facts=facts(desk), version=2)
    assert (made.voice, [row.account.name for row in made.attendances.all()]) == ("own", ["Port desk"])
    told = TrailEntry.objects.filter(verb="interaction.edited", account_id=desk.pk).order_by("id").last()
    assert told is not None
    assert told.data["changes"]["voice"] == ["proxy", "own"]


def test_the_quick_log_asks_only_where_it_makes_sense(
    client: Client, manager: User, desk: Account, halden: Account
) -> None:
    client.force_login(manager)
    url, question = reverse("interaction_voice"), "Whose experience is it?"
    assert question not in client.get(url, {"accounts": halden.pk}).content.decode()
    inside = client.get(url, {"accounts": desk.pk}).content.decode()
    assert question in inside
    assert 'value="direct"' not in inside
    assert 'value="direct"' in client.get(url, {"accounts": [desk.pk, halden.pk]}).content.decode()
    nils = build.contact(account=desk)
    assert question in client.get(url, {"contacts": nils.pk}).content.decode()
    assert question in client.get(f"/interactions/new/?account={desk.pk}").content.decode()
    assert question not in client.get(f"/interactions/new/?account={halden.pk}").content.decode()

    body = {
        "kind": "call",
        "at": "2026-03-02T09:30",
        "accounts": desk.pk,
        "voice": "proxy",
        "speaks_for": halden.pk,
        "step-TOTAL_FORMS": 0,
        "step-INITIAL_FORMS": 0,
    }
    assert client.post("/interactions/new/", body | {"speaks_for": ""}).status_code == 422
    assert client.post("/interactions/new/", body).status_code == 303
    made = Interaction.objects.get()
    assert (made.voice, made.spoken_for) == ("proxy", halden)
    # Where only customers are left, an answer given before is forgotten.
    body |= {"accounts": halden.pk, "version": 1}
    assert client.post(f"/interactions/{made.pk}/edit/", body).status_code == 303
    made.refresh_from_db()
    assert (made.voice, made.spoken_for) == ("direct", None)


def test_the_list_filters_by_voice(client: Client, manager: User, desk: Account, halden: Account) -> None:
    own = log_interaction(actor=manager, facts=facts(desk))
    told = log_interaction(actor=manager, facts=facts(desk, speaks_for=halden))
    direct = log_interaction(actor=manager, facts=facts(halden))
    client.force_login(manager)
    for voice, expected in [("own", [own]), ("proxy", [told]), ("direct", [direct]), ("", [direct, told, own])]:
        html = client.get("/interactions/", {"voice": voice}).content.decode()
        assert set(re.findall(r'<tr data-href="/interactions/(\d+)/"', html)) == {str(row.pk) for row in expected}, (
            voice
        )


def test_the_api_carries_the_voice(manager: User, desk: Account, halden: Account) -> None:
    api = client_of(manager)
    body = {"kind": "note", "accounts": [desk.pk], "speaks_for": halden.pk}
    made = api.post(f"{ROOT}/interactions/", body, format="json")
    assert made.status_code == 201, made.json()
    found = made.json()
    assert (found["voice"], found["speaks_for"], found["accounts"]) == ("proxy", halden.pk, [desk.pk])
    url = f"{ROOT}/interactions/{found['id']}/"
    changed = api.patch(url, {"notes": "More", "version": 1}, format="json").json()
    assert (changed["voice"], changed["speaks_for"], changed["accounts"]) == ("proxy", halden.pk, [desk.pk])
    changed = api.patch(url, {"accounts": [halden.pk], "speaks_for": None, "version": 2}, format="json").json()
    assert (changed["voice"], changed["speaks_for"], changed["accounts"]) == ("direct", None, [halden.pk])
    assert api.patch(url, {"voice": "own", "version": 3}, format="json").status_code == 422
    assert [row["id"] for row in api.get(f"{ROOT}/interactions/?voice=direct").json()["results"]] == [found["id"]]
    assert api.get(f"{ROOT}/interactions/?voice=echo").status_code == 400


def test_a_merge_carries_what_was_told_of_it(manager: User, desk: Account, halden: Account) -> None:
    twin = build.account(name="Halden Maritime AS")
    made = log_interaction(actor=manager, facts=facts(desk, speaks_for=twin))
    merge(actor=build.user("product_lead"), winner=halden, loser=twin, version=1, other_version=1, take={})
    assert Interaction.objects.get(pk=made.pk).spoken_for == halden


def test_a_weight_below_a_half_needs_a_reason(manager: User) -> None:
    with pytest.raises(RuleViolation, match="Say why the inside voice counts less") as refusal:
        set_rules(False, weight="0.4")
    assert list(refusal.value.fields) == ["low_weight_reason"]
    assert VoiceRules.current().internal_weight == Decimal(1)
    with pytest.raises(RuleViolation, match="from 0 to 5"):
        set_rules(False, weight="5.01")
    assert set_rules(False, weight="0.4", reason="Two desks ask for the same.").version == 2
    told = TrailEntry.objects.get(verb="voice_rules.edited")
    assert told.data["changes"] == {
        "internal_weight": ["1.00", "0.40"],
        "low_weight_reason": ["", "Two desks ask for the same."],
    }
    assert set_rules(False, weight="0.5", reason="Two desks").low_weight_reason == ""
    with pytest.raises(StaleVersion):
        edit_voice_rules(
            actor=manager, version=1, internal_weight=Decimal(1), low_weight_reason="", counts_second_hand=False
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        VoiceRules.objects.update(internal_weight="0.4", low_weight_reason=" ")


def test_the_ranking_changes_with_the_weight() -> None:
    asked = {
        "tide": policy.Askers(external=3, internal=0),
        "export": policy.Askers(external=2, internal=2),
        "desk view": policy.Askers(external=0, internal=4),
    }
    assert policy.ranked(asked, Decimal(1)) == ["export", "desk view", "tide"]
    assert policy.ranked(asked, Decimal(0)) == ["tide", "export", "desk view"]
    assert policy.ranked(asked, Decimal(2)) == ["desk view", "export", "tide"]
    assert policy.weight_of(asked["export"], Decimal("0.5")) == Decimal("3.0")


def test_the_report_counts_by_voice_and_names_who_is_silent(
    client: Client, manager: User, desk: Account, halden: Account
) -> None:
    quiet = build.account(name="Legal", kind="internal")
    Account.objects.filter(pk=quiet.pk).update(created_at=timezone.now() - dt.timedelta(days=31))
    for present, speaks_for in [([desk], None), ([desk], halden), ([halden], None), ([halden], None)]:
        log_interaction(actor=manager, facts=facts(*present, speaks_for=speaks_for, outcome="conversation"))
    build.interaction(halden, author=manager, at=timezone.now() - dt.timedelta(days=100))
    client.force_login(manager)

    answer = client.get(reverse("voice_report"))

    assert [(voice, number, share) for voice, number, share in answer.context["voices"]] == [
        (Voice.DIRECT, 2, 0.5),
        (Voice.OWN, 1, 0.25),
        (Voice.PROXY, 1, 0.25),
    ]
    assert [one.name for one in answer.context["silent"]] == ["Legal"]
    assert client.get(reverse("voice_report"), {"days": 365}).context["total"] == 5
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("voice_report"))
    assert len(queries) <= 12


def test_who_may_set_the_weight(client: Client, manager: User) -> None:
    url = reverse("voice_rules_edit")
    client.force_login(manager)
    assert client.get(url).status_code == 403
    client.force_login(build.user("product_lead"))
    body = {"internal_weight": "0.4", "low_weight_reason": "", "version": 1}
    assert client.post(url, body).status_code == 422
    assert not VoiceRules.objects.exists()
    assert client.post(url, body | {"internal_weight": "2"}).status_code == 303
    assert VoiceRules.current().internal_weight == Decimal(2)


def test_a_silent_inside_account_shows_an_alert(client: Client, manager: User, desk: Account, halden: Account) -> None:
    words = "An inside voice is to be heard every 30 days."
    for account in (desk, halden):
        Account.objects.filter(pk=account.pk).update(created_at=timezone.now() - dt.timedelta(days=200))
    assert words in timeline(client, manager, desk)
    assert words not in timeline(client, manager, halden)
    log_interaction(actor=manager, facts=facts(desk, outcome="conversation"))
    assert words not in timeline(client, manager, desk)
