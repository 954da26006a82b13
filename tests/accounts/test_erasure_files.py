"""Somebody who is erased is in no file that we keep: copies go at once, what colleagues keep is listed."""

from __future__ import annotations

import base64
import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import naming
from accounts.models import Account, Contact, Erasure
from accounts.services.erasure import erase_contact, look_through, redact_mention
from campaigns.models import Answer, Attempt, Goes, Question
from correspondence.models import CalendarFile, Letter
from correspondence.services.calendar_import import preview
from correspondence.services.letters import log_letter, take_in, upload
from meetings.models import InvitationMail, Invitee, Meeting
from meetings.services.answers import Taken, take_answer
from pmcrm.exchange.models import Import
from pmcrm.exchange.services import imports
from pmcrm.exports.models import Export, ExportState
from pmcrm.files.models import Attachment
from pmcrm.files.services import attach_file
from pmcrm.people.models import User
from tests import build
from tests.correspondence.conftest import letter
from tests.rows import Rows
from touchpoints.models import Draft, Interaction

pytestmark = pytest.mark.django_db

NEEDLES: Final = (b"solveig", b"aaberg", base64.b64encode(b"Solveig Aaberg")[:12].lower())


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def lead() -> User:
    return build.user("product_lead", email="lead@pmcrm.example")


@pytest.fixture
def account() -> Account:
    return build.account(name="Nordlys Havn")


@pytest.fixture
def person(account: Account) -> Contact:
    return build.contact(account=account, name="Solveig Aaberg", email="solveig@nordlys.example", phone="+4722345678")


@pytest.fixture
def erased(lead: User, person: Contact, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Erasing:
    return Erasing(lead, person, django_capture_on_commit_callbacks)


class Erasing:
    """Erases the person when called, and does what waits for the end of the transaction."""

    def __init__(self, lead: User, person: Contact, at_the_end: DjangoCaptureOnCommitCallbacks) -> None:
        self.lead, self.person, self.at_the_end = lead, person, at_the_end

    def __call__(self) -> Erasure:
        with self.at_the_end(execute=True):
            made = erase_contact(
                actor=self.lead,
                contact=self.person,
                version=self.person.version,
                requested_on=dt.date(2026, 1, 10),
                reason="Asked by letter",
                typed=self.person.name,
            )
            look_through(made.pk)
        return made

    def take_out_all(self, made: Erasure) -> None:
        with self.at_the_end(execute=True):
            for mention in made.mentions.all():
                redact_mention(actor=self.lead, mention=mention)


def files_naming() -> list[str]:
    """Files below the folder of files that hold one of the words, archives unpacked."""
    found = []
    for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    content = b"".join(archive.read(name) for name in archive.namelist())
            if any(needle in content.lower() for needle in NEEDLES):
                found.append(str(path.relative_to(settings.MEDIA_ROOT)))
    return found


def document(text: str) -> bytes:
    """A document as Word writes it, its words split as it splits them."""
    first, _, rest = text.partition(" ")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:p><w:t>{first}</w:t></w:r><w:r><w:t> {rest}</w:t></w:p>")
        archive.writestr("[Content_Types].xml", "<Types/>")
    return file.getvalue()


def test_raw_mails(lead: User, account: Account, erased: Erasing) -> None:
    waits = letter(sender="Per <per@old.example>", to="lead@pmcrm.example", subject="Solveig Aaberg called")
    waits.add_attachment(b"price list", maintype="application", subtype="octet-stream", filename="prices.pdf")
    waiting = upload(actor=lead, content=waits.as_bytes())
    encoded = letter(to="nobody@elsewhere.example", message_id="<2@x>")
    encoded.set_content("Solveig Aaberg asks whether it is å", cte="base64")
    (nobodys,) = take_in(encoded.as_bytes())
    other = upload(actor=lead, content=letter(to="per@old.example", subject="Prices", message_id="<3@x>").as_bytes())
    assert len(files_naming()) == 2

    made = erased()

    assert files_naming() == []
    assert not made.mentions.exists()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.has_bytes, waiting.subject) == ("waiting", False, "[…] called")
    assert not Letter.objects.filter(pk=nobodys.pk).exists()
    other.refresh_from_db()
    assert other.has_bytes
    assert other.path.exists()
    talk = log_letter(actor=lead, letter=waiting, accounts=[account])
    assert talk.subject == "[…] called"
    waiting.refresh_from_db()
    assert waiting.remarks == ["The mail as it came in is not kept any more, nor is anything attached to it."]


def test_a_calendar_that_waits(lead: User, erased: Erasing) -> None:
    start = timezone.now() + dt.timedelta(days=3)
    lines = [
        "BEGIN:VEVENT",
        "UID:1",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        "DURATION:PT45M",
        "SUMMARY:Talk with Solveig A",
    ]
    lines += [" aberg", "ATTENDEE;CN=Solveig Aaberg:mailto:solveig@nordlys.example", "ATTENDEE:mailto:per@old.example"]
    content = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()
    file = CalendarFile.objects.create(person=lead, name="calendar.ics", content=content)

    erased()

    file.refresh_from_db()
    assert not any(needle in bytes(file.content).lower() for needle in NEEDLES)
    (item,) = preview(file).items
    assert (item.event.summary, item.event.start) == ("Talk with […]", start.replace(microsecond=0))


def test_files_of_colleagues_are_listed(lead: User, account: Account, person: Contact, erased: Erasing) -> None:
    talk, elsewhere = build.interaction(account, author=lead), build.interaction(account, author=lead)
    talk.contacts.add(person)
    kept = {
        name: attach_file(actor=lead, owner=owner, name=name, chunks=[content])
        for name, owner, content in (
            ("people.csv", account, b"name,phone\r\nPer,1\r\nSolveig Aaberg,22 34 56 78\r\n"),
            ("minutes.docx", elsewhere, document("Solveig Aaberg was there")),
            ("others.docx", elsewhere, document("Per was there")),
            ("scan.pdf", talk, b"%PDF-1.4 unreadable"),
            ("other.pdf", elsewhere, b"%PDF-1.4 unreadable"),
        )
    }

    made = erased()

    listed = {kept[name].pk for name in ("people.csv", "minutes.docx", "scan.pdf")}
    assert set(made.mentions.values_list("label", "column", "object_id")) == {
        ("files.attachment", "file", pk) for pk in listed
    }
    erased.take_out_all(made)
    assert files_naming() == []
    assert set(Attachment.objects.values_list("name", flat=True)) == {"others.docx", "other.pdf"}
    assert not kept["scan.pdf"].path.exists()
    erased.take_out_all(made)


def test_files_on_the_page(client: Client, lead: User, account: Account, erased: Erasing) -> None:
    file = attach_file(actor=lead, owner=account, name="people.csv", chunks=[b"name\r\nSolveig Aaberg\r\n"])
    made = erased()
    client.force_login(lead)

    text = client.get(reverse("erasure_detail", args=[made.pk])).content.decode()

    assert "Delete the file" in text
    assert "people.csv" in text
    assert file.get_absolute_url() in text
    (mention,) = made.mentions.all()
    assert client.post(reverse("mention_redact", args=[made.pk, mention.pk])).status_code == 303
    assert not Attachment.objects.exists()


def test_lists_and_imports(lead: User, erased: Erasing) -> None:
    written = Export.objects.create(
        created_by=lead, kind="contacts", format="csv", state=ExportState.DONE, size=9, expires_at=timezone.now()
    )
    written.directory.mkdir(parents=True)
    written.path.write_bytes(b"name\r\nSolveig Aaberg\r\n")
    # Refused rows: nobody came in by this file, and it names the person all the same.
    job = imports.receive(
        actor=lead,
        kind="contacts",
        name="people.csv",
        chunks=[b"name,email\r\nSolveig Aaberg,solveig@nordlys.example\r\n"],
    )
    assert len(files_naming()) == 2

    made = erased()

    written.refresh_from_db()
    assert (written.state, written.path.exists()) == ("removed", False)
    assert list(made.mentions.values_list("label", "object_id")) == [("exchange.import", job.pk)]
    erased.take_out_all(made)
    assert files_naming() == []
    assert not Import.objects.exists()


def test_invitations_and_calls(lead: User, account: Account, person: Contact, erased: Erasing) -> None:
    other = build.contact(account=account, name="Per Dahl", email="per@nordlys.example")
    talk = build.interaction(account, author=lead, kind="meeting")
    rows = Rows({User: lead, Account: account, Contact: person, Interaction: talk})
    meeting = rows.make(Meeting, organiser=lead, uid="u1")
    for one in (person, other):
        Invitee.objects.create(meeting=meeting, contact=one, email=one.email, is_invited=True, comment="I am ill")
        rows.make(InvitationMail, contact=one, email=one.email, subject="Talk", text=f"Dear {one.name}", calendar="x")
    campaign = build.campaign(owner=lead)
    target = build.target(campaign=campaign, contact=person)
    attempt = rows.make(Attempt, target=target, outcome="conversation", number=1)
    asked = {
        goes: Question.objects.create(slug=f"q{number}", block="who", text="?", goes=goes)
        for number, goes in enumerate((Goes.BACKGROUND, Goes.PURPOSE))
    }
    for question in asked.values():
        Answer.objects.create(attempt=attempt, question=question, text="Sailed before")
    Draft.objects.create(user=lead, form=f"interaction:contact:{person.pk}", data={"notes": ["was calm"]})

    erased()

    theirs, others = Invitee.objects.get(contact=person), Invitee.objects.get(contact=other)
    assert (theirs.email, theirs.comment, theirs.is_invited) == ("", "", False)
    assert (others.email, others.comment, others.is_invited) == ("per@nordlys.example", "I am ill", True)
    mail = InvitationMail.objects.get(contact=person)
    assert (mail.email, mail.subject, mail.text, mail.calendar, mail.is_overtaken) == ("", "", "", "", True)
    assert list(InvitationMail.objects.waiting().values_list("contact", flat=True)) == [other.pk]
    answered = take_answer(uid="u1", email=" ", answer="accepted", sequence=0, at=timezone.now())
    assert answered == Taken.UNKNOWN_PERSON
    target.refresh_from_db()
    assert (target.state, target.left_out, target.attempts) == ("left_out", "gone", 0)
    assert [one.question.goes for one in Answer.objects.all()] == [Goes.PURPOSE]
    assert not Draft.objects.exists()


def test_what_is_kept_in_memory_runs_out(client: Client, lead: User, person: Contact, erased: Erasing) -> None:
    """Pages keep a few names for as long as five minutes; nothing keeps them longer."""
    campaign = build.campaign(owner=lead)
    target = build.target(campaign=campaign, contact=person, is_agreed=True, not_before=timezone.now())
    talk = build.interaction(person.account, author=lead)
    Rows({User: lead, Interaction: talk}).make(Attempt, target=target, outcome="callback_agreed", number=1)
    client.force_login(lead)
    for name in ("my_day", "contact_list", "account_list", "campaign_list"):
        assert client.get(reverse(name)).status_code == 200
    erased()

    store = cache._cache.get_client()  # type: ignore[attr-defined]  # the test asks Redis itself
    keys = list(store.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}*"))
    naming_them = [key for key in keys if store.type(key) == b"string" and b"Aaberg" in store.get(key)]
    assert naming_them
    assert all(0 < store.ttl(key) <= 300 for key in naming_them)


@pytest.mark.parametrize(
    ("content", "is_named"),
    [
        (b"x" * 999_995 + b" Solveig Aaberg ", True),
        ("Solveig Åberg".encode("cp1252"), True),
        ("Solveig Åberg".encode("utf-16"), True),
        (b"Solveig Aabergsen", False),
        (b"PK\x03\x04 no archive", False),
        (b"", False),
    ],
)
def test_names_are_found_in_any_text(content: bytes, is_named: bool) -> None:
    pattern = naming.for_python([naming.pattern_of_name(name) for name in ("Solveig Aaberg", "Solveig Åberg")])

    assert naming.is_named_in(io.BytesIO(content), pattern) is is_named
