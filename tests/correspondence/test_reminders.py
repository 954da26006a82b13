"""Reminders fire once, in the person's own zone, and follow what was moved."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from correspondence.models import Reminder
from correspondence.services.reminders import due_now, forget_old_reminders, mail_talks, send_digests
from pmcrm.notices.models import Wishes
from pmcrm.people.models import User
from tests import build
from tests.mail_servers import SmtpServer
from touchpoints.services.interactions import cancel_interaction, move_interaction

pytestmark = pytest.mark.django_db

TEN = dt.datetime(2026, 10, 21, 8, tzinfo=dt.UTC)
"""Ten in the morning in Berlin, a Wednesday."""


def at(minutes: int) -> time_machine.travel:
    return time_machine.travel(TEN + dt.timedelta(minutes=minutes), tick=False)


@pytest.fixture
def ada() -> User:
    return build.user("product_manager", name="Ada", time_zone="Europe/Berlin", email="ada@pmcrm.example")


def told(person: User) -> list[str]:
    return [one.text for one in due_now(person=person)]


def test_a_talk_is_told_once_a_quarter_of_an_hour_before(ada: User) -> None:
    build.interaction(
        build.account(name="Acme"), author=ada, at=TEN, kind="meeting", status="planned", subject="Prices"
    )
    with at(-16):
        assert told(ada) == []
    with at(-15):
        assert told(ada) == []
    with at(-14):
        assert told(ada) == ["08:00 Meeting with Acme: Prices"]
        assert told(ada) == []
    with at(5):
        assert told(ada) == []


def test_a_moved_talk_is_told_for_its_new_time_and_a_cancelled_one_not(ada: User) -> None:
    acme = build.account(name="Acme")
    talk = build.interaction(acme, author=ada, at=TEN, kind="meeting", status="planned")
    off = build.interaction(acme, author=ada, at=TEN, status="planned")
    with at(-30):
        move_interaction(actor=ada, interaction=talk, to=TEN + dt.timedelta(hours=1))
        cancel_interaction(actor=ada, interaction=off)
    with at(-10):
        assert told(ada) == []
    with at(50):
        assert told(ada) == ["09:00 Meeting with Acme"]
    with at(51):
        move_interaction(actor=ada, interaction=talk, to=TEN + dt.timedelta(hours=2))
    with at(110):
        assert told(ada) == ["10:00 Meeting with Acme"]


def test_each_as_early_as_they_want(ada: User) -> None:
    build.interaction(build.account(), author=ada, at=TEN, status="planned")
    Wishes.objects.create(person=ada, remind_minutes=0)
    with at(-5):
        assert told(ada) == []
    Wishes.objects.update(remind_minutes=120)
    with at(-119):
        assert len(told(ada)) == 1


def test_next_steps_are_told_together_in_the_own_morning(ada: User) -> None:
    acme = build.account()
    for day in (20, 21, 22):
        build.next_step(account=acme, owner=ada, due_on=dt.date(2026, 10, day))
    with time_machine.travel(dt.datetime(2026, 10, 21, 5, 59, tzinfo=dt.UTC), tick=False):
        assert told(ada) == []
    with time_machine.travel(dt.datetime(2026, 10, 21, 6, 0, tzinfo=dt.UTC), tick=False):
        assert told(ada) == ["2 next steps are due."]
        assert told(ada) == []


def test_the_page_asks_and_hears(ada: User) -> None:
    talk = build.interaction(build.account(name="Acme"), author=ada, at=TEN, status="planned")
    client = Client()
    client.force_login(ada)
    with at(-5):
        answer = client.get("/reminders/")
        assert answer.status_code == 204
        told = {"text": "10:00 Call with Acme", "url": f"/interactions/{talk.pk}/", "label": "Open"}
        assert json.loads(answer["HX-Trigger"]) == {"reminders": [told]}
        assert "HX-Trigger" not in client.get("/reminders/")


def test_the_digest_comes_once_each_working_morning(ada: User, smtp_server: SmtpServer) -> None:
    Wishes.objects.create(person=ada, has_digest=True)
    acme = build.account(name="Acme")
    build.interaction(acme, author=ada, at=TEN, kind="meeting", status="planned", subject="Prices")
    build.next_step(account=acme, owner=ada, due_on=dt.date(2026, 10, 21), text="Send figures")
    with at(-5 * 60):
        assert send_digests() == 0
    with at(-3 * 60):
        assert (send_digests(), send_digests()) == (1, 0)
    (letter,) = smtp_server.letters
    assert (letter["To"], letter["Subject"]) == ("ada@pmcrm.example", "Your day with customers")
    text = letter.get_content()
    assert "  10:00  Meeting: Acme" in text
    assert "  – Send figures" in text
    with time_machine.travel(dt.datetime(2026, 10, 24, 6, tzinfo=dt.UTC), tick=False):
        assert send_digests() == 0  # a Saturday


def test_no_digest_comes_on_a_holiday_of_the_own_country(ada: User, smtp_server: SmtpServer) -> None:
    oslo = build.user(name="Oda", time_zone="Europe/Oslo", email="oda@pmcrm.example")
    nowhere = build.user(name="Uwe", time_zone="UTC", email="uwe@pmcrm.example")
    unity, constitution = dt.date(2028, 10, 3), dt.date(2028, 5, 17)
    for person in (ada, oslo, nowhere):
        Wishes.objects.create(person=person, has_digest=True)
        for day in (unity, constitution):
            at = dt.datetime.combine(day, dt.time(12), dt.UTC)
            build.interaction(build.account(), author=person, at=at, status="planned")
    for day, told in ((unity, ["oda", "uwe"]), (constitution, ["ada", "uwe"])):
        smtp_server.letters.clear()
        with time_machine.travel(dt.datetime.combine(day, dt.time(7), dt.UTC), tick=False):
            assert send_digests() == 2
        assert sorted(mail["To"] for mail in smtp_server.letters) == [f"{name}@pmcrm.example" for name in told]


def test_a_mail_comes_before_each_talk_once_and_again_when_it_moved(ada: User, smtp_server: SmtpServer) -> None:
    acme = build.account(name="Acme")
    talk = build.interaction(acme, author=ada, at=TEN, kind="meeting", status="planned", subject="Prices")
    build.interaction(acme, author=ada, at=TEN, kind="mail", status="planned")
    off = build.interaction(acme, author=ada, at=TEN, status="planned")
    with at(-80):
        assert mail_talks() == 0  # nobody wished for it
        Wishes.objects.create(person=ada, mail_minutes=60)
        cancel_interaction(actor=ada, interaction=off)
        assert mail_talks() == 0
    with at(-74):
        assert (mail_talks(), mail_talks()) == (1, 0)
    (letter,) = smtp_server.letters
    assert (letter["To"], letter["Subject"]) == ("ada@pmcrm.example", "10:00 Meeting with Acme: Prices")
    assert f"/interactions/{talk.pk}/" in letter.get_content()
    with at(-50):
        move_interaction(actor=ada, interaction=talk, to=TEN + dt.timedelta(hours=1))
        assert mail_talks() == 0
    with at(-10):
        assert (mail_talks(), mail_talks()) == (1, 0)
    assert smtp_server.letters[1]["Subject"] == "11:00 Meeting with Acme: Prices"


def test_a_digest_that_could_not_go_goes_later(ada: User, smtp_server: SmtpServer, settings: Settings) -> None:
    Wishes.objects.create(person=ada, has_digest=True)
    build.interaction(build.account(), author=ada, at=TEN, status="planned")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    with at(-180):
        assert send_digests() == 0
        assert not Reminder.objects.exists()
        settings.EMAIL_PORT = port
        assert send_digests() == 1


def test_nobody_gets_an_empty_digest(ada: User, smtp_server: SmtpServer) -> None:
    Wishes.objects.create(person=ada, has_digest=True)
    with at(-180):
        assert send_digests() == 0
    assert smtp_server.letters == []


def test_old_reminders_are_forgotten(ada: User) -> None:
    Reminder.objects.create(person=ada, key="old", made_at=TEN - dt.timedelta(days=61))
    Reminder.objects.create(person=ada, key="new", made_at=TEN - dt.timedelta(days=59))
    with at(0):
        assert forget_old_reminders() == 1
    assert Reminder.objects.get().key == "new"
