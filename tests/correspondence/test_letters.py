"""Mails that come in: whose they are, where they are logged, and that nothing is lost."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest

from accounts.models import Account, Contact
from correspondence.models import Letter, LetterState
from correspondence.services.letters import (
    assign_letter,
    discard_letter,
    forget_handled_bytes,
    log_letter,
    put_aside,
    take_in,
    upload,
)
from pmcrm.errors import RuleViolation
from pmcrm.files.models import Attachment
from pmcrm.notices.drop import drop_address
from pmcrm.notices.models import Wishes
from pmcrm.people.models import User
from tests import build
from tests.correspondence.conftest import dropped, letter
from touchpoints.models import Interaction

pytestmark = pytest.mark.django_db


def one(content: bytes) -> Letter:
    (made,) = take_in(content)
    return Letter.objects.get(pk=made.pk)


def test_a_mail_to_a_customer_stands_on_the_timeline(pm: User, kari: Contact, acme: Account) -> None:
    mail = one(dropped(pm))
    assert (mail.state, mail.person, mail.is_incoming, mail.text, mail.why) == ("logged", pm, False, "", "")
    talk = Interaction.objects.get()
    assert talk == mail.interaction
    assert (talk.kind, talk.status, talk.subject, talk.notes) == ("mail", "held", "Prices", "As promised.")
    assert (talk.is_incoming, talk.is_private, talk.author) == (False, True, pm)
    assert talk.at == dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
    assert (list(talk.accounts.all()), list(talk.contacts.all())) == ([acme], [kari])


def test_a_private_mail_is_for_its_person_and_the_colleagues_in_it(pm: User, kari: Contact) -> None:
    bo, lead = build.user(email="bo@pmcrm.example"), build.user("product_lead")
    one(dropped(pm, to="kari@acme.example, Bo <bo@pmcrm.example>"))
    seen = {user.pk: Interaction.objects.visible_to(user).count() for user in (pm, bo, lead)}
    assert seen == {pm.pk: 1, bo.pk: 1, lead.pk: 0}


def test_mails_are_open_to_all_where_their_person_says_so(pm: User, kari: Contact) -> None:
    Wishes.objects.create(person=pm, mail_is_private=False)
    one(dropped(pm))
    assert not Interaction.objects.get().is_private


def test_the_same_mail_comes_in_once(pm: User, kari: Contact) -> None:
    first = one(dropped(pm))
    assert one(dropped(pm)) == first
    # The same mail by another way: other bytes, the same Message-ID.
    assert upload(actor=pm, content=letter().as_bytes()) == first
    assert (Letter.objects.count(), Interaction.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "mark",
    [
        "---------- Forwarded message ---------\nFrom: Kari Lund <kari@acme.example>\nSubject: Our order\n",
        "-----Ursprüngliche Nachricht-----\nVon: Kari Lund [mailto:kari@acme.example]\nAn: Ada\nBetreff: Our order\n",
        "Begin forwarded message:\n\n> From: Kari Lund <kari@acme.example>\n> Subject: Our order\n>",
    ],
)
def test_a_mail_passed_on_in_the_text_is_the_customers(pm: User, kari: Contact, mark: str) -> None:
    content = letter(
        to=drop_address(pm), subject="Fwd: Our order", text=f"For the record.\n\n{mark}\nWhere is it?"
    ).as_bytes()
    mail = one(content)
    assert (mail.state, mail.is_incoming, mail.sender_email) == ("logged", True, "kari@acme.example")
    talk = Interaction.objects.get()
    assert (talk.is_incoming, talk.subject) == (True, "Our order")
    assert talk.notes == "For the record.\n\n—\n\nWhere is it?"


def test_a_mail_passed_on_as_an_attachment_is_the_customers(pm: User, kari: Contact) -> None:
    original = letter(
        sender="Kari <kari@acme.example>", to="ada@pmcrm.example", subject="Our order", text="Where is it?",
        date="Mon, 02 Feb 2026 10:00:00 +0100",
    )  # fmt: skip
    around = letter(to=drop_address(pm), subject="WG: Our order", text="")
    around.add_attachment(original)
    one(around.as_bytes())
    talk = Interaction.objects.get()
    assert (talk.is_incoming, talk.subject, talk.notes) == (True, "Our order", "Where is it?")
    assert talk.at == dt.datetime(2026, 2, 2, 9, tzinfo=dt.UTC)


def test_further_mails_and_calendars_attached_are_kept_as_files(pm: User, kari: Contact) -> None:
    ics = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
    deep = letter(sender="jo@other.example", subject="What they wrote", text="Deep")
    first = letter(sender="Kari <kari@acme.example>", to="ada@pmcrm.example", subject="Our order", text="Where is it?")
    first.add_attachment(deep)
    second = letter(sender="Kari <kari@acme.example>", subject="Re: 1/2 Größe v1.exe", text="Second")
    around = letter(to=drop_address(pm), subject="WG: Our order", text="")
    around.add_attachment(first)
    around.add_attachment(second)
    around.add_attachment(ics, maintype="text", subtype="calendar", filename="invite.ics")
    around.add_attachment(ics, maintype="application", subtype="ics", filename="invite.ics")
    mail = one(around.as_bytes())
    assert (mail.state, mail.subject, mail.remarks) == ("logged", "Our order", [])
    names = sorted(Attachment.objects.values_list("name", flat=True))
    assert names == ["Re 1 2 Größe v1 exe.eml", "What they wrote.eml", "invite.ics"]


def test_a_mail_that_a_customer_attaches_is_kept(pm: User, kari: Contact) -> None:
    around = letter(sender="Kari <kari@acme.example>", to="ada@pmcrm.example", bcc=drop_address(pm), subject="See this")
    around.add_attachment(letter(sender="jo@other.example", subject="", text="Look"))
    around.add_attachment("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", subtype="calendar")
    mail = one(around.as_bytes())
    assert mail.state == "waiting"
    talk = log_letter(actor=pm, letter=mail)
    assert (talk.subject, sorted(Attachment.objects.values_list("name", flat=True))) == (
        "See this",
        ["calendar.ics", "mail.eml"],
    )


def test_somebody_unknown_waits_and_becomes_a_contact(pm: User, acme: Account) -> None:
    build.contact(account=acme, name="Old", email="old@acme.example")
    mail = one(dropped(pm, to="Jo Berg <jo@acme.example>"))
    assert (mail.state, mail.why) == ("waiting", "Nobody in it is known yet. Say which account it belongs to.")
    assert mail.people == [{"email": "jo@acme.example", "name": "Jo Berg"}]
    assert Interaction.objects.count() == 0
    acme.product_manager = pm
    acme.save()
    talk = log_letter(actor=pm, letter=mail, accounts=[acme], add=["jo@acme.example"], is_private=False)
    assert [(person.name, person.email) for person in talk.contacts.all()] == [("Jo Berg", "jo@acme.example")]
    assert (talk.is_private, talk.notes) == (False, "As promised.")
    assert log_letter(actor=pm, letter=mail, accounts=[acme]) == talk


def test_a_waiting_mail_belongs_to_its_person(pm: User, acme: Account) -> None:
    mail = one(dropped(pm, to="jo@acme.example"))
    other = build.user()
    for act in (
        lambda: log_letter(actor=other, letter=mail, accounts=[acme]),
        lambda: put_aside(actor=other, letter=mail),
    ):
        with pytest.raises(RuleViolation, match="belongs to somebody else"):
            act()
    mail.refresh_from_db()
    assert (mail.state, Interaction.objects.count()) == ("waiting", 0)
    assert list(Letter.objects.visible_to(other)) == []
    assert put_aside(actor=pm, letter=mail).state == "aside"


def test_a_mail_from_somebody_else_to_the_drop_address_is_asked_about(pm: User, kari: Contact) -> None:
    mail = one(dropped(pm, sender="kari@acme.example", to="ada@pmcrm.example"))
    assert mail.state == "waiting"
    assert mail.why == "It came to your drop address from somebody else. Log it if you passed it on yourself."
    assert log_letter(actor=pm, letter=mail).is_incoming


@pytest.mark.parametrize("address", ["drop@pmcrm.example", "drop+nobody@pmcrm.example"])
def test_a_mail_without_a_known_drop_address_is_kept_apart(pm: User, kari: Contact, address: str) -> None:
    mail = one(letter(bcc=address).as_bytes())
    assert (mail.state, mail.person, mail.text) == ("quarantined", None, "")
    assert mail.why == "It names nobody's drop address, or one that was renewed."
    administrator = build.user("administrator")
    with pytest.raises(RuleViolation, match="Only administrators"):
        assign_letter(actor=pm, letter=mail, person=pm)
    given = assign_letter(actor=administrator, letter=mail, person=pm)
    assert (given.state, given.person, Interaction.objects.count()) == ("logged", pm, 1)
    assert not Letter.objects.quarantined().exists()


def test_who_left_gets_no_mail(pm: User, kari: Contact) -> None:
    content = dropped(pm)
    User.objects.filter(pk=pm.pk).update(is_active=False)
    assert one(content).state == LetterState.QUARANTINED


def test_an_administrator_discards_what_is_nobodys(pm: User) -> None:
    mail = one(b"no mail at all")
    assert (mail.state, mail.why) == ("quarantined", "This is no mail that can be read.")
    assert mail.path.read_bytes() == b"no mail at all"
    discard_letter(actor=build.user("administrator"), letter=mail)
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    "heads", [{"Auto_Submitted": "auto-replied"}, {"subject": "Automatic reply: Prices"}, {"X_Autoreply": "yes"}]
)
def test_an_automatic_answer_is_no_contact(pm: User, kari: Contact, heads: dict[str, str]) -> None:
    mail = one(dropped(pm, **{"sender": "kari@acme.example", "to": "ada@pmcrm.example"} | heads))
    assert (mail.state, Interaction.objects.count()) == ("automatic", 0)


def test_attachments_are_kept_and_what_is_not_is_told(pm: User, kari: Contact, settings: object) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1_000_000  # type: ignore[attr-defined]  # the fixture of Django's settings
    made = letter(bcc=drop_address(pm))
    made.add_attachment(b"%PDF-1.7 figures", maintype="application", subtype="pdf", filename="Zahlen für Kari.pdf")
    made.add_attachment(b"\0" * 1_000_001, maintype="application", subtype="pdf", filename="large.pdf")
    made.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="run.exe")
    made.add_attachment(b"\x78\x9f\x3e\x22", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    content = made.as_bytes()
    mail = one(content)
    assert mail.state == "logged"
    assert [(file.name, file.size) for file in Attachment.objects.all()] == [("Zahlen für Kari.pdf", 16)]
    assert [remark.split(":")[0].split(" is ")[0] for remark in mail.remarks] == [
        "“large.pdf”",
        "“run.exe”",
        "“winmail.dat”",
    ]
    assert mail.remarks[0] == "“large.pdf” is larger than 1 MB. Make it smaller, or note a link to it."
    # The bytes that came in stay: nothing of it is lost.
    Letter.objects.update(handled_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert forget_handled_bytes() == 0
    assert mail.path.read_bytes() == content


def test_bytes_of_handled_mails_go_after_a_day(pm: User, kari: Contact) -> None:
    mail = one(dropped(pm))
    assert forget_handled_bytes() == 0
    Letter.objects.update(handled_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert forget_handled_bytes() == 1
    assert not mail.path.exists()
    assert not Letter.objects.get().has_bytes


def test_a_mail_of_50_megabytes_is_kept(pm: User, kari: Contact) -> None:
    made = letter(bcc=drop_address(pm))
    made.add_attachment(b"%PDF-" + bytes(50_000_000), maintype="application", subtype="pdf", filename="large.pdf")
    mail = one(made.as_bytes())
    assert mail.state == "logged"
    assert mail.remarks == ["“large.pdf” is larger than 25 MB. Make it smaller, or note a link to it."]


def test_uploads_are_refused_in_words(pm: User) -> None:
    with pytest.raises(RuleViolation, match="This is no mail"):
        upload(actor=pm, content=b"\x89PNG\r\n\x1a\n")
    with pytest.raises(RuleViolation, match="Your role does not log mails"):
        upload(actor=build.user("administrator"), content=letter().as_bytes())
    assert not Letter.objects.exists()


def test_an_uploaded_mail_of_a_customer_is_incoming(pm: User, kari: Contact) -> None:
    mail = upload(actor=pm, content=letter(sender="kari@acme.example", to="ada@pmcrm.example").as_bytes())
    assert (mail.state, mail.is_incoming) == ("logged", True)


def test_a_mail_to_two_drop_addresses_is_of_both(pm: User, kari: Contact) -> None:
    bo = build.user(email="bo@pmcrm.example")
    made = EmailMessage()
    made["From"], made["To"] = "ada@pmcrm.example", "kari@acme.example"
    made["Cc"] = f"{drop_address(pm)}, {drop_address(bo)}"
    made["Message-ID"] = "<2@pmcrm.example>"
    made.set_content("Hello")
    assert [(mail.person, mail.state) for mail in take_in(made.as_bytes())] == [(pm, "logged"), (bo, "waiting")]
