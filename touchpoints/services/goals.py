"""What we want to reach at an account: set, served by talks, noted, closed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services.limits import engagement
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from touchpoints.models import AccountGoal, GoalNote, GoalState, Interaction
from touchpoints.permissions import may_change, may_pursue

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST: Final = 300
LONGEST_NOTE: Final = 1000


@transaction.atomic
def set_goal(
    *, actor: User, account: Account, text: str, owner: User | None = None, target_on: dt.date | None = None
) -> AccountGoal:
    """Say what we want to reach there, and by when. Without an owner whoever sets it pursues it."""
    if not may(actor, "account_goal.write") or not Account.objects.visible_to(actor).filter(pk=account.pk).exists():
        sentence = _("Choose an account from the list.")
        raise RuleViolation(sentence, fields={"account": sentence})
    made = AccountGoal(
        account=account, text=" ".join(text.split()), owner=owner or actor, target_on=target_on, created_by=actor
    )
    _check(made)
    made.save()
    record(actor=actor, verb="account_goal.set", subject=made, account_id=account.pk, target_on=target_on)
    return made


@transaction.atomic
def edit_goal(
    *, actor: User, goal: AccountGoal, version: int, text: str, owner: User, target_on: dt.date | None
) -> AccountGoal:
    """Say it otherwise, as it was read in `version`."""
    found = _locked(actor, goal, version)
    found.text, found.owner, found.target_on = " ".join(text.split()), owner, target_on
    _check(found)
    found.version += 1
    found.save()
    record(actor=actor, verb="account_goal.edited", subject=found, account_id=found.account_id)
    return found


@transaction.atomic
def note_progress(*, actor: User, goal: AccountGoal, text: str, interaction: Interaction | None = None) -> GoalNote:
    """How far it came. Meetings that served the goal before count as accounted for."""
    found = _locked(actor, goal, None)
    words = text.strip()
    if not words or len(words) > LONGEST_NOTE:
        sentence = _("Say how far it came, in at most %(most)d characters.") % {"most": LONGEST_NOTE}
        raise RuleViolation(sentence, fields={"text": sentence})
    made = GoalNote.objects.create(goal=found, text=words, interaction=interaction, author=actor)
    record(actor=actor, verb="account_goal.progressed", subject=found, account_id=found.account_id)
    return made


@transaction.atomic
def close_goal(*, actor: User, goal: AccountGoal, state: str, version: int | None = None) -> AccountGoal:
    """Reached, or dropped."""
    found = _locked(actor, goal, version)
    if state not in {GoalState.REACHED, GoalState.DROPPED}:
        sentence = _("Say whether it was reached or dropped.")
        raise RuleViolation(sentence, fields={"state": sentence})
    if not found.is_open:
        raise RuleViolation(_("This goal is closed already."))
    found.state, found.closed_at = state, timezone.now()
    found.version += 1
    found.save()
    record(actor=actor, verb=f"account_goal.{state}", subject=found, account_id=found.account_id)
    return found


@transaction.atomic
def serve_goal(*, actor: User, interaction: Interaction, goal: AccountGoal | None) -> Interaction:
    """Name the goal that a talk serves, or none. It is a goal of an account that is present."""
    found = Interaction.objects.select_for_update(of=("self",)).get(pk=interaction.pk)
    if not may_change(actor, found):
        raise RuleViolation(_("Only its author and the colleagues who took part change this."))
    if goal is not None and not found.attendances.filter(account=goal.account_id, is_second_hand=False).exists():
        sentence = _("Choose a goal of an account that is present.")
        raise RuleViolation(sentence, fields={"goal": sentence})
    if found.goal_id != (goal.pk if goal else None):
        found.goal = goal
        found.version += 1
        found.save(update_fields=["goal", "version"])
        if goal is not None:
            record(actor=actor, verb="account_goal.served", subject=goal, account_id=goal.account_id)
    return found


def without_progress(goals: list[AccountGoal]) -> list[AccountGoal]:
    """Of open goals, asked `with_talks`, those with so many meetings since progress was noted that somebody should
    say what they are for."""
    limit = engagement().meetings_without_progress
    return [goal for goal in goals if goal.is_open and goal.meetings_since >= limit]


def hand_over_goals(*, actor: User, person: User, successor: User) -> int:
    """Whoever leaves leaves open goals to somebody else."""
    moved = list(AccountGoal.objects.open().owned_by(person).select_for_update(of=("self",)))
    for goal in moved:
        goal.owner, goal.version = successor, goal.version + 1
        goal.save(update_fields=["owner", "version"])
        record(actor=actor, verb="account_goal.handed_over", subject=goal, account_id=goal.account_id)
    return len(moved)


def _locked(actor: User, goal: AccountGoal, version: int | None) -> AccountGoal:
    found = AccountGoal.objects.select_for_update(of=("self",)).select_related("account").get(pk=goal.pk)
    if not may_pursue(actor, found):
        raise RuleViolation(_("Who pursues it, who set it, the account’s owners and the leads change this."))
    if version is not None and found.version != version:
        current = {"text": found.text, "state": found.state, "target_on": found.target_on, "version": found.version}
        raise StaleVersion(_("Somebody changed this in the meantime. Nothing was saved."), current=current)
    return found


def _check(goal: AccountGoal) -> None:
    fields = {}
    if not goal.text or len(goal.text) > LONGEST:
        fields["text"] = _("Say what you want to reach, in at most %(most)d characters.") % {"most": LONGEST}
    if goal.target_on and abs((goal.target_on - timezone.localdate()).days) > 20 * 366:
        fields["target_on"] = _("%(year)s is too far away. Check the year.") % {"year": goal.target_on.year}
    if not goal.owner.is_active or not may(goal.owner, "account_goal.write"):
        fields["owner"] = _("Choose a colleague who can pursue it.")
    elif not Account.objects.visible_to(goal.owner).filter(pk=goal.account_id).exists():
        fields["owner"] = _("%(name)s does not see this account.") % {"name": goal.owner.name}
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
