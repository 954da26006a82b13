"""What workers do about preparation, by the clock."""

from __future__ import annotations

from celery import shared_task

from pmcrm.notices.services import send_waiting
from preparation.services.reminders import count_anew, freeze_begun, recall_incomplete


@shared_task
def look_after_sheets() -> None:
    """Called every quarter of an hour: how sheets stand, and who still has to prepare. Safe to run twice."""
    freeze_begun()
    count_anew()
    if recall_incomplete():
        send_waiting()
