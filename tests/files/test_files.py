"""Files beside accounts and interactions: what is kept, who gets it, how it is served, how it goes and comes back."""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from pmcrm.errors import RuleViolation
from pmcrm.files.models import Attachment, folder
from pmcrm.files.services import attach_file, delete_outdated, remove_file, restore_file
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 an offer"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


def stored() -> list[bytes]:
    return sorted(path.read_bytes() for path in folder().glob("*/*"))


def status(client: Client, file: Attachment) -> int:
    answer = client.get(file.get_absolute_url())
    if answer.streaming:
        list(answer.streaming_content)  # type: ignore[attr-defined]  # a streamed answer; its end closes the file
    return answer.status_code


def docx() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return made.getvalue()


def test_several_files_are_attached_listed_and_saved(client: Client, lead: User) -> None:
    account = build.account()
    client.force_login(lead)
    files = [
        SimpleUploadedFile("Предложение 提案 ☃.pdf", PDF),
        SimpleUploadedFile("minutes.txt", "Schöne Grüße".encode()),
        SimpleUploadedFile("offer.docx", docx()),
    ]

    answer = client.post(reverse("account_files_attach", args=[account.pk]), {"files": files})

    assert answer.status_code == 303
    assert list(Attachment.objects.order_by("id").values_list("name", "media_type", "size")) == [
        ("Предложение 提案 ☃.pdf", "application/pdf", 17),
        ("minutes.txt", "text/plain", 15),
        ("offer.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", len(docx())),
    ]
    html = client.get(reverse("account_files", args=[account.pk])).content.decode()
    assert "Предложение 提案 ☃.pdf" in html
    saved = client.get(reverse("file_download", args=[Attachment.objects.earliest("id").pk]))
    assert b"".join(saved.streaming_content) == PDF  # type: ignore[attr-defined]  # a streamed answer
    assert saved["Content-Disposition"].startswith("attachment; filename*=utf-8''%D0%9F%D1%80")
    assert saved["X-Content-Type-Options"] == "nosniff"
    assert saved["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert saved["Content-Type"] == "application/pdf"
    assert TrailEntry.objects.filter(verb="file.attached", account_id=account.pk).count() == 3


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.pdf", b"", "is empty"),
        ("page.html", b"<html>", ".html files are not kept"),
        ("drawing.svg", b"<svg/>", ".svg files are not kept"),
        ("setup.exe", b"MZ", ".exe files are not kept"),
        ("invoice.exe.pdf", PDF, "has two endings"),
        ("invoice.pdf.exe", PDF, ".exe files are not kept"),
        ("invoice", PDF, "files of this type are not kept. Kept are PDF, DOCX"),
        ("data.parquet", b"PAR1", "files of this type are not kept"),
        ("photo.png", PDF, "is no .png file"),
        ("offer.docx", b"PK\x03\x04 nothing", "is no .docx file"),
        ("notes.txt", b"\x00\x01\x02", "is no .txt file"),
        ("notes.txt", b"  <!DOCTYPE html><script>", "holds a web page"),
        ("drawing.csv", b"\xef\xbb\xbf<svg onload=alert(1)>", "holds a web page"),
        ("..", PDF, "has no name"),
        ("large.pdf", b"%PDF-" + b"x" * 100, "is larger than"),
    ],
)
def test_what_is_not_kept_is_refused_in_words(
    lead: User, settings: Settings, name: str, content: bytes, sentence: str
) -> None:
    settings.ATTACHMENT_MAX_BYTES = 100

    with pytest.raises(RuleViolation, match=sentence):
        attach_file(actor=lead, owner=build.account(), name=name, chunks=[content] if content else [])

    assert not Attachment.objects.exists()
    assert not TrailEntry.objects.exists()
    assert stored() == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\kari\\offer.txt", "offer.txt"),
        ("a\u202etxt.txt", "atxt.txt"),
        ("two\n lines.txt", "two lines.txt"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("x" * 400 + ".txt", "x" * 251 + ".txt"),
    ],
)
def test_names_are_cleaned(lead: User, given: str, kept: str) -> None:
    file = attach_file(actor=lead, owner=build.account(), name=given, chunks=[b"hello"])

    assert file.name == kept
    assert file.path.parent.parent == folder()
    assert len(file.path.name) == 32


def test_a_refused_file_does_not_keep_the_others_out(client: Client, lead: User) -> None:
    account = build.account()
    client.force_login(lead)
    files = [SimpleUploadedFile("page.html", b"<html>"), SimpleUploadedFile("offer.pdf", PDF)]

    answer = client.post(
        reverse("account_files_attach", args=[account.pk]), {"files": files}, headers={"HX-Request": "true"}
    )

    html = answer.content.decode()
    assert answer.status_code == 200
    assert "1 file attached." in html
    assert ".html files are not kept" in html
    assert [file.name for file in Attachment.objects.all()] == ["offer.pdf"]


def test_nothing_chosen_and_all_refused_answer_422(client: Client, lead: User) -> None:
    url = reverse("account_files_attach", args=[build.account().pk])
    client.force_login(lead)

    nothing = client.post(url)
    empty = client.post(url, {"files": [SimpleUploadedFile("a.pdf", b"")]})

    assert (nothing.status_code, empty.status_code) == (422, 422)
    assert "Choose one or more files first." in nothing.content.decode()
    assert "“a.pdf” is empty" in empty.content.decode()


def test_whoever_does_not_see_the_row_does_not_see_its_file(client: Client, lead: User) -> None:
    account = build.account()
    private = build.interaction(account, author=lead, is_private=True)
    files = [
        attach_file(actor=lead, owner=account, name="a.pdf", chunks=[PDF]),
        attach_file(actor=lead, owner=private, name="b.pdf", chunks=[PDF]),
    ]

    def gets(person: User) -> list[int]:
        client.force_login(person)
        return [status(client, file) for file in files]

    assert gets(lead) == [200, 200]
    assert gets(build.user("product_manager")) == [200, 404]
    assert gets(build.user("sales_owner")) == [404, 404]
    assert TrailEntry.objects.get(subject_id=str(files[1].pk)).subject_label == "A file on something private"
    assert TrailEntry.objects.get(subject_id=str(files[1].pk)).account_id is None


def test_only_who_attached_it_or_may_change_the_account_removes_it(client: Client, lead: User) -> None:
    manager, other = build.user("product_manager"), build.user("product_manager")
    file = attach_file(actor=manager, owner=build.account(), name="a.pdf", chunks=[PDF])

    with pytest.raises(RuleViolation, match="Only who attached it"):
        remove_file(actor=other, file=file)
    file.refresh_from_db()
    assert file.removed_at is None

    remove_file(actor=lead, file=file)
    client.force_login(manager)
    assert status(client, file) == 404
    html = client.get(reverse("account_files", args=[file.account_id])).content.decode()
    assert "can be put back until" in html

    restore_file(actor=manager, file=file)
    assert status(client, file) == 200
    assert list(TrailEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "file.attached",
        "file.removed",
        "file.restored",
    ]


def test_what_was_removed_long_ago_goes_for_good_and_twice_does_nothing(lead: User) -> None:
    account = build.account()
    old = attach_file(actor=lead, owner=account, name="old.pdf", chunks=[b"%PDF-old"])
    fresh = attach_file(actor=lead, owner=account, name="fresh.pdf", chunks=[b"%PDF-fresh"])
    kept = attach_file(actor=lead, owner=account, name="kept.pdf", chunks=[b"%PDF-kept"])
    for file in (old, fresh):
        remove_file(actor=lead, file=file)
    Attachment.objects.filter(pk=old.pk).update(removed_at=timezone.now() - dt.timedelta(days=31))

    assert (delete_outdated(), delete_outdated()) == (1, 0)

    assert set(Attachment.objects.all()) == {fresh, kept}
    assert stored() == [b"%PDF-fresh", b"%PDF-kept"]
    assert TrailEntry.objects.get(verb="file.deleted").subject_label == "old.pdf"
    with pytest.raises(RuleViolation, match="gone for good"):
        restore_file(actor=lead, file=old)


def test_bytes_that_no_row_names_are_swept_once_nobody_can_be_writing_them(lead: User) -> None:
    file = attach_file(actor=lead, owner=build.account(), name="a.pdf", chunks=[PDF])
    stray, young = folder() / "ab" / ("ab" + "0" * 30), folder() / "ab" / ("ab" + "1" * 30)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"stray")
    young.write_bytes(b"young")
    for path in (stray, file.path):
        os.utime(path, (0, 0))

    delete_outdated()

    assert stored() == [PDF, b"young"]


def test_missing_bytes_are_a_sentence(client: Client, lead: User) -> None:
    file = attach_file(actor=lead, owner=build.account(), name="a.pdf", chunks=[PDF])
    file.path.unlink()
    client.force_login(lead)

    answer = client.get(file.get_absolute_url())

    assert answer.status_code == 422
    assert "missing on the server" in answer.content.decode()


def test_an_account_shows_the_files_of_its_interactions_in_few_queries(
    client: Client, lead: User, django_assert_max_num_queries: object
) -> None:
    account = build.account()
    for number in range(3):
        said = build.interaction(account, author=lead, subject=f"Talk {number}")
        attach_file(actor=lead, owner=said, name=f"said-{number}.pdf", chunks=[PDF])
        attach_file(actor=lead, owner=account, name=f"own-{number}.pdf", chunks=[PDF])
    client.force_login(lead)

    with django_assert_max_num_queries(12):  # type: ignore[operator]  # a fixture of pytest-django
        html = client.get(reverse("account_files", args=[account.pk])).content.decode()

    assert all(f"said-{number}.pdf" in html and f"own-{number}.pdf" in html for number in range(3))
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # a fixture of pytest-django
        assert "said-2.pdf" in client.get(reverse("interaction_files", args=[said.pk])).content.decode()


def test_the_api_takes_lists_serves_and_removes(client: Client, lead: User) -> None:
    account = build.account()
    client.force_login(lead)

    made = client.post("/api/v1/files/", {"file": SimpleUploadedFile("offer.pdf", PDF), "account": account.pk})
    body = made.json()
    listed = client.get("/api/v1/files/", {"account": account.pk}).json()["results"]
    content = client.get(f"/api/v1/files/{body['id']}/content/")

    assert made.status_code == 201
    assert (body["name"], body["size"], body["account"], body["interaction"]) == ("offer.pdf", 17, account.pk, None)
    assert [row["id"] for row in listed] == [body["id"]]
    assert b"".join(content.streaming_content) == PDF  # type: ignore[attr-defined]  # a streamed answer
    assert content["Content-Disposition"] == 'attachment; filename="offer.pdf"'
    assert client.delete(f"/api/v1/files/{body['id']}/").status_code == 204
    assert client.get(f"/api/v1/files/{body['id']}/").status_code == 404
    assert client.post(f"/api/v1/files/{body['id']}/restore/").status_code == 200
    assert client.get(f"/api/v1/files/{body['id']}/").status_code == 200


def test_the_api_says_what_is_wrong(client: Client, lead: User) -> None:
    client.force_login(lead)
    account = build.account()

    nowhere = client.post("/api/v1/files/", {"file": SimpleUploadedFile("offer.pdf", PDF)})
    no_file = client.post("/api/v1/files/", {"account": account.pk})
    page = client.post("/api/v1/files/", {"file": SimpleUploadedFile("x.html", b"<p>"), "account": account.pk})

    assert (nowhere.status_code, no_file.status_code, page.status_code) == (400, 400, 422)
    assert "Name one account or one interaction" in nowhere.json()["detail"]
    assert ".html files are not kept" in page.json()["errors"]["file"][0]
