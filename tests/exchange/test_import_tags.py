"""Tags in a file of accounts: they come in, go out and come back as they were."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pghistory.models import Events

from accounts.models import Account, AccountTag, Tag
from accounts.models.tag import MOST_TAGS
from accounts.services.accounts import edit_account
from accounts.services.history import history_of
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.exchange.conftest import Command
from tests.exchange.test_import_command import numbers, reasons

pytestmark = pytest.mark.django_db

CsvFile = Callable[..., Path]
HEAD = "Customer ID,Company,Tags"


def carry(account: Account, *names: str) -> Account:
    for name in names:
        AccountTag.objects.create(account=account, tag=Tag.objects.get_or_create(name=name)[0])
    return account


def carried() -> dict[str, list[str]]:
    """The names of the tags of each account, by its reference."""
    return {
        one.ref: list(one.tags.in_order().values_list("name", flat=True)) for one in Account.objects.order_by("ref")
    }


def served() -> set[tuple[str, str]]:
    """Who serves whom, by their references."""
    return set(Account.objects.exclude(serves=None).values_list("ref", "serves__ref"))


def test_a_row_says_all_tags_of_its_account(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead")
    changed = carry(build.account(ref="A-1", name="One"), "Pilot", "Old")
    same = carry(build.account(ref="A-2", name="Two"), "Pilot", "North sea")
    silent = carry(build.account(ref="A-3", name="Three"), "Pilot")
    rows = ("A-1,One,pilot; Key  account", 'A-2,Two,"NORTH SEA , Pilot;;pilot"', "A-3,Three,", "A-4,Four,key account")

    report, code = run_import("accounts", csv_file(HEAD, *rows), "--as", lead.email)

    assert (code, numbers(report)) == (0, (4, 2, 0, 0, 2, 0)), report
    assert carried() == {
        "A-1": ["Key account", "Pilot"],
        "A-2": ["North sea", "Pilot"],
        "A-3": ["Pilot"],
        "A-4": ["Key account"],
    }
    for account, version in ((changed, 2), (same, 1), (silent, 1)):
        account.refresh_from_db()
        assert account.version == version
    assert Events.objects.tracks(changed).get().pgh_context["imported"] == report["import"]  # type: ignore[no-untyped-call]  # untyped library
    assert numbers(run_import("accounts", csv_file(HEAD, *rows))[0]) == (4, 0, 0, 0, 4, 0)


def test_taking_back_gives_the_tags_back(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead")
    carry(build.account(ref="A-1", name="One"), "Pilot", "Old")
    edited = carry(build.account(ref="A-2", name="Two"), "Old")
    gone = carry(build.account(ref="A-3", name="Three"), "Gone")
    rows = ("A-1,One,Pilot;New", "A-2,Two,New;Other", "A-3,Three,New", "A-4,Four,New;Only there")
    report, _code = run_import("accounts", csv_file(HEAD, *rows))
    edited.refresh_from_db()
    edit_account(actor=lead, account=edited, version=edited.version, tags=["Other", "By hand"])
    Tag.objects.get(name="Gone").delete()

    back, code = run_import("--revert", str(report["import"]))

    assert (code, back["state"]) == (0, "reverted")
    assert carried() == {"A-1": ["Old", "Pilot"], "A-2": ["By hand", "Other"], "A-3": []}
    assert set(Tag.objects.values_list("name", flat=True)) == {"Old", "Pilot", "Other", "By hand"}
    gone.refresh_from_db()
    assert gone.version == 3


def test_tags_that_do_not_fit_are_named(csv_file: CsvFile, run_import: Command) -> None:
    Tag.objects.bulk_create(Tag(name=f"Known {number}") for number in range(MOST_TAGS - 1))
    build.account(ref="A-1", name="One")
    many = ";".join(f"Known {number}" for number in range(21))
    long = "x" * 41
    rows = (f"A-1,One,{many}", f"A-2,Two,Known 1;{long}", "A-3,Three,First new", "A-4,Four,Second new;First new",
            "A-5,Five,first NEW")  # fmt: skip

    report, code = run_import("accounts", csv_file(HEAD, *rows), "--partial")

    assert code == 1
    assert reasons(report) == [
        (2, "Tags", "An account carries at most 20 tags."),
        (3, "Tags", "A tag has at most 40 characters."),
        (5, "Tags", "There can be 500 tags in all. Use one that is here, or merge some first."),
    ]
    assert carried() == {"A-1": [], "A-3": ["First new"], "A-5": ["First new"]}
    assert Tag.objects.count() == MOST_TAGS


def test_only_people_inside_use_the_product_for_others(csv_file: CsvFile, run_import: Command) -> None:
    desk = build.account(ref="I-1", name="Desk", kind="internal", internal_mode="assists")
    held = build.account(ref="I-2", name="Held", kind="internal")
    served = build.account(ref="A-1", name="One")
    held.serves.add(served)
    head = "Customer ID,Company,kind,internal_mode"
    rows = ("I-1,Desk,external,", "I-2,Held,external,", "A-1,One,internal,", "A-2,Two,,assists",
            "I-3,Three,internal,Uses the product on a customer's behalf", "I-4,Four,internal,sometimes")  # fmt: skip

    report, code = run_import("accounts", csv_file(head, *rows), "--partial")

    assert code == 1
    assert reasons(report) == [
        (3, "kind", "This account serves external ones or takes part in programmes, so it is internal."),
        (4, "kind", "Internal accounts serve this one, so it is external. End that first."),
        (5, "internal_mode", "Only an internal account helps with the product or uses it for others."),
        (7, "internal_mode", (
            "This is none of the words known here."
            " Write one of: Helps customers with the product, Uses the product on a customer's behalf."
        )),
    ]  # fmt: skip
    desk.refresh_from_db()
    assert (desk.kind, desk.internal_mode) == ("external", "")
    assert Account.objects.get(ref="I-3").internal_mode == "on_behalf"
    run_import("--revert", str(report["import"]))
    desk.refresh_from_db()
    assert (desk.kind, desk.internal_mode) == ("internal", "assists")


def test_all_fields_go_out_and_come_in_again(client: Client, tmp_path: Path, run_import: Command) -> None:
    lead = build.user("product_lead")
    carry(build.account(ref="A-1", name="One"), "Ähre", "=sum", "-1", "two words")
    two = build.account(ref="A-2", name="Two")
    build.account(ref="I-1", name="Desk", kind="internal", internal_mode="assists").serves.set(
        [two, build.account(ref="=A", name="Three"), build.account(ref="gone", deleted_at=timezone.now())]
    )
    client.force_login(lead)
    form = {"holds": "everything", "format": "csv", "query": "who=all"}
    file = tmp_path / "accounts.csv"
    answer: Any = client.post("/lists/accounts/export/", form)
    file.write_bytes(b"".join(answer))
    known = carried()
    assert known["A-1"] == ["-1", "=sum", "two words", "Ähre"]

    report, code = run_import("accounts", file, "--as", lead.email)

    assert (code, numbers(report)) == (0, (4, 0, 0, 0, 4, 0)), report
    Account.objects.all().delete()
    Tag.objects.all().delete()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        head, *rows = csv.reader(lines)
    # An empty base knows none of our keys: the cells go, the column stays.
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, head)
        writer.writeheader()
        writer.writerows(dict(zip(head, row, strict=True)) | {"pmcrm_id": ""} for row in rows)
    report, code = run_import("accounts", file, "--as", lead.email)
    assert (code, numbers(report)) == (0, (4, 4, 0, 0, 0, 0)), report
    assert carried() == {ref: names for ref, names in known.items() if ref != "gone"}
    assert list(Account.objects.order_by("ref").values_list("kind", "internal_mode")) == [
        ("external", ""), ("external", ""), ("external", ""), ("internal", "assists"),
    ]  # fmt: skip
    assert served() == {("I-1", "=A"), ("I-1", "A-2")}
    run_import("--revert", str(report["import"]))
    assert not Account.objects.exists()


def test_a_file_adds_whom_somebody_inside_serves(csv_file: CsvFile, run_import: Command) -> None:
    one, two = build.account(ref="A-1", name="One"), build.account(ref="A-2", name="Two")
    desk, same = (build.account(ref=ref, name=ref, kind="internal") for ref in ("I-1", "I-2"))
    desk.serves.add(one)
    same.serves.set([one, two])
    head = "Customer ID,Company,kind,serves,Parent,Industry"
    rows = (
        "I-1,I-1,,Two; A-3,,", "I-2,I-2,,A-2,,", "A-3,Three,,,,", "A-4,Four,,A-1,,", "I-5,Five,internal,I-1,,",
        "I-6,Six,internal,A-1; nowhere,,", "I-7,Seven,internal,A-8,,", "A-8,Eight,,,Six,", "A-9,Nine,,,Seven,",
    )  # fmt: skip

    report, code = run_import("accounts", csv_file(head, *rows), "--partial")

    nobody = "No external account, here or in this file, has this reference or, alone, this name: "
    no_parent = "No account, here or in this file, has this reference or, alone, this name."
    assert (code, numbers(report)[:2]) == (1, (9, 2))
    assert reasons(report) == [
        (5, "serves", "Only an internal account serves others."),
        (6, "serves", f"{nobody}I-1."),
        (7, "serves", f"{nobody}nowhere."),
        (8, "serves", f"{nobody}A-8."),
        (9, "Parent", no_parent),
        (10, "Parent", no_parent),
    ]
    assert served() == {("I-1", "A-1"), ("I-1", "A-2"), ("I-1", "A-3"), ("I-2", "A-1"), ("I-2", "A-2")}

    run_import("--revert", str(report["import"]))

    assert served() == {("I-1", "A-1"), ("I-2", "A-1"), ("I-2", "A-2")}
    assert not Account.objects.filter(ref="A-3").exists()


@pytest.mark.django_db(transaction=True)
def test_tags_of_a_file_are_in_the_history(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead", name="Lena")
    one = carry(build.account(ref="A-1", name="One"), "Pilot", "Old")
    rows = ("A-1,One,pilot; Key account", "A-2,Two,Pilot")
    report, _code = run_import("accounts", csv_file(HEAD, *rows), "--as", lead.email)

    def told() -> list[list[tuple[str, str, str, str]]]:
        moments = history_of(actor=lead, thing=Account.objects.get(pk=one.pk), cursor=None).moments
        return [[(moment.who, change.field, change.old, change.new) for change in moment.changes] for moment in moments]

    assert told() == [[("Lena", "tags", "Old, Pilot", "Key account, Pilot")]]

    run_import("--revert", str(report["import"]), "--as", lead.email)

    assert [change[1:] for moment in told() for change in moment] == [
        ("tags", "Key account, Pilot", "Old, Pilot"),
        ("tags", "Old, Pilot", "Key account, Pilot"),
    ]
    assert not TrailEntry.objects.filter(verb="account.edited").exclude(subject_id=str(one.pk)).exists()
