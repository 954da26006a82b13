"""What workers do by the clock about mail that comes in and reminders that go out."""

from __future__ import annotations

import logging

from celery import shared_task

from correspondence.services.letters import forget_handled_bytes
from correspondence.services.mailbox import NoMailbox, read_mailbox

log = logging.getLogger(__name__)


@shared_task
def read_drop_box() -> None:
    """Called every minute: mails that lie in the mailbox are logged. Does nothing where none is set up."""
    try:
        read_mailbox()
    except NoMailbox as failure:
        log.warning("%s", failure)


@shared_task
def forget_bytes() -> None:
    """Called every night: the bytes of mails that were handled."""
    forget_handled_bytes()
