"""Who meets whom in the tests of meetings, at a Tuesday noon."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from accounts.models import Account, Contact
from meetings.models import Meeting
from meetings.services.planning import Item, Setting, plan_meeting, write_agenda, write_criteria
from meetings.services.reviewing import approve_agenda
from pmcrm.people.models import User
from tests import build
from touchpoints.services.interactions import Facts

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)  # a Tuesday
FRIDAY = dt.datetime(2026, 3, 13, 9, 0, tzinfo=dt.UTC)
AGENDA = (Item("How the berth plan is used", 20, "listening", "Mia Manager"), Item("What we measure", 15))


class Cast(NamedTuple):
    """Mia plans for Halden, whose relationship Lars owns; Kari works there."""

    mia: User
    lars: User
    halden: Account
    kari: Contact


def cast() -> Cast:
    mia = build.user("product_manager", name="Mia Manager", email="mia@example.com")
    lars = build.user("sales_owner", name="Lars Owner", email="lars@example.com")
    halden = build.account(
        name="Halden Maritime", relationship_owner=lars, product_manager=mia, time_zone="Europe/Oslo", country="NO"
    )
    # Not the first meeting with them: that would ask for a sheet.
    build.interaction(halden, author=lars, kind="meeting", at=dt.datetime(2025, 6, 3, 9, tzinfo=dt.UTC))
    kari = build.contact(account=halden, name="Kari Lund", email="kari@halden.example")
    return Cast(mia, lars, halden, kari)


def planned(people: Cast, *, at: dt.datetime = FRIDAY, setting: Setting | None = None, **fields: Any) -> Meeting:
    given: dict[str, Any] = {"minutes": 45, "subject": "Quarterly review", "contacts": [people.kari]} | fields
    facts = Facts(kind="meeting", at=at, accounts=[people.halden], **given)
    return plan_meeting(actor=people.mia, facts=facts, setting=setting or Setting(link="https://meet.example/halden"))


def again(meeting: Meeting) -> Meeting:
    return Meeting.objects.with_all().get(pk=meeting.pk)


def with_agenda(people: Cast, **fields: Any) -> Meeting:
    meeting = planned(people, **fields)
    write_agenda(actor=people.mia, meeting=meeting, items=AGENDA, version=meeting.version)
    meeting = again(meeting)
    write_criteria(actor=people.mia, meeting=meeting, texts=["Knows what to measure"], version=meeting.version)
    return again(meeting)


def reviewed(people: Cast, **fields: Any) -> Meeting:
    meeting = with_agenda(people, **fields)
    approve_agenda(actor=people.lars, meeting=meeting)
    return again(meeting)
