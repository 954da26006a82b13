"""Ledger lines of one year and the runs over them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import Account
from segmentation.models import AccountProfit, LedgerLine, ProfitRun
from segmentation.services.runs import compute, request_run
from tests import build

FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 1)


def line(account: Account, revenue: str, cost: str = "0", month: int = 6, **fields: Any) -> LedgerLine:
    return build.ledger_line(account=account, revenue=revenue, cost=cost, date=dt.date(2025, month, 15), **fields)


def done(first: dt.date = FIRST, last: dt.date = LAST, currency: str | None = None) -> ProfitRun:
    asked, is_new = request_run(actor=None, from_month=first, to_month=last, currency=currency)
    assert is_new
    run = compute(asked.pk)
    assert run is not None
    return run


def rows(run: ProfitRun) -> list[tuple[str, str, int, int]]:
    found = AccountProfit.objects.filter(run=run).along_curve()
    return [(row.ref, f"{row.contribution:f}", row.rank, row.position) for row in found]
