"""The worker's part: carry an import on, and start again what fell silent."""

from __future__ import annotations

from typing import Any, cast

from celery import shared_task

from pmcrm.exchange.models import Import
from pmcrm.exchange.services.running import work


@shared_task
def work_import(pk: int) -> None:
    """Read, bring in or take back, whatever the import waits for. A late or second copy does nothing."""
    work(pk)


@shared_task
def restart_silent_imports() -> None:
    """Called by the clock: imports whose worker shows no sign of life go to another one."""
    for pk in Import.silent().values_list("pk", flat=True):
        work_import.delay(pk)


def carry_on(pk: int) -> None:
    """Hand the import to a worker as soon as what was written is committed."""
    cast("Any", work_import).delay_on_commit(pk)
