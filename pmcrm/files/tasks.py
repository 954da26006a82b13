"""The clock's part: what was removed long ago goes for good."""

from __future__ import annotations

from celery import shared_task

from pmcrm.files.services import delete_outdated


@shared_task
def delete_outdated_files() -> None:
    """Safe to run twice and to be killed: each file is its own transaction."""
    delete_outdated()
