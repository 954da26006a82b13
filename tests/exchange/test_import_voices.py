"""Whose experience a talk tells, in files: out and in again whole; refused where nobody present can say so."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, AccountFigures
from tests import build
from tests.exchange.conftest import Command
from tests.exchange.test_import_command import numbers, reasons
from tests.exchange.test_round_trip import _exported
from touchpoints.models import Attendance, Interaction, VoiceRules
from touchpoints.services.figures import refresh_contact_figures

pytestmark = pytest.mark.django_db

CsvFile = Callable[..., Path]
HEAD = "ID,Account,Type,When,Whose voice,Told of"
COLUMNS = {
    "columns": dict(
        zip(HEAD.split(","), "interaction_ref account_name kind at voice told_of".split(), strict=True)  # noqa: SIM905  read side by side
    )
}


def _talks() -> list[tuple[Any, ...]]:
    rows = Attendance.objects.order_by("interaction__subject", "account__ref")
    return list(rows.values_list("interaction__subject", "interaction__voice", "account__ref", "is_second_hand"))


def test_voices_come_whole_into_an_empty_base(client: Client, run_import: Command, tmp_path: Path) -> None:
    lead = build.user("product_lead")
    inside, partner = build.account(ref="IN", kind="internal"), build.account(ref="CH", party="channel_partner")
    home, other = build.account(ref="HO", name="Home"), build.account(ref="OT", name="Other")
    build.interaction(home, author=lead, subject="a", voice="direct")
    build.interaction(inside, author=lead, subject="b", voice="own")
    build.interaction(home, partner, author=lead, subject="c", voice="own")
    told = build.interaction(inside, author=lead, subject="d", voice="proxy")
    Attendance.objects.create(interaction=told, account=other, at=told.at, is_second_hand=True)
    build.interaction(home, partner, author=lead, subject="e", voice="direct")
    client.force_login(lead)
    accounts = _without_keys(_exported(client, "accounts", tmp_path, "who=all"), tmp_path / "accounts.csv")
    talks = _without_keys(_exported(client, "interactions", tmp_path), tmp_path / "talks.csv")
    before = _talks()
    assert ("d", "proxy", "OT", True) in before
    Interaction.objects.all().delete()
    Account.objects.all().delete()

    made, _code = run_import("accounts", accounts, "--as", lead.email)
    assert numbers(made) == (4, 4, 0, 0, 0, 0), made
    report, code = run_import("interactions", talks, "--as", lead.email)

    assert (code, numbers(report)) == (0, (5, 5, 0, 0, 0, 0)), reasons(report)
    assert _talks() == before
    # Once more it is all here, and taken back it is gone.
    assert numbers(run_import("interactions", talks, "--as", lead.email)[0]) == (5, 0, 0, 0, 5, 0)
    run_import("--revert", str(report["import"]))
    assert not Interaction.objects.exists()


def _without_keys(export: Path, into: Path) -> Path:
    """The export as another base can read it: without the keys of this one."""
    with export.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = [name for name in rows[0] if name not in ("pmcrm_id", "contact_ids", "contact_name")]
    with into.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return into


def test_what_nobody_present_can_say_is_refused(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead")
    build.account(name="Inside", kind="internal")
    build.account(ref="HO", name="Home")
    build.account(ref="SU", name="Supplier", party="supplier")
    rows = (
        "1,Home,Call,2026-01-15T09:30Z,own,",
        "2,Home,Call,2026-01-15T09:30Z,proxy,",
        "3,Inside,Call,2026-01-15T09:30Z,proxy,",
        "4,Inside,Call,2026-01-15T09:30Z,own,HO",
        "5,Inside,Call,2026-01-15T09:30Z,,SU",
        "6,Inside,Call,2026-01-15T09:30Z,,NONE",
        "7,Home,Call,2026-01-15T09:30Z,,HO",
        "8,Inside,Call,2026-01-15T09:30Z,loud,",
        "9,Inside,Call,2026-01-15T09:30Z,direct,",
        "10,Inside,Call,2026-01-15T09:30Z,,Home",
    )

    report, code = run_import("interactions", csv_file(HEAD, *rows), "--partial", "--as", lead.email, given=COLUMNS)

    assert code == 1
    assert reasons(report) == [
        (2, "Whose voice", "Only an internal account or a partner speaks for itself here or for a customer."),
        (3, "Told of", "Say which customer's experience it is, by its reference."),
        (4, "Told of", "Say which customer's experience it is, by its reference."),
        (5, "Whose voice", "Only what is told second-hand has a customer that it is told of. Write proxy."),
        (6, "Told of", "Only a customer can be told of; this is none."),
        (7, "Told of", "No account has this reference or, alone, this name."),
        (8, "Told of", "This customer was there: that is their own word."),
        (9, "Whose voice", "This is none of the words known here. Write one of: direct, own, proxy."),
    ]
    # What is said by people inside alone is their own; a customer is found by its name, too.
    found = Interaction.objects.order_by("pk").values_list("voice", "attendances__account__name")
    assert sorted(found) == [("own", "Inside"), ("proxy", "Home"), ("proxy", "Inside")]


def test_a_voice_is_changed_and_taken_back(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead")
    build.account(name="Inside", kind="internal")
    home, other = build.account(ref="HO", name="Home"), build.account(ref="OT", name="Other")
    row, options = "1,Inside,Call,2026-01-15T09:30Z", ("--as", lead.email, "--source", "crm")
    run_import("interactions", csv_file(HEAD, f"{row},,"), *options, given=COLUMNS)
    talk = Interaction.objects.get()
    assert talk.voice == "own"

    report, _code = run_import("interactions", csv_file(HEAD, f"{row},proxy,HO"), *options, given=COLUMNS)

    talk.refresh_from_db()
    assert (numbers(report), talk.voice, talk.spoken_for) == ((1, 1, 0, 0, 0, 0), "proxy", home)
    refused, _code = run_import("interactions", csv_file(HEAD, f"{row},,{other.ref}"), *options, given=COLUMNS)
    assert reasons(refused) == [(2, "Whose voice", "This is told of a customer already. Change it on its page.")]
    run_import("--revert", str(report["import"]))
    talk = Interaction.objects.get()
    assert (talk.voice, talk.spoken_for) == ("own", None)


@pytest.mark.parametrize("counts_second_hand", [True, False])
def test_figures_added_are_those_worked_out_anew(
    csv_file: CsvFile, run_import: Command, *, counts_second_hand: bool
) -> None:
    lead = build.user("product_lead")
    VoiceRules.objects.create(pk=1, internal_weight=1, counts_second_hand=counts_second_hand)
    build.account(ref="IN", name="Inside", kind="internal")
    home = build.account(ref="HO", name="Home")
    build.account(ref="OT", name="Other")
    build.interaction(home, author=lead, at=dt.datetime(2026, 1, 20, 9, tzinfo=dt.UTC), kind="mail")
    refresh_contact_figures()
    rows = (
        "1,Home,Meeting,2026-01-15T09:30Z,,",
        "2,Inside,Call,2026-02-15T09:30Z,proxy,OT",
        "3,Home,Note,2026-03-15T09:30Z,,",
        "4,Inside,Meeting,2025-03-15T09:30Z,proxy,HO",
    )

    report, _code = run_import("interactions", csv_file(HEAD, *rows), "--as", lead.email, given=COLUMNS)

    assert report["imported"] == 4, report
    known = AccountFigures.objects.order_by("account").values_list("account__ref", "last_contact_at", "last_two_way_at")
    added = list(known)
    assert {ref: last and last.date().isoformat() for ref, last, _two_way in added} == {
        "IN": "2026-02-15", "HO": "2026-01-20", "OT": "2026-02-15" if counts_second_hand else None,
    }  # fmt: skip
    refresh_contact_figures()
    assert list(known.all()) == added
