"""What follows from a meeting: who does what by when, and whether it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from meetings import states
from meetings.models import Meeting
from meetings.permissions import may_prepare
from meetings.services.moving import locked, moved
from pmcrm.errors import RuleViolation
from touchpoints.services.next_steps import PlannedStep, add_next_step

if TYPE_CHECKING:
    from pmcrm.people.models import User
    from touchpoints.models import NextStep


@transaction.atomic
def agree_on_step(*, actor: User, meeting: Meeting, step: PlannedStep) -> NextStep:
    """A step of the follow-through; it belongs to the first account present."""
    found = locked(meeting)
    if not may_prepare(actor, found):
        raise RuleViolation(_("Only its organiser and the colleagues who take part change this meeting."))
    moved(found, "agree")
    made = add_next_step(actor=actor, account=found.present[0], step=step, interaction=found.interaction)
    if found.nothing_to_do:
        found.nothing_to_do = ""
        found.save(update_fields=["nothing_to_do"])
    return made


def needs_step(step: NextStep) -> None:
    """A meeting is never closed with nothing agreed and no reason: its last step stays until it is open again."""
    meeting = Meeting.objects.filter(pk=step.interaction_id).select_related("interaction").first()
    if meeting is None or meeting.state != states.CLOSED or meeting.nothing_to_do:
        return
    if not meeting.interaction.next_steps.kept().exclude(pk=step.pk).exists():
        sentence = _(
            "It is all that was agreed in a closed meeting. Open the meeting again, and say why nothing follows."
        )
        raise RuleViolation(sentence, code="last_step")
