"""By when something is due, who is recalled of it, and what warns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from meetings.models import Meeting
from meetings.services.judging import own_facts, strip_of
from meetings.services.parts import in_parts
from meetings.services.reminding import late_steps, remind, stuck_goals
from pmcrm.notices.models import Notice
from pmcrm.people.models import Organisation
from tests import build
from tests.meetings.cast import FRIDAY, NOW, Cast, again, cast, planned, reviewed
from touchpoints.models import NextStep
from touchpoints.services.goals import note_progress, serve_goal, set_goal
from touchpoints.services.interactions import hold_interaction, move_interaction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people() -> Cast:
    return cast()


def test_many_old_steps_keep_no_new_one_from_being_recalled(people: Cast) -> None:
    talk = hold_interaction(actor=people.mia, interaction=reviewed(people).interaction)
    given: dict[str, Any] = {"account": people.halden, "interaction": talk, "owner": people.mia}
    given["created_by"] = people.mia
    old = NOW.date() - dt.timedelta(days=2)
    NextStep.objects.bulk_create(NextStep(text=f"Old {n}", due_on=old, **given) for n in range(501))
    assert late_steps(NOW.date()) == 501
    NextStep.objects.create(text="New", due_on=NOW.date() - dt.timedelta(days=1), **given)
    assert late_steps(NOW.date()) == 1
    assert late_steps(NOW.date()) == 0


def test_rows_come_in_parts(people: Cast) -> None:
    made = [planned(people, at=FRIDAY + dt.timedelta(days=30 * n)).pk for n in range(3)]
    assert [[one.pk for one in part] for part in in_parts(Meeting.objects.all(), 2)] == [made[:2], made[2:]]


def test_a_moved_meeting_is_recalled_again(people: Cast) -> None:
    meeting = reviewed(people)  # on Friday
    assert (remind(now=NOW), remind(now=NOW)) == (1, 0)
    move_interaction(actor=people.mia, interaction=meeting.interaction, to=FRIDAY + dt.timedelta(days=7))
    assert remind(now=NOW) == 0
    assert (remind(now=NOW + dt.timedelta(days=7)), remind(now=NOW + dt.timedelta(days=7))) == (1, 0)
    keys = list(Notice.objects.filter(kind="meeting_to_send").order_by("pk").values_list("key", flat=True))
    assert keys == [f"meeting to send {meeting.pk} 2026-03-{day}T09:00" for day in (13, 20)]


def test_holidays_of_theirs_and_ours_are_no_time_to_read_an_agenda(people: Cast) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"name": "Nordic Harbour", "time_zone": "Europe/Stockholm"})
    # Norway rests from Maundy Thursday to Easter Monday, Sweden from Good Friday on.
    meeting = planned(people, at=dt.datetime(2026, 4, 7, 10, tzinfo=dt.UTC))
    assert own_facts(again(meeting)).send_by == dt.datetime(2026, 3, 31, 10, tzinfo=dt.UTC)
    people.halden.country = "SE"
    people.halden.save()
    assert own_facts(again(meeting)).send_by == dt.datetime(2026, 4, 1, 10, tzinfo=dt.UTC)
    # We close it within five working days: Good Friday and Easter Monday are none.
    earlier = dt.datetime(2026, 4, 2, 10, tzinfo=dt.UTC)
    move_interaction(actor=people.mia, interaction=meeting.interaction, to=earlier)
    assert own_facts(again(meeting)).follow_by == dt.datetime(2026, 4, 13, 10, tzinfo=dt.UTC)


def test_the_third_meeting_in_two_weeks_warns_in_words(client: Client, people: Cast) -> None:
    for days in (4, 6):
        at = FRIDAY - dt.timedelta(days=days)
        build.interaction(people.halden, author=people.mia, kind="meeting", minutes=15, at=at)
    meeting = planned(people)
    found = next(one for one in strip_of(again(meeting)) if one.slug == "load")
    assert (found.state.value, found.warns, found.word) == ("met", True, "Take care")
    client.force_login(people.mia)
    text = client.get(reverse("meeting_rules", args=[meeting.pk])).content.decode()
    assert '<li class="strip__warned">' in text
    assert f'<p class="small">{escape(found.says)}</p>' in text


def test_who_pursues_a_goal_hears_of_many_meetings_without_progress(people: Cast) -> None:
    with time_machine.travel(NOW - dt.timedelta(days=20), tick=False):
        goal = set_goal(actor=people.mia, account=people.halden, text="Both terminals on one plan", owner=people.lars)
    for days in (1, 2, 3):
        assert stuck_goals() == 0
        at = NOW - dt.timedelta(days=days)
        talk = build.interaction(people.halden, author=people.mia, kind="meeting", minutes=15, at=at)
        serve_goal(actor=people.mia, interaction=talk, goal=goal)
    assert (stuck_goals(), stuck_goals()) == (1, 0)
    told = Notice.objects.filter(kind="goal_stuck").values_list("person__name", "path")
    assert list(told) == [("Lars Owner", people.halden.get_absolute_url())]
    note_progress(actor=people.mia, goal=goal, text="One terminal is there")
    assert stuck_goals() == 0
