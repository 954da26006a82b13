"""The worker's part: write files, start again what fell silent, remove what was kept long enough."""

from __future__ import annotations

from celery import shared_task

from pmcrm.exports import services
from pmcrm.exports.models import Export


@shared_task
def write_export(pk: int) -> None:
    """Write one file. A late or second copy finds nothing to do."""
    services.work(pk)


@shared_task
def restart_silent_exports() -> None:
    """Called by the clock: files whose worker shows no sign of life go to another one."""
    for pk in Export.silent().values_list("pk", flat=True):
        write_export.delay(pk)


@shared_task
def remove_old_exports() -> None:
    """Called every night."""
    services.remove_old()
