"""What each account contributed, summed by the database: from ledger lines, hours and rates to the rows of a run.

Everything works on temporary tables of the calling transaction: `run_months`, `run_fx` (currency to the run's),
`run_rates` (pools), `run_hours`, `run_sums`. They vanish when it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from accounts.models.choices import Kind, Party, State
from segmentation.window import last_day, months
from touchpoints.models import Attendance

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Window:
    """The closed months of a run, its currency, and the clock by which its days count.

    `earlier` are closed months before the run's first one that trends look back to.
    """

    months: Sequence[date]
    currency: str
    zone: ZoneInfo
    earlier: Sequence[date] = ()

    @property
    def first(self) -> date:
        return self.months[0]

    @property
    def last(self) -> date:
        return self.months[-1]


@dataclass(frozen=True, slots=True)
class LedgerTotal:
    """What all lines of the window come to, whoever they belong to: the sum that a run has to reconcile with.

    Amounts in the run's currency; lines without a rate are counted in `unrated` and are in no amount.
    """

    amount: Decimal
    cost: Decimal
    unexplained: Decimal
    lines: int
    unrated: int
    rounding: Decimal
    """What rounding each account to six places took from revenue less cost; nothing in one currency."""


@dataclass(frozen=True, slots=True)
class MissingRate:
    """Lines that no exchange rate leads to the run's currency, in their own."""

    currency: str
    month: date
    lines: int
    revenue: Decimal
    cost: Decimal


MONTHS_AND_RATES = """
CREATE TEMP TABLE run_months ON COMMIT DROP AS
    SELECT month, month = ANY (%(months)s::date[]) AS counts FROM unnest(%(every)s::date[]) AS month;
CREATE TEMP TABLE run_fx ON COMMIT DROP AS
    SELECT from_currency AS currency, month, rate FROM segmentation_exchangerate
    WHERE to_currency = %(currency)s AND from_currency <> %(currency)s AND month = ANY (%(every)s::date[])
    UNION ALL SELECT %(currency)s, month, 1 FROM run_months;
CREATE TEMP TABLE run_rates ON COMMIT DROP AS
    SELECT pool.slug AS pool, months.month, newest.rate * fx.rate AS rate, newest.practical_hours
    FROM segmentation_costpool AS pool CROSS JOIN run_months AS months
    LEFT JOIN LATERAL (
        SELECT * FROM segmentation_poolrate
        WHERE pool_id = pool.slug AND from_month <= months.month ORDER BY from_month DESC LIMIT 1
    ) AS newest ON true
    LEFT JOIN run_fx AS fx ON fx.currency = newest.currency AND fx.month = months.month;
"""

# A number of hours belongs to the pool that spent it; pools that are not set up cost nothing and do not appear.
HOURS = """
CREATE TEMP TABLE run_hours ON COMMIT DROP AS
    SELECT spent.account_id, spent.pool, spent.month, sum(spent.hours) AS hours
    FROM (
        SELECT account_id, pool_id AS pool, date_trunc('month', date)::date AS month, hours
        FROM segmentation_hourentry WHERE date BETWEEN %(first)s AND %(until)s
        UNION ALL
        SELECT account_id, pool, month, hours FROM run_interactions
    ) AS spent
    JOIN segmentation_costpool AS pool ON pool.slug = spent.pool
    JOIN run_months USING (month)
    GROUP BY spent.account_id, spent.pool, spent.month;
"""

# Both read nothing but the index that covers them, in its own order: a hash over a full scan is slower by far.
PIN_THE_PLAN = "SET LOCAL enable_hashagg = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
UNPIN_THE_PLAN = "SET LOCAL enable_hashagg = on; SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = on"
SUMS_OF_ONE_CURRENCY = """
CREATE TEMP TABLE run_sums ON COMMIT DROP AS
    SELECT account_id, sum(revenue) AS revenue, sum(cost) AS cost,
           sum(cost) FILTER (WHERE category = '') AS unexplained, count(*) AS lines,
           count(*) FILTER (WHERE currency <> %(currency)s) AS missing, count(DISTINCT month) AS months,
           0.000000 AS rounding
    FROM segmentation_ledgerline
    WHERE month BETWEEN %(first)s AND %(last)s AND month <> ALL (%(left_out)s::date[])
    GROUP BY account_id
"""
# Where lines in other currencies turn up, everything is summed again with the rate of each line's own month.
SUMS_OF_MANY_CURRENCIES = """
DROP TABLE run_sums;
CREATE TEMP TABLE run_sums ON COMMIT DROP AS
    SELECT account_id, round_half_even(revenue, 6) AS revenue, round_half_even(cost, 6) AS cost, unexplained, lines,
           missing, months, revenue - cost - (round_half_even(revenue, 6) - round_half_even(cost, 6)) AS rounding
    FROM (
        SELECT sums.account_id, coalesce(sum(sums.revenue * fx.rate), 0) AS revenue,
               coalesce(sum(sums.cost * fx.rate), 0) AS cost, sum(sums.unexplained * fx.rate) AS unexplained,
               sum(sums.lines) AS lines, coalesce(sum(sums.lines) FILTER (WHERE fx.rate IS NULL), 0) AS missing,
               count(DISTINCT sums.month) AS months
        FROM (
            SELECT account_id, month, currency, sum(revenue) AS revenue, sum(cost) AS cost,
                   sum(cost) FILTER (WHERE category = '') AS unexplained, count(*) AS lines
            FROM segmentation_ledgerline
            WHERE month BETWEEN %(first)s AND %(last)s AND month <> ALL (%(left_out)s::date[])
            GROUP BY account_id, month, currency
        ) AS sums
        LEFT JOIN run_fx AS fx ON fx.currency = sums.currency AND fx.month = sums.month
        GROUP BY sums.account_id
    ) AS converted
"""

LEDGER = """
SELECT coalesce(sum(revenue - cost + rounding), 0), coalesce(sum(cost), 0), coalesce(sum(unexplained), 0),
       coalesce(sum(lines), 0)::bigint, coalesce(sum(missing), 0)::bigint, coalesce(sum(rounding), 0)
FROM run_sums
"""

MISSING_RATES = """
SELECT line.currency, line.month, count(*), sum(line.revenue), sum(line.cost)
FROM segmentation_ledgerline AS line
LEFT JOIN run_fx AS fx ON fx.currency = line.currency AND fx.month = line.month
WHERE line.month BETWEEN %(first)s AND %(last)s AND line.month <> ALL (%(left_out)s::date[]) AND fx.rate IS NULL
GROUP BY line.currency, line.month ORDER BY 1, 2
"""

POOL_SHARES = """
INSERT INTO segmentation_accountpoolshare (run_id, account_id, pool, hours, cost)
SELECT %(run)s, hours.account_id, hours.pool, round_half_even(sum(hours.hours), 2),
       round_half_even(coalesce(sum(hours.hours * rates.rate), 0), 6)
FROM run_hours AS hours
JOIN run_rates AS rates USING (pool, month)
JOIN run_months AS months USING (month)
JOIN accounts_account AS account ON account.id = hours.account_id
WHERE months.counts AND account.kind = %(kind)s AND account.party = %(party)s AND account.state = ANY (%(states)s)
GROUP BY hours.account_id, hours.pool
"""

# The places along the curve come last, so that rows reach their table and its indexes in that order.
ROWS = """
INSERT INTO segmentation_accountprofit (
    run_id, account_id, position, rank, revenue_rank, ref, name, revenue, direct_cost, people_cost, hours,
    contribution, cumulative, is_about_zero, is_missing_rate, months_active)
SELECT %(run)s, account_id, row_number() OVER along, rank() OVER (ORDER BY contribution DESC), revenue_rank, ref, name,
       revenue, direct_cost, people_cost, hours,
       contribution, sum(contribution) OVER (along ROWS UNBOUNDED PRECEDING),
       abs(contribution) <= greatest(%(band_of_revenue)s * revenue, %(band_floor)s), is_missing_rate, months
FROM (
    SELECT *, revenue - direct_cost - people_cost AS contribution, rank() OVER (ORDER BY revenue DESC) AS revenue_rank
    FROM (
        SELECT account.id AS account_id, account.ref, account.name,
               coalesce(sums.revenue, 0) AS revenue, coalesce(sums.cost, 0) AS direct_cost,
               coalesce(people.cost, 0) AS people_cost, coalesce(people.hours, 0) AS hours,
               coalesce(sums.missing, 0) > 0 OR unrated.account_id IS NOT NULL AS is_missing_rate,
               coalesce(sums.months, 0) AS months
        FROM run_sums AS sums
        FULL JOIN (
            SELECT account_id, sum(cost) AS cost, sum(hours) AS hours
            FROM segmentation_accountpoolshare WHERE run_id = %(run)s GROUP BY account_id
        ) AS people USING (account_id)
        JOIN accounts_account AS account ON account.id = coalesce(sums.account_id, people.account_id)
        LEFT JOIN (
            SELECT DISTINCT account_id FROM run_hours JOIN run_rates USING (pool, month) JOIN run_months USING (month)
            WHERE rate IS NULL AND counts
        ) AS unrated ON unrated.account_id = account.id
        WHERE account.kind = %(kind)s AND account.party = %(party)s AND account.state = ANY (%(states)s)
    ) AS ladder
) AS placed
WINDOW along AS (ORDER BY contribution DESC, ref)
"""

LEFT_OUT = """
SELECT CASE WHEN account.kind <> %(kind)s THEN account.kind
            WHEN account.party <> %(party)s THEN account.party ELSE account.state END AS reason,
       count(*), sum(sums.revenue), sum(sums.cost)
FROM run_sums AS sums JOIN accounts_account AS account ON account.id = sums.account_id
WHERE account.kind <> %(kind)s OR account.party <> %(party)s OR account.state <> ALL (%(states)s)
GROUP BY 1 ORDER BY 1
"""

HOURS_COVERAGE = """
SELECT coalesce(sum(hours.hours), 0), rates.practical_hours
FROM run_rates AS rates JOIN run_months AS months USING (month) LEFT JOIN run_hours AS hours USING (pool, month)
WHERE rates.practical_hours IS NOT NULL AND months.counts
GROUP BY rates.pool, rates.month, rates.practical_hours
"""

HOURS_WITHOUT_RATE = """
SELECT coalesce(sum(hours) FILTER (WHERE rate IS NULL), 0), coalesce(sum(hours), 0)
FROM run_hours JOIN run_rates USING (pool, month) JOIN run_months USING (month) WHERE counts
"""

MONTHLY = """
SELECT account_id, month, sum(amount)
FROM (
    SELECT line.account_id, line.month, (line.revenue - line.cost) * fx.rate AS amount
    FROM segmentation_ledgerline AS line
    JOIN run_fx AS fx ON fx.currency = line.currency AND fx.month = line.month
    WHERE line.account_id = ANY (%(accounts)s::bigint[])
    UNION ALL
    SELECT account_id, month, -hours * rate FROM run_hours JOIN run_rates USING (pool, month)
    WHERE account_id = ANY (%(accounts)s::bigint[]) AND rate IS NOT NULL
) AS parts
GROUP BY account_id, month
"""

# A prospect's early cost is not the base's: who has not bought yet never enters profit totals.
BASE: dict[str, Any] = {
    "kind": Kind.EXTERNAL.value,
    "party": Party.CUSTOMER.value,
    "states": [State.CUSTOMER.value, State.EXITING.value, State.FORMER.value],
}


def prepare(cursor: CursorWrapper, window: Window) -> None:
    """Set up months, exchange rates, pool rates and the hours of entries and of held interactions."""
    cursor.execute(MONTHS_AND_RATES, _months(window) | {"currency": window.currency})
    until = last_day(window.last)
    first = min([window.first, *window.earlier])
    spoken = Attendance.objects.between(first, until, window.zone).hours_by_month(window.zone)
    statement, values = spoken.values("account_id", "pool", "month", "hours").query.sql_with_params()
    cursor.execute("CREATE TEMP TABLE run_interactions ON COMMIT DROP AS " + statement, values)
    cursor.execute(HOURS, {"first": first, "until": until})


def sum_ledger(cursor: CursorWrapper, window: Window) -> LedgerTotal:
    """Sum revenue and cost of every account, in the run's currency; what has no rate stays out and is counted."""
    values = _months(window) | {"currency": window.currency}
    cursor.execute(PIN_THE_PLAN)
    cursor.execute(SUMS_OF_ONE_CURRENCY, values)
    cursor.execute("SELECT EXISTS (SELECT FROM run_sums WHERE missing > 0)")
    if cursor.fetchone()[0]:
        cursor.execute(SUMS_OF_MANY_CURRENCIES, values)
    cursor.execute(UNPIN_THE_PLAN)
    cursor.execute("ANALYZE run_sums (account_id)")
    cursor.execute(LEDGER)
    return LedgerTotal(*cursor.fetchone())


def missing_rates(cursor: CursorWrapper, window: Window) -> list[MissingRate]:
    """The lines without a rate by currency and month: what finance has to enter."""
    cursor.execute(MISSING_RATES, _months(window))
    return [MissingRate(*row) for row in cursor.fetchall()]


def write_rows(cursor: CursorWrapper, run_id: int, band_of_revenue: Decimal, band_floor: Decimal) -> None:
    """Write the run's rows: hours and cost by pool, then every account of the base in its place on the curve."""
    values = BASE | {"run": run_id, "band_of_revenue": band_of_revenue, "band_floor": band_floor}
    cursor.execute("SET LOCAL work_mem = '64MB'")
    cursor.execute(POOL_SHARES, values)
    cursor.execute(ROWS, values)


def left_out(cursor: CursorWrapper) -> list[tuple[str, int, Decimal, Decimal]]:
    """Kind of account, number, revenue and cost of what is in the ledger but not in the base."""
    cursor.execute(LEFT_OUT, BASE)
    return list(cursor.fetchall())


def pool_months(cursor: CursorWrapper) -> list[tuple[Decimal, Decimal]]:
    """Logged and practical hours of each pool and month."""
    cursor.execute(HOURS_COVERAGE)
    return list(cursor.fetchall())


def hours_without_rate(cursor: CursorWrapper) -> tuple[Decimal, Decimal]:
    """Hours that have no rate, and all hours."""
    cursor.execute(HOURS_WITHOUT_RATE)
    without, every = cursor.fetchone()
    return without, every


def monthly(cursor: CursorWrapper, accounts: Sequence[int]) -> list[tuple[int, date, Decimal]]:
    """Contribution of each of these accounts in each month prepared, also before the run's first one."""
    cursor.execute(MONTHLY, {"accounts": list(accounts)})
    return list(cursor.fetchall())


def _months(window: Window) -> dict[str, Any]:
    return {
        "first": window.first,
        "last": window.last,
        "months": list(window.months),
        "every": [*window.earlier, *window.months],
        "left_out": sorted(set(months(window.first, window.last)) - set(window.months)),
    }
