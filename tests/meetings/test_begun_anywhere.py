"""A meeting that is planned anywhere is prepared here, and whoever owns the relationship is asked to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from meetings.models import Meeting
from meetings.services.planning import Setting, open_meeting
from tests.accounts.test_value_api import ROOT, client_of
from tests.meetings.cast import FRIDAY, NOW, Cast, cast
from touchpoints.models import Interaction
from touchpoints.services.interactions import Facts, edit_interaction, log_interaction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people() -> Cast:
    return cast()


def invited(meeting: Meeting) -> list[str]:
    return [one.user.name for one in meeting.invitees.select_related("user") if one.user]


def test_planned_by_any_way(client: Client, people: Cast) -> None:
    facts = Facts(kind="meeting", at=FRIDAY, accounts=[people.halden], minutes=45)
    talk = log_interaction(actor=people.mia, facts=facts)
    meeting = Meeting.objects.get()
    assert (meeting.pk, meeting.organiser, meeting.state) == (talk.pk, people.mia, "draft")
    assert invited(meeting) == ["Lars Owner"]
    assert {one.name for one in talk.colleagues.all()} == {"Mia Manager", "Lars Owner"}
    client.force_login(people.lars)
    assert client.get(reverse("meeting_rules", args=[talk.pk])).status_code == 200
    opened = open_meeting(actor=people.mia, interaction=talk, setting=Setting("in_person", "Quay 2"))
    assert (opened.pk, opened.place, Meeting.objects.count()) == (talk.pk, "Quay 2", 1)


def test_planned_by_the_api(people: Cast) -> None:
    body = {"kind": "meeting", "at": FRIDAY.isoformat(), "accounts": [people.halden.pk], "minutes": 45}
    made = client_of(people.mia).post(f"{ROOT}/interactions/", body, format="json")
    assert made.status_code == 201
    assert invited(Meeting.objects.get(pk=made.json()["id"])) == ["Lars Owner"]


def test_a_call_that_becomes_a_meeting_and_what_is_none(people: Cast) -> None:
    facts = Facts(kind="call", at=FRIDAY, accounts=[people.halden], minutes=45)
    talk = log_interaction(actor=people.mia, facts=facts)
    log_interaction(actor=people.mia, facts=Facts(kind="meeting", at=NOW, accounts=[people.halden], minutes=30))
    assert not Meeting.objects.exists()
    meeting = Facts(kind="meeting", at=FRIDAY, accounts=[people.halden], minutes=45)
    edit_interaction(actor=people.mia, interaction=talk, facts=meeting, version=1)
    assert list(Meeting.objects.values_list("pk", flat=True)) == [talk.pk]


def test_a_private_one_asks_nobody(people: Cast) -> None:
    facts = Facts(kind="meeting", at=FRIDAY, accounts=[people.halden], minutes=45, is_private=True)
    talk = log_interaction(actor=people.mia, facts=facts)
    assert invited(Meeting.objects.get(pk=talk.pk)) == []
    assert Interaction.objects.get(pk=talk.pk).colleagues.count() == 1
