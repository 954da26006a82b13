"""The newest run's figures, published to where lists of accounts can sort by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from accounts.models import AccountFigures
from accounts.services.figures import publish_figures
from segmentation.models import AccountProfit, LedgerLine, ProfitRun
from segmentation.services import contributions
from segmentation.services.flags import newest_classes, quarters_of
from segmentation.services.runs import window_of
from segmentation.trend import trend

if TYPE_CHECKING:
    from decimal import Decimal

AT_ONCE: Final = 5000
COLUMNS: Final = (
    "revenue_12m",
    "contribution_12m",
    "contribution_rank",
    "trend",
    "value_class",
    "run_id",
    "figures_at",
)


@transaction.atomic
def publish_run(*, run_id: int) -> int:
    """Publish a run's rows, if it is the newest that screens read; how many accounts were written.

    Accounts that the run does not know lose the figures of the run before.
    """
    newest = ProfitRun.objects.readable().newest_first().first()
    if newest is None or newest.pk != run_id:
        return 0
    written = 0
    with connection.cursor() as cursor:
        contributions.prepare(cursor, window_of(newest))
        for rows in _batches(newest):
            written += publish_figures(_published(cursor, newest, rows), columns=COLUMNS)
    AccountFigures.objects.exclude(run_id=newest.pk).exclude(run_id=None).update(
        **dict.fromkeys(name for name in COLUMNS if name != "value_class")
    )
    return written


def _batches(run: ProfitRun) -> Iterator[Sequence[AccountProfit]]:
    rows = AccountProfit.objects.filter(run=run).along_curve()
    place = 0
    while batch := list(rows.filter(position__gt=place)[:AT_ONCE]):
        yield batch
        place = batch[-1].position


def _published(cursor: Any, run: ProfitRun, rows: Sequence[AccountProfit]) -> list[dict[str, Any]]:
    accounts = [row.account_id for row in rows]
    earned = LedgerLine.objects.filter(account__in=accounts, revenue__gt=0).values("account")
    first = dict(earned.annotate(first=Min("date")).values_list("account", "first"))
    months = contributions.monthly(cursor, accounts)
    quarters = quarters_of(months, first, window_of(run).last, run.parameters["fiscal_year_start"])
    classes = newest_classes(accounts)
    now = timezone.now()
    return [
        {
            "account_id": row.account_id,
            "revenue_12m": row.revenue,
            "contribution_12m": row.contribution,
            "contribution_rank": row.rank,
            "trend": _sign(trend(quarters.get(row.account_id, ())).slope),
            "value_class": classes.get(row.account_id),
            "run_id": run.pk,
            "figures_at": now,
        }
        for row in rows
    ]


def _sign(slope: Decimal | None) -> int | None:
    return None if slope is None else (slope > 0) - (slope < 0)
