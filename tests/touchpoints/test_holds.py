"""Sales owns the relationship: its owner hears of planned talks, comments, and may put a hold."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.notices.models import Notice
from pmcrm.notices.services import send_waiting
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from touchpoints.models import Hold, HoldOverride, Interaction, TalkComment
from touchpoints.services.holds import lift_hold, place_hold
from touchpoints.services.interactions import Facts, edit_interaction, log_interaction, move_interaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager")


@pytest.fixture
def owner() -> User:
    return build.user("sales_owner", name="Lars Owner", email="lars@example.com")


@pytest.fixture
def halden(owner: User) -> Account:
    return build.account(name="Halden Maritime", relationship_owner=owner)


def facts(*accounts: Account, days: float = 0, **fields: Any) -> Facts:
    at = timezone.now() + dt.timedelta(days=days)
    given: dict[str, Any] = {"kind": "call", "at": at, "accounts": accounts} | fields
    return Facts(**given)


def told() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("id").values_list("kind", "person__name"))


def test_the_owner_hears_of_a_talk_that_product_plans_once(manager: User, owner: User, halden: Account) -> None:
    made = log_interaction(actor=manager, facts=facts(halden, days=2))
    assert told() == [("talk_planned", "Lars Owner")]
    assert Notice.objects.get().path == f"/interactions/{made.pk}/"
    edit_interaction(actor=manager, interaction=made, facts=facts(halden, days=3), version=1)
    assert Notice.objects.count() == 1
    send_waiting()
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["lars@example.com"], "A talk with a customer of yours is planned")
    ]
    assert "Halden" not in mail.outbox[0].body


def test_who_put_a_hold_hears_of_each_move_of_a_talk_under_it(manager: User, owner: User, halden: Account) -> None:
    made = log_interaction(actor=manager, facts=facts(halden, days=2))
    private = log_interaction(actor=manager, facts=facts(halden, days=2, is_private=True))
    place_hold(actor=owner, account=halden, reason="In talks")
    Notice.objects.all().delete()
    third = timezone.now() + dt.timedelta(days=3)
    move_interaction(actor=manager, interaction=made, to=third, override_reason="They asked")
    assert list(Notice.objects.values_list("kind", "person__name", "path")) == [
        ("hold_moved", "Lars Owner", made.get_absolute_url())
    ]
    move_interaction(actor=manager, interaction=made, to=third)
    move_interaction(actor=manager, interaction=private, to=third, override_reason="They asked")
    assert len(told()) == 1
    made.refresh_from_db()
    edit_interaction(actor=manager, interaction=made, facts=facts(halden, days=5), version=made.version)
    assert told() == [("hold_moved", "Lars Owner")] * 2
    send_waiting()
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["lars@example.com"], "A talk under your hold was moved")
    ] * 2
    lift_hold(actor=owner, hold=Hold.objects.get())
    move_interaction(actor=manager, interaction=made, to=third)
    assert len(told()) == 2


def test_a_hold_stands_beside_the_number_of_a_person(
    client: Client, manager: User, owner: User, halden: Account
) -> None:
    kari = build.contact(account=halden, name="Kari Lund", phone="+4722334455")
    client.force_login(manager)
    page = client.get(kari.get_absolute_url()).text
    assert page.index('id="contact-hold"') < page.index("tel:+47")
    before = reverse("contact_before_call", args=[kari.pk])
    assert "not to contact them" not in client.get(before, headers={"HX-Request": "true"}).text
    place_hold(actor=owner, account=halden, reason="In talks")
    panel = client.get(before, headers={"HX-Request": "true"}).text
    assert 'id="contact-hold" hx-swap-oob="true"' in panel
    assert "Lars Owner asks since" in panel.partition('id="contact-hold"')[2]
    assert "In talks" in panel
    assert "swap-oob" not in client.get(before).text


def test_what_the_owner_does_not_hear_of(manager: User, owner: User, halden: Account) -> None:
    log_interaction(actor=manager, facts=facts(halden))
    log_interaction(actor=manager, facts=facts(halden, days=2, is_private=True))
    log_interaction(actor=manager, facts=facts(halden, days=2, kind="mail"))
    log_interaction(actor=owner, facts=facts(halden, days=2))
    log_interaction(actor=build.user("sales_vp"), facts=facts(halden, days=2))
    assert told() == []


def test_the_owner_comments_and_the_planner_is_told(
    client: Client, manager: User, owner: User, halden: Account
) -> None:
    made = log_interaction(actor=manager, facts=facts(halden, days=2))
    client.force_login(owner)
    url = reverse("interaction_comment", args=[made.pk])
    client.post(url, {"text": "  "})
    assert not TalkComment.objects.exists()
    assert client.post(url, {"text": "Not before Friday."}).status_code == 303
    assert "Not before Friday." in client.get(f"/interactions/{made.pk}/").content.decode()
    assert told() == [("talk_planned", "Lars Owner"), ("talk_answered", "Mia Manager")]


def test_contact_under_a_hold_takes_a_reason_that_is_kept(manager: User, owner: User, halden: Account) -> None:
    hold = place_hold(actor=owner, account=halden, reason="We sign on Friday")
    for days in (0, 2):
        with pytest.raises(RuleViolation, match="Lars Owner asks not to contact Halden Maritime now") as refusal:
            log_interaction(actor=manager, facts=facts(halden, days=days))
        assert list(refusal.value.fields) == ["override_reason"]
    assert not Interaction.objects.exists()
    made = log_interaction(actor=manager, facts=facts(halden, override_reason="The port is down"))
    kept = HoldOverride.objects.get()
    assert (kept.hold, kept.interaction, kept.reason, kept.author) == (hold, made, "The port is down", manager)
    entry = TrailEntry.objects.get(verb="hold.overridden")
    assert (entry.account_id, entry.data["reason"]) == (halden.pk, "The port is down")
    # A correction of the same talk asks no second time.
    edit_interaction(actor=manager, interaction=made, facts=facts(halden, notes="All well"), version=1)


def test_whom_a_hold_does_not_bind(manager: User, owner: User, halden: Account) -> None:
    lead = build.user("product_lead")
    place_hold(actor=lead, account=halden, reason="We sign on Friday")
    for actor, given in [
        (owner, facts(halden)),
        (lead, facts(halden)),
        (manager, facts(halden, kind="note")),
        (manager, facts(halden, is_incoming=True)),
    ]:
        log_interaction(actor=actor, facts=given)
    lift_hold(actor=owner, hold=Hold.objects.get())
    log_interaction(actor=manager, facts=facts(halden))
    assert Interaction.objects.count() == 5
    assert not HoldOverride.objects.exists()


def test_who_puts_and_lifts_a_hold(manager: User, owner: User, halden: Account) -> None:
    foreign = build.user("sales_owner")
    for actor in (manager, foreign):
        with pytest.raises(RuleViolation, match="owner of the relationship"):
            place_hold(actor=actor, account=halden, reason="We sign on Friday")
    with pytest.raises(RuleViolation, match="Say why nobody"):
        place_hold(actor=owner, account=halden, reason=" ")
    hold = place_hold(actor=owner, account=halden, reason="We sign on Friday")
    with pytest.raises(RuleViolation, match="There is a hold already"):
        place_hold(actor=build.user("sales_vp"), account=halden, reason="Again")
    with pytest.raises(RuleViolation, match="lift it"):
        lift_hold(actor=manager, hold=hold)
    assert Hold.objects.in_force().count() == 1


def test_a_hold_tells_those_who_planned_a_talk(manager: User, owner: User, halden: Account) -> None:
    log_interaction(actor=manager, facts=facts(halden, days=2))
    place_hold(actor=owner, account=halden, reason="We sign on Friday")
    assert told() == [("talk_planned", "Lars Owner"), ("talk_answered", "Mia Manager")]


def test_the_quick_log_warns_and_asks(client: Client, manager: User, owner: User, halden: Account) -> None:
    client.force_login(owner)
    assert client.post(reverse("hold_place", args=[halden.pk]), {"reason": "We sign on Friday"}).status_code == 303
    client.force_login(manager)
    assert "On hold by Lars Owner" in client.get(reverse("account_signs", args=[halden.pk])).content.decode()
    asked = client.get(reverse("interaction_voice"), {"accounts": halden.pk}).content.decode()
    assert "Lars Owner asks not to contact Halden Maritime now." in asked
    assert 'name="override_reason"' in asked
    body = {
        "kind": "call",
        "at": "2026-03-02T09:30",
        "accounts": halden.pk,
        "step-TOTAL_FORMS": 0,
        "step-INITIAL_FORMS": 0,
    }
    assert client.post("/interactions/new/", body).status_code == 422
    assert client.post("/interactions/new/", body | {"override_reason": "The port is down"}).status_code == 303
    made = Interaction.objects.get()
    assert "The port is down" in client.get(f"/interactions/{made.pk}/").content.decode()
    shown = client.get(reverse("account_relationship", args=[halden.pk])).content.decode()
    assert "The port is down" in shown
    assert client.post(reverse("hold_lift", args=[Hold.objects.get().pk])).status_code == 303
    assert Hold.objects.in_force().count() == 1
    client.force_login(owner)
    client.post(reverse("hold_lift", args=[Hold.objects.get().pk]))
    assert Hold.objects.in_force().count() == 0


def test_the_api_takes_the_reason(manager: User, owner: User, halden: Account) -> None:
    place_hold(actor=owner, account=halden, reason="We sign on Friday")
    api, body = client_of(manager), {"kind": "call", "accounts": [halden.pk]}
    assert api.post(f"{ROOT}/interactions/", body, format="json").status_code == 422
    made = api.post(f"{ROOT}/interactions/", body | {"override_reason": "The port is down"}, format="json")
    assert made.status_code == 201, made.json()
    assert "override_reason" not in made.json()


def test_my_day_shows_the_owner_what_others_plan(client: Client, manager: User, owner: User, halden: Account) -> None:
    log_interaction(actor=manager, facts=facts(halden, days=2, subject="Tide tables"))
    log_interaction(actor=manager, facts=facts(halden, days=3, colleagues=[owner]))
    client.force_login(owner)
    answer = client.get("/")
    block = next(one for one in answer.context["second"] if one.slug == "plans")
    assert (block.count, [row.interaction.subject for row in block.rows]) == (1, ["Tide tables"])
