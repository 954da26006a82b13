"""The page of one meeting, and what is done on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.models import InvitationMail, Meeting
from meetings.services.letters import digest_of
from meetings.services.planning import Item, Setting, write_agenda
from meetings.services.reviewing import approve_agenda, ask_review
from pmcrm.people.models import User
from tests import build
from tests.meetings.cast import AGENDA, FRIDAY, NOW, Cast, again, cast, planned, reviewed, with_agenda
from touchpoints.models import NextStep
from touchpoints.services.goals import set_goal
from touchpoints.services.interactions import cancel_interaction, hold_interaction, move_interaction
from touchpoints.services.needs import raise_need, settle_need

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people() -> Cast:
    return cast()


def page_of(client: Client, person: User, meeting: Meeting) -> str:
    client.force_login(person)
    answer = client.get(reverse("meeting_detail", args=[meeting.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def rules_of(client: Client, person: User, meeting: Meeting) -> str:
    client.force_login(person)
    answer = client.get(reverse("meeting_rules", args=[meeting.pk]), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, person: User, name: str, meeting: Meeting, *, status: int = 303, **data: Any) -> str:
    client.force_login(person)
    answer = client.post(reverse(name, args=[meeting.pk]), data)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def test_one_thing_is_next_at_a_time(client: Client, people: Cast) -> None:
    meeting = planned(people)
    assert "Write the agenda: what for, and how long." in page_of(client, people.mia, meeting)
    data: dict[str, Any] = {
        "version": 1,
        "text": ["Their day", ""],
        "kind": ["listening", ""],
        "minutes": ["20", ""],
        "led_by": ["", ""],
    }
    post(client, people.mia, "meeting_agenda_write", meeting, **data)
    assert "Say by what you will know that it was good." in page_of(client, people.mia, meeting)
    post(client, people.mia, "meeting_criteria_write", meeting, version=2, criterion=["They name one", "", ""])
    assert "Ask sales to look" in page_of(client, people.mia, meeting)
    post(client, people.mia, "meeting_ask_review", meeting)
    assert "Lars Owner was asked to look at it." in page_of(client, people.mia, meeting)
    assert "Mia Manager asks you to look at the agenda." in page_of(client, people.lars, meeting)
    post(client, people.lars, "meeting_approve", meeting, comment="Fine")
    assert "Look at it and send" in page_of(client, people.mia, meeting)
    digest = digest_of(again(meeting))
    post(client, people.mia, "meeting_send", meeting, contacts=[people.kari.pk], digest=digest)
    assert "They have the agenda. 0 of 1 person answered." in page_of(client, people.mia, meeting)
    move_interaction(actor=people.mia, interaction=meeting.interaction, to=FRIDAY + dt.timedelta(days=3))
    assert "What they have is out of date." in page_of(client, people.mia, meeting)
    hold_interaction(actor=people.mia, interaction=meeting.interaction)
    assert "Was it good? Score each criterion." in page_of(client, people.mia, meeting)
    (criterion,) = again(meeting).criteria.all()
    scores: dict[str, Any] = {"side": "product", f"score-{criterion.pk}": "met"}
    post(client, people.mia, "meeting_score", meeting, **scores)
    assert "Say what follows, who does it and by when." in page_of(client, people.mia, meeting)
    step: dict[str, Any] = {"text": "Send it", "owner": people.mia.pk, "due_on": "2026-03-20", "is_shared": "on"}
    post(client, people.mia, "meeting_step_add", meeting, **step)
    assert list(NextStep.objects.values_list("text", "is_shared", "interaction")) == [("Send it", True, meeting.pk)]
    assert "All is agreed: close it." in page_of(client, people.mia, meeting)
    post(client, people.mia, "meeting_close", meeting)
    assert again(meeting).state == "closed"
    assert "Closed by Mia Manager" in page_of(client, people.mia, meeting)


def test_what_does_not_fit_is_refused_and_stays_typed(client: Client, people: Cast) -> None:
    meeting = planned(people)
    data = {
        "version": 1,
        "text": ["Long talk", "More"],
        "kind": ["normal"] * 2,
        "minutes": ["40", "6"],
        "led_by": ["", ""],
    }
    text = post(client, people.mia, "meeting_agenda_write", meeting, status=422, **data)
    assert "46 minutes of agenda do not fit the 45 minutes of the meeting." in text
    assert 'value="Long talk"' in text
    assert again(meeting).items.count() == 0
    data["minutes"] = ["a quarter", "6"]
    text = post(client, people.mia, "meeting_agenda_write", meeting, status=422, **data)
    assert "Item 1: write the minutes as a whole number, for example 15." in text


def test_an_urgent_need_warns_before_anything_advanced(client: Client, people: Cast) -> None:
    meeting = planned(people)
    write_agenda(actor=people.mia, meeting=meeting, items=[Item("A second terminal", 20, "upsell")], version=1)
    assert "First their urgent need" not in rules_of(client, people.mia, meeting)
    need = raise_need(actor=people.mia, account=people.halden, text="The export stops at night")
    assert "First their urgent need: The export stops at night" in rules_of(client, people.mia, meeting)
    settle_need(actor=people.mia, need=need, state="solved", how="Mended")
    assert "First their urgent need" not in rules_of(client, people.mia, meeting)


def test_a_colleagues_contact_near_to_it_is_named(client: Client, people: Cast) -> None:
    meeting = planned(people)
    ola = build.user("department_member", name="Ola Support")
    at = FRIDAY - dt.timedelta(days=2)
    build.interaction(people.halden, author=ola, kind="meeting", status="planned", at=at)
    assert "Close to it: Meeting by Ola Support, 11 March" in rules_of(client, people.mia, meeting)


def test_it_names_the_goal_that_it_serves(client: Client, people: Cast) -> None:
    meeting = planned(people)
    assert "serves a goal" in rules_of(client, people.mia, meeting)
    goal = set_goal(actor=people.mia, account=people.halden, text="Both terminals on one plan")
    assert "Name the goal that it serves." in rules_of(client, people.mia, meeting)
    setting: dict[str, Any] = {"version": 1, "channel": "phone", "place": "", "link": "", "goal": goal.pk}
    post(client, people.mia, "meeting_describe", meeting, **setting)
    found = again(meeting)
    assert (found.channel, found.interaction.goal) == ("phone", goal)
    assert "Name the goal that it serves." not in rules_of(client, people.mia, meeting)


def test_a_cancelled_one_asks_to_tell_them(client: Client, people: Cast) -> None:
    meeting = reviewed(people)
    post(client, people.mia, "meeting_send", meeting, contacts=[people.kari.pk], digest=digest_of(meeting))
    cancel_interaction(actor=people.mia, interaction=meeting.interaction, reason="Strike at the port")
    text = page_of(client, people.mia, meeting)
    assert "It was cancelled, and they still have it in their calendar." in text
    preview = client.get(reverse("meeting_call_off", args=[meeting.pk])).content.decode()
    assert "this meeting does not take place" in preview
    assert "Strike" not in preview
    post(client, people.mia, "meeting_call_off", meeting, digest=digest_of(again(meeting)))
    assert list(InvitationMail.objects.order_by("pk").values_list("method", "is_overtaken")) == [
        ("REQUEST", True),
        ("CANCEL", False),
    ]


def test_sales_sees_the_page_and_declines(client: Client, people: Cast) -> None:
    meeting = planned(people)
    (invitee,) = meeting.invitees.all()
    client.force_login(people.lars)
    client.post(reverse("invitee_answer", args=[invitee.pk]), {"answer": "declined", "comment": "At a fair"})
    text = page_of(client, people.lars, meeting)
    assert "Does not come: At a fair" in text


def test_a_meeting_without_preparation_is_offered_one(client: Client, people: Cast) -> None:
    talk = build.interaction(people.halden, author=people.mia, kind="meeting", status="planned", at=FRIDAY, minutes=45)
    client.force_login(people.mia)
    url = reverse("meeting_detail", args=[talk.pk])
    assert "Nothing was prepared for it yet" in client.get(url).content.decode()
    assert (
        reverse("meeting_detail", args=[talk.pk])
        in client.get(reverse("interaction_detail", args=[talk.pk])).content.decode()
    )
    assert client.post(reverse("meeting_open", args=[talk.pk])).headers["Location"] == url
    assert "Write the agenda" in client.get(url).content.decode()
    call = build.interaction(people.halden, author=people.mia)
    assert client.get(reverse("meeting_detail", args=[call.pk])).status_code == 404


def test_who_does_not_see_the_talk_does_not_see_the_meeting(client: Client, people: Cast) -> None:
    meeting = planned(people)
    client.force_login(build.user("sales_owner"))
    assert client.get(reverse("meeting_detail", args=[meeting.pk])).status_code == 404
    assert client.post(reverse("meeting_approve", args=[meeting.pk])).status_code == 404
    assert client.post(reverse("invitee_answer", args=[meeting.invitees.get().pk])).status_code == 404


def test_a_meeting_is_planned_from_an_account(client: Client, people: Cast) -> None:
    client.force_login(people.mia)
    url = reverse("meeting_create")
    assert "Halden Maritime" in client.get(f"{url}?account={people.halden.pk}").content.decode()
    data = {
        "accounts": people.halden.pk,
        "contacts": people.kari.pk,
        "subject": "The year ahead",
        "at": "2026-03-17T10:00",
        "minutes": 45,
        "channel": "in_person",
        "place": "Quay 2",
    }
    answer = client.post(url, data)
    meeting = Meeting.objects.get()
    assert answer.headers["Location"] == reverse("meeting_detail", args=[meeting.pk])
    assert (meeting.place, meeting.organiser, meeting.interaction.subject) == ("Quay 2", people.mia, "The year ahead")
    refused = client.post(url, data | {"at": "2026-03-01T10:00"})
    assert (refused.status_code, Meeting.objects.count()) == (422, 1)
    assert "Choose a time ahead" in refused.content.decode()


def test_the_goal_is_named_when_it_is_planned(client: Client, people: Cast) -> None:
    goal = set_goal(actor=people.mia, account=people.halden, text="Both terminals on one plan")
    other = set_goal(actor=people.mia, account=build.account(product_manager=people.mia), text="Elsewhere")
    client.force_login(people.mia)
    url = reverse("meeting_create")
    text = client.get(f"{url}?account={people.halden.pk}").content.decode()
    assert f'<option value="{goal.pk}">' in text
    assert f'<option value="{other.pk}">' not in text
    data = {"accounts": people.halden.pk, "subject": "The plan", "at": "2026-03-17T10:00", "minutes": 45}
    data |= {"channel": "online", "goal": other.pk}
    assert client.post(url, data).status_code == 422
    assert client.post(url, data | {"goal": goal.pk}).status_code == 303
    assert Meeting.objects.get().interaction.goal == goal


def test_wrong_values_are_refused_in_words(client: Client, people: Cast) -> None:
    meeting = with_agenda(people)
    hold_interaction(actor=people.mia, interaction=meeting.interaction)
    step: dict[str, Any] = {"text": "Send it", "owner": people.mia.pk, "due_on": "tomorrow"}
    assert "Enter a day" in post(client, people.mia, "meeting_step_add", meeting, status=422, **step)
    text = post(client, people.mia, "meeting_score", meeting, status=422, side="product")
    assert "Say of each criterion: met, partly, not_met." in text
    assert "This meeting is held" in post(client, people.mia, "meeting_send", meeting, status=422, contacts="x")
    assert not NextStep.objects.exists()


def test_my_day_shows_whose_turn_it_is(client: Client, people: Cast) -> None:
    def turn(person: User) -> str:
        client.force_login(person)
        assert reverse("meetings_waiting") in client.get("/").content.decode()
        return client.get(reverse("meetings_waiting"), headers={"HX-Request": "true"}).content.decode()

    meeting = with_agenda(people)
    assert "prepare</span>" in turn(people.mia)
    ask_review(actor=people.mia, meeting=meeting)
    assert turn(people.mia).strip() == ""
    assert "look at the agenda</span>" in turn(people.lars)
    assert "None waits for you" not in client.get(reverse("meetings_waiting")).content.decode()
    hold_interaction(actor=people.mia, interaction=meeting.interaction)
    assert "score</span>" in turn(people.lars)
    assert "score and close</span>" in turn(people.mia)


def test_the_page_asks_as_often_for_few_as_for_many(client: Client, people: Cast) -> None:
    def asked(meeting: Meeting) -> int:
        client.force_login(people.mia)
        client.get(reverse("meeting_detail", args=[meeting.pk]))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("meeting_detail", args=[meeting.pk])).status_code == 200
        return len(queries)

    set_goal(actor=people.mia, account=people.halden, text="Pilot in two plants", owner=people.mia)
    few = with_agenda(people)
    others = [build.contact(account=people.halden, name=f"Person {n}", email=f"p{n}@halden.example") for n in range(8)]
    many = planned(people, at=FRIDAY + dt.timedelta(days=30), contacts=[people.kari, *others])
    write_agenda(actor=people.mia, meeting=many, items=[Item(f"Item {n}", 5) for n in range(5)], version=1)
    counts = [asked(few), asked(many)]
    for meeting in (few, many):
        approve_agenda(actor=people.lars, meeting=meeting)
        counts.append(asked(meeting))
        hold_interaction(actor=people.mia, interaction=meeting.interaction)
        counts.append(asked(meeting))
    assert max(counts) - min(counts) <= 1
    assert max(counts) <= 12


def test_how_and_where_is_asked_for_when_it_is_opened(client: Client, people: Cast) -> None:
    meeting = planned(people)
    text = page_of(client, people.mia, meeting)
    url = reverse("meeting_describe", args=[meeting.pk])
    assert f'hx-get="{url}" hx-trigger="toggle from:closest details once"' in text
    assert 'name="channel"' not in text
    assert 'name="channel"' in client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert 'name="channel"' in client.get(url).content.decode()
    refused = post(client, people.mia, "meeting_describe", meeting, status=422, channel="online", link="ftp://x y")
    assert 'value="ftp://x y"' in refused


def test_a_step_that_is_done_elsewhere_has_the_page_look_again(client: Client, people: Cast) -> None:
    meeting = planned(people)
    text = page_of(client, people.mia, meeting)
    assert 'hx-trigger="touchpoints-changed from:body"' in text
    client.force_login(people.mia)
    piece = client.get(reverse("meeting_detail", args=[meeting.pk]), headers={"HX-Request": "true"}).content.decode()
    assert piece.lstrip().startswith('<div class="meeting stack" id="meeting"')
    data = {"version": 1, "text": "Their day", "kind": "normal", "minutes": "20", "led_by": ""}
    answer = client.post(reverse("meeting_agenda_write", args=[meeting.pk]), data, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, '{"toast": {"text": "The agenda is saved."}}')


def test_places_are_said(people: Cast) -> None:
    meeting = planned(people, setting=Setting("in_person", "Quay 2"))
    assert (meeting.is_remote, meeting.place) == (False, "Quay 2")
    assert AGENDA


def test_lists_show_how_the_ground_rules_stand_in_signs_that_are_read_aloud(client: Client, people: Cast) -> None:
    def asked() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as queries:
            words = client.get(reverse("meetings_waiting"), headers={"HX-Request": "true"}).content.decode()
        return words, len(queries)

    with_agenda(people)
    client.force_login(people.mia)
    asked()
    words, few = asked()
    line = words.partition('class="rules-line"')[2].partition("</ul>")[0]
    assert '<span class="hide-visually">Reviewed by sales: Open</span>' in line
    assert '<span class="hide-visually">Agenda fits: Met</span>' in line
    assert "Not too much contact" not in line
    with_agenda(people)
    words, many = asked()
    assert (words.count('class="rules-line"'), many) == (2, few)
    assert few <= 12
