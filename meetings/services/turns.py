"""What comes next with a meeting: one thing at a time, for the person who looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings import states
from meetings.permissions import may_prepare, may_review, sides_of
from meetings.rules import Facts, State, Verdict, gates_shut
from meetings.services.letters import is_outdated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meetings.models import Meeting
    from pmcrm.people.models import User


@dataclass(frozen=True, slots=True)
class Next:
    """`slug` names the piece of the page that does it, `says` why it is next; `waits` is where others have the turn."""

    slug: str
    says: str
    waits: bool = False


def next_of(user: User, meeting: Meeting, facts: Facts, verdicts: Sequence[Verdict]) -> Next | None:
    """The one thing that is next; None where it is done."""
    if meeting.state == states.CLOSED:
        return None
    if meeting.state == states.CANCELLED:
        says = _("It was cancelled, and they still have it in their calendar.")
        return Next("call_off", says) if meeting.customer_has_it and may_prepare(user, meeting) else None
    if meeting.state == states.HELD:
        return _after(user, meeting, facts)
    if facts.start <= facts.now:
        return Next("hold", _("Its time has gone by. Did it take place?"), not may_prepare(user, meeting))
    return _before(user, meeting, facts, {one.slug: one for one in verdicts})


def _before(user: User, meeting: Meeting, facts: Facts, verdicts: dict[str, Verdict]) -> Next:
    is_mine = may_prepare(user, meeting)
    if meeting.state == states.SENT:
        if verdicts["reviewed"].state == State.OPEN:
            return _look(user, meeting, facts, verdicts["reviewed"])
        if is_outdated(meeting):
            return Next("send", _("What they have is out of date."), not is_mine)
        return Next("wait", _answers(meeting), waits=True)
    if meeting.waits_for_review and may_review(user, meeting):
        return _look(user, meeting, facts, verdicts["reviewed"])
    if not facts.items:
        return Next("agenda", _("Write the agenda: what for, and how long."), not is_mine)
    if verdicts["criteria"].state == State.OPEN:
        return Next("criteria", _("Say by what you will know that it was good."), not is_mine)
    if verdicts["reviewed"].state == State.OPEN:
        return _look(user, meeting, facts, verdicts["reviewed"])
    if shut := gates_shut(verdicts.values()):
        return Next("rules", shut[0].says, not is_mine)
    if not facts.send_by:
        return Next("wait", _("All is prepared."), waits=True)
    return Next("send", verdicts["sent"].says, not is_mine)


def _look(user: User, meeting: Meeting, facts: Facts, verdict: Verdict) -> Next:
    """Sales looks at the agenda: asked for, waited for, or done by this person."""
    if not meeting.waits_for_review:
        return Next("ask_review", verdict.says, not may_prepare(user, meeting))
    if may_review(user, meeting):
        return Next("review", _("%(name)s asks you to look at the agenda.") % {"name": meeting.organiser.name})
    return Next("wait", _("%(name)s was asked to look at it.") % {"name": facts.reviewer}, waits=True)


def _after(user: User, meeting: Meeting, facts: Facts) -> Next:
    sides = sides_of(user, meeting)
    to_score = [side for side, is_done in zip(("product", "sales"), facts.scored, strict=True) if not is_done]
    if facts.criteria and set(sides) & set(to_score):
        return Next("score", _("Was it good? Score each criterion."))
    is_mine = may_prepare(user, meeting)
    if not facts.steps and not facts.nothing_to_do:
        return Next("follow", _("Say what follows, who does it and by when."), not is_mine)
    return Next("close", _("All is agreed: close it."), not is_mine)


def _answers(meeting: Meeting) -> str:
    invited = [one for one in meeting.invitees.all() if one.is_invited]
    answered = sum(bool(one.answer) for one in invited)
    words = ngettext("%(answered)d of %(count)d person answered.", "%(answered)d of %(count)d answered.", len(invited))
    return _("They have the agenda.") + " " + words % {"answered": answered, "count": len(invited)}
