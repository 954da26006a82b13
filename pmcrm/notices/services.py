"""Telling people by mail that something waits for them: noted once, sent once, tried again where that failed."""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from pmcrm.notices.models import Notice
from pmcrm.people.models import Organisation

if TYPE_CHECKING:
    from pmcrm.people.models import User

log = logging.getLogger(__name__)

AT_ONCE: Final = 200
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=12)


def note(*, person: User, kind: str, key: str, path: str, not_before: dt.datetime | None = None) -> bool:
    """Have `person` told about an occasion, at once or not before a time. A second time changes nothing; returns
    whether it was new."""
    told = {"kind": kind, "path": path} | ({"not_before": not_before} if not_before else {})
    _notice, is_new = Notice.objects.get_or_create(person=person, key=key, defaults=told)
    return is_new


def send_waiting() -> int:
    """Send what waits, each in a transaction of its own, so that two workers never send the same. Returns how many."""
    waiting = list(Notice.objects.waiting().order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_send(pk) for pk in waiting)


@transaction.atomic
def _send(pk: int) -> bool:
    rows = Notice.objects.waiting().select_for_update(skip_locked=True, of=("self",))
    notice = rows.select_related("person").filter(pk=pk).first()
    if notice is None:
        return False
    context = {
        "person": notice.person,
        "organisation": Organisation.current(),
        "link": settings.SITE_URL.rstrip("/") + notice.path,
    }
    with translation.override(notice.person.language):
        subject = render_to_string(f"notices/{notice.kind}/subject.txt", context).strip()
        text = render_to_string(f"notices/{notice.kind}/mail.txt", context)
    notice.attempts += 1
    try:
        send_mail(subject, text, None, [notice.person.email])
    except (OSError, smtplib.SMTPException) as error:
        log.warning("A notice could not be sent: %s", error)
        notice.not_before = timezone.now() + min(FIRST_PAUSE * 2 ** min(notice.attempts - 1, 10), LONGEST_PAUSE)
    else:
        notice.sent_at = timezone.now()
    notice.save(update_fields=["attempts", "not_before", "sent_at"])
    return notice.sent_at is not None
