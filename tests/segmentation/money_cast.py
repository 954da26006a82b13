"""Six accounts with a known curve, and the run over them: 600 earned by three, 250 eaten by two."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import Account
from pmcrm.people.models import Organisation
from segmentation.models import ProfitRun
from segmentation.services import runs
from tests import build

FROM, TO = dt.date(2025, 1, 1), dt.date(2025, 12, 1)
AMOUNTS = {
    "Alpha": ("900", "500"),
    "Beta": ("300", "150"),
    "Gamma": ("100", "50"),
    "Delta": ("10", "10"),
    "Epsilon": ("50", "100"),
    "Zeta": ("100", "300"),
}


def accounts(**fields: Any) -> dict[str, Account]:
    """One account for each of `AMOUNTS`, with a line of it in the middle of 2025."""
    Organisation.current()
    made = {name: build.account(ref=name[:1], name=name, **fields) for name in AMOUNTS}
    for name, (revenue, cost) in AMOUNTS.items():
        # A first sale before the window, so that nobody is too new to be judged.
        build.ledger_line(account=made[name], revenue="1", date=dt.date(2024, 1, 15))
        build.ledger_line(
            account=made[name], revenue=revenue, cost=cost, date=dt.date(2025, 6, 15), category="Licences"
        )
    return made


def run() -> ProfitRun:
    """The finished run over 2025."""
    asked, _is_new = runs.request_run(actor=None, from_month=FROM, to_month=TO)
    runs.compute(asked.pk)
    asked.refresh_from_db()
    return asked
