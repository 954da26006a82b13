"""One meeting under its lock: who may move it, where a verb leads, what the trail is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from meetings import states
from meetings.models import Meeting
from meetings.permissions import may_prepare
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.trail.services import record
from touchpoints.models import Attendance, Interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST_REASON: Final = 300


def locked(meeting: Meeting) -> Meeting:
    """The meeting and its interaction as they are now, until the transaction ends. The interaction is locked first, as
    its own services do."""
    there = Prefetch("attendances", Attendance.objects.with_account().select_related("account__relationship_owner"))
    talk = Interaction.objects.select_for_update(of=("self",)).prefetch_related(there).get(pk=meeting.pk)
    found = Meeting.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=meeting.pk)
    found.interaction = talk
    if talk.is_discarded:
        raise RuleViolation(_("This is in the trash. Restore it first."), code="in_trash")
    return found


def moved(found: Meeting, verb: str) -> str:
    """The state that `verb` leads to; refuses what cannot be done now."""
    to = states.after(verb, found.state)
    if to is None:
        sentence = _("This meeting is %(state)s: that cannot be done now.")
        raise RuleViolation(sentence % {"state": str(found.state_word).lower()}, code="wrong_state")
    return to


def to_prepare(actor: User, meeting: Meeting, verb: str, version: int | None = None) -> tuple[Meeting, str]:
    """The locked meeting and where the verb leads, for who may prepare it."""
    found = locked(meeting)
    if not may_prepare(actor, found):
        raise RuleViolation(_("Only its organiser and the colleagues who take part change this meeting."))
    if version is not None and found.version != version:
        raise StaleVersion(
            _("Somebody changed this meeting in the meantime. Nothing was saved."), current={"version": found.version}
        )
    return found, moved(found, verb)


def save_written(found: Meeting, *fields: str) -> None:
    """Keep what somebody wrote, as a new version: whoever has an earlier one open does not overwrite it unseen."""
    found.version += 1
    found.save(update_fields=[*fields, "version"])


def tell(actor: User | None, verb: str, found: Meeting, **data: Any) -> None:
    """One row in the trail of each account; a private one is in no account's trail, and its words stay out."""
    talk = found.interaction
    accounts = [None] if talk.is_private else [account.pk for account in talk.present]
    words = {} if talk.is_private else data
    for account_id in accounts:
        record(actor=actor, verb=f"meeting.{verb}", subject=talk, account_id=account_id, **words)


def reason_of(text: str, field: str, asked: str) -> str:
    """A reason in one line; refuses an empty one."""
    words = " ".join(text.split())[:LONGEST_REASON]
    if not words:
        raise RuleViolation(asked, fields={field: asked})
    return words
