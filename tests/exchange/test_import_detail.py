"""The pages of an import: upload, preview, choice, report, taking back; who sees what; a worker that dies."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Account
from pmcrm.exchange.models import Import, State
from pmcrm.exchange.services import imports
from pmcrm.exchange.services.running import work
from pmcrm.exchange.tasks import restart_silent_imports
from pmcrm.people.models import Organisation, User
from segmentation import window
from segmentation.models import LedgerLine
from segmentation.services.runs import compute, request_run, today
from tests import build

HEAD = b"Customer ID,Customer Name,Date,Revenue,Profit\n"
GOOD = HEAD + b"K-1,Nordlys,2026-01-31,10,5\nK-2,Fjord,2026-02-28,20,-5\n"
OLD = HEAD + b"K-1,Nordlys,2019-01-31,10,5\nK-2,Fjord,2019-02-28,20,-5\n"
ONE_BAD = GOOD + b"K-3,Elv,2026-02-30,7,1\n"


def received(content: bytes, *, actor: User | None = None, name: str = "lines.csv") -> Import:
    """A file that was uploaded and read, as the worker leaves it."""
    job = imports.receive(actor=actor, kind="ledger", name=name, chunks=[content])
    work(job.pk)
    return Import.objects.get(pk=job.pk)


def brought_in(content: bytes) -> Import:
    """A file whose good rows are in."""
    job = received(content)
    imports.confirm(actor=None, job=job, is_partial=False)
    work(job.pk)
    job.refresh_from_db()
    assert job.state == State.DONE
    return job


def signed_in(client: Client, *roles: str) -> User:
    user = build.user(*roles)
    client.force_login(user)
    return user


@pytest.mark.django_db
def test_an_upload_is_kept_and_not_yet_imported(client: Client, django_capture_on_commit_callbacks: object) -> None:
    signed_in(client, "finance")

    answer = client.post(
        reverse("import_upload"), {"kind": "ledger", "source": "erp", "file": SimpleUploadedFile("lines.csv", GOOD)}
    )

    job = Import.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, reverse("import_detail", args=[job.pk]))
    assert (job.state, job.source, job.file_name, job.file_size) == ("uploaded", "erp", "lines.csv", len(GOOD))
    assert LedgerLine.objects.count() == 0


@pytest.mark.django_db
def test_a_file_with_nothing_in_it_is_refused_in_words(client: Client) -> None:
    signed_in(client, "finance")

    answer = client.post(reverse("import_upload"), {"kind": "ledger", "file": SimpleUploadedFile("lines.csv", HEAD)})

    assert answer.status_code == 422
    assert b"The file has a header but no rows. There is nothing to import." in answer.content
    assert not Import.objects.exists()


@pytest.mark.django_db
def test_the_preview_names_bad_rows_and_shows_values_inert(client: Client) -> None:
    signed_in(client, "product_lead")
    job = received(ONE_BAD + b"K-4,<script>alert(1)</script>,2026-01-01,x,1\n")

    page = client.get(reverse("import_detail", args=[job.pk])).content.decode()

    assert "This date does not exist." in page
    assert "2026-02-30" in page
    assert "<script>alert" not in page
    assert (job.rows, job.rejected, job.good) == (4, 2, 2)


@pytest.mark.django_db
def test_the_preview_tells_times_by_the_clock_of_whoever_looks(client: Client) -> None:
    lead = build.user("product_lead", time_zone="Asia/Tokyo")
    client.force_login(lead)
    build.account(name="Nordlys")
    lines = b"Account,Type,When,Subject\nNordlys,Call,2026-01-15T09:30:00+01:00,Prices\n"
    job = imports.receive(actor=lead, kind="interactions", name="calls.csv", chunks=[lines])
    work(job.pk)

    page = client.get(reverse("import_detail", args=[job.pk])).content.decode()

    assert "2026-01-15 17:30 JST" in page


@pytest.mark.django_db
def test_good_rows_come_in_and_bad_rows_come_back(client: Client) -> None:
    signed_in(client, "finance")
    job = received(ONE_BAD)

    client.post(reverse("import_confirm", args=[job.pk]), {"mode": "partial"})
    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.imported, job.rejected, job.held) == ("done", 2, 1, 0)
    answer = client.get(reverse("import_rejected", args=[job.pk]))
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert content.splitlines()[1] == f"{job.pk}-4,4,Date: This date does not exist.,K-3,Elv,2026-02-30,7,1"


@pytest.mark.django_db
def test_all_or_nothing_keeps_good_rows_back(client: Client) -> None:
    signed_in(client, "finance")
    job = received(ONE_BAD)

    client.post(reverse("import_confirm", args=[job.pk]), {"mode": "all"})
    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.imported, job.rejected, job.held) == ("refused", 0, 1, 2)
    assert LedgerLine.objects.count() == 0


@pytest.mark.django_db
def test_an_answer_reads_the_file_again(client: Client) -> None:
    signed_in(client, "finance")
    job = received(b"Customer ID,Date,Revenue\nK-1,03/04/2026,10\n")
    assert (job.state, [question["key"] for question in job.questions]) == ("needs_answers", ["date_order"])

    columns = {"column-0": "account_ref", "column-1": "date", "column-2": "revenue"}
    fixed = {"header_row": "1", "encoding": "utf-8", "delimiter": ",", "decimal": "found"}
    answer = client.post(reverse("import_answer", args=[job.pk]), {"date_order": "dmy", **fixed, **columns})
    work(job.pk)

    job.refresh_from_db()
    assert answer.status_code == 303
    assert (job.state, job.answers) == ("ready", {"date_order": "dmy"})
    assert job.findings["as_read"]["Date"] == "2026-04-03"


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "is_offered"), [("finance", True), ("product_lead", True), ("sales_vp", False)])
def test_after_a_ledger_its_closed_months_are_offered_to_compute(client: Client, role: str, is_offered: bool) -> None:
    job = brought_in(OLD + b"K-3,Elv,2099-01-01,1,1\n")
    last = window.last_closed(today(), Organisation.current().month_closes_after)
    signed_in(client, role)

    page = client.get(job.get_absolute_url()).content.decode()

    assert ("Compute the curve of these months" in page) is is_offered
    assert ('<input type="hidden" name="from_month" value="2019-01">' in page) is is_offered
    assert (f'<input type="hidden" name="to_month" value="{last:%Y-%m}">' in page) is is_offered


@pytest.mark.django_db
def test_months_that_are_all_open_offer_nothing_to_compute(client: Client) -> None:
    job = brought_in(HEAD + b"K-3,Elv,2099-01-01,1,1\n")
    signed_in(client, "finance")
    assert "Compute the curve" not in client.get(job.get_absolute_url()).content.decode()


@pytest.mark.django_db(transaction=True)
def test_taking_back_keeps_the_accounts_that_a_run_holds(client: Client) -> None:
    signed_in(client, "finance")
    first, second = brought_in(OLD), brought_in(HEAD + b"K-9,Dal,2021-01-31,10,5\n")
    run, _is_new = request_run(actor=None, from_month=dt.date(2019, 1, 1), to_month=dt.date(2019, 2, 1))
    compute(run.pk)

    for job in (first, second):
        client.post(reverse("import_take_back", args=[job.pk]))
        work(job.pk)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, LedgerLine.objects.count()) == ("reverted", "reverted", 0)
    assert set(Account.objects.values_list("ref", flat=True)) == {"K-1", "K-2"}
    page = client.get(first.get_absolute_url()).content.decode()
    assert "Accounts of this import that stay, because profit runs hold their figures: 2." in page
    assert not any("stay" in note["template"] for note in second.notes)


@pytest.mark.django_db
def test_a_cancelled_import_leaves_no_file(client: Client) -> None:
    signed_in(client, "finance")
    job = received(GOOD)
    imports.cancel(actor=None, job=job)

    assert not Import.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "page_status", "row_status"),
    [
        ("finance", 200, 200),
        ("product_lead", 200, 200),
        ("sales_vp", 200, 200),
        ("product_manager", 200, 404),
        ("administrator", 200, 404),
        ("sales_owner", 403, 403),
        ("department_member", 403, 403),
        ("executive", 403, 403),
    ],
)
def test_who_sees_imports_of_the_ledger(client: Client, role: str, page_status: int, row_status: int) -> None:
    job = received(GOOD)
    signed_in(client, role)

    assert client.get(reverse("import_list")).status_code == page_status
    assert client.get(reverse("import_detail", args=[job.pk])).status_code == row_status
    assert client.post(reverse("import_confirm", args=[job.pk])).status_code == {
        "finance": 303, "product_lead": 303, "sales_vp": 422,
    }.get(role, row_status)  # fmt: skip


@pytest.mark.django_db
def test_the_list_asks_the_database_a_fixed_number_of_times(
    client: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    signed_in(client, "finance")
    for number in range(3):
        received(GOOD, name=f"lines-{number}.csv")
    client.get(reverse("import_list"))
    with django_assert_max_num_queries(2):  # type: ignore[attr-defined]  # a fixture of pytest-django
        client.get(reverse("import_list"))


# A worker, for real ---------------------------------------------------------------------------------------------------


def wait_for(pk: int, state: str, seconds: int = 60) -> Import:
    until = time.monotonic() + seconds
    while True:
        job = Import.objects.get(pk=pk)
        if job.state == state:
            return job
        assert time.monotonic() < until, (job.state, job.failure)
        time.sleep(0.05)


def many_lines(count: int) -> bytes:
    lines = (f"K-{number % 97},Customer {number % 97},2026-01-31,{number}.25,1\n" for number in range(count))
    return HEAD + "".join(lines).encode()


@pytest.mark.worker
def test_a_killed_worker_leaves_no_half_import(
    celery_worker_process: subprocess.Popen[bytes], django_db_serialized_rollback: None
) -> None:
    job = imports.receive(actor=None, kind="ledger", name="lines.csv", chunks=[many_lines(60_000)])
    from pmcrm.exchange.tasks import carry_on

    carry_on(job.pk)
    wait_for(job.pk, State.CHECKING)
    os.killpg(celery_worker_process.pid, signal.SIGKILL)
    celery_worker_process.wait()

    # Silent for half a minute: the clock hands it to the next worker, here this process.
    Import.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - dt.timedelta(seconds=31))
    assert list(Import.silent().values_list("pk", flat=True)) == [job.pk]
    restart_silent_imports()
    work(job.pk)
    ready = Import.objects.get(pk=job.pk)
    imports.confirm(actor=None, job=ready, is_partial=False)
    assert work(job.pk) is not None
    assert work(job.pk) is None

    done = Import.objects.get(pk=job.pk)
    assert (done.state, done.rows, done.imported) == ("done", 60_000, 60_000)
    assert LedgerLine.objects.count() == 60_000


@pytest.mark.browser
@pytest.mark.worker
def test_from_upload_to_taking_back_in_a_browser(
    page: Page, celery_worker_process: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    build.user("product_lead", email="lead@example.com")
    file = tmp_path / "lines.csv"
    file.write_bytes(ONE_BAD)
    page.goto("/imports/")
    page.fill("input[name=login]", "lead@example.com")
    page.fill("input[name=password]", build.PASSWORD)
    page.click("form button[type=submit]")
    page.goto("/imports/")

    page.set_input_files("input[type=file]", file)
    page.select_option("select[name=kind]", "ledger")
    page.click("text=Read the file")
    expect(page.locator("h1")).to_have_text("Does this look right?")
    expect(page.get_by_text("This date does not exist.")).to_be_visible()
    page.click("text=Good rows now, bad rows back")
    page.click("text=Go on")
    expect(page.locator("h1")).to_have_text("2 rows came in")
    page.click("text=Take it back")
    page.click("text=Yes, go on")
    expect(page.locator("h1")).to_have_text("Everything was taken back")
    assert LedgerLine.objects.count() == 0
