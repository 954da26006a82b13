"""`manage.py recompute`: compute the figures now and print the run as the API shows it."""

from __future__ import annotations

import datetime as dt
import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pmcrm.errors import RuleViolation
from segmentation.api.runs import run_shown
from segmentation.models import ProfitRun, RunState
from segmentation.services.publishing import publish_run
from segmentation.services.runs import compute, request_run

POLL_SECONDS = 0.2


def month(text: str) -> dt.date:
    """The first day of a month given as 2026-01."""
    return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()


class Command(BaseCommand):
    """Run over the last twelve closed months, or those asked for, wait, and print it."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", metavar="YYYY-MM", help="the first month")
        parser.add_argument("--to", dest="last", metavar="YYYY-MM", help="the last month")
        parser.add_argument("--currency", metavar="CODE", help="the currency of all figures, for example USD")

    def handle(self, *_: Any, **options: Any) -> None:
        first, last = options["first"], options["last"]
        if (first is None) != (last is None):
            raise CommandError("Give both --from and --to, or neither.", returncode=2)
        try:
            window = {"from_month": month(first), "to_month": month(last)} if first else {}
        except ValueError as error:
            raise CommandError("A month is given as year and month, for example 2026-01.", returncode=2) from error
        try:
            run, _is_new = request_run(actor=None, currency=options["currency"], **window)
        except RuleViolation as refusal:
            raise CommandError(refusal.sentence, returncode=2) from refusal
        run = self._finished(run)
        publish_run(run_id=run.pk)
        self.stdout.write(json.dumps(run_shown(run), ensure_ascii=False, indent=2))
        if run.state == RunState.FAILED:
            raise CommandError(run.failure, returncode=1)

    def _finished(self, run: ProfitRun) -> ProfitRun:
        """Compute the run here, or wait for the worker that already does."""
        while not run.is_finished:
            computed = compute(run.pk)
            if computed is not None:
                return computed
            time.sleep(POLL_SECONDS)
            run.refresh_from_db()
        return run
