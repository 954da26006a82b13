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


def test_a_word_beside_an_answer_is_kept_with_it(
    people: Cast, smtp_server: SmtpServer, imap_server: ImapServer, settings: Settings
) -> None:
    settings.IMAP_URL = imap_server.url
    meeting, event = invited(people, smtp_server)
    imap_server.deliver(answered(event, "DECLINED"))
    assert read_mailbox() == 1
    found = meeting.invitees.get(contact=people.kari)
    assert (found.answer, found.comment) == ("declined", "Yes")


def test_an_answer_in_words_to_the_address_of_the_invitation_reaches_the_organiser(
    people: Cast, smtp_server: SmtpServer, imap_server: ImapServer, settings: Settings
) -> None:
    """A plain answer goes to the organiser's own address; some programs write to the one that takes answers."""
    settings.IMAP_URL = imap_server.url
    meeting, _event = invited(people, smtp_server)
    assert smtp_server.letters[0]["Reply-To"] == meeting.organiser.email
    talks, told = Interaction.objects.count(), {"to": "drop@pmcrm.example", "text": "Could we begin at ten?"}
    reply = letter(sender="Kari <elsewhere@home.example>", In_Reply_To=smtp_server.letters[0]["Message-ID"], **told)
    own = letter(sender="Kari <kari@halden.example>", message_id="<2@halden.example>", **told)
    other = letter(sender="Eve <eve@nowhere.example>", message_id="<3@nowhere.example>", **told)
    for one in (reply, own, other):
        imap_server.deliver(one.as_bytes())
    assert read_mailbox() == 3
    ours = Letter.objects.filter(person=meeting.organiser)
    assert [(one.state, one.text.strip()) for one in ours] == [("waiting", "Could we begin at ten?")] * 2
    assert "answered in words" in ours[0].why
    paths = set(meeting.organiser.notices.filter(kind="meeting_answered").values_list("path", flat=True))
    assert paths == {one.get_absolute_url() for one in ours}
    assert Letter.objects.get(sender_email="eve@nowhere.example").state == "quarantined"
    assert Interaction.objects.count() == talks
