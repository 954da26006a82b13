"""What workers do about campaigns."""

from __future__ import annotations

from celery import shared_task

from campaigns.models import Campaign, Gathering
from campaigns.services import gathering
from campaigns.services.attempts import forget_what_was_before


@shared_task
def gather_targets(gathering_id: int) -> None:
    """Gather the targets of one campaign. A late or second copy finds nothing to do."""
    gathering.gather(gathering_id)


@shared_task
def restart_silent_gatherings() -> None:
    """Called by the clock: gatherings whose worker shows no sign of life go to another one."""
    for gathering_id in Gathering.silent().values_list("pk", flat=True):
        gather_targets.delay(gathering_id)


@shared_task
def refresh_running() -> None:
    """Called every few minutes: where the targets of running campaigns are, and whether they may be called."""
    for campaign in Campaign.objects.open():
        gathering.refresh_targets(campaign=campaign)
    forget_what_was_before()


@shared_task
def look_at_loads() -> None:
    """Called every night: who had too much contact lately is left out, who is rested comes back."""
    for campaign in Campaign.objects.open():
        gathering.look_at_loads(campaign=campaign)
