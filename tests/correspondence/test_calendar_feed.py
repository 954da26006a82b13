"""A person's own calendar, as calendar programs read it: without a session, by a secret address."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from correspondence.services.feed import renew_feed, revoke_feed
from pmcrm.calendars.ical import Event, read
from pmcrm.notices.models import Wishes
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(dt.datetime(2026, 10, 20, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def ada() -> User:
    return build.user("product_manager", name="Ada Lovelace", time_zone="Europe/Berlin")


def entries(token: str) -> dict[str, Event]:
    answer = Client().get(f"/calendar/{token}.ics")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {event.summary: event for event in read(answer.content).events}


def test_planned_talks_and_next_steps_stand_in_it(ada: User) -> None:
    acme = build.account(name="Acme")
    at = dt.datetime(2026, 10, 27, 9, tzinfo=BERLIN)
    talk = build.interaction(acme, author=ada, at=at, kind="meeting", status="planned", subject="Preise", minutes=45)
    talk.contacts.add(build.contact(account=acme, name="Kari Lund"))
    build.interaction(acme, author=ada, at=at, status="cancelled", subject="Off")
    build.interaction(acme, author=build.user(), at=at, status="planned", subject="Of another")
    build.interaction(acme, author=ada, at=at - dt.timedelta(days=60), subject="Long ago")
    build.interaction(acme, author=ada, at=at + dt.timedelta(days=400), status="planned", subject="Far")
    build.next_step(account=acme, owner=ada, due_on=dt.date(2026, 10, 22), text="Send figures")
    found = entries(renew_feed(actor=ada))
    assert sorted(found) == ["Meeting: Acme – Preise", "Next step: Send figures"]
    event = found["Meeting: Acme – Preise"]
    assert (event.start, event.end, event.zone) == (at, at + dt.timedelta(minutes=45), "Europe/Berlin")
    assert event.description == f"Kari Lund\nhttp://127.0.0.1:8000/interactions/{talk.pk}/"
    step = found["Next step: Send figures"]
    assert (step.start, step.end) == (dt.date(2026, 10, 22), dt.date(2026, 10, 23))
    Wishes.objects.update(feed_has_steps=False)
    assert sorted(entries(renew_feed(actor=ada))) == ["Meeting: Acme – Preise"]


def test_nine_stays_nine_over_the_change_of_the_clock(ada: User) -> None:
    acme = build.account(name="Acme")
    for day in (24, 25, 26):
        at = dt.datetime(2026, 10, day, 9, tzinfo=BERLIN)
        build.interaction(acme, author=ada, at=at, kind="meeting", status="planned", subject=f"{day}")
    late = dt.datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN)
    build.interaction(acme, author=ada, at=late, kind="meeting", status="planned", minutes=120, subject="Night")
    answer = Client().get(f"/calendar/{renew_feed(actor=ada)}.ics")
    text = answer.content.decode()
    for day in (24, 25, 26):
        assert f"DTSTART;TZID=Europe/Berlin:202610{day}T090000\r\n" in text
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert {event.summary: event.minutes for event in read(answer.content).events}["Meeting: Acme – Night"] == 120
    starts = [str(entry.decoded("DTSTART")) for entry in Calendar.from_ical(answer.content).walk("VEVENT")]
    assert starts == [
        "2026-10-24 09:00:00+02:00",
        "2026-10-25 01:30:00+02:00",
        "2026-10-25 09:00:00+01:00",
        "2026-10-26 09:00:00+01:00",
    ]


def test_private_words_are_for_who_may_see_them(ada: User) -> None:
    acme, bo = build.account(name="Acme"), build.user("product_lead")
    at = dt.datetime(2026, 10, 27, 9, tzinfo=dt.UTC)
    talk = build.interaction(acme, author=bo, at=at, status="planned", subject="Secret", is_private=True)
    assert entries(renew_feed(actor=ada)) == {}
    talk.colleagues.add(ada)
    assert entries(renew_feed(actor=ada))["Call: Acme – Secret"].is_private


def test_only_the_newest_secret_opens_it_and_only_while_its_person_works_here(ada: User) -> None:
    old = renew_feed(actor=ada)
    new = renew_feed(actor=ada)
    assert [Client().get(f"/calendar/{token}.ics").status_code for token in (old, new, "x")] == [404, 200, 404]
    assert old not in str(Wishes.objects.values())
    assert new not in str(Wishes.objects.values())
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert Client().get(f"/calendar/{new}.ics").status_code == 404
    User.objects.filter(pk=ada.pk).update(is_active=True)
    revoke_feed(actor=ada)
    assert Client().get(f"/calendar/{new}.ics").status_code == 404
    verbs = list(TrailEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["feed.made", "feed.renewed", "feed.revoked"]


def test_a_program_that_knows_it_already_gets_nothing_new(ada: User) -> None:
    acme, token = build.account(), renew_feed(actor=ada)
    first = Client().get(f"/calendar/{token}.ics")
    assert "Set-Cookie" not in first
    known = {"If-None-Match": first["ETag"]}
    assert Client().get(f"/calendar/{token}.ics", headers=known).status_code == 304
    since = {"If-Modified-Since": first["Last-Modified"]}
    assert Client().get(f"/calendar/{token}.ics", headers=since).status_code == 304
    build.interaction(acme, author=ada, at=dt.datetime(2026, 10, 27, 9, tzinfo=dt.UTC), status="planned")
    changed = Client().get(f"/calendar/{token}.ics", headers=known)
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


def test_guessing_is_slowed_down(ada: User) -> None:
    answers = [Client().get(f"/calendar/guess{number}.ics").status_code for number in range(31)]
    assert answers == [404] * 30 + [429]
    token = renew_feed(actor=ada)
    asked = [Client().get(f"/calendar/{token}.ics").status_code for _ in range(121)]
    assert asked == [200] * 120 + [429]


@pytest.mark.parametrize("number", [1, 30])
def test_the_same_few_queries_for_few_and_many(ada: User, number: int) -> None:
    acme, token = build.account(), renew_feed(actor=ada)
    for day in range(number):
        at = dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC) + dt.timedelta(days=day)
        talk = build.interaction(acme, author=ada, at=at, status="planned")
        talk.contacts.add(build.contact(account=acme))
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(f"/calendar/{token}.ics").status_code == 200
    assert len(queries) == 5


def test_its_address_is_shown_once_on_the_own_page(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    made = client.post("/settings/calendar-feed/renew/")
    assert made.status_code == 201
    address = made.context["feed"]
    assert address in made.content.decode()
    assert Client().get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert address not in client.get("/settings/mail-and-calendar/").content.decode()
    assert client.post("/settings/calendar-feed/revoke/").status_code == 303
    assert Client().get(address.removeprefix("http://127.0.0.1:8000")).status_code == 404
