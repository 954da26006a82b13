"""A list as a file: what it holds, for whom, and that it comes in again."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import Account, Contact
from accounts.services.custom_fields import create_field
from accounts.services.figures import publish_figures
from pmcrm.exchange.models import Import
from pmcrm.exchange.services import imports
from pmcrm.exchange.services.running import work as work_import
from pmcrm.exports.models import Export
from pmcrm.exports.writing import write_xlsx
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client: Client) -> User:
    person = build.user("product_lead", email="lead@example.com")
    client.force_login(person)
    return person


def exported(client: Client, kind: str, query: str = "", *, holds: str = "columns", form: str = "csv") -> bytes:
    answer: Any = client.post(reverse("list_export", args=[kind]), {"holds": holds, "format": form, "query": query})
    assert answer.status_code == 200, answer.content.decode()
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def rows_of(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))


def sheet_of(file: bytes, folder: Path) -> list[list[Any]]:
    path = folder / "file.xlsx"
    path.write_bytes(file)
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def test_the_file_holds_the_chosen_columns_in_their_order(client: Client, lead: User) -> None:
    nord = build.account(name="Nord", ref="N-1", country="NO", city="Oslo", time_zone="Europe/Oslo")
    Account.objects.filter(pk=nord.pk).update(product_manager=lead)
    build.account(name="Sued", ref="S-1", country="DE")

    rows = rows_of(exported(client, "accounts", "country=NO&columns=product&columns=place&columns=state&sort=-name"))

    assert rows == [
        ["pmcrm_id", "ref", "name", "product_manager", "country", "city", "time_zone", "state"],
        [str(nord.pk), "N-1", "Nord", "lead@example.com", "NO", "Oslo", "Europe/Oslo", "customer"],
    ]


def test_the_order_is_that_of_the_list_with_empty_values_last(client: Client, lead: User) -> None:
    for name, amount in [("Middle", "10"), ("Worst", "-5.5"), ("Best", "20")]:
        made = build.account(name=name)
        publish_figures([{"account_id": made.pk, "contribution_12m": Decimal(amount)}], columns={"contribution_12m"})
    build.account(name="Unknown")

    rows = rows_of(exported(client, "accounts", "sort=-contribution&columns=contribution"))

    assert [row[2:] for row in rows[1:]] == [
        ["Best", "20.000000"], ["Middle", "10.000000"], ["Worst", "-5.500000"], ["Unknown", ""],
    ]  # fmt: skip


def test_a_sheet_holds_numbers_days_and_texts(client: Client, lead: User, tmp_path: Path) -> None:
    create_field(actor=lead, thing="account", label="Seats", type="number")
    create_field(actor=lead, thing="account", label="Renewal", type="date")
    made = build.account(
        name='=HYPERLINK("http://evil")', ref="'+1", phone="+4722345678",
        custom={"seats": "1250.5", "renewal": "2027-01-31"},
    )  # fmt: skip
    publish_figures(
        [{"account_id": made.pk, "revenue_12m": Decimal("12.5"), "next_step_on": dt.date(2026, 3, 1)}],
        columns={"revenue_12m", "next_step_on"},
    )

    heads, row = sheet_of(exported(client, "accounts", holds="everything", form="xlsx"), tmp_path)
    found = dict(zip(heads, row, strict=True))

    assert (found["name"], found["ref"], found["phone"]) == ('=HYPERLINK("http://evil")', "''+1", "+4722345678")
    assert (found["revenue_12m"], found["next_step"]) == (12.5, dt.date(2026, 3, 1))
    assert (found["custom_seats"], found["custom_renewal"]) == (1250.5, dt.date(2027, 1, 31))
    assert found["reference_ok"] == "no"


def test_values_that_a_person_may_not_see_are_absent(client: Client) -> None:
    person = build.user("sales_owner")
    own = build.account(name="Own", relationship_owner=person)
    served = build.account(name="Served")
    served.team.add(person)
    build.account(name="Hidden")
    publish_figures(
        [{"account_id": one.pk, "revenue_12m": Decimal(7)} for one in (own, served)], columns={"revenue_12m"}
    )
    build.contact(account=own, name="Kari", temperament="calm")
    build.contact(account=served, name="Ola", temperament="direct")
    client.force_login(person)

    accounts = list(csv.DictReader(io.StringIO(exported(client, "accounts", holds="everything").decode("utf-8-sig"))))
    people = list(csv.DictReader(io.StringIO(exported(client, "contacts", holds="everything").decode("utf-8-sig"))))

    assert [(row["name"], row["revenue_12m"]) for row in accounts] == [("Own", "7.000000"), ("Served", "")]
    assert [(row["contact_name"], row["temperament"]) for row in people] == [("Kari", "calm"), ("Ola", "")]
    client.force_login(build.user("administrator"))
    assert b"temperament" not in exported(client, "contacts", holds="everything")
    assert b"revenue_12m" not in exported(client, "accounts", holds="everything")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_people_leave_and_come_in_again_as_the_same(client: Client, lead: User, form: str) -> None:
    nord = build.account(name="Nord", ref="N-1")
    build.contact(
        account=nord, name="=Kari", email="kari@nord.example", phone="+4722345678", job_title="'Planner",
        role="technical", time_zone="Europe/Oslo", background="Line one\nline two", is_active=False,
        joined_company_on=dt.date(2020, 5, 1),
    )  # fmt: skip
    before = list(Contact.objects.values())

    file = exported(client, "contacts", "who=all", holds="everything", form=form)
    batch = imports.receive(actor=lead, kind="contacts", name=f"people.{form}", chunks=[file])
    work_import(batch.pk)

    found = Import.objects.get(pk=batch.pk)
    assert (found.state, found.rejected, found.unchanged) == ("ready", 0, 1), found.first_errors
    assert list(Contact.objects.values()) == before


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_accounts_leave_and_come_in_again_as_the_same(client: Client, lead: User, form: str) -> None:
    parent = build.account(name="=Group", ref="00012", phone="+4722345678", country="NO", product_manager=lead)
    build.account(name="'Nord", ref="N-1", parent=parent, speaker_ok=True, reference_permission_on=dt.date(2026, 2, 1))

    file = exported(client, "accounts", holds="everything", form=form)
    batch = imports.receive(actor=lead, kind="accounts", name=f"accounts.{form}", chunks=[file])
    work_import(batch.pk)

    found = Import.objects.get(pk=batch.pk)
    assert (found.state, found.rejected, found.unchanged) == ("ready", 0, 2), found.first_errors


def test_each_export_leaves_a_trail(client: Client, lead: User) -> None:
    build.account(name="Nord", country="NO")

    exported(client, "accounts", "country=NO", form="xlsx")

    export = Export.objects.get()
    entry = TrailEntry.objects.get(verb="list.exported")
    told = {"kind": "accounts", "query": "country=NO", "format": "xlsx", "everything": False, "rows": 1}
    assert (entry.actor, entry.subject_id, entry.data) == (lead, str(export.pk), told)
    assert (export.state, export.rows, export.is_there) == ("done", 1, False)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("country=Atlantis", "The filter “Country” holds a value"), ("state=%00", "The filter “State” holds a value")],
)
def test_a_filter_that_does_not_hold_is_refused(client: Client, lead: User, query: str, sentence: str) -> None:
    form = {"holds": "columns", "format": "csv", "query": query}
    answer = client.post(reverse("list_export", args=["accounts"]), form)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Export.objects.exists()


def test_a_wrong_choice_and_an_unknown_list(client: Client, lead: User) -> None:
    url = reverse("list_export", args=["accounts"])

    assert client.post(url, {"holds": "all", "format": "pdf"}).status_code == 422
    assert client.get(reverse("list_export", args=["ledger"])).status_code == 404
    assert not Export.objects.exists()


def test_a_text_longer_than_a_cell_is_named(client: Client, lead: User) -> None:
    build.account(business_summary="x" * 40_000)

    form = {"holds": "everything", "format": "xlsx"}
    answer = client.post(reverse("list_export", args=["accounts"]), form)

    assert answer.status_code == 422
    assert "Row 1: “business_summary” is longer than a cell" in answer.content.decode()


def test_a_sheet_is_written_in_bounded_memory(tmp_path: Path) -> None:
    import tracemalloc

    tracemalloc.start()
    write_xlsx(tmp_path / "a.xlsx", ["n", "text"], ([n, f"text {n}"] for n in range(20_000)), title="a")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5_000_000
