"""Who earns our profit, who eats it: the whale curve of a run, its figures, the accounts behind it."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page
from segmentation import chart, curve, kpis, wording
from segmentation.forms.run import RunForm
from segmentation.models import AccountProfit, Flag, ProfitRun, RunState
from segmentation.services import runs
from segmentation.services.figures import figures_of_run, sentence_of_run
from segmentation.tasks import compute_run

if TYPE_CHECKING:
    from pmcrm.people.models import User

ZERO: Final = Decimal(0)
TAIL_ROWS: Final = 8
PAGE_ROWS: Final = 50
TABLE_STEPS: Final = 20


def selected_run(user: User, asked: str | None) -> ProfitRun | None:
    """The run that was asked for, or the newest that is finished; None where there is none yet."""
    visible = ProfitRun.objects.visible_to(user)
    if asked:
        return get_object_or_404(visible, pk=asked if asked.isdecimal() else None)
    return visible.readable().newest_first().first()


@require_GET
@needs("curve.read")
def profit_curve(request: Request) -> HttpResponse:
    run = selected_run(request.user, request.GET.get("run"))
    first, last = runs.default_window()
    window = (run.from_month, run.to_month) if run else (first, last)
    context: dict[str, Any] = {
        "run": run,
        "form": RunForm(initial={"from_month": window[0], "to_month": window[1]}),
        "may_run": request.user.may("curve.run"),
        "may_see_pools": request.user.may("cost_pool.read"),
        "has_ledger": runs.has_input(),
    }
    if run is not None and run.is_finished and run.state != RunState.FAILED:
        context |= _figures(request.user, run)
    return page(
        request,
        "segmentation/profit_curve/page.html",
        context,
        fragment="segmentation/profit_curve/_progress.html" if run is not None and not run.is_finished else None,
    )


def _figures(user: User, run: ProfitRun) -> dict[str, Any]:
    figures = figures_of_run(run)
    revenue = kpis.exact(run.figures["revenue"])
    said = sentence_of_run(run)
    tail = list(run.rows.losing_money().worst_first().select_related("account")[:TAIL_ROWS])
    flags = _flags_of(user, run, tail)
    points = [(position, kpis.exact(cumulative)) for position, cumulative in run.curve_points]
    # A run keeps the figures of its day: one from before this figure was computed does not have it.
    avoidable = run.figures.get("avoidable", {}).get("0.1")
    return {
        "figures": figures,
        "best": figures.best["0.1"],
        "worst": figures.worst["0.1"],
        "best_fifth": figures.best["0.2"],
        "worst_fifth": figures.worst["0.2"],
        "multiple": figures.multiple["0.1"],
        "revenue": revenue,
        "share_of_revenue": curve.share(figures.total, revenue) if revenue > 0 else None,
        "people_cost": kpis.exact(run.figures["people_cost"]),
        "avoidable": avoidable,
        "freed_hours": sum((kpis.exact(hours) for hours in avoidable["hours"].values()), ZERO) if avoidable else ZERO,
        "revenue_fifth": run.figures["revenue_curve"]["0.2"]["share"],
        "groups": [(wording.GROUPS[name], group) for name, group in run.figures["groups"].items()],
        "hours_coverage": run.figures.get("hours_coverage"),
        "left_out": run.figures["left_out"],
        "first_loss": figures.accounts - figures.loss_makers + 1,
        "spoken": kpis.read_aloud(said, run.currency),
        "notes": [kpis.NOTES[note] for note in figures.notes],
        "sentence": kpis.read_aloud_parts(said, run.currency),
        "chart": chart.whale_curve(
            points, accounts=figures.accounts, total=figures.total, peak=figures.peak, peak_at=figures.peak_at
        ),
        "steps": _table(points, figures),
        "tail": [(row, flags.get(row.account_id)) for row in tail],
        "tail_largest": abs(tail[0].contribution) if tail else 0,
        "is_stale": runs.has_newer_input(run),
        "limits": sorted(run.parameters.get("thresholds", {}).items()),
        "kpis": kpis.KPIS,
    }


def _flags_of(user: User, run: ProfitRun, rows: list[AccountProfit]) -> dict[int, Flag]:
    found = Flag.objects.visible_to(user).of_run(run).speaking().filter(account__in=[row.account_id for row in rows])
    return {flag.account_id: flag for flag in found}


def _table(points: list[tuple[int, Decimal]], figures: curve.CurveFigures) -> list[dict[str, Any]]:
    """The curve's points at each twentieth of the base: the table beside the chart."""
    rows: list[dict[str, Any]] = []
    wanted = {round(figures.accounts * step / TABLE_STEPS) for step in range(TABLE_STEPS + 1)} if points else set()
    for place in sorted(wanted):
        position, cumulative = min(points, key=lambda point: abs(point[0] - place))
        before = rows[-1]["position"] if rows else 0
        if rows and position == before:
            continue
        rows.append(
            {
                "from": before + 1,
                "position": position,
                "cumulative": cumulative,
                "share": curve.share(cumulative, figures.total) if figures.total > 0 else None,
                "share_of_peak": curve.share(cumulative, figures.peak) if figures.peak > 0 else None,
            }
        )
    return rows


@require_GET
@needs("curve.read")
def curve_accounts(request: Request, run_id: int) -> HttpResponse:
    """The accounts behind a stretch of the curve, from one place to another."""
    run = get_object_or_404(ProfitRun.objects.visible_to(request.user), pk=run_id)
    last = run.account_count or 0
    first_place = _place(request.GET.get("from"), 1, last)
    last_place = _place(request.GET.get("to"), last, last)
    start = max(_place(request.GET.get("at"), first_place, last), first_place)
    rows = AccountProfit.objects.visible_to(request.user).filter(
        run=run, position__gte=start, position__lte=min(last_place, start + PAGE_ROWS - 1)
    )
    found = list(rows.along_curve().select_related("account"))
    flags = _flags_of(request.user, run, found)

    def at(place: int) -> str:
        base = reverse("curve_accounts", args=[run.pk])
        return f"{base}?from={first_place}&to={last_place}&at={place}"

    return page(
        request,
        "segmentation/curve_accounts/page.html",
        {
            "run": run,
            "rows": [(row, flags.get(row.account_id)) for row in found],
            "largest": max((abs(row.contribution) for row in found), default=0),
            "from": first_place,
            "to": last_place,
            "shown_to": found[-1].position if found else start,
            "start": start,
            "previous": at(max(start - PAGE_ROWS, first_place)) if start > first_place else "",
            "next": at(start + PAGE_ROWS) if start + PAGE_ROWS <= last_place else "",
        },
        fragment="segmentation/curve_accounts/_accounts.html",
    )


def _place(text: str | None, default: int, last: int) -> int:
    """A place on the curve from the address; what is no place of it falls back, so that a shared link never fails."""
    if text is None or not text.isdecimal() or len(text) > 9:
        return default
    return min(max(int(text), 1), max(last, 1))


@require_POST
@needs("curve.run")
def profit_run_create(request: Request) -> HttpResponse:
    """Ask for a run over the chosen months; unchanged input opens the run that is there."""
    form = RunForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                run, is_new = runs.request_run(
                    actor=request.user,
                    from_month=form.cleaned_data["from_month"],
                    to_month=form.cleaned_data["to_month"],
                )
                if is_new:
                    transaction.on_commit(partial(compute_run.delay, run.pk))
        except RuleViolation as refusal:
            form.add_error(None, refusal.sentence)
        else:
            if not is_new and run.is_finished:
                messages.info(request, _("Nothing has changed since this run, so it still holds."))
            return go_to(request, f"{reverse('profit_curve')}?run={run.pk}")
    present = selected_run(request.user, None)
    context: dict[str, Any] = {
        "run": present,
        "form": form,
        "may_run": True,
        "may_see_pools": request.user.may("cost_pool.read"),
        "has_ledger": runs.has_input(),
    }
    if present is not None:
        context |= _figures(request.user, present)
    return page(request, "segmentation/profit_curve/page.html", context, status=422)
