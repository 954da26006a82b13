"""Whole real sets through the real machinery, and their known figures out of the product.

The known figures were computed without the product. Those of sales files and surveys stand with their kinds.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F

from accounts.countries import all_names
from accounts.models import Account, Contact, Deal
from segmentation.models import AccountProfit, ProfitRun
from tests import build
from tests.exchange.conftest import Command, sums
from tests.exchange.test_import_command import numbers
from tests.segmentation.run_cast import done
from touchpoints.models import Interaction

pytestmark = [pytest.mark.django_db, pytest.mark.real_input]

PARTS = (Decimal("0.5"), Decimal("0.8"), Decimal("0.9"))
Truth = Callable[[str], dict[str, Any]]


@pytest.mark.django_db(transaction=True)
def test_northwind_comes_in_whole(shared_data: Path, run_import: Command, truth: Truth) -> None:
    raw, known = shared_data / "data" / "northwind" / "raw", truth("northwind")
    assert numbers(run_import("accounts", raw / "customers.csv")[0])[:2] == (91, 91)
    countries = Counter(Account.objects.values_list("country", flat=True))
    codes = all_names()
    assert countries == {codes[name.casefold()]: number for name, number in known["customer_countries"].items()}

    report, code = run_import("ledger", raw / "order_details.csv", "--join", f"{raw / 'orders.csv'}:orderID")

    assert (code, report["imported"]) == (0, known["lines"]), report
    assert sums()[1] == Decimal(known["net_revenue"])
    run, curve = _run(), known["net_revenue_curve"]
    assert _curve(run) == _known_curve(curve)
    assert [(row.ref, row.name, row.contribution) for row in run.rows.along_curve()[:10]] == [
        (best["customer"], best["name"], Decimal(best["value"])) for best in curve["best_10"]
    ]

    columns = {"orderID": "line_ref", "orderDate": "date", "customerID": "account_ref", "freight": "cost"}
    report, code = run_import("ledger", raw / "orders.csv", "--source", "freight", given={"columns": columns})

    assert (code, report["imported"]) == (0, known["orders"]), report
    assert sums()[2] == Decimal(known["net_revenue"]) - Decimal(known["freight_total"])
    assert _curve(_run()) == _known_curve(known["net_minus_freight_curve"])
    heavy = {row.ref for row in AccountProfit.objects.filter(direct_cost__gt=F("revenue") / 5)}
    assert heavy == set(known["freight_over_20pct_of_net"])


def _run() -> ProfitRun:
    """All months that the orders span."""
    return done(dt.date(1996, 7, 1), dt.date(1998, 5, 1), "USD")


def _curve(run: ProfitRun) -> dict[str, Any]:
    """The figures of a run as the known ones are written: tenths of whole customers, with those that bought nothing.
    They are on no curve of ours, and here they stand at its end."""
    rows = list(run.rows.along_curve())
    running = [row.cumulative for row in rows]
    assert running == list(accumulate(row.contribution for row in rows))
    idle = set(Account.objects.values_list("ref", flat=True)) - {row.ref for row in rows}
    all_of_them = [*running, *[running[-1]] * len(idle)]
    return {
        "customers": len(all_of_them),
        "zero": idle,
        "peak": (len(rows), rows[-1].ref, max(running)),
        "tenths": [all_of_them[-(-len(all_of_them) * tenth // 10) - 1] for tenth in range(1, 11)],
        "needed": [
            next(place for place, reached in enumerate(running, 1) if reached >= part * running[-1]) for part in PARTS
        ],
    }


def _known_curve(known: dict[str, Any]) -> dict[str, Any]:
    peak, needed = known["peak"], known["pareto_80_20"]["customers_needed"]
    return {
        "customers": known["customers"],
        "zero": {"FISSA", "PARIS"},
        "peak": (peak["rank"], peak["customer"], Decimal(peak["cumulative"])),
        "tenths": [Decimal(tenth["cumulative"]) for tenth in known["deciles"]],
        "needed": [needed[f"{part:.0%}"]["k"] for part in PARTS],
    }


def test_the_small_crm_comes_in_whole(shared_data: Path, run_import: Command, truth: Truth) -> None:
    build.user("administrator")
    raw, known = shared_data / "data" / "b2b_small_crm" / "raw", truth("b2b_small_crm")
    rows, source = known["rows"], ("--source", "crm")

    leads, _ = run_import("contacts", raw / "Leads.csv", "--join", f"{raw / 'Contacts.csv'}:ContactID", *source)
    run_import("contacts", raw / "Contacts.csv", *source)
    run_import("products", raw / "Products.csv", *source)
    talks, _ = run_import("interactions", raw / "Activity.csv", "--join", f"{raw / 'Leads.csv'}:LeadID", *source)
    deals, _ = run_import("deals", raw / "Opportunity.csv", *source)
    columns = {
        "LineID": "line_ref", "LinePrice": "revenue", "ProfitMargin": "margin_percent", "SalesDate": "date",
        "ContactID": "account_ref",
    }  # fmt: skip
    lines, _ = run_import(
        "ledger", raw / "SalesLines.csv", "--join", f"{raw / 'Sales.csv'}:SalesID", *source, given={"columns": columns}
    )

    assert (leads["rows"], leads["rejected"]) == (rows["leads"], 0)
    assert (talks["imported"], deals["imported"], lines["imported"]) == (
        rows["activities"], rows["opportunities"], rows["lines"],
    )  # fmt: skip
    assert (Contact.objects.count(), Interaction.objects.count(), Deal.objects.count()) == (
        rows["contacts"], rows["activities"], rows["opportunities"],
    )  # fmt: skip
    assert sums() == (rows["lines"], Decimal(known["revenue"]), Decimal(known["profit"]))
