"""`manage.py import`: identity, questions, mapping, sources, taking back, who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Account, ExternalReference
from pmcrm.exchange.models import Import
from pmcrm.trail.models import TrailEntry
from segmentation.models import HourEntry, LedgerLine
from tests import build
from tests.exchange.conftest import Command, sums

pytestmark = pytest.mark.django_db

CsvFile = Callable[..., Path]
HEAD = "Customer ID,Customer Name,Date,Revenue,Profit"


def numbers(report: dict[str, Any]) -> tuple[int, ...]:
    return tuple(report[name] for name in ("rows", "imported", "rejected", "skipped", "unchanged", "held"))


def reasons(report: dict[str, Any]) -> list[tuple[int | None, str | None, str]]:
    return [(error["row"], error["column"], error["reason"]) for error in report["errors"]]


@pytest.mark.real_input
def test_both_real_files_come_in_whole_and_twice_doubles_nothing(shared_data: Path, run_import: Command) -> None:
    raw = shared_data / "data" / "superstore" / "raw"
    american = raw / "timlafferty_mdy_utf8bom_2018dates.csv"

    report, code = run_import("ledger", american)
    assert (code, numbers(report)) == (0, (9994, 9994, 0, 0, 0, 0))
    assert sums() == (9994, Decimal("2297200.8603"), Decimal("286397.0217"))
    assert Account.objects.count() == 793

    report, code = run_import("ledger", american)
    assert (code, numbers(report)) == (0, (9994, 0, 0, 0, 9994, 0))
    assert sums() == (9994, Decimal("2297200.8603"), Decimal("286397.0217"))

    report, code = run_import("ledger", raw / "abosaleh_semicolon_decimalcomma_dmy_utf8bom.csv")
    assert (code, numbers(report)) == (0, (9994, 9994, 0, 0, 0, 0))
    assert sums() == (19988, Decimal("4594401.7206"), Decimal("572794.0434"))
    assert Account.objects.count() == 793


def test_an_unknown_customer_becomes_an_account_without_an_owner(csv_file: CsvFile, run_import: Command) -> None:
    file = csv_file(HEAD + ",Segment,Region,Product", "K-1,Nordlys AS,2026-01-31,100.50,-20,Energy,North,Grid")

    run_import("ledger", file)

    account = Account.objects.get()
    assert (account.ref, account.name, account.kind, account.party, account.state, account.segment, account.region) == (
        "K-1", "Nordlys AS", "external", "customer", "customer", "Energy", "",
    )  # fmt: skip
    assert account.relationship_owner is None
    line = LedgerLine.objects.get()
    assert (line.date, line.revenue, line.cost, line.currency, line.region, line.product) == (
        dt.date(2026, 1, 31), Decimal("100.50"), Decimal("120.50"), "USD", "North", "Grid",
    )  # fmt: skip


def test_equal_rows_of_one_file_are_different_lines(csv_file: CsvFile, run_import: Command) -> None:
    row = "K-1,Nordlys AS,2026-01-31,10,5"

    assert numbers(run_import("ledger", csv_file(HEAD, row, row))[0]) == (2, 2, 0, 0, 0, 0)
    assert numbers(run_import("ledger", csv_file(HEAD, row, row, row))[0]) == (3, 1, 0, 0, 2, 0)
    assert LedgerLine.objects.count() == 3


def test_the_account_is_found_by_name_and_keeps_the_reference(csv_file: CsvFile, run_import: Command) -> None:
    mine = build.account(ref="A-1", name="Nordlys  AS")
    file = csv_file(HEAD, "K-1,nordlys as,2026-01-31,10,5")

    run_import("ledger", file, "--source", "erp")

    assert Account.objects.get() == mine
    assert LedgerLine.objects.get().account == mine
    assert list(ExternalReference.objects.values_list("source", "kind", "value", "account")) == [
        ("erp", "account", "K-1", mine.pk)
    ]


def test_two_accounts_of_one_name_are_a_row_error(csv_file: CsvFile, run_import: Command) -> None:
    build.account(ref="A-1", name="Nordlys")
    build.account(ref="A-2", name="NORDLYS")

    report, code = run_import("ledger", csv_file("Customer,Date,Revenue", "Nordlys,2026-01-31,10"))

    assert code == 1
    assert reasons(report) == [
        (2, "Customer", "Several accounts have this name: A-1, A-2. Add the reference of the right one.")
    ]
    assert LedgerLine.objects.count() == 0


def test_customers_of_one_name_with_references_of_their_own_stay_apart(csv_file: CsvFile, run_import: Command) -> None:
    run_import("ledger", csv_file(HEAD, "K-1,Claire Gute,2026-01-31,10,5", "K-2,Claire Gute,2026-01-31,20,5"))
    run_import("ledger", csv_file(HEAD, "K-3,Claire Gute,2026-01-31,30,5"))

    assert list(Account.objects.order_by("ref").values_list("ref", flat=True)) == ["K-1", "K-2", "K-3"]


def test_a_source_tells_lines_by_their_reference(csv_file: CsvFile, run_import: Command) -> None:
    head = HEAD + ",Line ID"
    run_import("ledger", csv_file(head, "K-1,Nordlys,2026-01-31,10,5,L1"), "--source", "erp")

    again, _code = run_import("ledger", csv_file(head, "K-1,Nordlys,2026-01-31,10,5,L1"), "--source", "erp")
    changed, code = run_import("ledger", csv_file(head, "K-1,Nordlys,2026-01-31,12,5,L1"), "--source", "erp")

    assert numbers(again) == (1, 0, 0, 0, 1, 0)
    assert code == 1
    assert reasons(changed) == [
        (
            2,
            "Line ID",
            "This line reference came in before with other values: 2026-01-31, revenue 10, cost 5, account K-1.",
        )
    ]
    assert sums() == (1, Decimal(10), Decimal(5))


def test_a_reference_twice_in_a_file_with_other_values(csv_file: CsvFile, run_import: Command) -> None:
    head = HEAD + ",Line ID"
    rows = ("K-1,Nordlys,2026-01-31,10,5,L1", "K-1,Nordlys,2026-01-31,11,5,L1", "K-1,Nordlys,2026-01-31,10,5,L1")

    report, _code = run_import("ledger", csv_file(head, *rows), "--source", "erp", "--partial")

    assert numbers(report) == (3, 1, 1, 0, 1, 0)
    assert reasons(report) == [(3, "Line ID", "This line reference stands in row 2 already, with other values.")]


@pytest.mark.parametrize(
    ("column", "value", "key"),
    [("Date", "03/04/2019", "date_order"), ("Revenue", '"1,234"', "decimal")],
)
def test_what_can_be_read_in_two_ways_is_asked(
    csv_file: CsvFile, run_import: Command, column: str, value: str, key: str
) -> None:
    cells = {"Customer ID": "K-1", "Date": "2019-12-31", "Revenue": "10"} | {column: value}
    file = csv_file(",".join(cells), ",".join(cells.values()))

    report, code = run_import("ledger", file)

    assert code == 2
    assert (report["import"], report["state"]) == (None, "needs_answers")
    assert report["errors"][0]["column"] == key
    assert f"{key}:" in report["errors"][0]["reason"]
    assert value.strip('"') in report["errors"][0]["reason"]
    assert not Import.objects.exists()


def test_the_map_answers_what_is_asked(csv_file: CsvFile, run_import: Command) -> None:
    file = csv_file("Customer ID,Date,Revenue", 'K-1,03/04/2019,"1,234"')

    report, code = run_import("ledger", file, given={"date_order": "dmy", "decimal": ","})

    assert (code, numbers(report)) == (0, (1, 1, 0, 0, 0, 0))
    assert LedgerLine.objects.values_list("date", "revenue").get() == (dt.date(2019, 4, 3), Decimal("1.234"))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"columns": {"Sales": "revenue", "Net": "revenue", "Day": "date", "Who": "account_name"}}, "Two columns"),
        (
            {"columns": {"Sales": "cost", "Net": "profit", "Day": "date", "Who": "account_name"}},
            "Both cost and profit are mapped. Profit is revenue less cost: choose one of the two.",
        ),
        ({"columns": {"Sales": "income"}}, "“income” is no target of ledger."),
        ({"columns": {"Salez": "revenue"}}, "The file has no column “Salez”."),
        ({"columns": {"Sales": "revenue", "Who": "account_name"}}, "No column is mapped to date."),
        ({"delimeter": ","}, "delimeter: This setting is not known."),
        ({"date_order": "ydm"}, "date_order: This must be one of:"),
    ],
)
def test_a_map_that_cannot_be_is_an_error_in_words(
    csv_file: CsvFile, run_import: Command, given: dict[str, Any], sentence: str
) -> None:
    report, code = run_import("ledger", csv_file("Who,Day,Sales,Net", "Nordlys,2026-01-31,10,5"), given=given)

    assert code == 2
    assert sentence in report["errors"][0]["reason"]
    assert not Import.objects.exists()


def test_a_dry_run_leaves_nothing(csv_file: CsvFile, run_import: Command) -> None:
    report, code = run_import("ledger", csv_file(HEAD, "K-1,Nordlys,2026-01-31,10,5"), "--dry-run")

    assert code == 0
    assert numbers(report) == (1, 0, 0, 0, 0, 1)
    assert report["import"] is None
    assert (Import.objects.count(), LedgerLine.objects.count(), Account.objects.count()) == (0, 0, 0)


def test_taking_back_removes_lines_and_accounts_that_nobody_uses(csv_file: CsvFile, run_import: Command) -> None:
    kept = build.account(ref="K-2", name="Fjord")
    file = csv_file(HEAD, "K-1,Nordlys,2026-01-31,10,5", "K-2,Fjord,2026-01-31,20,5", "K-3,Used,2026-01-31,20,5")
    report, _code = run_import("ledger", file)
    build.contact(account=Account.objects.get(ref="K-3"))

    back, code = run_import("--revert", str(report["import"]))

    assert (code, back["state"]) == (0, "reverted")
    assert LedgerLine.objects.count() == 0
    assert set(Account.objects.values_list("ref", flat=True)) == {kept.ref, "K-3"}
    assert "stay" in Import.objects.get().notes[-1]["template"]
    assert numbers(run_import("ledger", file)[0]) == (3, 3, 0, 0, 0, 0)


def test_an_import_is_taken_back_once(csv_file: CsvFile, run_import: Command) -> None:
    report, _code = run_import("ledger", csv_file(HEAD, "K-1,Nordlys,2026-01-31,10,5"))
    run_import("--revert", str(report["import"]))

    again, code = run_import("--revert", str(report["import"]))

    assert code == 2
    assert "Taken back" in again["errors"][0]["reason"]


def test_lines_reversed_by_hand_keep_their_import_in(csv_file: CsvFile, run_import: Command) -> None:
    report, _code = run_import("ledger", csv_file(HEAD, "K-1,Nordlys,2026-01-31,10,5"))
    line = LedgerLine.objects.get()
    build.ledger_line(account=line.account, revenue="-10", cost="-5", reverses=line)

    back, code = run_import("--revert", str(report["import"]))

    assert code == 2
    assert back["errors"][0]["reason"] == (
        "1 lines of this import were reversed by hand since. Nothing was taken back."
    )
    assert LedgerLine.objects.count() == 2


def test_who_may_not_import_is_told_so(csv_file: CsvFile, run_import: Command) -> None:
    build.user("sales_vp", name="Vera", email="vera@example.com")

    report, code = run_import("ledger", csv_file(HEAD, "K-1,N,2026-01-31,1,1"), "--as", "vera@example.com")

    assert code == 2
    assert report["errors"][0]["reason"] == "Vera may not import Ledger lines."
    assert not Import.objects.exists()


def test_one_trail_row_tells_what_came_in(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead", email="lead@example.com")

    run_import("ledger", csv_file(HEAD, "K-1,Nordlys,2026-01-31,10,5"), "--as", "lead@example.com")

    entry = TrailEntry.objects.get(verb="import.done")
    assert (entry.actor, entry.data["imported"]) == (lead, 1)


def test_hours_beside_amounts_need_a_pool_in_use(csv_file: CsvFile, run_import: Command) -> None:
    build.pool("support")
    rows = ("K-1,Nordlys,2026-01-31,10,2.5,Support", "K-1,Nordlys,2026-01-31,,3,support", "K-1,N,2026-01-31,,1,Sailing")

    report, code = run_import(
        "ledger", csv_file("Customer ID,Customer Name,Date,Revenue,Hours,Pool", *rows), "--partial"
    )

    assert code == 1
    assert numbers(report) == (3, 2, 1, 0, 0, 0)
    assert reasons(report) == [(4, "Pool", "This pool is not in use here. In use: Support.")]
    assert list(HourEntry.objects.order_by("hours").values_list("hours", "pool_id", "account__ref")) == [
        (Decimal("2.50"), "support", "K-1"),
        (Decimal("3.00"), "support", "K-1"),
    ]
    assert LedgerLine.objects.count() == 1


def test_hours_come_in_of_themselves(csv_file: CsvFile, run_import: Command) -> None:
    build.pool("engineering")
    kari = build.user("department_member", email="kari@example.com")
    rows = (
        "K-1,kari@example.com,2026-01-31,2.25,Engineering",
        ",kari@example.com,2026-01-31,4,Engineering",
        "K-1,nobody@example.com,2026-01-31,1,Engineering",
    )

    report, code = run_import("hours", csv_file("Customer ID,E-mail,Date,Hours,Pool", *rows), "--partial")

    assert code == 1
    assert numbers(report) == (3, 2, 1, 0, 0, 0)
    assert reasons(report) == [(4, "E-mail", "Nobody here has this e-mail address.")]
    assert list(HourEntry.objects.order_by("hours").values_list("hours", "person", "account__ref")) == [
        (Decimal("2.25"), kari.pk, "K-1"),
        (Decimal("4.00"), kari.pk, None),
    ]


def test_euros_do_not_come_in_as_dollars(csv_file: CsvFile, run_import: Command) -> None:
    report, code = run_import("ledger", csv_file("Customer ID,Date,Revenue", "K-1,2026-01-31,10.50 €"))

    assert code == 2
    assert report["errors"][0]["reason"].startswith(
        "Amounts carry €, but no column holds the currency and ours is USD."
    )


def test_rejected_rows_can_be_mended_and_imported_alone(csv_file: CsvFile, run_import: Command) -> None:
    file = csv_file(HEAD, "K-1,=1+1,2026-01-31,-10.5,n/a", "K-2,Fjord,2026-01-31,20,5")
    report, _code = run_import("ledger", file, "--partial")
    back = Import.objects.get(pk=report["import"]).rejected_path.read_text(encoding="utf-8-sig").splitlines()

    assert back[1].startswith(f"{report['import']}-2,2,Profit: This says that the number is missing.")
    assert back[1].endswith("K-1,'=1+1,2026-01-31,'-10.5,n/a")
    mended = csv_file(back[0], back[1].replace("n/a", "'-4"), name="mended.csv")
    again, code = run_import("ledger", mended)

    assert (code, numbers(again)) == (0, (1, 1, 0, 0, 0, 0))
    assert set(Account.objects.values_list("name", flat=True)) == {"=1+1", "Fjord"}
    assert sums() == (2, Decimal("9.5"), Decimal(1))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("photo.png", b"\x89PNG", "Files of this type cannot be read."),
        ("lines.csv", b"%PDF-1.7 ...", "This is neither text nor a spreadsheet."),
        ("lines.xlsx", b"no zip at all", "This is not an XLSX workbook."),
        ("lines.csv", b'Customer ID,Date,Revenue\nK-1,2026-01-31,"10\n', "A quotation mark opened in line 2"),
        ("lines.csv", b"Customer ID,Date\0,Revenue\nK-1,2026-01-31,10\n", "This is neither text nor a spreadsheet."),
    ],
)
def test_files_that_are_none_of_ours(
    tmp_path: Path, run_import: Command, name: str, content: bytes, sentence: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    report, code = run_import("ledger", file)

    assert code == 2
    assert report["errors"][0]["reason"].startswith(sentence)
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    "header",
    [
        "Kunden-ID;Kundenname;Bestelldatum;Umsatz;Gewinn",
        "Код клиента;Клиент;Дата заказа;Выручка;Прибыль",
        "客户编号;客户名称;订单日期;销售额;利润",
    ],
)
def test_headers_in_other_languages(csv_file: CsvFile, run_import: Command, header: str) -> None:
    report, code = run_import("ledger", csv_file(header, "K-1;Nordlys;31.12.2025;1.234,50;(20,25)"))

    assert (code, numbers(report)) == (0, (1, 1, 0, 0, 0, 0))
    assert sums() == (1, Decimal("1234.50"), Decimal("-20.25"))
