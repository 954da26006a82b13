"""What would really change if the worst part of the base left.

People are not dismissed with a customer, they become free: revenue goes at once, direct cost goes with it, and people's
time turns into hours for other work.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection

from segmentation.curve import QUANTILES
from segmentation.facts import plain
from segmentation.models import ProfitRun

# The account at the edge counts with the part of it that lies in the worst group, as on the curve.
WORST = """
CREATE TEMP TABLE run_worst ON COMMIT DROP AS
SELECT account_id, least(1, position - %(edge)s::numeric) AS part, direct_cost - revenue AS effect
FROM segmentation_accountprofit WHERE run_id = %(run)s AND position > %(edge)s::numeric
"""
EFFECT = "SELECT coalesce(sum(part * effect), 0) FROM run_worst"
HOURS = """
SELECT pool, round(sum(part * hours), 2) FROM segmentation_accountpoolshare JOIN run_worst USING (account_id)
WHERE run_id = %(run)s GROUP BY pool ORDER BY pool
"""


def avoidable_of(run: ProfitRun, count: int, quantiles: Iterable[Decimal] = QUANTILES) -> dict[str, Any]:
    """For each part of the base: what profit would change by in the short run, in money, and the hours by pool that
    would become free. Called inside the run's own transaction, when its rows are written."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for part in quantiles:
            cursor.execute(WORST, {"run": run.pk, "edge": (1 - part) * count})
            cursor.execute(EFFECT)
            effect = cursor.fetchone()[0]
            cursor.execute(HOURS, {"run": run.pk})
            found[str(part)] = {"effect": effect, "hours": dict(cursor.fetchall())}
            cursor.execute("DROP TABLE run_worst")
    result: dict[str, Any] = plain(found)
    return result
