"""A look-up file beside the file, and revenue computed from price, quantity and discount."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from pmcrm.exchange.models import Import, State
from pmcrm.exchange.services.running import work
from segmentation.models import LedgerLine
from tests import build
from tests.exchange.conftest import Command, sums

CsvFile = Callable[..., Path]
ORDERS = ("Order ID,Customer ID,Order date", "1,K-1,2026-01-31", "2,K-2,2026-02-28")
LINES = ("Order ID,Unit price,Quantity,Discount", "1,9.80,10,0.15", "2,14,3,")


def faults(report: dict[str, object]) -> list[tuple[object, object, object, object]]:
    errors = report["errors"]
    assert isinstance(errors, list)
    return [(error["row"], error["column"], error["value"], error["reason"]) for error in errors]


def test_order_lines_joined_to_their_orders_give_the_known_figures(shared_data: Path, run_import: Command) -> None:
    folder = shared_data / "data" / "northwind" / "raw"
    report, code = run_import("ledger", folder / "order_details.csv", "--join", f"{folder / 'orders.csv'}:orderID")
    assert (code, report["rows"], report["imported"]) == (0, 2155, 2155)
    count, revenue, _profit = sums()
    assert (count, revenue) == (2155, Decimal("1265793.0395"))
    best = LedgerLine.objects.values("account__ref").annotate(total=Sum("revenue")).order_by("-total")
    assert len(best) == 89
    assert sum(row["total"] for row in best[:10]) == Decimal("570145.0505")
    assert best[88]["account__ref"] == "CENTC"


def test_columns_of_the_look_up_file_are_mapped_like_own_ones(csv_file: CsvFile, run_import: Command) -> None:
    orders = csv_file(*ORDERS, name="orders.csv")
    report, code = run_import("ledger", csv_file(*LINES), "--join", f"{orders}:Order ID")
    assert (code, report["imported"]) == (0, 2)
    found = list(LedgerLine.objects.order_by("date").values_list("account__ref", "date__month", "revenue", "cost"))
    assert found == [("K-1", 1, Decimal("83.3"), 0), ("K-2", 2, Decimal(42), 0)]


def test_a_key_that_is_missing_or_twice_is_named(csv_file: CsvFile, run_import: Command) -> None:
    orders = csv_file(*ORDERS, "2,K-3,2026-03-31", name="orders.csv")
    report, code = run_import("ledger", csv_file(*LINES, "9,1,1,0"), "--join", f"{orders}:order_id", "--partial")
    assert (code, report["imported"], report["rejected"]) == (1, 1, 2)
    assert faults(report) == [
        (3, "Order ID", "2", "The look-up file has this key twice, in rows 3 and 4."),
        (4, "Order ID", "9", "The look-up file has no row with this key."),
    ]
    rejected = Import.objects.get(pk=report["import"]).rejected_path.read_text("utf-8-sig").splitlines()
    assert rejected[0] == "pmcrm_id,pmcrm_row,pmcrm_reason,Order ID,Unit price,Quantity,Discount"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("orders.csv", "Write --join FILE:KEY, KEY being a column of both files."),
        ("orders.csv:Nummer", "orders.csv has no column “Nummer” to join by."),
        ("orders.pdf:Order ID", "The look-up file cannot be read."),
        ("none.csv:Order ID", "cannot be read: No such file or directory."),
    ],
)
def test_a_join_that_cannot_be_is_refused_in_words(
    csv_file: CsvFile, run_import: Command, said: str, sentence: str
) -> None:
    folder = csv_file(*ORDERS, name="orders.csv").parent
    report, code = run_import("ledger", csv_file(*LINES), "--join", f"{folder / said}")
    assert code == 2
    assert sentence in report["errors"][0]["reason"]
    assert not Import.objects.exists()


def test_a_discount_is_a_fraction_or_a_percentage_with_its_sign(csv_file: CsvFile, run_import: Command) -> None:
    head = "Customer ID,Date,Unit price,Quantity,Discount"
    rows = [
        f"K-1,2026-01-31,10,1,{said}" for said in ("0.125", "12.5%", "12.5 %", "1", "0", "15", "-0.1", "101%", "n/a")
    ]
    report, _code = run_import("ledger", csv_file(head, *rows), "--partial")
    assert sorted(LedgerLine.objects.values_list("revenue", flat=True)) == [0, *[Decimal("8.75")] * 3, 10]
    wanted = "Write a fraction between 0 and 1, such as 0.15, or a percentage with its sign, such as 15 %."
    assert faults(report) == [
        (7, "Discount", "15", wanted),
        (8, "Discount", "-0.1", wanted),
        (9, "Discount", "101%", wanted),
        (10, "Discount", "n/a", "This says that the number is missing. Write the number."),
    ]


def test_computed_revenue_is_exact_and_rounded_half_even(csv_file: CsvFile, run_import: Command) -> None:
    rows = ("K-1,2026-01-31,0.000001,0.5", "K-1,2026-01-31,0.000003,0.5", "K-1,2026-01-31,33.333333,3")
    run_import("ledger", csv_file("Customer ID,Date,Unit price,Quantity", *rows))
    found = sorted(LedgerLine.objects.values_list("revenue", flat=True))
    assert found == [Decimal(0), Decimal("0.000002"), Decimal("99.999999")]


def test_price_without_quantity_and_revenue_beside_price_are_refused(csv_file: CsvFile, run_import: Command) -> None:
    file = csv_file("Customer ID,Date,Unit price,Quantity,Sales", "K-1,2026-01-31,2,3,6")
    columns = {"Customer ID": "account_ref", "Date": "date", "Unit price": "unit_price"}
    report, code = run_import("ledger", file, given={"columns": columns})
    assert (code, report["errors"][0]["reason"]) == (
        2,
        "“Unit price” is mapped to unit_price, which needs quantity too.",
    )
    report, code = run_import("ledger", file, given={"columns": columns | {"Quantity": "quantity", "Sales": "revenue"}})
    assert (code, report["errors"][0]["reason"][:40]) == (2, "Revenue is mapped, and so is what it wou")
    # Left to itself it takes the revenue.
    _report, code = run_import("ledger", file)
    assert (code, sums()[1]) == (0, Decimal(6))


def test_a_product_too_large_is_a_row_error(csv_file: CsvFile, run_import: Command) -> None:
    file = csv_file("Customer ID,Date,Unit price,Quantity", "K-1,2026-01-31,10000000,10000000")
    report, code = run_import("ledger", file)
    assert (code, report["rejected"]) == (1, 1)
    assert report["errors"][0]["reason"] == "Price times quantity is larger than 14 digits before the decimal sign."


@pytest.mark.django_db
def test_a_look_up_file_is_uploaded_beside_the_file(client: Client) -> None:
    client.force_login(build.user("finance"))

    def parts(key: str) -> dict[str, object]:
        files = {
            name: SimpleUploadedFile(f"{name}.csv", "\n".join(lines).encode())
            for name, lines in (("file", LINES), ("join", ORDERS))
        }
        return {"kind": "ledger", "join_key": key, **files}

    refused = client.post(reverse("import_upload"), parts(""))
    assert refused.status_code == 422
    assert "Write the name of the column that both files have." in refused.text
    assert client.post(reverse("import_upload"), parts("Order ID")).status_code == 303
    job = Import.objects.get()
    work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.rows, job.rejected) == (State.READY, 2, 0)
    shown = client.get(job.get_absolute_url()).text
    assert "First rows as they are read" in shown
    assert "K-2" in shown


@pytest.mark.django_db
def test_a_look_up_file_goes_over_the_api(client: Client) -> None:
    client.force_login(build.user("finance"))
    files = {
        name: SimpleUploadedFile(f"{name}.csv", "\n".join(lines).encode())
        for name, lines in (("file", LINES), ("join", ORDERS))
    }
    answer = client.post("/api/v1/imports/", {"kind": "ledger", "join_key": "Order ID", **files})
    assert answer.status_code == 202, answer.text
    work(answer.json()["import"])
    assert sums()[:2] == (2, Decimal("125.3"))
