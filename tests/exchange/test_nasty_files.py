"""The real nasty files, each doing what its EXPECTED.md says."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Account
from pmcrm.exchange.models import Import
from segmentation.models import LedgerLine
from tests.exchange.conftest import Command, sums

pytestmark = [pytest.mark.django_db, pytest.mark.real_input]


@pytest.fixture
def nasty(shared_data: Path) -> Path:
    return shared_data / "data" / "nasty" / "dev"


@pytest.fixture
def expected(nasty: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((nasty / "expected.json").read_text())
    return found


def file(nasty: Path, number: str) -> Path:
    return next(nasty.glob(f"{number}_*"))


def by_line() -> dict[int, LedgerLine]:
    """Lines of a file whose first column numbers its rows, by the line they stood in."""
    return {int(line.line_ref): line for line in LedgerLine.objects.all()}


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    return tuple(report[name] for name in ("rows", "imported", "rejected", "skipped", "unchanged", "held"))


def test_semicolons_decimal_commas_and_a_totals_row(nasty: Path, run_import: Command) -> None:
    report, code = run_import("ledger", file(nasty, "d01"))

    assert code == 0
    assert counts(report) == (201, 200, 0, 1, 0, 0)
    assert sums() == (200, Decimal("47800.2537"), Decimal("-67.1333"))
    assert Account.objects.count() == 93
    assert not Account.objects.filter(name__icontains="gesamt").exists()
    assert LedgerLine.objects.get(line_ref="1").date == dt.date(2018, 11, 8)


def test_three_malformed_rows_are_all_named_and_nothing_comes_in(nasty: Path, run_import: Command) -> None:
    report, code = run_import("ledger", file(nasty, "d03"))

    assert code == 1
    assert report["state"] == "refused"
    assert counts(report) == (100, 0, 3, 0, 0, 97)
    assert [(error["row"], error["column"], error["reason"]) for error in report["errors"]] == [
        (12, None, "The row has 4 columns instead of 8."),
        (47, None, "The row has 10 columns instead of 8. Is a separator inside a text?"),
        (83, "Sales", "This says that the number is missing. Write the number."),
    ]
    assert report["errors"][2]["value"] == "n/a"
    assert sums()[0] == 0
    assert Account.objects.count() == 0


def test_three_malformed_rows_come_back_where_good_rows_may_go_in(nasty: Path, run_import: Command) -> None:
    report, code = run_import("ledger", file(nasty, "d03"), "--partial")

    assert code == 1
    assert counts(report) == (100, 97, 3, 0, 0, 0)
    assert sums() == (97, Decimal("28730.4455"), Decimal("-853.371"))
    back = Import.objects.get(pk=report["import"]).rejected_path.read_text(encoding="utf-8-sig").splitlines()
    assert back[0].startswith("pmcrm_id,pmcrm_row,pmcrm_reason,Row ID,Order ID")
    assert [line.split(",")[1] for line in back[1:]] == ["12", "47", "83"]


def test_three_date_formats_in_one_column(nasty: Path, expected: dict[str, Any], run_import: Command) -> None:
    report, code = run_import("ledger", file(nasty, "d04"), "--partial")

    assert code == 1
    assert counts(report) == (60, 58, 2, 0, 0, 0)
    assert [(error["row"], error["value"], error["reason"]) for error in report["errors"]] == [
        (30, "31/02/2019", "This date does not exist."),
        (50, "2019-13-05", "This date does not exist."),
    ]
    # The first column counts from 301 on, in line 2.
    found = {str(row - 299): line.date.isoformat() for row, line in by_line().items()}
    assert found == expected["d04_ledger_three_date_formats.csv"]["true_dates"]


def test_parentheses_currency_signs_blank_lines_and_totals(
    nasty: Path, expected: dict[str, Any], run_import: Command
) -> None:
    report, code = run_import("ledger", file(nasty, "d06"))

    assert code == 0
    assert counts(report) == (85, 80, 0, 5, 0, 0)
    assert sums() == (80, Decimal("89891.95"), Decimal("12964.25"))
    lines = file(nasty, "d06").read_text().splitlines()
    wanted = {
        lines[int(row) - 1].split(",")[0]: (Decimal(sales), Decimal(profit))
        for row, (sales, profit) in expected["d06_ledger_parentheses_currency_totals.csv"][
            "values_sales_profit_by_line"
        ].items()
    }
    assert {line.line_ref: (line.revenue, line.revenue - line.cost) for line in LedgerLine.objects.all()} == wanted


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("d09", "The file is empty. There is nothing to import."),
        ("d10", "The file has a header but no rows. There is nothing to import."),
        ("d11", "The file is empty. There is nothing to import."),
    ],
)
def test_files_with_nothing_in_them(nasty: Path, run_import: Command, number: str, sentence: str) -> None:
    report, code = run_import("ledger", file(nasty, number))

    assert code == 2
    assert report["import"] is None
    assert report["errors"] == [{"row": None, "column": "file", "value": None, "reason": sentence}]
    assert not Import.objects.exists()


def test_a_report_as_a_workbook(nasty: Path, expected: dict[str, Any], run_import: Command) -> None:
    report, code = run_import("ledger", file(nasty, "d13"), "--partial")

    assert code == 1
    assert counts(report) == (61, 59, 1, 1, 0, 0)
    assert report["errors"] == [
        {
            "row": 20,
            "column": "Profit",
            "value": "#N/A",
            "reason": "The spreadsheet shows an error here instead of a value.",
        }
    ]
    assert sums() == (59, Decimal("13216.31"), Decimal("1534.1773"))
    assert not Account.objects.filter(name="Total").exists()
    notes = [note["template"] for note in Import.objects.get().notes]
    assert "Rows hidden in the spreadsheet: {count} (the first is row {row}). They are read like all others." in notes
    wanted = sorted(
        (ref, day, Decimal(sales), Decimal(profit))
        for row, (ref, day, _code, sales, profit) in expected["d13_report_merged_header_serial_dates.xlsx"][
            "values_by_row"
        ].items()
        if row != "20"
    )
    found = LedgerLine.objects.values_list("account__ref", "date", "revenue", "cost")
    assert sorted((ref, day.isoformat(), revenue, revenue - cost) for ref, day, revenue, cost in found) == wanted


def test_a_file_of_two_encodings_is_refused_with_its_first_bad_line(nasty: Path, run_import: Command) -> None:
    report, code = run_import("ledger", file(nasty, "d02"))

    assert code == 2
    assert "Line 47 is not valid UTF-8" in report["errors"][0]["reason"]
