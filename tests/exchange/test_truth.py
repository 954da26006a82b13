"""Whole real sets through the real machinery, and their known figures out of the product's own API.

The known figures were computed without the product. Those of sales files and surveys stand with their kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Contact, Deal
from tests import build
from tests.exchange.conftest import Command, sums
from tests.exchange.test_import_command import numbers
from touchpoints.models import Interaction

pytestmark = [pytest.mark.django_db, pytest.mark.real_input]

Truth = Callable[[str], dict[str, Any]]
PLACES = Decimal("0.0001")


def _by_rank(client: Client, first: str, last: str) -> list[dict[str, Any]]:
    """The accounts of a run over these months, the best first, as the API lists them."""
    call_command("recompute", "--from", first, "--to", last, stdout=StringIO())
    rows: list[dict[str, Any]] = []
    address = f"/api/v1/profit-runs/{client.get('/api/v1/profit-runs/latest/').json()['id']}/accounts/?page_size=200"
    while address:
        found = client.get(address).json()
        rows, address = [*rows, *found["results"]], found["next"]
    return rows


def _check_curve(rows: list[dict[str, Any]], known: dict[str, Any]) -> None:
    """The sums of the best k customers, the best and the worst, as the curve of the known figures has them. Customers
    without a line are none of the run's."""
    zero = known["zero"]
    assert len(rows) == known["customers"] - zero
    for part in (*known["deciles"], *({"k": one["k"], "cumulative": one["sum"]} for one in known["top"].values())):
        if part["k"] <= len(rows):
            assert rows[part["k"] - 1]["cumulative"] == _money(part["cumulative"]), part
    assert rows[-1]["cumulative"] == _money(known["total"])
    named = {one["customer"]: _money(one["value"]) for one in known.get("best_10", ())}
    assert {row["ref"]: row["contribution"] for row in rows[: len(named)]} == named


def _money(text: str) -> str:
    return str(Decimal(text).quantize(PLACES))


def test_northwind_gives_its_curves(shared_data: Path, run_import: Command, truth: Truth, client: Client) -> None:
    raw, known = shared_data / "data" / "northwind" / "raw", truth("northwind")
    client.force_login(build.user("finance"))
    assert numbers(run_import("accounts", raw / "customers.csv")[0])[:2] == (91, 91)

    report, code = run_import("ledger", raw / "order_details.csv", "--join", f"{raw / 'orders.csv'}:orderID")

    assert (code, report["imported"]) == (0, known["lines"]), report
    assert sums()[1] == Decimal(known["net_revenue"])
    _check_curve(_by_rank(client, "1996-07", "1998-05"), known["net_revenue_curve"])

    # What was carried costs: the same customers less their freight.
    columns = {"customerID": "account_ref", "orderDate": "date", "freight": "cost"}
    report, code = run_import("ledger", raw / "orders.csv", given={"columns": columns})

    assert (code, report["imported"]) == (0, known["orders"]), report
    _check_curve(_by_rank(client, "1996-07", "1998-05"), known["net_minus_freight_curve"])
    without = client.get("/api/v1/accounts/?page_size=200").json()["results"]
    by_country: dict[str, int] = {}
    for account in without:
        by_country[account["country"]] = by_country.get(account["country"], 0) + 1
    assert sorted(by_country.values(), reverse=True) == sorted(known["customer_countries"].values(), reverse=True)


def test_the_small_crm_comes_in_whole(shared_data: Path, run_import: Command, truth: Truth) -> None:
    build.user("administrator")
    raw, known = shared_data / "data" / "b2b_small_crm" / "raw", truth("b2b_small_crm")
    rows, source = known["rows"], ("--source", "crm")

    leads, _ = run_import("contacts", raw / "Leads.csv", "--join", f"{raw / 'Contacts.csv'}:ContactID", *source)
    run_import("contacts", raw / "Contacts.csv", *source)
    run_import("products", raw / "Products.csv", *source)
    talks, _ = run_import("interactions", raw / "Activity.csv", "--join", f"{raw / 'Leads.csv'}:LeadID", *source)
    deals, _ = run_import("deals", raw / "Opportunity.csv", *source)
    columns = {"LineID": "line_ref", "LinePrice": "revenue", "SalesDate": "date", "ContactID": "account_ref"}
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
    assert sums()[:2] == (rows["lines"], Decimal(known["revenue"]))
