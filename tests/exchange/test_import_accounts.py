"""`manage.py import accounts`: found or made, compared, refused by row, taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pghistory.models import Events

from accounts.models import Account, CustomField, ExternalReference
from pmcrm.exchange.models import Import
from tests import build
from tests.exchange.conftest import Command
from tests.exchange.test_import_command import numbers, reasons

pytestmark = pytest.mark.django_db

CsvFile = Callable[..., Path]


def test_a_new_account_has_all_that_the_row_says(csv_file: CsvFile, run_import: Command) -> None:
    owner = build.user("sales_owner", email="vera@example.com")
    CustomField.objects.create(thing="account", key="seats", label="Seats", type="number")
    CustomField.objects.create(thing="account", key="plan", label="Plan", type="choice", choices=["Gold", "Silver"])
    CustomField.objects.create(thing="account", key="pilot", label="Pilot", type="yes_no")
    head = (
        "Customer ID,Company,Sector,Country,City,Employees,Phone,Website,Account owner,Account status,Seats,Plan,Pilot"
    )
    row = "K-1,Nordlys AS,Energy,Norwegen,Oslo,260,22 34 56 78,nordlys.example,VERA@example.com,Prospect,12.50,gold,Yes"

    report, code = run_import("accounts", csv_file(head, row), given={"decimal": "."})

    assert (code, numbers(report)) == (0, (1, 1, 0, 0, 0, 0)), report
    account = Account.objects.get()
    assert (account.ref, account.name, account.kind, account.party, account.state) == (
        "K-1", "Nordlys AS", "external", "customer", "prospect",
    )  # fmt: skip
    assert (account.industry, account.country, account.city, account.size) == ("Energy", "NO", "Oslo", "large")
    assert (str(account.phone), account.website, account.time_zone) == (
        "+4722345678", "https://nordlys.example", "Europe/Oslo",
    )  # fmt: skip
    assert account.relationship_owner == owner
    assert account.custom == {"seats": "12.5", "plan": "Gold", "pilot": True}
    assert hasattr(account, "figures")
    assert ExternalReference.objects.get().value == "K-1"


def test_a_known_account_changes_and_the_rest_counts_as_here(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead", email="lead@example.com")
    mine = build.account(ref="A-1", name="Nordlys", city="Oslo", industry="Energy", custom={"kept": "yes"})
    same = build.account(ref="A-2", name="Fjord", city="Bergen")
    file = csv_file("Account ID,Name of company,City,Industry", "A-1,,Tromsø,", "A-2,,Bergen,", ",Ny AS,,")
    given = {"columns": {"Account ID": "account_ref", "Name of company": "account_name", "City": "city",
                         "Industry": "industry"}}  # fmt: skip

    report, code = run_import("accounts", file, "--as", "lead@example.com", given=given)

    assert (code, numbers(report)) == (0, (3, 2, 0, 0, 1, 0)), report
    mine.refresh_from_db()
    assert (mine.name, mine.city, mine.industry, mine.version, mine.custom) == (
        "Nordlys", "Tromsø", "Energy", 2, {"kept": "yes"},
    )  # fmt: skip
    same.refresh_from_db()
    assert same.version == 1
    made = Account.objects.get(name="Ny AS")
    assert made.ref == f"A-{made.pk:06d}"
    event = Events.objects.tracks(mine).get()  # type: ignore[no-untyped-call]  # untyped library
    assert (event.pgh_context["user"], event.pgh_context["imported"]) == (lead.pk, report["import"])
    assert numbers(run_import("accounts", file, given=given)[0]) == (3, 0, 0, 0, 3, 0)


def test_the_reference_of_a_source_is_remembered_and_found(csv_file: CsvFile, run_import: Command) -> None:
    mine = build.account(ref="A-1", name="Nordlys")
    run_import("accounts", csv_file("Customer ID,Company", "77,nordlys"), "--source", "erp")

    report, _code = run_import("accounts", csv_file("Customer ID,Company", "77,Nordlys Energi"), "--source", "erp")

    assert numbers(report) == (1, 1, 0, 0, 0, 0)
    found = Account.objects.get()
    assert (found.pk, found.ref, found.name) == (mine.pk, "A-1", "Nordlys Energi")


def test_each_bad_row_says_what_would_be_right(csv_file: CsvFile, run_import: Command) -> None:
    build.account(ref="A-1", name="Twin")
    build.account(ref="A-2", name="twin")
    head = "Customer ID,Company,Country,Account state,Account owner,Website,Employees,Parent"
    rows = (
        ",Twin,,,,,,",
        "B-1,,,,,,,",
        "B-2,One,Atlantis,,,,,",
        "B-3,Two,,sleeping,,,,",
        "B-4,Three,,,nobody@example.com,,,",
        "B-5,Four,,,,not an address,,",
        "B-6,Five,,,,,2.5,",
        "B-7,Six,,,,,,Nobody Ltd",
        "B-8,Seven,,,,,,B-8",
        "B-9,Eight,,,,,,",
        "B-9,Nine,,,,,,",
        "B-10,Child of a bad row,,,,,,Six",
        ",,NO,,,,,",
    )

    report, code = run_import("accounts", csv_file(head, *rows), "--partial")

    assert code == 1
    assert reasons(report) == [
        (2, "Company", "Several accounts have this name: A-1, A-2. Add the reference of the right one."),
        (3, "Company", "A new account needs its name."),
        (4, "Country", "No country is called so. Write its name or its two letters, for example Norway or NO."),
        (5, "Account state", (
            "This is none of the words known here."
            " Write one of: Suspect, Prospect, In sales cycle, Customer, Exiting, Former."
        )),
        (6, "Account owner", (
            "Nobody active here has this e-mail address or, alone, this name. Write the e-mail address."
        )),
        (7, "Website", "This is no address of a website. Write it as https://example.com."),
        (8, "Employees", "A number of people is a whole number, 0 or more."),
        (9, "Parent", "No account, here or in this file, has this reference or, alone, this name."),
        (10, "Parent", "An account cannot be its own parent."),
        (12, "Customer ID", "Row 11 is about the same one and says something else. Keep one of the two rows."),
        (13, "Parent", "No account, here or in this file, has this reference or, alone, this name."),
        (14, None, "The row names no account: give its name or its reference."),
    ]  # fmt: skip
    assert report["errors"][2]["value"] == "Atlantis"
    assert set(Account.objects.values_list("name", flat=True)) == {"Twin", "twin", "Eight"}


def test_taking_back_restores_what_was_and_keeps_what_somebody_edited(csv_file: CsvFile, run_import: Command) -> None:
    first = build.account(ref="A-1", name="Nordlys", city="Oslo")
    second = build.account(ref="A-2", name="Fjord", city="Bergen")
    report, _code = run_import(
        "accounts", csv_file("Customer ID,Company,City", "A-1,Nordlys,Hamar", "A-2,Fjord,Molde", "A-3,Ny,Bodø")
    )
    Account.objects.filter(pk=second.pk).update(city="Voss", version=3)

    back, code = run_import("--revert", str(report["import"]))

    assert (code, back["state"]) == (0, "reverted")
    assert list(Account.objects.order_by("ref").values_list("ref", "city", "version")) == [
        (first.ref, "Oslo", 3), (second.ref, "Voss", 3),
    ]  # fmt: skip
    assert [note["template"] for note in Import.objects.get().notes if "somebody edited" in note["template"]] == [
        "Records changed by this import that stay as they are, because somebody edited them: 1."
    ]


def test_a_product_manager_changes_only_what_is_theirs(csv_file: CsvFile, run_import: Command) -> None:
    maja = build.user("product_manager", email="maja@example.com")
    other = build.user("sales_owner", email="sven@example.com")
    build.account(ref="A-1", name="Mine", product_manager=maja)
    build.account(ref="A-2", name="Theirs", relationship_owner=other)
    rows = ("A-1,Mine,Oslo,", "A-2,Theirs,Oslo,", "A-3,New,Oslo,", "A-4,Given away,Oslo,sven@example.com")
    file = csv_file("Customer ID,Company,City,Account owner", *rows)

    report, code = run_import("accounts", file, "--as", "maja@example.com", "--partial")

    assert code == 1
    assert reasons(report) == [
        (3, "Customer ID", "This account is not yours to change; its owner or a product lead can."),
        (5, "Account owner", "Only a product lead or the sales VP names who owns an account."),
    ]
    assert set(Account.objects.values_list("ref", "city", "product_manager")) == {
        ("A-1", "Oslo", maja.pk), ("A-2", "", None), ("A-3", "Oslo", maja.pk),
    }  # fmt: skip


@pytest.mark.real_input
def test_the_accounts_of_the_sales_file_come_in_whole(
    shared_data: Path, run_import: Command, truth: Callable[[str], dict[str, Any]]
) -> None:
    known = truth("crm_sales_opportunities")

    report, code = run_import("accounts", shared_data / "data" / "crm_sales_opportunities" / "raw" / "accounts.csv")

    assert (code, numbers(report)) == (0, (85, 85, 0, 0, 0, 0)), report
    assert dict(Account.objects.exclude(parent=None).values_list("name", "parent__name")) == known["subsidiaries"]
    industries = list(Account.objects.values_list("industry", flat=True))
    assert {name: industries.count(name) for name in set(industries)} == known["sectors"]
    countries = list(Account.objects.values_list("country", flat=True))
    assert {code: countries.count(code) for code in set(countries)} == dict.fromkeys(
        ["BE", "BR", "CN", "DE", "IT", "JP", "JO", "KE", "KR", "NO", "PA", "PH", "PL", "RO"], 1
    ) | {"US": 71}
    assert {note["params"]["written"] for note in Import.objects.get().notes if "written" in note["params"]} == {
        "Philipines"
    }
    assert numbers(run_import("accounts", shared_data / "data/crm_sales_opportunities/raw/accounts.csv")[0])[4] == 85


@pytest.mark.real_input
def test_northwind_customers_come_in_with_addresses(shared_data: Path, run_import: Command) -> None:
    file = shared_data / "data" / "northwind" / "raw" / "customers.csv"

    report, code = run_import("accounts", file)

    assert (code, numbers(report)) == (0, (91, 91, 0, 0, 0, 0)), report
    found = Account.objects.get(ref="ALFKI")
    assert (found.name, found.street, found.city, found.postcode, found.country, found.region, str(found.phone)) == (
        "Alfreds Futterkiste", "Obere Str. 57", "Berlin", "12209", "DE", "", "+49300074321",
    )  # fmt: skip
    assert not Account.objects.filter(region="NULL").exists()


def test_an_export_comes_in_again_as_the_same_data(client: Client, tmp_path: Path, run_import: Command) -> None:
    owner = build.user("sales_owner", email="vera@example.com")
    lead = build.user("product_lead")
    CustomField.objects.create(thing="account", key="seats", label="Seats", type="number")
    parent = build.account(ref="+1", name='=HYPERLINK("http://evil")', business_summary="One line\nand another")
    child = build.account(
        ref="A-2", name="'Quoted", city="Oslo", country="NO", phone="+4722345678", parent=parent, size="large",
        relationship_owner=owner, custom={"seats": "-12.5"}, state="exiting", website="https://nordlys.example",
    )  # fmt: skip
    client.force_login(lead)
    file = tmp_path / "accounts.csv"
    form = {"holds": "everything", "format": "csv", "query": "who=all"}
    file.write_bytes(b"".join(client.post("/lists/accounts/export/", form)))

    report, code = run_import("accounts", file)

    assert (code, numbers(report)) == (0, (2, 0, 0, 0, 2, 0)), report
    written = file.read_text(encoding="utf-8-sig").replace("Oslo", "Hamar").replace("A-2", "A-22")
    file.write_text(written, encoding="utf-8")
    assert numbers(run_import("accounts", file)[0]) == (2, 1, 0, 0, 1, 0)
    child.refresh_from_db()
    assert (child.ref, child.name, child.city, child.parent, child.custom, child.version) == (
        "A-22", "'Quoted", "Hamar", parent, {"seats": "-12.5"}, 2,
    )  # fmt: skip
