"""`manage.py import interactions`: calls and meetings in time zones, with those present; refused by row, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Account
from pmcrm.exchange.models import Import
from pmcrm.exchange.services import imports
from pmcrm.exchange.services.running import work
from tests import build
from tests.exchange.conftest import Command
from tests.exchange.test_import_command import numbers, reasons
from touchpoints.models import Attendance, Interaction

pytestmark = pytest.mark.django_db

CsvFile = Callable[..., Path]
HEAD = "Activity ID,Account,Type,When,Minutes,Subject,Contact,Contact email,Owner"


def test_talks_come_in_with_those_present(csv_file: CsvFile, run_import: Command) -> None:
    mine = build.account(ref="A-1", name="Nordlys")
    kari = build.contact(account=mine, name="Kari Lund", email="kari@nordlys.example")
    per = build.contact(account=mine, name="Per Aas")
    caller = build.user(email="me@example.com", department=build.department(pool="product"))
    rows = (
        "T-1,Nordlys,Phone call,2026-01-15T09:30:00+01:00,30,Prices,,KARI@nordlys.example,me@example.com",
        "T-2,nordlys,Meeting,2026-01-16 14:00,60,,per aas,,me@example.com",
        "T-3,,Webinar,2026-01-17,,Launch,,kari@nordlys.example,",
    )

    asked, code = run_import("interactions", csv_file(HEAD, *rows), "--as", build.user("product_lead").email)

    assert (code, asked["state"]) == (2, "needs_answers"), asked
    assert asked["errors"][0]["column"] == "time_zone"
    assert not Interaction.objects.exists()

    lead = build.user("product_lead", email="lead@example.com")
    report, code = run_import(
        "interactions", csv_file(HEAD, *rows), "--as", lead.email, "--source", "crm", given={"time_zone": "Europe/Oslo"}
    )

    assert (code, numbers(report)) == (0, (3, 3, 0, 0, 0, 0)), report
    call, meeting, webinar = Interaction.objects.order_by("at")
    assert (call.kind, call.at, call.minutes, call.subject, call.status, call.author) == (
        "call", dt.datetime(2026, 1, 15, 8, 30, tzinfo=dt.UTC), 30, "Prices", "held", caller,
    )  # fmt: skip
    assert (list(call.accounts.all()), list(call.contacts.all()), list(call.colleagues.all())) == (
        [mine], [kari], [caller],
    )  # fmt: skip
    assert (meeting.at, list(meeting.contacts.all())) == (dt.datetime(2026, 1, 16, 13, tzinfo=dt.UTC), [per])
    # A kind that is none of ours is a note; nobody said who was there, so nobody's hours count.
    assert (webinar.kind, webinar.author, list(webinar.colleagues.all()), list(webinar.accounts.all())) == (
        "note", lead, [], [mine],
    )  # fmt: skip
    assert webinar.at == dt.datetime(2026, 1, 17, 11, tzinfo=dt.UTC)
    mine.figures.refresh_from_db()
    assert (mine.figures.last_contact_at, mine.figures.last_two_way_at) == (meeting.at, meeting.at)
    zone = ZoneInfo("UTC")
    hours = Attendance.objects.between(dt.date(2026, 1, 1), dt.date(2026, 1, 31), zone).hours_by_month(zone)
    assert [(row["pool"], row["hours"]) for row in hours] == [("product", Decimal("1.5"))]
    again, _code = run_import(
        "interactions", csv_file(HEAD, *rows), "--as", lead.email, "--source", "crm", given={"time_zone": "Europe/Oslo"}
    )
    assert numbers(again) == (3, 0, 0, 0, 3, 0)


def test_without_references_the_same_rows_come_in_once(csv_file: CsvFile, run_import: Command) -> None:
    build.user("administrator")
    rows = ("New AS,Call,2026-01-15T09:30:00Z", "New AS,Call,2026-01-15T09:30:00Z")

    first, _code = run_import("interactions", csv_file("Account,Type,When", *rows))
    again, _code = run_import("interactions", csv_file("Account,Type,When", *rows, "New AS,Mail,2026-01-16"))

    assert (numbers(first), numbers(again)) == ((2, 2, 0, 0, 0, 0), (3, 1, 0, 0, 2, 0)), again
    assert Account.objects.values_list("name", "state").get() == ("New AS", "prospect")


def test_a_talk_is_changed_and_taken_back(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead", email="lead@example.com")
    home, other = build.account(ref="A-1", name="Home"), build.account(ref="A-2", name="Other")
    kari = build.contact(account=home, name="Kari")
    head = "ID,Account,More accounts,Type,When,Subject,Contact,Private"
    targets = "interaction_ref account_name other_accounts kind at subject contact_name is_private"
    columns = {"columns": dict(zip(head.split(","), targets.split(), strict=True))}
    as_lead = ("--as", lead.email, "--source", "crm")
    run_import("interactions", csv_file(head, "1,Home,,Call,2026-01-15T09:30Z,Old,,yes"), *as_lead, given=columns)
    talk = Interaction.objects.get()

    report, code = run_import(
        "interactions",
        csv_file(
            head, "1,Home,A-2,Call,2026-01-20T09:30Z,New,Kari,no", "2,Newer,,Meeting,2026-01-21T09:30Z,,,", name="2.csv"
        ),
        *as_lead,
        given=columns,
    )

    assert (code, numbers(report)) == (0, (2, 2, 0, 0, 0, 0)), report
    talk.refresh_from_db()
    # Private stays private.
    assert (talk.subject, talk.is_private, talk.at.day, talk.version) == ("New", True, 20, 2)
    assert (set(talk.accounts.all()), list(talk.contacts.all())) == ({home, other}, [kari])
    assert set(talk.attendances.values_list("at", flat=True)) == {talk.at}

    back, code = run_import("--revert", str(report["import"]))

    assert (code, back["state"]) == (0, "reverted")
    talk.refresh_from_db()
    assert (talk.subject, talk.is_private, talk.at.day) == ("Old", True, 15)
    assert (set(talk.accounts.all()), list(talk.contacts.all())) == ({home}, [])
    assert set(talk.attendances.values_list("at", flat=True)) == {talk.at}
    assert (Interaction.objects.count(), set(Account.objects.all())) == (1, {home, other})


def test_what_comes_in_and_goes_again_moves_when_the_account_turns_silent(
    csv_file: CsvFile, run_import: Command
) -> None:
    lead, account = build.user("product_lead"), build.account(name="Home", tier="A")

    report, _code = run_import(
        "interactions", csv_file("Account,Type,When,Minutes", "Home,Meeting,2026-03-05T12:00Z,30"), "--as", lead.email
    )

    account.figures.refresh_from_db()
    assert account.figures.silent_from == dt.datetime(2026, 4, 4, 12, tzinfo=dt.UTC), report
    run_import("--revert", str(report["import"]))
    account.figures.refresh_from_db()
    assert account.figures.silent_from == account.created_at + dt.timedelta(days=30)


def test_what_others_keep_private_stays_theirs(csv_file: CsvFile, run_import: Command) -> None:
    author, lead = build.user("product_manager", email="pm@example.com"), build.user("product_lead")
    build.account(ref="A-1", name="Home")
    head = "ID,Account,Type,When,Subject,Private"
    first = csv_file(head, "1,Home,Note,2026-01-15T09:30Z,Mine,yes")
    report, _code = run_import("interactions", first, "--as", author.email, "--source", "crm")
    assert report["imported"] == 1

    refused, code = run_import(
        "interactions", csv_file(head, "1,Home,Note,2026-01-15T09:30Z,Theirs,no"), "--as", lead.email, "--source", "crm"
    )

    assert (code, reasons(refused)) == (
        1, [(2, "ID", "This is here already, and only its author and the colleagues who took part change it.")],
    )  # fmt: skip
    assert list(Interaction.objects.values_list("subject", "is_private")) == [("Mine", True)]
    # The file shows all its rows, so its import is its author's alone.
    assert Import.objects.visible_to(author).filter(pk=report["import"]).exists()
    assert not Import.objects.visible_to(lead).filter(pk=report["import"]).exists()


def test_each_bad_talk_is_named(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead")
    home, away = build.account(ref="A-1", name="Home"), build.account(ref="A-2", name="Away")
    build.contact(account=home, name="Kari")
    build.contact(account=away, name="Ola", email="two@example.com")
    build.contact(account=away, name="Ola")
    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    head = "ID,Account,Type,When,Minutes,Contact,Contact email,Owner,Completed"
    rows = (
        "1,Home,Call,2026-03-29 02:30,,,,,",
        "2,Home,Call,,,,,,",
        "3,,Call,2026-01-15T09:30Z,,,,,",
        "4,Home,Call,2026-01-15T09:30Z,1441,,,,",
        "5,Away,Call,2026-01-15T09:30Z,,Ola,,,",
        "6,Home,Call,2026-01-15T09:30Z,,,nobody@example.com,,",
        "7,Home,Call,2026-01-15T09:30Z,,,,nobody@example.com,",
        f"8,Home,Call,{ahead:%Y-%m-%dT%H:%MZ},,,,,yes",
        f"9,Home,Call,{ahead:%Y-%m-%dT%H:%MZ},,Kari,,,no",
        "10,Home,Call,2026-01-15T09:30Z,,,,,perhaps",
        "11,Home,Call,1950-01-15T09:30Z,,,,,",
    )

    report, code = run_import(
        "interactions", csv_file(head, *rows), "--partial", "--as", lead.email, given={"time_zone": "Europe/Oslo"}
    )

    assert code == 1
    assert reasons(report) == [
        (2, "When", (
            "The clocks of Europe/Oslo skipped this time: they were put forward. Correct it, or add its offset."
        )),
        (3, "When", "Say when it was: a new entry needs its day."),
        (4, "Account", "The row names neither an account nor a person there."),
        (5, "Minutes", "Minutes are a whole number from 0 to 1440."),
        (6, "Contact", "Several people are known so. Write the e-mail address of the right one."),
        (7, "Contact email", (
            "Nobody here is known so. Bring in the contacts first, or leave the cell empty."
        )),
        (8, "Owner", (
            "Nobody active here has this e-mail address or, alone, this name. Write the e-mail address."
        )),
        (9, "When", "What was held cannot lie ahead."),
        (11, "Completed", "This is none of the words known here. Write one of: planned, held, cancelled."),
        (12, "When", "This is before 1970 or more than five years ahead. Check the year."),
    ]  # fmt: skip
    assert list(Interaction.objects.values_list("status", "kind")) == [("planned", "call")]


def test_taking_back_keeps_what_somebody_edited(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead")
    head = "Account,Type,When"
    report, _code = run_import(
        "interactions", csv_file(head, "New,Call,2026-01-15T09:30Z", "Newer,Call,2026-01-15T09:30Z"), "--as", lead.email
    )
    Interaction.objects.filter(accounts__name="New").update(version=2)
    step = Interaction.objects.get(accounts__name="Newer")
    build.next_step(account=step.accounts.get(), owner=lead, interaction=step)

    run_import("--revert", str(report["import"]))

    assert Interaction.objects.count() == 2
    assert "2" in str(Import.objects.get(pk=report["import"]).notes[-2:])


def test_a_worker_that_died_leaves_nothing_and_the_next_one_brings_all_in(
    csv_file: CsvFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    from touchpoints.imports import present

    lead = build.user("product_lead")
    file = csv_file("Account,Type,When", "New,Call,2026-01-15T09:30Z")
    job = imports.receive(actor=lead, kind="interactions", name="a.csv", chunks=[file.read_bytes()], is_confirmed=True)

    class Killed(BaseException):
        pass

    def die(_batch: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(present, "write_links", die)
        with pytest.raises(Killed):
            work(job.pk)
    assert (Interaction.objects.count(), Account.objects.count()) == (0, 0)

    Import.objects.update(claim=None, heartbeat_at=None)
    work(job.pk)
    work(job.pk)
    job.refresh_from_db()
    assert (job.state, Interaction.objects.count(), Account.objects.count()) == ("done", 1, 1)


@pytest.mark.real_input
def test_the_activities_with_notes_of_several_lines_come_in(shared_data: Path, run_import: Command) -> None:
    build.user("administrator")
    file = shared_data / "data" / "nasty" / "dev" / "d12_activities_quoted_newlines.csv"

    report, code = run_import("interactions", file)

    assert (code, numbers(report)) == (0, (85, 85, 0, 0, 0, 0)), report
    assert (Interaction.objects.filter(notes="").count(), Account.objects.count()) == (21, 85)
    first = Interaction.objects.get(accounts__name="Acme Corporation")
    assert first.at == dt.datetime(2017, 1, 1, 7, 30, tzinfo=dt.UTC)
    assert first.notes.replace("\r\n", "\n") == (
        'Met at HQ.\nThey said: "price is too high", again.\n\nNext: call; see =A1\tand "quotes""'
    )
    assert numbers(run_import("interactions", file)[0]) == (85, 0, 0, 0, 85, 0)


@pytest.mark.real_input
def test_the_activities_of_the_small_crm_find_their_people(shared_data: Path, run_import: Command) -> None:
    build.user("administrator")
    raw = shared_data / "data" / "b2b_small_crm" / "raw"
    run_import("contacts", raw / "Leads.csv", "--join", f"{raw / 'Contacts.csv'}:ContactID", "--source", "crm")

    report, code = run_import(
        "interactions", raw / "Activity.csv", "--join", f"{raw / 'Leads.csv'}:LeadID", "--source", "crm"
    )

    assert (code, numbers(report)) == (0, (500, 500, 0, 0, 0, 0)), report
    assert Interaction.objects.filter(contacts__isnull=False, accounts__isnull=False).count() == 500
    # Demonstrations are meetings; a follow-up is none of our kinds.
    found = {kind: Interaction.objects.filter(kind=kind).count() for kind in ("meeting", "call", "mail", "note")}
    assert found == {"meeting": 204, "call": 103, "mail": 102, "note": 91}
