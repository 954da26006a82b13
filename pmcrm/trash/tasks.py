"""The clock's part."""

from __future__ import annotations

from celery import shared_task

from pmcrm.trash.services import empty


@shared_task
def empty_trash() -> None:
    """Called every night. Safe to run twice and to be killed: each thing is its own transaction."""
    empty()
