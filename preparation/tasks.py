"""What workers do about preparation, by the clock."""

from __future__ import annotations

from celery import shared_task

from pmcrm.notices.services import send_waiting
from preparation.services.reminders import ask_new_owners, count_anew, freeze_begun, recall_incomplete


@shared_task
def look_after_sheets() -> None:
    """Called every quarter of an hour: how sheets stand, and who still has to prepare. Safe to run twice."""
    freeze_begun()
    asked = ask_new_owners()
    count_anew()
    if recall_incomplete() or asked:
        send_waiting()
