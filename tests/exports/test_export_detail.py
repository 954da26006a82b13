"""A file that a worker writes: progress, stop, death of the worker, rights, its week, and the same over the API."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.exports import content, services
from pmcrm.exports.models import Export
from pmcrm.exports.services import cancel_export, remove_old, request_export, work
from pmcrm.jobs.models import ClaimLost
from pmcrm.notices.models import Notice
from pmcrm.notices.services import send_waiting
from pmcrm.people.models import User
from pmcrm.people.services.tokens import create_token
from tests import build


def many(count: int) -> None:
    Account.objects.bulk_create(Account(ref=f"R{n:05}", name=f"Account {n:05}", kind="external") for n in range(count))


@pytest.fixture
def lead(db: None) -> User:
    return build.user("product_lead")


def written(export: Export) -> list[str]:
    return export.path.read_text(encoding="utf-8-sig").splitlines()


@pytest.mark.django_db
def test_a_large_list_becomes_a_job_and_its_file_is_for_its_owner_alone(
    client: Client, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_SENT_AT_ONCE", 3)
    many(4)
    client.force_login(lead)
    answer = client.post(reverse("list_export", args=["accounts"]), {"holds": "columns", "format": "csv"})
    export = Export.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, export.get_absolute_url())
    assert "waiting" in client.get(answer["Location"]).content.decode()
    assert client.get(reverse("export_download", args=[export.pk])).status_code == 404

    done = work(export.pk)

    assert done is not None
    assert (done.state, done.rows, len(written(done))) == ("done", 4, 5)
    assert "4 rows" in client.get(export.get_absolute_url()).content.decode()
    file: Any = client.get(reverse("export_download", args=[export.pk]))
    assert b"".join(file.streaming_content).decode("utf-8-sig").splitlines() == written(done)
    assert "Download" in client.get(reverse("export_list")).content.decode()
    assert (Notice.objects.get().person, send_waiting(), len(mail.outbox)) == (lead, 1, 1)
    assert export.get_absolute_url() in mail.outbox[0].body
    client.force_login(build.user("product_lead"))
    for page in ("export_detail", "export_download"):
        assert client.get(reverse(page, args=[export.pk])).status_code == 404
    assert client.post(reverse("export_cancel", args=[export.pk])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_file_is_begun_anew_where_a_worker_died() -> None:
    many(5)
    export = request_export(actor=build.user("product_lead"), kind="accounts", is_job=True)
    dead = Export.try_claim(export.pk, working_state="working")
    assert dead is not None
    assert work(export.pk) is None
    Export.objects.update(heartbeat_at="2020-01-01T00:00Z")
    assert [one.pk for one in Export.silent()] == [export.pk]

    done = work(export.pk)

    assert done is not None
    assert (done.state, len(written(done))) == ("done", 6)
    # The late worker finds its claim gone and changes nothing.
    with pytest.raises(ClaimLost):
        services._write(dead, dead.directory / "late.part")
    assert len(written(done)) == 6
    assert work(export.pk) is None


@pytest.mark.django_db(transaction=True)
def test_a_stopped_file_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 2)
    many(6)
    actor = build.user("product_lead")
    export = request_export(actor=actor, kind="accounts", is_job=True)
    whole = content.Content.rows

    def stopped_on_the_way(self: content.Content) -> Iterator[list[Any]]:
        for number, row in enumerate(whole(self)):
            if number == 2:
                cancel_export(actor=actor, export=export)
            yield row

    monkeypatch.setattr(content.Content, "rows", stopped_on_the_way)
    assert work(export.pk) is None

    export.refresh_from_db()
    assert (export.state, list(export.directory.iterdir())) == ("cancelled", [])
    with pytest.raises(RuleViolation, match="not being written"):
        cancel_export(actor=actor, export=export)


@pytest.mark.django_db
def test_rights_count_as_they_are_when_the_file_is_written() -> None:
    person = build.user("sales_owner")
    own = build.account(name="Own", relationship_owner=person)
    export = request_export(actor=person, kind="accounts", is_job=True)
    Account.objects.filter(pk=own.pk).update(relationship_owner=None)

    done = work(export.pk)

    assert done is not None
    assert (done.rows, len(written(done))) == (0, 1)
    gone = request_export(actor=person, kind="accounts", is_job=True)
    User.objects.filter(pk=person.pk).update(is_active=False)
    failed = work(gone.pk)
    assert failed is not None
    assert (failed.state, failed.failure) == ("failed", "Whoever asked for this file may not have it any more.")


@pytest.mark.django_db
def test_a_person_has_few_files_under_way(lead: User) -> None:
    for _number in range(3):
        request_export(actor=lead, kind="accounts", is_job=True)

    with pytest.raises(RuleViolation, match="3 of your files"):
        request_export(actor=lead, kind="accounts", is_job=True)
    request_export(actor=build.user("product_lead"), kind="accounts", is_job=True)


@pytest.mark.django_db
def test_a_file_goes_after_its_week(client: Client, lead: User) -> None:
    old, new = (request_export(actor=lead, kind="accounts", is_job=True) for _number in range(2))
    work(old.pk)
    work(new.pk)
    Export.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    forgotten = old.directory.parent / ("f" * 32)
    forgotten.mkdir()
    client.force_login(lead)
    assert client.get(reverse("export_download", args=[old.pk])).status_code == 404

    assert remove_old() == 1

    assert (old.directory.exists(), forgotten.exists(), new.path.exists()) == (False, False, True)
    assert "Its week is over" in client.get(old.get_absolute_url()).content.decode()
    assert remove_old() == 0


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_writes_a_file_that_the_api_asked_for(
    client: Client, celery_worker_process: subprocess.Popen[bytes]
) -> None:
    many(3)
    lead = build.user("product_lead")
    _label, token = create_token(actor=lead, name="bench")
    asked = {"kind": "accounts", "query": "sort=-name&columns=state", "format": "csv"}
    auth = {"Authorization": f"Bearer {token}"}
    made = client.post("/api/v1/exports/", asked, content_type="application/json", headers=auth)
    assert made.status_code == 202, made.content
    until = time.monotonic() + 60
    while (told := client.get(made["Location"], headers=auth).json())["state"] != "done":
        assert time.monotonic() < until, told
    assert told["rows"] == 3

    file: Any = client.get(told["download"], headers=auth)

    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[1:] for line in lines] == [
        ["ref", "name", "state"],
        ["R00002", "Account 00002", "customer"],
        ["R00001", "Account 00001", "customer"],
        ["R00000", "Account 00000", "customer"],
    ]
    assert client.post(f"{made['Location']}cancel/", headers=auth).status_code == 422
    wrong = client.post("/api/v1/exports/", {"kind": "ledger"}, content_type="application/json", headers=auth)
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["kind"])
