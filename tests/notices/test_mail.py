from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from pmcrm.calendars.ical import Event, Method, read, write
from pmcrm.errors import RuleViolation
from pmcrm.notices.mail import Attachment, CalendarPart, NotSent, new_message_id, send
from tests.mail_servers import SmtpServer

AT = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
EVENT = Event(uid="1@pmcrm", start=AT, end=AT, zone="UTC", summary="Über Preise", stamp=AT)


def test_an_invitation_arrives_with_its_calendar_part(smtp_server: SmtpServer) -> None:
    calendar = CalendarPart(write([EVENT], Method.REQUEST), "REQUEST")
    sent = send(
        to=[("Zoë Kunde", "zoe@kunde.de")],
        copy_to=["bo@example.com"],
        subject="Gespräch\r\nBcc: evil@x.y",
        text="Hallo Zoë,\nbis bald.",
        sender_name="Ada Lovelace",
        reply_to=["ada@example.com"],
        calendar=calendar,
        attachments=[Attachment("Größe.bin", b"\x00\xff" * 1000)],
        in_reply_to="<before@x.y>",
    )
    (letter,) = smtp_server.letters
    assert (letter["Message-ID"], letter["In-Reply-To"]) == (sent, "<before@x.y>")
    assert letter["Subject"] == "Gespräch Bcc: evil@x.y"
    assert (letter["To"], letter["Cc"]) == ("Zoë Kunde <zoe@kunde.de>", "bo@example.com")
    assert (letter["From"], letter["Reply-To"]) == ("Ada Lovelace <pmcrm@localhost>", "ada@example.com")
    assert letter["Bcc"] is None
    parts = [part for part in letter.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == [
        "text/plain",
        "text/calendar",
        "application/ics",
        "application/octet-stream",
    ]
    assert (parts[1].get_param("method"), parts[1].get_content_charset()) == ("REQUEST", "utf-8")
    for part in parts[1:3]:
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert read(content).events == (EVENT,)
    assert (parts[3].get_filename(), parts[3].get_content()) == ("Größe.bin", b"\x00\xff" * 1000)


def test_a_second_try_is_the_same_mail(smtp_server: SmtpServer) -> None:
    chosen = new_message_id()
    for _ in range(2):
        assert send(to=["zoe@kunde.de"], subject="A", text="B", message_id=chosen) == chosen
    assert [letter["Message-ID"] for letter in smtp_server.letters] == [chosen, chosen]


@pytest.mark.parametrize("address", ["", "zoe", "zoe@", "zoe@kunde.de\r\nBcc: a@b.c", "zoë@kunde.de"])
def test_a_wrong_address_is_refused_in_words(smtp_server: SmtpServer, address: str) -> None:
    with pytest.raises(RuleViolation, match="is no e-mail address"):
        send(to=[address], subject="A", text="B")
    assert smtp_server.letters == []


def test_what_the_server_refuses_may_be_tried_again(smtp_server: SmtpServer, settings: Settings) -> None:
    smtp_server.refuses.add("zoe@kunde.de")
    with pytest.raises(NotSent) as refusal:
        send(to=["zoe@kunde.de"], subject="A", text="B")
    assert refusal.value.refused == ("zoe@kunde.de",)
    settings.EMAIL_PORT = 9  # nobody listens there
    with pytest.raises(NotSent) as silence:
        send(to=["bo@example.com"], subject="A", text="B")
    assert silence.value.refused == ()
