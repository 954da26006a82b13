"""Whole real sets through the real machinery, and their known figures out of the product.

The known figures were computed without the product. Those of sales files and surveys stand with their kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Contact, Deal
from tests import build
from tests.exchange.conftest import Command, sums
from tests.exchange.test_import_command import numbers
from touchpoints.models import Interaction

pytestmark = [pytest.mark.django_db, pytest.mark.real_input]

Truth = Callable[[str], dict[str, Any]]


def test_northwind_comes_in_whole(shared_data: Path, run_import: Command, truth: Truth) -> None:
    raw, known = shared_data / "data" / "northwind" / "raw", truth("northwind")
    assert numbers(run_import("accounts", raw / "customers.csv")[0])[:2] == (91, 91)

    report, code = run_import("ledger", raw / "order_details.csv", "--join", f"{raw / 'orders.csv'}:orderID")

    assert (code, report["imported"]) == (0, known["lines"]), report
    assert sums()[1] == Decimal(known["net_revenue"])


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
