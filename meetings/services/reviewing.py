"""Sales looks at an agenda before the customer does; a rule is set aside only with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Meeting, Override, SalesReview, Stage
from meetings.permissions import may_review
from meetings.rules import NEVER_OVERRIDDEN, RULES
from meetings.services.moving import locked, moved, reason_of, tell, to_prepare
from meetings.services.planning import owners_of
from pmcrm.errors import RuleViolation
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST_COMMENT = 1000


@transaction.atomic
def ask_review(*, actor: User, meeting: Meeting) -> Meeting:
    """Have the owner of the relationship look at the agenda. A second time asks again for the present one."""
    found, _to = to_prepare(actor, meeting, "ask_review")
    if not found.items.exists():
        raise RuleViolation(_("Write the agenda first."))
    owners = [one for one in owners_of(found) if one.pk != found.organiser_id]
    if not owners:
        raise RuleViolation(_("Nobody else owns the relationship: there is nobody to ask."))
    found.review_asked_at = timezone.now()
    found.save(update_fields=["review_asked_at"])
    tell(actor, "review_asked", found)
    for owner in owners:
        _note(owner, Kind.REVIEW_ASKED, found, f"review asked {found.pk} {found.review_asked_at.isoformat()}", actor)
    return found


@transaction.atomic
def approve_agenda(*, actor: User, meeting: Meeting, comment: str = "") -> Meeting:
    """Sales agrees with the agenda as it stands."""
    return _review(actor, meeting, "approve", comment)


@transaction.atomic
def return_agenda(*, actor: User, meeting: Meeting, comment: str) -> Meeting:
    """Sales wants something else, and says what."""
    return _review(actor, meeting, "return", comment)


@transaction.atomic
def override_rule(*, actor: User, meeting: Meeting, rule: str, reason: str) -> Override:
    """Set a ground rule aside for this meeting. It is kept, and counts against adherence."""
    found, _to = to_prepare(actor, meeting, "override")
    if rule not in RULES or rule in NEVER_OVERRIDDEN:
        known = ", ".join(slug for slug in RULES if slug not in NEVER_OVERRIDDEN)
        sentence = _("Choose one of: %(known)s.") % {"known": known}
        raise RuleViolation(sentence, fields={"rule": sentence})
    words = reason_of(reason, "reason", _("Say why all the same."))
    try:
        with transaction.atomic():
            made = Override.objects.create(meeting=found, rule=rule, reason=words, author=actor)
    except IntegrityError as error:
        raise RuleViolation(_("This rule was set aside already.")) from error
    tell(actor, "rule_overridden", found, rule=rule, reason=words)
    return made


def _review(actor: User, meeting: Meeting, verb: str, comment: str) -> Meeting:
    found = locked(meeting)
    if not may_review(actor, found):
        raise RuleViolation(_("The owner of the relationship or who leads sales reviews an agenda."))
    to = moved(found, verb)
    words = comment.strip()[:LONGEST_COMMENT]
    is_approved = verb == "approve"
    if not is_approved and not words:
        sentence = _("Say what should change.")
        raise RuleViolation(sentence, fields={"comment": sentence})
    if is_approved and not found.items.exists():
        raise RuleViolation(_("There is no agenda yet."))
    made = SalesReview.objects.create(meeting=found, author=actor, is_approved=is_approved, comment=words)
    found.stage = Stage(to)
    found.reviewed_at = timezone.now() if is_approved else None
    found.review_asked_at = found.review_asked_at if is_approved else None
    found.save(update_fields=["stage", "reviewed_at", "review_asked_at"])
    tell(actor, "approved" if is_approved else "returned", found)
    _note(found.organiser, Kind.REVIEW_GIVEN, found, f"review given {found.pk} {made.pk}", actor)
    return found


def _note(person: User, kind: str, meeting: Meeting, key: str, actor: User) -> None:
    if person.pk != actor.pk and person.is_active:
        note(person=person, kind=kind, key=key, path=meeting.get_absolute_url())
