"""`manage.py import products` and `deals`: prices, stages, accounts and products found or made, figures that add up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Account, Deal, Product
from pmcrm.exchange.models import Import
from tests import build
from tests.exchange.conftest import Command
from tests.exchange.test_import_command import numbers, reasons

pytestmark = pytest.mark.django_db

CsvFile = Callable[..., Path]
HEAD = "Opportunity ID,Account,Product,Deal stage,Engage date,Close date,Close value"
PLACES = Decimal("0.000001")


def test_a_deal_makes_its_account_and_product_known(csv_file: CsvFile, run_import: Command) -> None:
    file = csv_file(
        HEAD,
        "D-1,Nordlys,Grid,Won,2026-01-10,2026-02-01,1200.50",
        "D-2,Fjord,Grid,Engaging,2026-01-12,,",
        "D-3,,Grid,Closed Lost,2026-01-12,2026-01-20,0",
    )

    report, code = run_import("deals", file)

    assert (code, numbers(report)) == (0, (3, 3, 0, 0, 0, 0)), report
    won, still_open, lost = Deal.objects.order_by("ref")
    assert (won.account and won.account.name, won.stage, won.step, won.amount, won.currency) == (
        "Nordlys", "won", "Won", Decimal("1200.5"), "USD",
    )  # fmt: skip
    assert (won.opened_on, won.closed_on, won.signed_on, won.name) == (
        dt.date(2026, 1, 10), dt.date(2026, 2, 1), dt.date(2026, 2, 1), "Grid",
    )  # fmt: skip
    assert (still_open.stage, still_open.signed_on, lost.stage, lost.account) == ("open", None, "lost", None)
    assert set(Account.objects.values_list("name", "state")) == {("Nordlys", "customer"), ("Fjord", "prospect")}
    assert Product.objects.get().name == "Grid"
    assert numbers(run_import("deals", file)[0]) == (3, 0, 0, 0, 3, 0)


def test_a_deal_moves_on_and_is_taken_back(csv_file: CsvFile, run_import: Command) -> None:
    account = build.account(ref="A-1", name="Nordlys")
    run_import("deals", csv_file(HEAD, "D-1,Nordlys,,Engaging,2026-01-10,,", "D-2,Nordlys,,Engaging,2026-01-11,,"))

    report, code = run_import(
        "deals",
        csv_file(HEAD, "D-1,Nordlys,,Won,2026-01-10,2026-02-01,50", "D-3,New,Cloud,Won,2026-01-10,2026-02-01,9"),
    )

    assert (code, numbers(report)) == (0, (2, 2, 0, 0, 0, 0)), report
    assert set(Deal.objects.values_list("ref", "stage")) == {("D-1", "won"), ("D-2", "open"), ("D-3", "won")}

    run_import("--revert", str(report["import"]))

    assert set(Deal.objects.values_list("ref", "stage", "amount", "signed_on")) == {
        ("D-1", "open", None, None), ("D-2", "open", None, None),
    }  # fmt: skip
    assert (list(Account.objects.all()), Product.objects.count()) == ([account], 0)


def test_each_bad_deal_is_named(csv_file: CsvFile, run_import: Command) -> None:
    build.account(ref="A-1", name="Twin")
    build.account(ref="A-2", name="Twin")
    Product.objects.create(name="GT-X")
    Product.objects.create(name="G TX")
    rows = (
        ",Nordlys,,Won,2026-01-10,2026-02-01,1",
        "D-2,Twin,,Won,2026-01-10,2026-02-01,1",
        "D-3,Nordlys,,Won,2026-03-10,2026-02-01,1",
        "D-4,Nordlys,,Won,2026-01-10,2026-02-01,-1",
        "D-5,Nordlys,GTX,Won,2026-01-10,2026-02-01,1",
        "D-6,Nordlys,,Won,2026-01-10,2026-02-01,1",
        "D-6,Nordlys,,Lost,2026-01-10,2026-02-01,1",
    )

    report, code = run_import("deals", csv_file(HEAD, *rows), "--partial")

    assert code == 1
    assert reasons(report) == [
        (2, "Opportunity ID", "A value is needed here."),
        (3, "Account", "Several accounts have this name: A-1, A-2. Add the reference of the right one."),
        (4, "Close date", "This is before the deal was opened, on 2026-03-10."),
        (5, "Close value", "An amount is 0 or more."),
        (6, "Product", "Several products have this name: GT-X, G TX. Write one of them exactly."),
        (8, "Opportunity ID", "Row 7 is about the same one and says something else. Keep one of the two rows."),
    ]
    assert Deal.objects.get().ref == "D-6"


def test_products_are_found_by_reference_and_by_name(csv_file: CsvFile, run_import: Command) -> None:
    Product.objects.create(name="Grid")
    head = "Item No,Item name,Unit price,Category"
    run_import("products", csv_file(head, "P1,grid,10,Power", "P2,Cloud,20.5,"), "--source", "erp")

    report, _code = run_import(
        "products", csv_file(head, "P1,Grid,12,Power", "P2,Cloud,20.5,", "P3,,1,", "P4,Cloud,1,", "P5,X,-1,"),
        "--source", "erp", "--partial",
    )  # fmt: skip

    assert numbers(report) == (5, 1, 3, 0, 1, 0)
    assert reasons(report) == [
        (4, "Item name", "A new product needs its name."),
        (5, "Item No", "The product of this name has the reference P2. Two products cannot share a name."),
        (5, "Item No", "Row 3 is about the same one and says something else. Keep one of the two rows."),
        (6, "Unit price", "A price is 0 or more."),
    ]
    assert list(Product.objects.order_by("ref").values_list("ref", "name", "list_price", "category", "version")) == [
        ("P1", "Grid", Decimal(12), "Power", 3), ("P2", "Cloud", Decimal("20.5"), "", 1),
    ]  # fmt: skip


def percent(share: Decimal | None) -> str | None:
    return None if share is None else str((100 * share).quantize(PLACES))


def rounded(value: Decimal | None) -> str | None:
    return None if value is None else str(value.quantize(PLACES))


def figures(deals: Any) -> dict[str, Any]:
    """The product's figures in the words of the known truth."""
    found = deals.figures()
    return {
        "opportunities": found.deals,
        "stages": {step: found.steps.get(step, 0) for step in ("Prospecting", "Engaging", "Won", "Lost")},
        "won_revenue": int(found.won_amount),
        "win_rate_pct_won_over_won_plus_lost": percent(found.win_rate),
        "avg_won_deal": rounded(found.average_won),
        "avg_days_to_close_won": rounded(found.days_to_win),
        "avg_days_to_close_lost": rounded(found.days_to_lose),
        "avg_days_to_close_all_closed": rounded(found.days_to_close),
        "open_pipeline_at_list_price": int(found.open_amount),
    }


@pytest.mark.real_input
@pytest.mark.parametrize("file", ["sales_pipeline.csv", "sales_pipeline_mdy_variant.csv"])
def test_the_figures_of_the_real_sales_file_come_out(
    shared_data: Path, run_import: Command, truth: Callable[[str], dict[str, Any]], file: str
) -> None:
    raw, known = shared_data / "data" / "crm_sales_opportunities" / "raw", truth("crm_sales_opportunities")
    run_import("accounts", raw / "accounts.csv")
    assert numbers(run_import("products", raw / "products.csv")[0]) == (7, 7, 0, 0, 0, 0)

    report, code = run_import("deals", raw / file)

    assert (code, numbers(report)) == (0, (8800, 8800, 0, 0, 0, 0)), report
    assert (Account.objects.count(), Product.objects.count()) == (85, 7)
    assert {"written": "GTXPro", "product": "GTX Pro"} in [
        note["params"] for note in Import.objects.get(pk=report["import"]).notes
    ]
    assert figures(Deal.objects) == known["total"]
    assert figures(Deal.objects.filter(account=None)) == known["by_account"][""]
    assert {account.name: figures(Deal.objects.filter(account=account)) for account in Account.objects.all()} == {
        name: found for name, found in known["by_account"].items() if name
    }
    assert Deal.objects.values("agent").distinct().count() == known["agents_in_pipeline"]
    assert numbers(run_import("deals", raw / file)[0]) == (8800, 0, 0, 0, 8800, 0)
