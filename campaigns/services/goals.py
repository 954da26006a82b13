"""What somebody sets out to reach by calling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from campaigns.models import CallerGoal
from pmcrm.errors import RuleViolation

if TYPE_CHECKING:
    from pmcrm.people.models import User

MOST: int = 200


def goal_of(user: User) -> CallerGoal:
    """Their goal; without one, none and tips on."""
    return CallerGoal.objects.filter(person=user).first() or CallerGoal(person=user)


def set_goal(*, actor: User, conversations_a_week: int, is_guided: bool) -> CallerGoal:
    """One's own goal for a week, and whether the guide speaks to a beginner."""
    if not 0 <= conversations_a_week <= MOST:
        sentence = _("Set a goal of 0 to %(most)d conversations a week.") % {"most": MOST}
        raise RuleViolation(sentence, fields={"conversations_a_week": sentence})
    made, _is_new = CallerGoal.objects.update_or_create(
        person=actor, defaults={"conversations_a_week": conversations_a_week, "is_guided": is_guided}
    )
    return made
