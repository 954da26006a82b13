"""What people answered: read from their replies, or entered by whoever heard it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Answer, InvitationMail, Invitee, Meeting
from meetings.services.moving import locked, moved, reason_of, tell, to_prepare
from pmcrm.errors import RuleViolation
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST_COMMENT: Final = 500


class Taken(StrEnum):
    """What became of an answer that came by mail."""

    TAKEN = "taken"
    KNOWN = "known"
    """The same or a newer answer is there already."""
    OUTDATED = "outdated"
    """It answers an earlier time or agenda."""
    UNKNOWN_MEETING = "unknown_meeting"
    UNKNOWN_PERSON = "unknown_person"


@transaction.atomic
def take_answer(*, uid: str, email: str, answer: str, sequence: int, at: dt.datetime, comment: str = "") -> Taken:
    """An answer from a reply to an invitation. Safe to take twice; whoever was not invited changes nothing.

    `answer` is accepted, declined or tentative; anything else raises ValueError.
    """
    if answer not in {Answer.ACCEPTED, Answer.DECLINED, Answer.TENTATIVE}:
        raise ValueError(answer)
    meeting = Meeting.objects.kept().filter(uid=uid).first()
    if meeting is None:
        return Taken.UNKNOWN_MEETING
    found = locked(meeting)
    invitee = (
        found.invitees.filter(contact__isnull=False, email__iexact=email.strip())
        .exclude(email="")
        .order_by("pk")
        .first()
    )
    if invitee is None:
        return Taken.UNKNOWN_PERSON
    if sequence < found.told_since:
        key = f"meeting answered {invitee.pk} {at.isoformat()} before"
        note(person=found.organiser, kind=Kind.ANSWER_OUTDATED, key=key, path=found.get_absolute_url())
        return Taken.OUTDATED
    if invitee.answered_at is not None and invitee.answered_at >= at:
        return Taken.KNOWN
    _put(invitee, answer, comment, at)
    tell(None, "answered", found, answer=answer)
    key = f"meeting answered {invitee.pk} {at.isoformat()}"
    note(person=found.organiser, kind=Kind.MEETING_ANSWERED, key=key, path=found.get_absolute_url())
    return Taken.TAKEN


def meeting_answered(*, answers_to: Sequence[str], email: str) -> Meeting | None:
    """The meeting that a mail in words is about: the one whose invitation it answers, else the newest to which whoever
    wrote it was invited."""
    sent = InvitationMail.objects.filter(sent_at__isnull=False, meeting__organiser__is_active=True)
    found = sent.filter(message_id__in=answers_to).order_by("-pk") if answers_to else sent.none()
    mail = found.first() or sent.filter(email__iexact=email or "-").order_by("-pk").first()
    return mail.meeting if mail else None


@transaction.atomic
def enter_answer(*, actor: User, invitee: Invitee, answer: str, comment: str = "") -> Invitee:
    """What somebody said on the phone, or a colleague's own answer. Sales may decline, with a word why."""
    found = locked(invitee.meeting)
    invitee = Invitee.objects.select_for_update(of=("self",)).get(pk=invitee.pk)
    if invitee.user_id != actor.pk:
        to_prepare(actor, found, "answer")
    moved(found, "answer")
    if answer not in Answer.values:
        sentence = _("Choose one of: %(known)s.") % {"known": ", ".join(filter(None, Answer.values))}
        raise RuleViolation(sentence, fields={"answer": sentence})
    words = comment
    if invitee.user_id is not None and answer == Answer.DECLINED:
        words = reason_of(comment, "comment", _("Say in a word why."))
    _put(invitee, answer, words, timezone.now())
    _take_part(found, invitee)
    tell(actor, "answered", found, answer=answer)
    if invitee.user_id == actor.pk and found.organiser_id != actor.pk:
        key = f"meeting answered {invitee.pk} {invitee.answered_at}"
        note(person=found.organiser, kind=Kind.MEETING_ANSWERED, key=key, path=found.get_absolute_url())
    return invitee


def _put(invitee: Invitee, answer: str, comment: str, at: dt.datetime) -> None:
    invitee.answer, invitee.comment = answer, " ".join(comment.split())[:LONGEST_COMMENT]
    invitee.answered_at = at if answer else None
    invitee.save(update_fields=["answer", "comment", "answered_at"])


def _take_part(found: Meeting, invitee: Invitee) -> None:
    """A colleague who declines is not among those whose hours it costs."""
    if invitee.user is None or not found.interaction.is_planned:
        return
    people = found.interaction.colleagues
    if invitee.answer == Answer.DECLINED and invitee.user_id != found.organiser_id:
        people.remove(invitee.user)
    else:
        people.add(invitee.user)
