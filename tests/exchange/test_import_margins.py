"""`manage.py import ledger` where the file says what part of the revenue is profit."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import F

from pmcrm.exchange.models import Import
from segmentation.imports.ledger import SMALL_MARGINS
from segmentation.models import LedgerLine
from tests.exchange.conftest import Command

pytestmark = pytest.mark.django_db


def test_a_margin_in_percent_says_what_the_profit_is(csv_file: Callable[..., Path], run_import: Command) -> None:
    columns = {"Customer Name": "account_name", "Date": "date", "Sales": "revenue", "Margin in %": "margin_percent"}
    file = csv_file("Customer Name,Date,Sales,Margin in %", "One,2026-01-05,200,12.5 %", "Two,2026-01-05,10.01,-3.3")
    report, code = run_import("ledger", file, given={"columns": columns})
    assert (code, report["imported"]) == (0, 2), report
    profits = LedgerLine.objects.order_by("account__name").values_list(F("revenue") - F("cost"), flat=True)
    assert list(profits) == [Decimal(25), Decimal("-0.33033")]

    file = csv_file("Customer Name,Date,Sales,Margin in %", "One,2026-01-05,200,120", "Two,2026-01-05,10,")
    report, _code = run_import("ledger", file, given={"columns": columns})
    assert [(fault["row"], fault["column"]) for fault in report["errors"]] == [(2, "Margin in %"), (3, "Margin in %")]
    file = csv_file("Customer Name,Date,Sales,Margin in %", "One,2026-01-05,200,0.12")
    report, _code = run_import("ledger", file, given={"columns": columns})
    assert SMALL_MARGINS in {note["template"] for note in Import.objects.get(pk=report["import"]).notes}
