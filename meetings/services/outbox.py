"""The mails that wait to go out: each sent once, tried again where that failed, safe to kill at any moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from meetings.models import InvitationMail
from pmcrm.notices.mail import CalendarPart, NotSent, send
from pmcrm.people.models import Organisation

AT_ONCE: Final = 200
FIRST_PAUSE: Final = timedelta(minutes=2)
LONGEST_PAUSE: Final = timedelta(hours=6)


def send_invitations() -> int:
    """Send what waits, oldest first, each in a transaction of its own under its row's lock. Returns how many went.

    A worker that dies between the server's yes and the end of the transaction leaves the row waiting: the same mail
    goes once more, with the same Message-ID, UID and SEQUENCE, which calendars take as the one they have.
    """
    waiting = list(InvitationMail.objects.waiting().order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_send(pk) for pk in waiting)


@transaction.atomic
def _send(pk: int) -> bool:
    row = InvitationMail.objects.waiting().select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if row is None:
        return False
    row.attempts += 1
    try:
        send(
            to=[row.email],
            subject=row.subject,
            text=row.text,
            sender_name=Organisation.current().name,
            reply_to=[row.reply_to] if row.reply_to else [],
            calendar=CalendarPart(row.calendar.encode(), row.method),
            message_id=row.message_id,
        )
    except NotSent:
        row.not_before = timezone.now() + min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 10), LONGEST_PAUSE)
    else:
        row.sent_at = timezone.now()
    row.save(update_fields=["attempts", "not_before", "sent_at"])
    return row.sent_at is not None
