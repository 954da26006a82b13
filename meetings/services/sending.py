"""An agenda goes to the customer: looked at by a person, in one piece, by a mail that a worker sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Contact
from meetings.models import Answer, InvitationMail, Invitee, Meeting, Method, Stage
from meetings.rules import gates_shut
from meetings.services.judging import facts_of, strip_of
from meetings.services.letters import (
    Letter,
    contacts_to_write,
    digest_of,
    letters_for,
    next_sequence,
    same_agenda,
    snapshot,
)
from meetings.services.moving import tell, to_prepare
from pmcrm.errors import RuleViolation
from pmcrm.notices.mail import new_message_id
from touchpoints.services.gates import HOLDS, heed

if TYPE_CHECKING:
    from pmcrm.people.models import User


def preview(meeting: Meeting, contacts: Sequence[Contact]) -> list[Letter]:
    """The letters as they would go out now: invitations, and cancellations to those who are not asked any more."""
    sequence = next_sequence(meeting)
    asked = letters_for(meeting, contacts, Method.REQUEST, sequence)
    return [*asked, *letters_for(meeting, _dropped(meeting, contacts), Method.CANCEL, sequence)]


@transaction.atomic
def send_meeting(
    *,
    actor: User,
    meeting: Meeting,
    contacts: Sequence[Contact],
    digest: str,
    override_reason: str = "",
) -> Meeting:
    """Send the agenda, or what changed of it, to these people. `digest` is that of the preview somebody looked at.

    Refused while sales has not looked, criteria are missing, it is too long or they are overloaded, unless the rule was
    overridden. A hold of the relationship owner takes a reason.
    """
    found, to = to_prepare(actor, meeting, "send")
    _check_people(found, actor, contacts)
    if found.interaction.at <= timezone.now():
        raise RuleViolation(_("Its time has gone by. Move it, or say that it took place."))
    facts = facts_of(found)
    if shut := gates_shut(strip_of(found, facts)):
        raise RuleViolation(" ".join(one.says for one in shut), code="rule_open")
    if digest_of(found) != digest:
        raise RuleViolation(_("Something changed since you looked at it. Look at it again."), code="changed")
    # Too much contact is a ground rule, and was judged above.
    heed(
        actor=actor,
        interaction=found.interaction,
        accounts=found.present,
        override_reason=override_reason,
        only=[HOLDS],
    )
    now, sequence, letters = timezone.now(), next_sequence(found), preview(found, contacts)
    has_moved = bool(found.told) and _time(found.told) != _time(snapshot(found))
    if not same_agenda(found):  # the sending that brought them this time and agenda counts
        found.sent_at, found.told_since = now, sequence
        found.is_late = facts.send_by is not None and now > facts.send_by
    found.stage, found.sequence, found.told = Stage(to), sequence, snapshot(found)
    found.save(update_fields=["stage", "sequence", "sent_at", "is_late", "told", "told_since"])
    _invite(found, contacts, has_moved=has_moved)
    _queue(found, letters)
    tell(actor, "sent", found, people=len(contacts), update=sequence > 0, late=found.is_late)
    return found


@transaction.atomic
def call_off(*, actor: User, meeting: Meeting, digest: str) -> Meeting:
    """Tell everybody who has the invitation that the meeting does not take place. A second time changes nothing."""
    found, _to = to_prepare(actor, meeting, "call_off")
    if not found.customer_has_it:
        return found
    letters = preview_cancellation(found)
    if digest_of(found) != digest:
        raise RuleViolation(_("Something changed since you looked at it. Look at it again."), code="changed")
    found.sequence, found.called_off_at = next_sequence(found), timezone.now()
    found.save(update_fields=["sequence", "called_off_at"])
    found.invitees.update(is_invited=False)
    _queue(found, letters)
    tell(actor, "called_off", found, people=len(letters))
    return found


def preview_cancellation(meeting: Meeting) -> list[Letter]:
    """What those who have the invitation would get."""
    return letters_for(meeting, _invited(meeting), Method.CANCEL, next_sequence(meeting))


def _check_people(found: Meeting, actor: User, contacts: Sequence[Contact]) -> None:
    may_be = {one.pk for one in contacts_to_write(found, actor)}
    sentence = ""
    if not contacts:
        sentence = _("Choose somebody to send it to.")
    elif not {one.pk for one in contacts} <= may_be:
        sentence = _("It goes to people who take part and have an e-mail address.")
    if sentence:
        raise RuleViolation(sentence, fields={"contacts": sentence})


def _invited(meeting: Meeting) -> list[Contact]:
    """Who has the invitation and can still be written to."""
    rows = Contact.objects.in_sight().filter(invited_to__meeting=meeting, invited_to__is_invited=True)
    return list(rows.exclude(email="").select_related("account").order_by("pk"))


def _dropped(meeting: Meeting, contacts: Sequence[Contact]) -> list[Contact]:
    kept = {one.pk for one in contacts}
    return [one for one in _invited(meeting) if one.pk not in kept]


def _invite(found: Meeting, contacts: Sequence[Contact], *, has_moved: bool) -> None:
    """Who was not there before is asked; after another time everybody is asked anew."""
    found.invitees.filter(contact__isnull=False).exclude(contact__in=contacts).update(is_invited=False)
    there = {one.contact_id: one for one in found.invitees.filter(contact__in=contacts)}
    for contact in contacts:
        invitee = there.get(contact.pk) or Invitee(meeting=found, contact=contact)
        invitee.email, invitee.is_invited = contact.email, True
        if has_moved:
            invitee.answer, invitee.answered_at, invitee.comment = Answer.NONE, None, ""
        invitee.save()


def _queue(found: Meeting, letters: Sequence[Letter]) -> None:
    """Put the letters out for a worker. What still waits of an earlier sending is overtaken."""
    found.invitations.unsent().update(is_overtaken=True)
    InvitationMail.objects.bulk_create(
        InvitationMail(
            meeting=found,
            contact=one.contact,
            email=one.email,
            method=one.method,
            sequence=one.sequence,
            subject=one.subject,
            text=one.text,
            calendar=one.calendar.decode(),
            reply_to=found.organiser.email,
            message_id=new_message_id(),
        )
        for one in letters
    )


def _time(told: dict[str, object]) -> tuple[object, object]:
    return told.get("at"), told.get("minutes")
