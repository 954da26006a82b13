"""Profit runs: asked for, computed once by one worker, kept for ever.

A run reads one snapshot of its inputs and writes everything, rows, figures, flags and its last state, in one
transaction: a worker that dies leaves nothing of it. The same inputs and parameters are never computed twice.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.errors import SerializationFailure

from pmcrm.errors import RuleViolation
from pmcrm.jobs.models import ClaimLost
from pmcrm.people.models import Organisation
from pmcrm.trail.services import record
from segmentation import window as calendar
from segmentation.attention import WEIGHTS
from segmentation.curve import POINTS_DRAWN
from segmentation.facts import Thresholds, plain
from segmentation.models import HourEntry, InputChange, LedgerLine, MonthReopening, ProfitRun, RunState
from segmentation.quality import data_quality, hours_coverage
from segmentation.services import contributions
from segmentation.services.avoidable import avoidable_of
from segmentation.services.contributions import LedgerTotal, Window
from segmentation.services.figures import content_hash, drawn_points, measure, sums_of_run
from segmentation.services.flags import judge
from segmentation.trend import QUARTERS_LOOKED_AT

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

    from pmcrm.people.models import User

CALCULATION: Final = "2"
"""Raised when the same inputs would give other figures, or figures under other names, so that old runs are not taken
for present ones. A test holds the names against it."""
SNAPSHOTS: Final = 3
ZERO: Final = Decimal(0)


def today() -> dt.date:
    """The organisation's own day."""
    return timezone.localdate(timezone=ZoneInfo(Organisation.current().time_zone))


def default_window() -> tuple[dt.date, dt.date]:
    """The twelve newest closed months, first and last."""
    return calendar.default_window(today(), Organisation.current().month_closes_after)


def current_limits(organisation: Organisation | None = None) -> Thresholds:
    """The limits of the flag rule as the organisation has set them: the next run judges by them."""
    settings = (organisation or Organisation.current()).thresholds
    return Thresholds.from_settings(
        {name: value for name, value in settings.items() if name in Thresholds.__dataclass_fields__}
    )


def has_input() -> bool:
    """Whether there is anything to compute from at all."""
    return LedgerLine.objects.exists() or HourEntry.objects.exists()


def input_fingerprint() -> str:
    """Differs whenever anything that a run reads has changed: number and newest of the changes that are visible."""
    found = InputChange.objects.aggregate(number=Count("pk"), newest=Max("pk"))
    return f"{found['number']}-{found['newest'] or 0}"


def has_newer_input(run: ProfitRun) -> bool:
    """Whether something changed after `run` had read its inputs: the page offers to run again."""
    return run.input_fingerprint != input_fingerprint()


@transaction.atomic
def request_run(
    *,
    actor: User | None,
    from_month: dt.date | None = None,
    to_month: dt.date | None = None,
    currency: str | None = None,
) -> tuple[ProfitRun, bool]:
    """The run over the closed months of this window, and whether it is new and has to be computed.

    Unchanged inputs and parameters give the present run; a run of the same window that is under way is given as it
    is. Without months: the last twelve closed ones. Raises RuleViolation where no month of the window is closed.
    """
    organisation = Organisation.current()
    first, last = (from_month, to_month) if from_month and to_month else default_window()
    asked = _parameters(organisation, first, last, currency or organisation.currency)
    digest = sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    present = ProfitRun.objects.with_rows().filter(parameters_hash=digest, input_fingerprint=input_fingerprint())
    same = present.exclude(state=RunState.FAILED).newest_first().first() or _under_way(first, last, asked["currency"])
    if same is not None:
        return same, False
    try:
        with transaction.atomic():
            run = ProfitRun.objects.create(
                created_by=actor,
                from_month=first,
                to_month=last,
                currency=asked["currency"],
                parameters=asked,
                parameters_hash=digest,
                code_version=CALCULATION,
            )
    except IntegrityError:
        # Somebody asked for the same window in the same moment.
        other = _under_way(first, last, asked["currency"])
        if other is None:
            raise
        return other, False
    record(actor=actor, verb="profit_run.requested", subject=run)
    return run, True


def refresh() -> ProfitRun | None:
    """A new run over the last twelve closed months, where they hold anything and something has changed since."""
    first, last = default_window()
    if not LedgerLine.objects.between(first, last).exists():
        return None
    run, is_new = request_run(actor=None)
    return run if is_new else None


def _under_way(first: dt.date, last: dt.date, currency: str) -> ProfitRun | None:
    return ProfitRun.objects.filter(
        from_month=first,
        to_month=last,
        currency=currency,
        state__in=ProfitRun.WAITING | ProfitRun.WORKING,
    ).first()


def _parameters(organisation: Organisation, first: dt.date, last: dt.date, currency: str) -> dict[str, Any]:
    """Every setting that a run uses. Months that are open, or opened again, are left out by name."""
    if last < first:
        raise RuleViolation(_("The last month lies before the first one."), fields={"to": _("Later, please.")})
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        sentence = _("A currency is three capital letters, for example USD.")
        raise RuleViolation(sentence, fields={"currency": sentence})
    day, closes_after = today(), organisation.month_closes_after
    reopened = set(MonthReopening.objects.filter(closed_again_at=None).values_list("month", flat=True))
    asked = calendar.months(first, last)
    left_out = [month for month in asked if month in reopened or not calendar.is_closed(month, day, closes_after)]
    if len(left_out) == len(asked):
        newest = calendar.last_closed(day, closes_after)
        raise RuleViolation(
            _("No month of this window is closed. Figures count closed months only; the last closed one is %(month)s.")
            % {"month": f"{newest:%Y-%m}"},
            code="no_closed_month",
        )
    weights = dict(WEIGHTS) | organisation.thresholds.get("attention_weights", {})
    parameters: dict[str, Any] = plain(
        {
            "calculation": CALCULATION,
            "from": first,
            "to": last,
            "currency": currency,
            "left_out_months": left_out,
            "base": contributions.BASE,
            "time_zone": organisation.time_zone,
            "fiscal_year_start": organisation.fiscal_year_start,
            "thresholds": asdict(current_limits(organisation)),
            "attention_weights": {pool: str(weight) for pool, weight in weights.items()},
        }
    )
    return parameters


def compute(run_id: int) -> ProfitRun | None:
    """Compute a queued run, or one whose worker fell silent. None where it is done, gone, or in other hands.

    The snapshot is taken and the row locked in the transaction's first statements; whoever comes meanwhile finds the
    row locked and leaves.
    """
    run = ProfitRun.try_claim(run_id, working_state=RunState.RUNNING)
    if run is None:
        return None
    if run.was_tried_too_often:
        return run.give_up()
    for attempt in range(SNAPSHOTS, 0, -1):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                run = run.lock_claimed()
                _compute(cursor, run)
        except ClaimLost:
            return None
        except DatabaseError as error:
            # An account that a flag points to was edited meanwhile: the snapshot is too old, take a new one.
            if isinstance(error.__cause__, SerializationFailure) and attempt > 1:
                continue
            run.give_up(_("The database could not finish it. The log of the worker says why."))
            raise
        break
    return run


def _compute(cursor: CursorWrapper, run: ProfitRun) -> None:
    run.input_fingerprint = input_fingerprint()
    window = window_of(run)
    limits = Thresholds.from_settings(run.parameters["thresholds"])
    contributions.prepare(cursor, window)
    total = contributions.sum_ledger(cursor, window)
    contributions.write_rows(cursor, run.pk, limits.band_of_revenue, limits.band_floor)
    sums, figures = measure(run)
    figures["avoidable"] = avoidable_of(run, sums.count)
    figures |= _knowledge(cursor, run, window, total) | _reconciliation(cursor, figures, total)
    run.figures = figures
    run.curve_points = plain(drawn_points(run, sums, POINTS_DRAWN))
    run.account_count = sums.count
    run.line_count = total.lines
    run.content_hash = content_hash(run)
    run.state = _last_state(run)
    if run.state in {RunState.DONE, RunState.PARTIAL}:
        figures |= judge(cursor, run, window, limits, today())
    run.finished_at = timezone.now()
    run.save()


def _last_state(run: ProfitRun) -> RunState:
    if not run.account_count:
        return RunState.NO_DATA
    if Decimal(run.figures["reconciliation"]["difference"]):
        return RunState.DOES_NOT_RECONCILE
    has_gap = run.figures["missing_rates"] or Decimal(run.figures["without_rate_share"])
    return RunState.PARTIAL if has_gap else RunState.DONE


def window_of(run: ProfitRun) -> Window:
    """The closed months of `run`, and the earlier ones that its trends look back to."""
    left_out = {dt.date.fromisoformat(month) for month in run.parameters["left_out_months"]}
    counted = [month for month in calendar.months(run.from_month, run.to_month) if month not in left_out]
    quarters = calendar.closed_quarters(counted[-1], QUARTERS_LOOKED_AT, run.parameters["fiscal_year_start"])
    earlier = calendar.months(quarters[0], calendar.plus_months(counted[0], -1)) if quarters[0] < counted[0] else []
    return Window(counted, run.currency, ZoneInfo(run.parameters["time_zone"]), earlier)


def _knowledge(cursor: CursorWrapper, run: ProfitRun, window: Window, total: LedgerTotal) -> dict[str, Any]:
    """How much of the truth the inputs hold: hours coverage, unexplained cost, entries without a rate."""
    pool_months = contributions.pool_months(cursor)
    hours_unrated, hours = contributions.hours_without_rate(cursor)
    shares = [Decimal(total.unrated) / total.lines] if total.lines else []
    shares += [hours_unrated / hours] if hours else []
    quality = data_quality(
        hours_coverage(pool_months),
        min(max(total.unexplained / total.cost, ZERO), Decimal(1)) if total.cost > 0 else ZERO,
        max(shares, default=ZERO),
    )
    run.data_quality = quality.value
    known: dict[str, Any] = plain(
        {
            "hours_coverage": quality.coverage,
            "unexplained_cost_share": quality.unexplained_cost_share,
            "without_rate_share": quality.without_rate_share,
            "is_thin": quality.is_thin,
            "is_people_time_included": bool(pool_months),
            "missing_rates": [asdict(gap) for gap in contributions.missing_rates(cursor, window)]
            if total.unrated
            else [],
        }
    )
    return known


def _reconciliation(cursor: CursorWrapper, figures: dict[str, Any], total: LedgerTotal) -> dict[str, Any]:
    """Revenue less direct cost over the base, plus what was left out by kind, against the ledger's own sum, exactly."""
    base = Decimal(figures["revenue"]) - Decimal(figures["direct_cost"])
    others = contributions.left_out(cursor)
    outside = sum((earned - spent for _kind, _number, earned, spent in others), ZERO)
    checked: dict[str, Any] = plain(
        {
            "left_out": [
                {"kind": kind, "accounts": number, "revenue": earned, "cost": spent}
                for kind, number, earned, spent in others
            ],
            "reconciliation": {
                "ledger": total.amount,
                "base": base,
                "left_out": outside,
                "rounding": total.rounding,
                "difference": total.amount - base - outside - total.rounding,
            },
        }
    )
    return checked


def points_of(run: ProfitRun, *, wanted: int = POINTS_DRAWN) -> list[tuple[int, Decimal]]:
    """The curve of a finished run as about `wanted` places and heights."""
    if wanted == POINTS_DRAWN or not run.figures:
        return [(position, Decimal(height)) for position, height in run.curve_points]
    return drawn_points(run, sums_of_run(run), wanted)
