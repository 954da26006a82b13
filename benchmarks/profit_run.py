"""A whole run, from request to flags, against the same sums and ranks in plain SQL into a table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import connection

from benchmarks.result import Result, Timing, timed
from segmentation.models import ProfitRun
from segmentation.services import runs

if TYPE_CHECKING:
    from pmcrm.people.models import User

ROUNDS = 3

PLAIN = """
CREATE TABLE bench_plain (
    account_id bigint PRIMARY KEY, revenue numeric, cost numeric, contribution numeric, rank bigint,
    revenue_rank bigint, cumulative numeric);
INSERT INTO bench_plain
WITH sums AS (
    SELECT account_id, sum(revenue) AS revenue, sum(cost) AS cost, sum(revenue) - sum(cost) AS contribution
    FROM segmentation_ledgerline JOIN accounts_account ON accounts_account.id = account_id
    WHERE month BETWEEN %(first)s AND %(last)s AND kind = 'external' AND party = 'customer'
    GROUP BY account_id
)
SELECT account_id, revenue, cost, contribution,
       rank() OVER (ORDER BY contribution DESC) AS rank, rank() OVER (ORDER BY revenue DESC) AS revenue_rank,
       sum(contribution) OVER (ORDER BY contribution DESC, account_id ROWS UNBOUNDED PRECEDING) AS cumulative
FROM sums
"""


def measure(lead: User) -> list[Result]:
    first, last = runs.default_window()
    plain: list[float] = []
    whole: list[float] = []
    for _ in range(ROUNDS):
        ProfitRun.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_plain")
            plain.append(timed(partial(cursor.execute, PLAIN, {"first": first, "last": last})))
        run, _is_new = runs.request_run(actor=lead, from_month=first, to_month=last)
        whole.append(timed(partial(runs.compute, run.pk)))
    run = ProfitRun.objects.get()
    assert run.is_finished, run.state
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_plain")
    ratio = Timing(tuple(whole)).median / Timing(tuple(plain)).median
    return [
        Result("run: plain SQL", Timing(tuple(plain)).median, "s"),
        Result("run: whole run", Timing(tuple(whole)).median, "s", note=f"{run.account_count:,} accounts"),
        Result("run: times plain SQL", ratio, "x", 2.0),
    ]
