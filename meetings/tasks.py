"""What workers do about meetings."""

from __future__ import annotations

from celery import shared_task

from meetings.services.closing import judge_overdue
from meetings.services.figures import keep_figures_of_all
from meetings.services.outbox import send_invitations
from meetings.services.reminding import remind
from pmcrm.notices.services import send_waiting


@shared_task
def send_what_waits() -> None:
    """Called when something was put out, and every minute for what failed before. Safe to run twice at once."""
    send_invitations()
    send_waiting()


@shared_task
def remind_of_meetings() -> None:
    """Called every hour: agendas to send, meetings to close, steps that are late; each told once. Safe to run twice."""
    judge_overdue()
    remind()
    send_waiting()


@shared_task
def keep_meeting_figures() -> None:
    """Every hour, for whoever has many meetings. Safe to run twice."""
    keep_figures_of_all()
