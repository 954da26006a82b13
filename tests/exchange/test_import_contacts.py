"""`manage.py import contacts`: people found or made, at the right account, also leads; refused by row, taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import Account, Contact, ContactReference, CustomField
from tests import build
from tests.exchange.conftest import Command
from tests.exchange.test_import_command import numbers, reasons

pytestmark = pytest.mark.django_db

CsvFile = Callable[..., Path]


def test_people_come_in_at_their_account(csv_file: CsvFile, run_import: Command) -> None:
    mine = build.account(ref="A-1", name="Nordlys", country="NO")
    CustomField.objects.create(thing="contact", key="vip", label="VIP", type="yes_no")
    head = "Contact ID,First name,Last name,Company,Job title,E-mail,Phone,Country,VIP"
    rows = (
        "C-1,Kari,Lund,nordlys,CTO,kari@nordlys.example,22 34 56 78,Norway,yes",
        "C-2,Per,Aas,Fjord AS,,,,,",
        "C-3,Ida,Berg,,,,,,",
    )

    report, code = run_import("contacts", csv_file(head, *rows), "--source", "crm")

    assert (code, numbers(report)) == (0, (3, 3, 0, 0, 0, 0)), report
    kari = Contact.objects.get(name="Kari Lund")
    assert (kari.account, kari.job_title, kari.email, str(kari.phone), kari.custom, kari.is_active) == (
        mine, "CTO", "kari@nordlys.example", "+4722345678", {"vip": True}, True,
    )  # fmt: skip
    # One without an account gets one of their own name.
    assert set(Contact.objects.values_list("name", "account__name")) == {
        ("Kari Lund", "Nordlys"), ("Per Aas", "Fjord AS"), ("Ida Berg", "Ida Berg"),
    }  # fmt: skip
    assert set(ContactReference.objects.values_list("source", "value")) == {
        ("crm", "C-1"),
        ("crm", "C-2"),
        ("crm", "C-3"),
    }
    assert numbers(run_import("contacts", csv_file(head, *rows), "--source", "crm")[0]) == (3, 0, 0, 0, 3, 0)


def test_a_known_person_is_found_and_changed(csv_file: CsvFile, run_import: Command) -> None:
    account = build.account(ref="A-1", name="Nordlys")
    by_mail = build.contact(account=account, name="K. Lund", email="kari@nordlys.example")
    by_name = build.contact(account=account, name="Per Aas", job_title="CFO")
    rows = ("Nordlys,Kari Lund,KARI@nordlys.example,CTO", "Nordlys,per aas,,CFO", ",Kari Lund,kari@nordlys.example,CTO")

    report, code = run_import("contacts", csv_file("Company,Full name,E-mail,Position", *rows[:2]))

    assert (code, numbers(report)) == (0, (2, 2, 0, 0, 0, 0)), report
    assert set(Contact.objects.values_list("pk", "name", "job_title")) == {
        (by_mail.pk, "Kari Lund", "CTO"), (by_name.pk, "per aas", "CFO"),
    }  # fmt: skip
    # An address that one person alone has names that person, without the company too.
    assert numbers(run_import("contacts", csv_file("Company,Full name,E-mail,Position", rows[2]))[0])[4] == 0
    assert (Contact.objects.count(), Account.objects.count()) == (2, 1)


def test_leads_come_in_as_prospects_and_a_person_once(csv_file: CsvFile, run_import: Command) -> None:
    head = "Lead ID,Contact ID,Full name,Lead status"

    report, code = run_import(
        "contacts", csv_file(head, "L1,C1,Ida Berg,New", "L2,C1,Ida Berg,Working", "L3,C2,Ola,New")
    )

    assert (code, numbers(report)) == (0, (3, 2, 0, 0, 1, 0)), report
    assert set(Account.objects.values_list("name", "state")) == {("Ida Berg", "prospect"), ("Ola", "prospect")}


def test_each_bad_person_is_named(csv_file: CsvFile, run_import: Command) -> None:
    build.account(ref="A-1", name="Twin")
    build.account(ref="A-2", name="Twin")
    home, away = build.account(name="Home"), build.account(name="Away")
    build.contact(account=home, name="Kari", email="kari@example.com")
    run_import("contacts", csv_file("Contact ID,Company,Full name,E-mail", "C-9,Home,Kari,kari@example.com"))
    rows = (
        "C-1,Home,,",
        "C-2,Home,Ida,no address",
        "C-3,Twin,Ola,",
        "C-9,Away,Kari,",
        "C-5,Home,Eva,",
        "C-5,Home,Eva Marie,",
    )

    report, code = run_import("contacts", csv_file("Contact ID,Company,Full name,E-mail", *rows), "--partial")

    assert code == 1
    assert reasons(report) == [
        (2, "Full name", "A new contact needs a name."),
        (3, "E-mail", "This is no e-mail address. Write it as name@example.com."),
        (4, "Company", "Several accounts have this name: A-1, A-2. Add the reference of the right one."),
        (5, "Company", (
            "This person is at Home here. Move them there by hand, so that what was said stays with it."
        )),
        (7, "Contact ID", "Row 6 is about the same one and says something else. Keep one of the two rows."),
    ]  # fmt: skip
    assert set(Contact.objects.values_list("name", "account__name")) == {("Kari", "Home"), ("Eva", "Home")}
    assert not Contact.objects.filter(account=away).exists()


def test_taking_back_keeps_whom_somebody_spoke_with(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead")
    known = build.contact(account=build.account(name="Home"), name="Kari", email="kari@example.com", job_title="CTO")
    head = "Company,Full name,E-mail,Position"
    rows = ("Home,Kari,kari@example.com,CEO", "New,Ola,,", "Newer,Ida,,")
    report, _code = run_import("contacts", csv_file(head, *rows))
    ola = Contact.objects.get(name="Ola")
    build.interaction(ola.account, author=lead).contacts.add(ola)

    back, code = run_import("--revert", str(report["import"]))

    assert (code, back["state"]) == (0, "reverted")
    known.refresh_from_db()
    assert known.job_title == "CTO"
    assert set(Contact.objects.values_list("name", flat=True)) == {"Kari", "Ola"}
    assert set(Account.objects.values_list("name", flat=True)) == {"Home", "New"}


@pytest.mark.real_input
def test_the_contacts_and_leads_of_the_small_crm_come_in(shared_data: Path, run_import: Command) -> None:
    raw = shared_data / "data" / "b2b_small_crm" / "raw"

    leads, code = run_import(
        "contacts", raw / "Leads.csv", "--join", f"{raw / 'Contacts.csv'}:ContactID", "--source", "crm"
    )
    assert (code, leads["rows"], leads["imported"], leads["unchanged"]) == (0, 200, 87, 113), leads
    assert set(Account.objects.values_list("state", flat=True)) == {"prospect"}

    report, code = run_import("contacts", raw / "Contacts.csv", "--source", "crm")

    assert (code, report["rows"], report["rejected"]) == (0, 100, 0), report
    assert (Contact.objects.count(), ContactReference.objects.count()) == (100, 100)


@pytest.mark.real_input
def test_the_people_of_northwind_stand_at_their_companies(shared_data: Path, run_import: Command) -> None:
    file = shared_data / "data" / "northwind" / "raw" / "customers.csv"
    run_import("accounts", file)

    report, code = run_import("contacts", file)

    assert (code, numbers(report)) == (0, (91, 91, 0, 0, 0, 0)), report
    found = Contact.objects.get(account__ref="ALFKI")
    assert (found.name, found.job_title, str(found.phone)) == ("Maria Anders", "Sales Representative", "+49300074321")
    assert Account.objects.count() == 91


@pytest.mark.real_input
@pytest.mark.parametrize(
    ("file", "people"),
    [
        ("John_Doe_IPHONE.vcf", {("Mr. John Richter James Doe Sr.", "IBM", "Money Counter", "john.doe@ibm.com")}),
        ("John_Doe_MS_OUTLOOK.vcf", {("Mr. John Richter James Doe Sr.", "IBM", "Money Counter", "john.doe@ibm.cm")}),
        (
            "gmail-list.vcf",
            {
                ("Arnold Smith", "Arnold Smith", "", "asmithk@gmail.com"),
                ("Chris Beatle", "Chris Beatle", "", "chrisy55d@yahoo.com"),
                ("Doug White", "Doug White", "", "dwhite@gmail.com"),
            },
        ),
    ],
)
def test_real_vcards_come_in(
    shared_data: Path, run_import: Command, file: str, people: set[tuple[str, str, str, str]]
) -> None:
    report, code = run_import("contacts", shared_data / "data" / "contacts_calendars" / "raw" / "vcf" / file)

    assert (code, report["imported"], report["rejected"]) == (0, len(people), 0), report
    assert set(Contact.objects.values_list("name", "account__name", "job_title", "email")) == people
