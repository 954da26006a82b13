"""The first meeting with an account is prepared, or held for a reason that is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from preparation.models import Sheet
from preparation.services.filling import settle
from preparation.services.first_contact import first_contacts, first_for
from preparation.services.sheets import write_sheet
from tests import build
from touchpoints.models import Interaction, Statement
from touchpoints.services.holds import place_hold
from touchpoints.services.interactions import Facts, edit_interaction, hold_interaction, log_interaction

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager")


@pytest.fixture
def halden(manager: User) -> Account:
    return build.account(name="Halden Cargo", product_manager=manager, business_summary="Moves containers.")


def met(account: Account, manager: User, at: dt.datetime, **more: object) -> Interaction:
    facts = Facts(kind="meeting", at=at, accounts=[account], minutes=30, **more)  # type: ignore[arg-type]  # a test's
    return log_interaction(actor=manager, facts=facts)


def test_a_first_meeting_without_a_sheet_asks_why_and_the_second_does_not(manager: User, halden: Account) -> None:
    with pytest.raises(RuleViolation, match="first meeting with Halden Cargo") as refusal:
        met(halden, manager, NOW - 2 * HOUR)
    assert (refusal.value.code, list(refusal.value.fields)) == ("unprepared", ["override_reason"])
    assert not Interaction.objects.exists()
    first = met(halden, manager, NOW - 2 * HOUR, override_reason="They came by unannounced")
    sheet = Sheet.objects.get()
    assert (sheet.interaction, sheet.unprepared_reason, sheet.unprepared_by) == (
        first,
        "They came by unannounced",
        manager,
    )
    assert not sheet.was_complete_at_start
    met(halden, manager, NOW - HOUR)
    assert Sheet.objects.count() == 1


def test_a_complete_sheet_opens_the_gate(manager: User, halden: Account) -> None:
    Statement.objects.all().delete()
    kari = build.contact(account=halden, temperament="calm", job_title="Planner")
    talk = build.interaction(halden, author=manager, kind="meeting", status="planned", at=NOW + HOUR)
    talk.contacts.add(kari)
    for question in ("current_issues", "immediate_need", "credibility_points"):
        settle(actor=manager, interaction=talk, question=question, is_none=True)
    with pytest.raises(RuleViolation, match="not complete"):
        hold_interaction(actor=manager, interaction=talk)
    write_sheet(actor=manager, interaction=talk, version=4, values={"listener_role": "pm_listens"})
    hold_interaction(actor=manager, interaction=talk)
    sheet = Sheet.objects.get()
    assert sheet.was_complete_at_start
    assert sheet.unprepared_reason == ""


def test_what_is_written_afterwards_does_not_count_as_prepared(manager: User, halden: Account) -> None:
    talk = met(halden, manager, NOW - HOUR, override_reason="By chance")
    write_sheet(actor=manager, interaction=talk, version=1, values={"issues_note": "Known by now."})
    sheet = Sheet.objects.get()
    assert sheet.share_at_start is not None
    assert sheet.share > sheet.share_at_start
    assert not sheet.was_complete_at_start


def test_calls_are_marked_but_never_kept_back(manager: User, halden: Account) -> None:
    call = log_interaction(
        actor=manager, facts=Facts(kind="call", at=NOW - HOUR, accounts=[halden], minutes=10, outcome="conversation")
    )
    assert first_for(call) == [halden]
    met(halden, manager, NOW)
    assert not Sheet.objects.exists()


def test_only_talks_that_both_sides_spoke_in_make_us_acquainted(manager: User, halden: Account) -> None:
    build.interaction(halden, author=manager, at=NOW - 9 * HOUR, outcome="no_answer")
    build.interaction(halden, author=manager, at=NOW - 8 * HOUR, kind="note")
    build.interaction(halden, author=manager, at=NOW - 7 * HOUR, kind="meeting", is_private=True)
    talk = build.interaction(halden, author=manager, at=NOW + HOUR, kind="meeting", status="planned")
    assert first_for(talk) == [halden]
    build.interaction(halden, author=manager, at=NOW - 6 * HOUR, kind="mail", is_incoming=True)
    assert first_for(talk) == []


def test_the_page_asks_for_the_reason(client: Client, manager: User, halden: Account) -> None:
    talk = build.interaction(halden, author=manager, at=NOW - HOUR, kind="meeting", status="planned")
    client.force_login(manager)
    url = reverse("interaction_hold", args=[talk.pk])
    asked = client.post(url, headers={"HX-Request": "true"})
    assert (asked.status_code, asked.headers["HX-Redirect"]) == (204, url)
    assert "first meeting with Halden Cargo" in client.get(url).content.decode()
    assert client.post(url, {"override_reason": " "}).status_code == 422
    talk.refresh_from_db()
    assert talk.status == "planned"
    client.post(url, {"override_reason": "By chance"})
    talk.refresh_from_db()
    assert talk.status == "held"
    assert Sheet.objects.get().unprepared_reason == "By chance"


def test_first_contacts_are_found(manager: User, halden: Account) -> None:
    other = build.account(name="Vela")
    build.interaction(other, author=manager, at=NOW - 100 * HOUR, kind="meeting")
    build.interaction(other, author=manager, at=NOW - 2 * HOUR, kind="meeting")
    first = build.interaction(halden, author=manager, at=NOW - HOUR, kind="meeting")
    found = first_contacts(manager, since=NOW - 24 * HOUR, until=NOW + 24 * HOUR)
    assert [(row.interaction, row.account) for row in found] == [(first, halden)]


def test_a_call_that_turns_out_a_meeting_is_asked_like_one(manager: User, halden: Account) -> None:
    facts = Facts(kind="call", at=NOW - HOUR, accounts=[halden], minutes=10, outcome="conversation")
    call = log_interaction(actor=manager, facts=facts)
    as_meeting = replace(facts, kind="meeting", outcome="")
    with pytest.raises(RuleViolation, match="first meeting with Halden Cargo"):
        edit_interaction(actor=manager, interaction=call, facts=as_meeting, version=1)
    call.refresh_from_db()
    assert (call.kind, call.version, Sheet.objects.count()) == ("call", 1, 0)
    with_reason = replace(as_meeting, override_reason="They came along")
    edit_interaction(actor=manager, interaction=call, facts=with_reason, version=1)
    assert Sheet.objects.get().unprepared_reason == "They came along"
    # What was answered is not asked again.
    call.refresh_from_db()
    edit_interaction(actor=manager, interaction=call, facts=replace(as_meeting, minutes=20), version=2)


def test_a_call_under_a_hold_that_was_a_note_is_asked(manager: User, halden: Account) -> None:
    sales = build.user("sales_owner")
    Account.objects.update(relationship_owner=sales)
    halden.refresh_from_db()
    facts = Facts(kind="note", at=NOW - HOUR, accounts=[halden], notes="Spoke on the phone")
    made = log_interaction(actor=manager, facts=facts)
    place_hold(actor=sales, account=halden, reason="We settle a complaint")
    with pytest.raises(RuleViolation, match="asks not to contact Halden Cargo"):
        edit_interaction(actor=manager, interaction=made, facts=replace(facts, kind="call", minutes=10), version=1)
