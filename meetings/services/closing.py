"""After a meeting: scored by both sides, followed through, closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import states
from meetings.models import Meeting, Score
from meetings.permissions import PRODUCT, sides_of
from meetings.rules import State, all_kept
from meetings.services.judging import facts_of, own_facts, strip_of
from meetings.services.moving import locked, moved, reason_of, tell, to_prepare
from meetings.services.parts import in_parts
from pmcrm.errors import RuleViolation

if TYPE_CHECKING:
    import datetime as dt

    from meetings.rules import Verdict
    from pmcrm.people.models import User


@transaction.atomic
def score_criteria(*, actor: User, meeting: Meeting, side: str, scores: Mapping[int, str]) -> Meeting:
    """Say for product or for sales how far each criterion was met; `scores` by the criterion's key."""
    found = locked(meeting)
    if side not in sides_of(actor, found):
        raise RuleViolation(_("Product scores for product, sales for sales, and only who took part."))
    moved(found, "score")
    criteria = {one.pk: one for one in found.criteria.all()}
    if not scores or not set(scores) <= set(criteria) or not set(scores.values()) <= set(Score.values):
        sentence = _("Say of each criterion: %(known)s.") % {"known": ", ".join(Score.values)}
        raise RuleViolation(sentence, fields={"scores": sentence})
    for key, score in scores.items():
        if side == PRODUCT:
            criteria[key].product_score, criteria[key].product_scored_by = score, actor
        else:
            criteria[key].sales_score, criteria[key].sales_scored_by = score, actor
        criteria[key].save(update_fields=[f"{side}_score", f"{side}_scored_by"])
    tell(actor, "scored", found, side=side)
    return found


@transaction.atomic
def close_meeting(*, actor: User, meeting: Meeting, nothing_to_do: str = "") -> Meeting:
    """Bring it to an end: with a plan of what follows, or with the reason why nothing does."""
    found, _to = to_prepare(actor, meeting, "close")
    has_steps = found.interaction.next_steps.kept().exists()
    asked = _("Agree on a next step, or say why there is nothing to do.")
    found.nothing_to_do = "" if has_steps else reason_of(nothing_to_do, "nothing_to_do", asked)
    found.closed_at, found.closed_by = timezone.now(), actor
    keep_verdicts(found)
    found.save(update_fields=["nothing_to_do", "closed_at", "closed_by", "verdicts", "is_kept", "is_prepared"])
    tell(actor, "closed", found, kept=found.is_kept)
    return found


@transaction.atomic
def reopen_meeting(*, actor: User, meeting: Meeting) -> Meeting:
    """Not closed after all; the rules are judged anew when it is closed again."""
    found, _to = to_prepare(actor, meeting, "reopen")
    found.closed_at = found.closed_by = found.is_kept = None
    found.verdicts = {}
    found.save(update_fields=["closed_at", "closed_by", "verdicts", "is_kept"])
    tell(actor, "reopened", found)
    return found


@transaction.atomic
def judge_overdue(*, now: dt.datetime | None = None) -> int:
    """Held meetings that nobody closed in time have not met every rule: they count so until somebody closes them.
    Returns how many are new."""
    moment = now or timezone.now()
    waiting = Meeting.objects.kept().in_state(states.HELD).filter(is_kept=None, interaction__at__lt=moment)
    found = 0
    for part in in_parts(waiting.with_all()):
        for meeting in part:
            follow_by = own_facts(meeting, now=moment, steps=0).follow_by
            if follow_by is not None and follow_by < moment:
                found += Meeting.objects.filter(pk=meeting.pk, closed_at=None).update(is_kept=False)
    return found


def keep_verdicts(found: Meeting) -> list[Verdict]:
    """Put down how every rule stands now."""
    verdicts = strip_of(found, facts_of(found))
    found.verdicts = {one.slug: one.state.value for one in verdicts}
    found.is_kept = all_kept(verdicts)
    sheet = next(one.state for one in verdicts if one.slug == "sheet")
    found.is_prepared = None if sheet == State.NOT_ASKED else sheet == State.MET
    return verdicts
