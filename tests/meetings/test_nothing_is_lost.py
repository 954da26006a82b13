"""What somebody typed on a meeting's page stays, whatever is refused or saved beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from meetings.models import Criterion, Meeting
from meetings.services.answers import enter_answer
from meetings.services.planning import write_agenda
from pmcrm.people.models import User
from tests import build
from tests.meetings.cast import AGENDA, FRIDAY, NOW, Cast, again, cast, planned, reviewed, with_agenda
from touchpoints.models import HoldOverride, LoadOverride, NextStep
from touchpoints.services.holds import place_hold
from touchpoints.services.interactions import hold_interaction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people() -> Cast:
    return cast()


def refused(client: Client, person: User, name: str, key: int, **data: Any) -> str:
    client.force_login(person)
    answer = client.post(reverse(name, args=[key]), data)
    assert answer.status_code == 422, answer.content.decode()
    return answer.content.decode()


def plan_of(people: Cast) -> dict[str, Any]:
    return {
        "accounts": people.halden.pk,
        "subject": "The year ahead",
        "at": "2026-03-13T10:00",
        "minutes": 45,
        "channel": "online",
    }


def test_under_a_hold_the_reason_is_asked_for(client: Client, people: Cast) -> None:
    place_hold(actor=people.lars, account=people.halden, reason="We renew")
    client.force_login(people.mia)
    url = reverse("meeting_create")
    assert 'type="hidden" name="override_reason"' in client.get(url).content.decode()
    answer = client.post(url, plan_of(people))
    text = answer.content.decode()
    assert (answer.status_code, Meeting.objects.count()) == (422, 0)
    assert 'type="text" name="override_reason"' in text
    assert 'value="The year ahead"' in text
    assert client.post(url, plan_of(people) | {"override_reason": "Their port is down"}).status_code == 303
    assert list(HoldOverride.objects.values_list("reason", flat=True)) == ["Their port is down"]


def test_at_a_red_load_the_reason_is_asked_for(client: Client, people: Cast) -> None:
    for days in range(1, 6):
        at = NOW - dt.timedelta(days=days)
        build.interaction(people.halden, author=people.mia, kind="meeting", minutes=120, at=at)
    client.force_login(people.mia)
    url = reverse("meeting_create")
    answer = client.post(url, plan_of(people))
    assert (answer.status_code, Meeting.objects.count()) == (422, 0)
    assert 'type="text" name="override_reason"' in answer.content.decode()
    wrong = client.post(url, plan_of(people) | {"override_reason": "They asked for it", "minutes": "x"})
    assert 'value="They asked for it"' in wrong.content.decode()
    assert client.post(url, plan_of(people) | {"override_reason": "They asked for it"}).status_code == 303
    assert list(LoadOverride.objects.values_list("reason", flat=True)) == ["They asked for it"]


def test_a_refused_form_keeps_its_words(client: Client, people: Cast) -> None:
    meeting = with_agenda(people)
    bare = planned(people, at=FRIDAY + dt.timedelta(days=60))
    text = refused(client, people.lars, "meeting_approve", bare.pk, comment="Lead with the berth plan")
    assert "There is no agenda yet." in text
    assert ">Lead with the berth plan</textarea>" in text
    shut = refused(client, people.lars, "meeting_override", meeting.pk, rule="follow", reason="No need")
    assert "Choose one of:" in shut
    (invitee,) = meeting.invitees.all()
    text = refused(client, people.lars, "invitee_answer", invitee.pk, answer="perhaps", comment="At a fair")
    assert 'value="At a fair"' in text
    hold_interaction(actor=people.mia, interaction=meeting.interaction)
    (one,) = meeting.criteria.all()
    scores = {f"score-{one.pk}": "met", "side": "product"}
    text = refused(client, people.mia, "meeting_score", meeting.pk, **(scores | {f"score-{one.pk + 1}": "met"}))
    assert f'name="score-{one.pk}" value="met" checked' in text
    assert Criterion.objects.get().product_score == ""
    step = {"text": "Send the plan", "owner": people.lars.pk, "due_on": "soon", "is_shared": "on"}
    text = refused(client, people.mia, "meeting_step_add", meeting.pk, **step)
    assert 'value="Send the plan"' in text
    assert f'name="owner" value="{people.lars.pk}"' in text
    assert 'name="due_on" value="soon"' in text
    assert 'name="is_shared" checked' in text
    assert not NextStep.objects.exists()


def test_a_rule_that_was_set_aside_meanwhile_gives_the_reason_back(client: Client, people: Cast) -> None:
    meeting = reviewed(people, minutes=60)
    text = refused(client, people.mia, "meeting_override", meeting.pk, rule="length", reason="   ")
    assert "Say why all the same." in text
    assert '<input type="hidden" name="rule" value="length">' in text
    assert text.count('<details class="strip__override" open>') == 1


def test_any_colleague_may_do_what_follows(client: Client, people: Cast) -> None:
    meeting = with_agenda(people)
    hold_interaction(actor=people.mia, interaction=meeting.interaction)
    ada = build.user("product_manager", name="Ada Other")
    client.force_login(people.mia)
    assert f'data-url="{reverse("person_options")}"' in client.get(meeting.get_absolute_url()).content.decode()
    step = {"text": "Send the plan", "owner": ada.pk, "due_on": "2026-03-20"}
    assert client.post(reverse("meeting_step_add", args=[meeting.pk]), step).status_code == 303
    assert list(NextStep.objects.values_list("owner", "text")) == [(ada.pk, "Send the plan")]


def test_an_answer_leaves_the_open_agenda_alone(client: Client, people: Cast) -> None:
    meeting = planned(people)
    enter_answer(actor=people.lars, invitee=meeting.invitees.get(), answer="accepted")
    assert again(meeting).version == 1
    write_agenda(actor=people.mia, meeting=meeting, items=AGENDA, version=1)
    assert again(meeting).version == 2


def test_two_who_write_see_what_the_other_wrote(client: Client, people: Cast) -> None:
    meeting = planned(people)
    write_agenda(actor=people.mia, meeting=meeting, items=AGENDA, version=1)
    mine = {"version": 1, "text": "My own item", "kind": "normal", "minutes": "20", "led_by": ""}
    text = refused(client, people.mia, "meeting_agenda_write", meeting.pk, **mine)
    assert "Somebody changed this meeting in the meantime." in text
    assert "<li>How the berth plan is used" in text
    assert 'value="My own item"' in text
    assert "Save this instead" in text
    assert [one.text for one in again(meeting).items.all()] == ["How the berth plan is used", "What we measure"]
