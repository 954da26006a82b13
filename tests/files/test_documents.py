"""Files that look ahead: classed, shared only with who heard what that means, and every sharing logged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts.models import Account, Contact
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.files.models import Attachment, DocumentShare, ForwardDocument
from pmcrm.files.services import attach_file, class_document, remove_file, share_document
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Saying, Statement
from touchpoints.services.expectations import expectations_of
from touchpoints.services.statements import say

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _noon_and_own_folder(settings: Settings, tmp_path: Path) -> object:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def file(mia: User, halden: Account) -> Attachment:
    return attach_file(actor=mia, owner=halden, name="Design draft.pdf", chunks=[b"%PDF-1.7 a draft"])


@pytest.fixture
def draft(mia: User, file: Attachment) -> ForwardDocument:
    return class_document(actor=mia, file=file, edition="3", watermark="Direction only")


def both() -> list[Statement]:
    return list(Statement.objects.unlocking("share_document"))


def test_sharing_without_the_statements_is_refused_and_logs_nothing(
    mia: User, draft: ForwardDocument, kari: Contact
) -> None:
    with pytest.raises(RuleViolation, match="Say to each of them first") as refused:
        share_document(actor=mia, document=draft, contacts=[kari], channel="mail")
    assert (refused.value.code, DocumentShare.objects.count()) == ("statement_not_said", 0)


def test_with_both_said_it_is_shared_and_the_log_has_the_version(
    mia: User, draft: ForwardDocument, halden: Account, kari: Contact
) -> None:
    direction, confidential = sorted(both(), key=lambda one: one.slug != "roadmap-direction")
    say(actor=mia, statement=direction, contacts=[kari], account=halden)
    with pytest.raises(RuleViolation):
        share_document(actor=mia, document=draft, contacts=[kari], channel="mail")
    (share,) = share_document(actor=mia, document=draft, contacts=[kari], channel="mail", said=[confidential])
    assert (share.name, share.edition, share.channel, share.shared_at) == ("Design draft.pdf", "3", "mail", NOW)
    assert (list(share.contacts.all()), share.missing, share.is_override) == ([kari], [], False)
    assert Saying.objects.count() == 2
    class_document(actor=mia, file=draft.file, edition="4", watermark="Direction only", version=1)
    share.refresh_from_db()
    assert share.edition == "3"


def test_each_of_them_has_to_have_heard_it(mia: User, draft: ForwardDocument, halden: Account, kari: Contact) -> None:
    per = build.contact(account=halden, name="Per Dahl")
    for statement in both():
        say(actor=mia, statement=statement, contacts=[kari], account=halden)
    with pytest.raises(RuleViolation):
        share_document(actor=mia, document=draft, contacts=[kari, per], channel="mail")
    assert len(share_document(actor=mia, document=draft, contacts=[kari], channel="mail")) == 1


def test_after_ninety_days_it_has_to_be_said_again(
    mia: User, draft: ForwardDocument, halden: Account, kari: Contact
) -> None:
    for statement in both():
        say(actor=mia, statement=statement, contacts=[kari], account=halden)
    with time_machine.travel(NOW + dt.timedelta(days=91)), pytest.raises(RuleViolation):
        share_document(actor=mia, document=draft, contacts=[kari], channel="mail")


def test_all_the_same_takes_a_reason_which_is_kept(mia: User, draft: ForwardDocument, kari: Contact) -> None:
    other = build.contact(account=build.account(name="Arden"), name="Ann Lee")
    made = share_document(
        actor=mia, document=draft, contacts=[kari, other], channel="meeting", override_reason=" The CEO showed it "
    )
    assert [(share.account.name, share.override_reason, share.missing) for share in made] == [
        ("Halden Maritime", "The CEO showed it", ["roadmap-confidential", "roadmap-direction"]),
        ("Arden", "The CEO showed it", ["roadmap-confidential", "roadmap-direction"]),
    ]


def test_the_expectation_log_names_it(mia: User, draft: ForwardDocument, halden: Account, kari: Contact) -> None:
    share_document(actor=mia, document=draft, contacts=[kari], channel="mail", override_reason="Asked for")
    (entry,) = expectations_of(account=halden, user=mia)
    assert (entry.on, entry.source, entry.words, entry.to, entry.note) == (
        dt.date(2026, 3, 10),
        "document",
        "Shared: Design draft.pdf, version 3",
        "Kari Lund",
        "without the statement",
    )


def test_refusals(mia: User, draft: ForwardDocument, file: Attachment, kari: Contact) -> None:
    with pytest.raises(RuleViolation, match="Say which version"):
        class_document(actor=mia, file=file, edition=" ", watermark="x", version=1)
    with pytest.raises(StaleVersion):
        class_document(actor=mia, file=file, edition="5", watermark="x", version=7)
    with pytest.raises(RuleViolation, match="Say how it was shared"):
        share_document(actor=mia, document=draft, contacts=[kari], channel="pigeon", override_reason="x")
    with pytest.raises(RuleViolation, match="Say with whom"):
        share_document(actor=mia, document=draft, contacts=[], channel="mail", override_reason="x")
    with pytest.raises(RuleViolation, match="Choose people from the list"):
        share_document(
            actor=build.user("sales_owner"), document=draft, contacts=[kari], channel="mail", override_reason="x"
        )
    remove_file(actor=mia, file=file)
    draft.refresh_from_db()
    with pytest.raises(RuleViolation, match="This file was removed"):
        share_document(actor=mia, document=draft, contacts=[kari], channel="mail", override_reason="x")
    assert DocumentShare.objects.count() == 0


def test_the_pages_class_and_share_it(mia: User, file: Attachment, kari: Contact) -> None:
    client = Client()
    client.force_login(mia)
    page = f"/files/{file.pk}/document/"
    assert "It looks ahead" in client.get(page).text
    client.post(f"{page}class/", {"edition": "Spring", "watermark": "In confidence"})
    assert "It was shared with nobody yet." in client.get(page).text
    refused = client.post(f"{page}share/", {"contacts": [kari.pk], "channel": "mail"}, headers=HTMX)
    assert refused.status_code == 422
    assert "Say to each of them first" in refused.text.replace("&#x27;", "'")
    asked = client.get("/files/document/said/", {"contacts": [kari.pk]}, headers=HTMX).text
    assert asked.count('name="said"') == 2
    said = [one.pk for one in both()]
    shared = client.post(f"{page}share/", {"contacts": [kari.pk], "channel": "mail", "said": said}, headers=HTMX)
    assert shared.headers["HX-Redirect"] == page
    assert "version Spring · By mail · Mia Manager" in client.get(page).text
    assert "All of them know" in client.get("/files/document/said/", {"contacts": [kari.pk]}, headers=HTMX).text


def test_what_one_does_not_see_is_not_there(file: Attachment, draft: ForwardDocument) -> None:
    client = Client()
    client.force_login(build.user("sales_owner"))
    assert client.get(f"/files/{file.pk}/document/").status_code == 404
    assert client.get(f"/files/{file.pk}/document/share/").status_code == 404
