"""What workers do about figures: compute a run, publish it, start again what fell silent, keep the newest fresh."""

from __future__ import annotations

from celery import shared_task

from pmcrm.notices.services import send_waiting
from segmentation.models import ProfitRun
from segmentation.services.exit_plan_keeping import remove_outlived
from segmentation.services.exit_plan_turns import note_turns, seat_offices
from segmentation.services.publishing import publish_run
from segmentation.services.retention import thin_out_runs
from segmentation.services.runs import compute, refresh


@shared_task
def compute_run(run_id: int) -> None:
    """Compute a run and publish its figures. A late or second copy finds nothing to do."""
    if compute(run_id) is not None:
        publish_run(run_id=run_id)


@shared_task
def restart_silent_runs() -> None:
    """Called by the clock: runs whose worker shows no sign of life go to another one."""
    for run_id in ProfitRun.silent().values_list("pk", flat=True):
        compute_run.delay(run_id)


@shared_task
def refresh_figures() -> None:
    """Called every night: when a month closed or inputs changed, compute the last twelve months anew."""
    run = refresh()
    if run is not None:
        compute_run.delay(run.pk)


@shared_task
def tell_whose_turn(plan_id: int | None = None) -> None:
    """Mail those whose turn it is in one plan. By the clock for all of them: what failed before is tried again, and
    offices that changed hands get their rows. Safe to run twice."""
    if plan_id is None:
        seat_offices()
    note_turns(plan_id=plan_id)
    send_waiting()


@shared_task
def remove_outlived_plans() -> None:
    """Called every night: exit plans that were kept as long as the organisation says go. Safe to run twice."""
    remove_outlived()


@shared_task
def thin_out_old_runs() -> None:
    """Called every night: old runs keep their aggregates and points only."""
    thin_out_runs()
