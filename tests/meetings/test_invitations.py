"""An agenda goes to the customer: by real mail, once, and what they answer comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
import time_machine
from django.test import Client

from meetings.models import InvitationMail, Meeting
from meetings.services.answers import enter_answer, take_answer
from meetings.services.judging import strip_of
from meetings.services.letters import contacts_to_write, digest_of, is_outdated
from meetings.services.outbox import send_invitations
from meetings.services.planning import Setting, describe_meeting, write_agenda, write_criteria
from meetings.services.reviewing import approve_agenda, ask_review, override_rule
from meetings.services.sending import call_off, preview, send_meeting
from meetings.services.waiting import waiting_for
from pmcrm.errors import RuleViolation
from pmcrm.notices.models import Notice
from pmcrm.people.models import Organisation
from tests import build
from tests.mail_servers import SmtpServer
from tests.meetings.cast import AGENDA, FRIDAY, NOW, Cast, again, cast, planned, reviewed, with_agenda
from touchpoints.models import HoldOverride
from touchpoints.services.holds import place_hold
from touchpoints.services.interactions import cancel_interaction, move_interaction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        Organisation.objects.update_or_create(pk=1, defaults={"name": "Nordic Harbour", "time_zone": "UTC"})
        yield


@pytest.fixture
def people() -> Cast:
    return cast()


def send(people: Cast, meeting: Meeting, *, reason: str = "") -> Meeting:
    meeting = again(meeting)
    contacts = contacts_to_write(meeting, people.mia)
    send_meeting(
        actor=people.mia, meeting=meeting, contacts=contacts, digest=digest_of(meeting), override_reason=reason
    )
    return again(meeting)


def event_in(letter: EmailMessage) -> tuple[icalendar.Calendar, icalendar.Event]:
    (part,) = [one for one in letter.walk() if one.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = icalendar.Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert isinstance(calendar, icalendar.Calendar)
    assert isinstance(event, icalendar.Event)
    assert part.get_param("method") == str(calendar["METHOD"])
    return calendar, event


def words_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_the_agenda_goes_out_once_with_an_invitation(people: Cast, smtp_server: SmtpServer) -> None:
    meeting = send(people, reviewed(people, notes="They owe us an answer"))
    assert (meeting.state, meeting.sent_at, meeting.is_late, meeting.sequence) == ("sent", NOW, False, 0)
    assert smtp_server.letters == []
    assert send_invitations() == 1
    assert send_invitations() == 0
    (letter,) = smtp_server.letters
    assert (letter["To"], letter["Reply-To"]) == ("kari@halden.example", "mia@example.com")
    assert "Nordic Harbour" in letter["From"]
    assert letter["Subject"] == "Quarterly review, 13 Mar 2026"
    assert letter["Message-ID"] == InvitationMail.objects.get().message_id
    calendar, event = event_in(letter)
    assert calendar["METHOD"] == "REQUEST"
    assert (str(event["UID"]), event["SEQUENCE"], str(event["SUMMARY"])) == (meeting.uid, 0, "Quarterly review")
    assert event.decoded("DTSTART").astimezone(dt.UTC) == FRIDAY
    assert event.decoded("DTEND").astimezone(dt.UTC) == FRIDAY + dt.timedelta(minutes=45)
    assert str(event["ATTENDEE"]) == "mailto:kari@halden.example"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert str(event["ORGANIZER"]) == "mailto:mia@example.com"
    text = words_of(letter)
    assert "Nordic Harbour would like to meet you." in text
    assert "- How the berth plan is used (20 min, Mia Manager)\n- What we measure (15 min)\n" in text
    assert "10:00" in text  # by the clock in Oslo
    assert "https://meet.example/halden" in text


def test_nothing_internal_goes_out(people: Cast, smtp_server: SmtpServer) -> None:
    send(people, reviewed(people, notes="They owe us an answer"))
    send_invitations()
    raw = words_of(smtp_server.letters[0]) + str(event_in(smtp_server.letters[0])[1].to_ical())
    for internal in ("owe us", "Knows what to measure", "istening", "reviewed"):
        assert internal not in raw


def test_each_person_is_named_in_their_own_letter_only(people: Cast, smtp_server: SmtpServer) -> None:
    ola = build.contact(account=people.halden, name="Ola Nord", email="ola@halden.example")
    send(people, reviewed(people, contacts=[people.kari, ola]))
    assert send_invitations() == 2
    for letter, other in zip(smtp_server.letters, ("ola@", "kari@"), strict=True):
        assert other not in letter.as_string()


def test_only_what_was_looked_at_goes_out(people: Cast) -> None:
    meeting = reviewed(people)
    digest = digest_of(meeting)
    meeting.interaction.subject = "Prices"
    meeting.interaction.save()
    with pytest.raises(RuleViolation, match="Something changed since you looked at it"):
        send_meeting(actor=people.mia, meeting=meeting, contacts=[people.kari], digest=digest)
    assert again(meeting).state == "sales_reviewed"
    assert not InvitationMail.objects.exists()


def test_nothing_goes_out_without_review_and_criteria_but_by_an_override(people: Cast) -> None:
    meeting = planned(people)
    write_agenda(actor=people.mia, meeting=meeting, items=AGENDA, version=1)
    with pytest.raises(RuleViolation, match="Lars Owner should see the agenda first"):
        send(people, meeting)
    assert not InvitationMail.objects.exists()
    override_rule(actor=people.mia, meeting=meeting, rule="reviewed", reason="He is on leave")
    override_rule(actor=people.mia, meeting=meeting, rule="criteria", reason="Only to listen")
    meeting = send(people, meeting)
    assert meeting.state == "sent"
    found = {one.slug: one.state.value for one in strip_of(meeting)}
    assert (found["reviewed"], found["criteria"], found["sent"]) == ("overridden", "overridden", "met")


def test_an_empty_agenda_never_goes_out(people: Cast) -> None:
    meeting = planned(people)
    write_criteria(actor=people.mia, meeting=meeting, texts=["They speak"], version=1)
    override_rule(actor=people.mia, meeting=meeting, rule="reviewed", reason="He is on leave")
    with pytest.raises(RuleViolation, match="There is no agenda"):
        send(people, meeting)


def test_sent_three_hours_before_is_late(people: Cast) -> None:
    meeting = reviewed(people)
    with time_machine.travel(FRIDAY - dt.timedelta(hours=3), tick=False):
        meeting = send(people, meeting)
        assert meeting.is_late is True
        assert next(one.state.value for one in strip_of(meeting) if one.slug == "sent") == "broken"


def test_a_hold_takes_a_reason(people: Cast) -> None:
    meeting = reviewed(people)
    place_hold(actor=people.lars, account=people.halden, reason="We sign on Friday")
    with pytest.raises(RuleViolation, match="Lars Owner asks not to contact Halden Maritime now"):
        send(people, meeting)
    assert again(meeting).state == "sales_reviewed"
    assert send(people, meeting, reason="They asked for it").state == "sent"
    assert HoldOverride.objects.get().reason == "They asked for it"


def test_a_moved_meeting_asks_for_an_update_and_everybody_is_asked_anew(people: Cast, smtp_server: SmtpServer) -> None:
    meeting = send(people, reviewed(people))
    send_invitations()
    (kari,) = meeting.invitees.filter(contact=people.kari)
    enter_answer(actor=people.mia, invitee=kari, answer="accepted")
    later = FRIDAY + dt.timedelta(days=4)
    move_interaction(actor=people.mia, interaction=meeting.interaction, to=later)
    meeting = again(meeting)
    assert is_outdated(meeting)
    meeting = send(people, meeting)
    assert not is_outdated(meeting)
    assert (meeting.sequence, meeting.invitees.get(contact=people.kari).answer) == (1, "")
    send_invitations()
    update = smtp_server.letters[1]
    assert update["Subject"] == "Changed: Quarterly review, 17 Mar 2026"
    _calendar, event = event_in(update)
    assert (str(event["UID"]), event["SEQUENCE"]) == (meeting.uid, 1)
    assert event.decoded("DTSTART").astimezone(dt.UTC) == later


def test_who_is_not_asked_any_more_gets_a_cancellation(people: Cast, smtp_server: SmtpServer) -> None:
    ola = build.contact(account=people.halden, name="Ola Nord", email="ola@halden.example")
    meeting = send(people, reviewed(people, contacts=[people.kari, ola]))
    send_invitations()
    send_meeting(actor=people.mia, meeting=meeting, contacts=[people.kari], digest=digest_of(meeting))
    send_invitations()
    assert [(one["To"], str(event_in(one)[0]["METHOD"])) for one in smtp_server.letters[2:]] == [
        ("kari@halden.example", "REQUEST"),
        ("ola@halden.example", "CANCEL"),
    ]


def test_a_cancelled_meeting_is_called_off_by_a_person(people: Cast, smtp_server: SmtpServer) -> None:
    meeting = send(people, reviewed(people))
    send_invitations()
    cancel_interaction(actor=people.mia, interaction=meeting.interaction, reason="Strike")
    meeting = again(meeting)
    assert (send_invitations(), meeting.customer_has_it) == (0, True)
    call_off(actor=people.mia, meeting=meeting, digest=digest_of(meeting))
    assert again(meeting).customer_has_it is False
    send_invitations()
    letter = smtp_server.letters[1]
    calendar, event = event_in(letter)
    assert (str(calendar["METHOD"]), event["SEQUENCE"], str(event["STATUS"])) == ("CANCEL", 1, "CANCELLED")
    assert "Strike" not in letter.as_string()
    call_off(actor=people.mia, meeting=meeting, digest=digest_of(again(meeting)))
    assert send_invitations() == 0


def test_what_the_server_refuses_is_tried_again(people: Cast, smtp_server: SmtpServer) -> None:
    smtp_server.refuses.add("kari@halden.example")
    send(people, reviewed(people))
    assert send_invitations() == 0
    row = InvitationMail.objects.get()
    assert (row.attempts, row.sent_at, row.not_before) == (1, None, NOW + dt.timedelta(minutes=2))
    smtp_server.refuses.clear()
    assert send_invitations() == 0  # not before its time
    with time_machine.travel(NOW + dt.timedelta(minutes=2), tick=False):
        assert send_invitations() == 1
    assert smtp_server.letters[0]["Message-ID"] == row.message_id


def test_what_waits_is_overtaken_by_what_is_newer(people: Cast, smtp_server: SmtpServer) -> None:
    meeting = send(people, reviewed(people))
    move_interaction(actor=people.mia, interaction=meeting.interaction, to=FRIDAY + dt.timedelta(days=4))
    send(people, meeting)
    assert send_invitations() == 1
    assert event_in(smtp_server.letters[0])[1]["SEQUENCE"] == 1


def test_the_preview_is_what_goes_out(people: Cast, smtp_server: SmtpServer) -> None:
    meeting = reviewed(people)
    (letter,) = preview(meeting, [people.kari])
    send(people, meeting)
    send_invitations()
    assert words_of(smtp_server.letters[0]) == letter.text


# Answers -------------------------------------------------------------------------------------------------------------


def answer(meeting: Meeting, **fields: object) -> str:
    given: dict[str, object] = {
        "uid": meeting.uid,
        "email": "Kari@Halden.example",
        "answer": "accepted",
        "sequence": 0,
        "at": NOW,
    }
    return str(take_answer(**given | fields))  # type: ignore[arg-type]  # a test names one field


def test_an_answer_is_taken_once(people: Cast) -> None:
    meeting = send(people, reviewed(people))
    assert answer(meeting, comment="Gladly") == "taken"
    assert answer(meeting) == "known"
    (kari,) = meeting.invitees.filter(contact=people.kari)
    assert (kari.answer, kari.comment, kari.answered_at) == ("accepted", "Gladly", NOW)
    assert list(Notice.objects.filter(kind="meeting_answered").values_list("person__name", flat=True)) == [
        "Mia Manager"
    ]
    assert answer(meeting, answer="declined", at=NOW + dt.timedelta(hours=1)) == "taken"
    assert answer(meeting, answer="accepted", at=NOW) == "known"
    kari.refresh_from_db()
    assert kari.answer == "declined"


def test_answers_that_change_nothing(people: Cast) -> None:
    meeting = send(people, reviewed(people))
    assert answer(meeting, uid="nobody") == "unknown_meeting"
    assert answer(meeting, email="ola@halden.example") == "unknown_person"
    with pytest.raises(ValueError, match="perhaps"):
        answer(meeting, answer="perhaps")
    move_interaction(actor=people.mia, interaction=meeting.interaction, to=FRIDAY + dt.timedelta(days=4))
    meeting = send(people, meeting)
    assert answer(meeting, sequence=0) == "outdated"
    assert not meeting.invitees.exclude(answer="").exists()


def test_a_meeting_of_ours_alone_has_nobody_to_write_to(people: Cast) -> None:
    meeting = with_agenda(people, contacts=[])
    override_rule(actor=people.mia, meeting=meeting, rule="reviewed", reason="He is on leave")
    with pytest.raises(RuleViolation, match="Choose somebody to send it to"):
        send(people, meeting)


def test_what_changes_after_it_went_out_is_looked_at_again(people: Cast) -> None:
    meeting = send(people, reviewed(people))
    setting = Setting("in_person", "Quay 2")
    describe_meeting(actor=people.mia, meeting=meeting, setting=setting, version=meeting.version)
    meeting = send(people, meeting)
    assert (meeting.sequence, meeting.reviewed_at) == (1, NOW)
    write_agenda(actor=people.mia, meeting=meeting, items=AGENDA[:1], version=meeting.version)
    meeting = again(meeting)
    assert (meeting.state, meeting.reviewed_at, meeting.review_asked_at) == ("sent", None, None)
    with pytest.raises(RuleViolation, match="Lars Owner should see what changed before they get it"):
        send(people, meeting)
    assert (again(meeting).sequence, meeting.invitations.count()) == (1, 2)
    ask_review(actor=people.mia, meeting=meeting)
    assert list(Meeting.objects.waiting_for_review_by(people.lars)) == [meeting]
    assert [one.word for one in waiting_for(people.lars)] == ["look at the agenda"]
    approve_agenda(actor=people.lars, meeting=meeting)
    assert list(Meeting.objects.waiting_for_review_by(people.lars)) == []
    meeting = send(people, meeting)
    assert (meeting.state, meeting.sequence, meeting.told["items"]) == (
        "sent",
        2,
        [{"text": "How the berth plan is used", "minutes": 20, "led_by": "Mia Manager"}],
    )
    write_criteria(actor=people.mia, meeting=meeting, texts=["They speak"], version=meeting.version)
    with pytest.raises(RuleViolation, match="Lars Owner should see what changed before they get it"):
        send(people, meeting)


def test_the_page_says_that_sales_looks_again(client: Client, people: Cast) -> None:
    meeting = send(people, reviewed(people))
    client.force_login(people.mia)
    text = client.get(meeting.get_absolute_url()).content.decode()
    assert "Once it is changed, Lars Owner looks at it again before the update goes out." in text
    write_agenda(actor=people.mia, meeting=meeting, items=AGENDA[:1], version=meeting.version)
    text = client.get(meeting.get_absolute_url()).content.decode()
    assert "This is not what they have. Lars Owner looks at it before the update goes out." in text
    assert "Ask sales to look" in text


def how_sent(meeting: Meeting) -> tuple[str, str]:
    found = next(one for one in strip_of(again(meeting)) if one.slug == "sent")
    return found.state.value, found.says


def test_the_sending_of_this_time_and_agenda_counts(people: Cast) -> None:
    meeting = send(people, reviewed(people))
    assert how_sent(meeting) == ("met", "They had the agenda in time.")
    with time_machine.travel(NOW + dt.timedelta(days=1, hours=3), tick=False):  # less than two working days before
        send(people, meeting)
        assert (again(meeting).sent_at, how_sent(meeting)[0]) == (NOW, "met")
        write_agenda(actor=people.mia, meeting=meeting, items=AGENDA[:1], version=meeting.version)
        assert how_sent(meeting) == ("broken", "What they have is out of date.")
        approve_agenda(actor=people.lars, meeting=meeting)
        meeting = send(people, meeting)
        assert (meeting.is_late, how_sent(meeting)) == (True, ("broken", "They had the agenda late."))
        move_interaction(actor=people.mia, interaction=meeting.interaction, to=FRIDAY + dt.timedelta(days=10))
        assert how_sent(meeting) == ("open", "What they have is out of date.")
        meeting = send(people, meeting)
        assert (meeting.is_late, how_sent(meeting)) == (False, ("met", "They had the agenda in time."))


def test_late_is_said_of_the_present_time(client: Client, people: Cast) -> None:
    meeting = reviewed(people)
    client.force_login(people.mia)
    with time_machine.travel(FRIDAY - dt.timedelta(hours=3), tick=False):
        send(people, meeting)
        assert "Sent late" in client.get(meeting.get_absolute_url()).content.decode()
        move_interaction(actor=people.mia, interaction=meeting.interaction, to=FRIDAY + dt.timedelta(days=10))
        assert "Sent late" not in client.get(meeting.get_absolute_url()).content.decode()


def test_an_answer_to_an_earlier_mail_of_the_same_time_and_agenda_is_taken(people: Cast) -> None:
    meeting = send(people, send(people, reviewed(people)))
    assert (meeting.sequence, meeting.told_since) == (1, 0)
    given: dict[str, Any] = {"uid": meeting.uid, "email": "kari@halden.example", "answer": "accepted", "sequence": 0}
    assert take_answer(at=NOW, **given) == "taken"
    move_interaction(actor=people.mia, interaction=meeting.interaction, to=FRIDAY + dt.timedelta(days=4))
    meeting = send(people, meeting)
    assert (meeting.sequence, meeting.told_since) == (2, 2)
    given["sequence"] = 1
    assert take_answer(at=NOW + dt.timedelta(hours=1), **given) == "outdated"
    assert take_answer(at=NOW + dt.timedelta(hours=1), **given) == "outdated"
    assert meeting.invitees.get(contact=people.kari).answer == ""
    told = Notice.objects.filter(kind="answer_outdated").values_list("person__name", "path")
    assert list(told) == [("Mia Manager", meeting.get_absolute_url())]
