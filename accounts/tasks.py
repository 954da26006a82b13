"""What workers do about accounts by the clock."""

from __future__ import annotations

from celery import shared_task

from accounts.services.tier import end_expired_tiers


@shared_task
def end_tiers() -> None:
    """Called every night: tiers set by hand whose last day is over."""
    end_expired_tiers()
