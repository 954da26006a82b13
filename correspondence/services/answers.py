"""Answers to invitations, as calendar programs send them by mail."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from correspondence.parsing import Mail
from meetings.services.answers import Taken, take_answer
from pmcrm.calendars.ical import Answer, read_replies

ANSWERS: Final = {Answer.YES: "accepted", Answer.NO: "declined", Answer.MAYBE: "tentative"}


def take_replies(mail: Mail) -> str:
    """Hand each answer to its meeting, with what was written beside it: some programs put a word to the answer into the
    mail and not into its calendar part. Returns a sentence on what came in; empty where none answers a meeting of ours,
    so that the mail is treated as any other."""
    answered = list[str]()
    for calendar in mail.calendars:
        for reply in read_replies(calendar):
            if reply.answer not in ANSWERS:
                continue
            taken = take_answer(
                uid=reply.uid,
                email=reply.email,
                answer=ANSWERS[reply.answer],
                sequence=reply.sequence,
                at=reply.at,
                comment=reply.comment or mail.text,
            )
            if taken not in (Taken.UNKNOWN_MEETING, Taken.UNKNOWN_PERSON):
                answered.append(reply.email)
    return _("Answer of %(who)s to an invitation.") % {"who": ", ".join(answered)} if answered else ""
