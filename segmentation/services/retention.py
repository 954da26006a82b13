"""How long the rows of runs are kept. Aggregates and the points of the curve stay for ever; rows by account do not."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import timezone

from pmcrm.trail.services import record
from segmentation.models import AccountPoolShare, AccountProfit, ExitPlan, Flag, FlagDismissal, ProfitRun
from segmentation.models.run import READABLE
from segmentation.window import plus_months

MONTH_ENDS_KEPT: Final = 24
NEWEST_KEPT: Final = 7
MONTHS_OF_A_MONTH_END: Final = 12


@transaction.atomic
def thin_out_runs() -> list[int]:
    """Delete the rows by account of runs that nothing needs any more; gives the keys of the runs that lost theirs.

    Kept are the last run over twelve months of each of 24 month ends, the newest seven runs, those of them that
    screens read, and every run that an exit plan or a dismissal cites.
    """
    # The lock holds up a plan that is about to cite one of them until it can see that the rows are gone.
    runs = ProfitRun.objects.select_for_update().finished().with_rows().newest_first()
    found = list(runs.values_list("pk", "from_month", "to_month", "state"))
    readable = [(pk, first, last) for pk, first, last, state in found if state in READABLE]
    kept = {pk for pk, *_rest in found[:NEWEST_KEPT]} | {pk for pk, *_rest in readable[:NEWEST_KEPT]}
    kept |= _month_ends(readable) | _cited()
    thinned = [pk for pk, *_rest in found if pk not in kept]
    Flag.objects.filter(run__in=thinned).delete()
    AccountPoolShare.objects.filter(run__in=thinned).delete()
    AccountProfit.objects.filter(run__in=thinned).delete()
    for run in ProfitRun.objects.filter(pk__in=thinned):
        run.thinned_at = timezone.now()
        run.save(update_fields=["thinned_at"])
        record(actor=None, verb="profit_run.thinned", subject=run)
    return thinned


def _month_ends(newest_first: list[tuple[int, dt.date, dt.date]]) -> set[int]:
    """The newest run over twelve months of each last month, for the newest 24 of these months."""
    newest: dict[dt.date, int] = {}
    for pk, first, last in newest_first:
        if plus_months(first, MONTHS_OF_A_MONTH_END - 1) == last:
            newest.setdefault(last, pk)
    return {newest[month] for month in sorted(newest, reverse=True)[:MONTH_ENDS_KEPT]}


def _cited() -> set[int]:
    plans = ExitPlan.objects.values_list("run", "flag__run")
    dismissals = FlagDismissal.objects.exclude(flag=None).values_list("flag__run", flat=True)
    return {run for pair in plans for run in pair if run is not None} | set(dismissals)
