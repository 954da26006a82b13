"""What workers do by the clock about mail that comes in and reminders that go out."""

from __future__ import annotations

import logging

from celery import shared_task

from correspondence.services.letters import forget_handled_bytes
from correspondence.services.mailbox import NoMailbox, read_mailbox
from correspondence.services.reminders import forget_old_reminders, mail_talks, send_digests

log = logging.getLogger(__name__)


@shared_task
def read_drop_box() -> None:
    """Called every minute: mails that lie in the mailbox are logged. Does nothing where none is set up."""
    try:
        read_mailbox()
    except NoMailbox as failure:
        log.warning("%s", failure)


@shared_task
def mail_digests() -> None:
    """Called every quarter of an hour: who wishes it hears in the morning what the day brings, and of each talk
    before it. Safe to run twice."""
    send_digests()
    mail_talks()


@shared_task
def forget_what_is_over() -> None:
    """Called every night: bytes of mails that were handled, reminders of long ago."""
    forget_handled_bytes()
    forget_old_reminders()
