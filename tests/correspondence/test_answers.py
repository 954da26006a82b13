"""What customers answer to invitations: the whole way from our letter by real SMTP and IMAP back to the meeting."""

from __future__ import annotations

import pytest
import time_machine
from pytest_django import Settings

from correspondence.models import Letter
from correspondence.services.letters import upload
from correspondence.services.mailbox import read_mailbox
from meetings.models import Meeting
from meetings.services.outbox import send_invitations
from pmcrm.calendars.ical import Event, read
from tests.correspondence.conftest import letter
from tests.mail_servers import ImapServer, SmtpServer
from tests.meetings.cast import NOW, Cast, cast, reviewed
from tests.meetings.test_invitations import send
from touchpoints.models import Interaction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people() -> Cast:
    return cast()


def invited(people: Cast, smtp_server: SmtpServer) -> tuple[Meeting, Event]:
    meeting = reviewed(people)
    send(people, Meeting.objects.with_all().get(pk=meeting.pk))
    assert send_invitations() == 1
    (part,) = (part for part in smtp_server.letters[0].walk() if part.get_content_type() == "text/calendar")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return meeting, read(content).events[0]


def answered(event: Event, answer: str = "ACCEPTED", email: str = "kari@halden.example") -> bytes:
    made = letter(sender=f"Kari <{email}>", to="drop@pmcrm.example", subject="Accepted: Quarterly review", text="Yes")
    made.add_alternative(
        f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{event.uid}\r\nSEQUENCE:{event.sequence}\r\n"
        f"DTSTAMP:20260310T130000Z\r\nATTENDEE;PARTSTAT={answer}:mailto:{email}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        subtype="calendar",
        params={"method": "REPLY"},
    )
    return made.as_bytes()


def test_an_answer_by_mail_reaches_its_meeting(
    people: Cast, smtp_server: SmtpServer, imap_server: ImapServer, settings: Settings
) -> None:
    settings.IMAP_URL = imap_server.url
    meeting, event = invited(people, smtp_server)
    assert event.organizer is not None
    assert event.organizer.email == "drop@pmcrm.example"
    talks = Interaction.objects.count()
    imap_server.deliver(answered(event))
    assert read_mailbox() == 1
    assert meeting.invitees.get(contact=people.kari).answer == "accepted"
    mail = Letter.objects.get()
    assert (mail.state, mail.why) == ("answer", "Answer of kari@halden.example to an invitation.")
    assert Interaction.objects.count() == talks


def test_an_answer_to_nothing_of_ours_is_kept_apart(
    people: Cast, smtp_server: SmtpServer, imap_server: ImapServer, settings: Settings
) -> None:
    settings.IMAP_URL = imap_server.url
    meeting, event = invited(people, smtp_server)
    imap_server.deliver(answered(event, email="stranger@x.example"))
    read_mailbox()
    assert meeting.invitees.get(contact=people.kari).answer == ""
    assert Letter.objects.get().state == "quarantined"


def test_an_answer_that_came_to_oneself_is_brought_as_a_file(people: Cast, smtp_server: SmtpServer) -> None:
    meeting, event = invited(people, smtp_server)
    content = answered(event, "DECLINED")
    assert upload(actor=people.mia, content=content).state == "answer"
    assert upload(actor=people.mia, content=content).state == "answer"
    assert meeting.invitees.get(contact=people.kari).answer == "declined"
    assert Letter.objects.count() == 1
