"""Mail to anybody: text, an invitation that calendar programs answer, attachments, and the thread it belongs to."""

from __future__ import annotations

import logging
import re
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formataddr, make_msgid, parseaddr
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation

log = logging.getLogger(__name__)
_BREAKS: Final = re.compile(r"[\r\n\x00-\x1f\x7f]+")
MOST_RECEIVERS: Final = 100


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True)
class CalendarPart:
    """What `pmcrm.calendars.ical.write` wrote, and the METHOD in it, which a calendar program reads beside it."""

    content: bytes
    method: str
    name: str = "invite.ics"


class NotSent(Exception):
    """The mail server did not take the mail now; it may be tried again. `refused`: addresses it never takes."""

    def __init__(self, sentence: str, refused: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence, self.refused = sentence, tuple(refused)


def send(
    *,
    to: Sequence[str | tuple[str, str]],
    subject: str,
    text: str,
    copy_to: Sequence[str | tuple[str, str]] = (),
    sender_name: str = "",
    reply_to: Sequence[str | tuple[str, str]] = (),
    calendar: CalendarPart | None = None,
    attachments: Sequence[Attachment] = (),
    message_id: str = "",
    in_reply_to: str = "",
    is_automatic: bool = False,
) -> str:
    """Send one mail and return its Message-ID. An address is a string or a pair of name and address.

    The sender is the organisation's address (other senders would be taken for forgery), `sender_name` the person on
    whose behalf it goes; answers go to `reply_to`. A calendar part is an alternative of the text, which calendar
    programs show as an invitation with buttons, and stands once more as an attachment for those that do not.
    `message_id` may be chosen before (`new_message_id`), so that a second try of the same mail is the same mail.

    Raises `RuleViolation` for an address that is none, `NotSent` where the server does not take it.
    """
    receivers = [_address(each) for each in (*to, *copy_to)]
    if not receivers or len(receivers) > MOST_RECEIVERS:
        raise RuleViolation(_("A mail goes to at least one and at most 100 people."), code="receivers")
    message = EmailMultiAlternatives(
        subject=_BREAKS.sub(" ", subject).strip(),
        body=text.replace("\r\n", "\n").replace("\0", ""),
        from_email=_from(sender_name),
        to=receivers[: len(to)],
        cc=receivers[len(to) :],
        reply_to=[_address(each) for each in reply_to],
        headers={"Message-ID": message_id or new_message_id()},
    )
    if in_reply_to:
        message.extra_headers["In-Reply-To"] = message.extra_headers["References"] = _BREAKS.sub("", in_reply_to)
    if is_automatic:
        # So that no machine answers a machine (RFC 3834).
        message.extra_headers["Auto-Submitted"] = "auto-generated"
    if calendar is not None:
        message.attach_alternative(calendar.content.decode(), f"text/calendar; method={calendar.method}")
        message.attach(calendar.name, calendar.content, "application/ics")
    for each in attachments:
        # Django would take a whole mail apart and stumble over bytes that are no UTF-8.
        is_plain = "/" in each.content_type and not each.content_type.startswith(("message/", "multipart/"))
        kind = each.content_type if is_plain else "application/octet-stream"
        message.attach(_BREAKS.sub(" ", each.name) or "file", each.content, kind)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise NotSent(_("The mail server does not know the receiver."), list(error.recipients)) from error
    except (OSError, smtplib.SMTPException) as error:
        log.warning("A mail could not be sent: %s", error)
        raise NotSent(_("The mail server does not answer or refused the mail. It is tried again.")) from error
    return str(message.extra_headers["Message-ID"])


def new_message_id() -> str:
    """A Message-ID under the name of this installation."""
    return make_msgid(domain=urlsplit(settings.SITE_URL).hostname or "localhost")


def _address(each: str | tuple[str, str]) -> str:
    name, email = ("", each) if isinstance(each, str) else each
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        raise RuleViolation(
            _("“%(address)s” is no e-mail address.") % {"address": _BREAKS.sub(" ", email)[:100]}, code="address"
        ) from error
    return formataddr((_BREAKS.sub(" ", name).strip(), email)) if name else email


def _from(sender_name: str) -> str:
    name, email = parseaddr(settings.DEFAULT_FROM_EMAIL)
    shown = _BREAKS.sub(" ", sender_name).strip() or name
    return formataddr((shown, email)) if shown else email
