"""Answers to invitations, as calendar programs send them by mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from pmcrm.calendars.ical import Answer, read_replies

ANSWERS: Final = {Answer.YES: "accepted", Answer.NO: "declined", Answer.MAYBE: "tentative"}
# Who takes answers, by the part of the UID that names the kind of event.
takers: list[Callable[..., Any]] = []


def take_replies(calendars: Sequence[bytes]) -> str:
    """Hand each answer to its meeting. Returns a sentence on what came in, empty where there was no answer."""
    answered = list[str]()
    for calendar in calendars:
        for reply in read_replies(calendar):
            answer = ANSWERS.get(reply.answer)
            if answer is None:
                continue
            for take in takers:
                take(
                    uid=reply.uid,
                    email=reply.email,
                    answer=answer,
                    sequence=reply.sequence,
                    at=reply.at,
                    comment=reply.comment,
                )
            answered.append(reply.email)
    return _("Answer of %(who)s to an invitation.") % {"who": ", ".join(answered)} if answered else ""
