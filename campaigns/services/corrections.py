"""A call that is corrected, cancelled, deleted or put back later changes what its target became, too."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from campaigns.models import Attempt, Target, TargetState
from campaigns.models.target import REACHED_BY, Reached
from campaigns.services.outcomes import DONE
from touchpoints.models import Interaction, Outcome


def follow_interaction(*, instance: Interaction, created: bool, **_signal: Any) -> None:
    """Called after an interaction was saved: where it is a try of a campaign, its target is worked out anew."""
    if created or instance.kind != "call":
        return
    found = Attempt.objects.filter(interaction=instance.pk).first()
    if found is None:
        return
    if instance.outcome in REACHED_BY and instance.outcome != found.outcome:
        Attempt.objects.filter(pk=found.pk).update(outcome=instance.outcome)
    derive_target(found.target_id)


@transaction.atomic
def derive_target(key: int) -> None:
    """What its standing tries say: how far we got, how often and when tried, and whether it is called again."""
    target = Target.objects.select_for_update(of=("self",)).get(pk=key)
    tries = list(Attempt.objects.standing().filter(target=key).order_by("at", "pk"))
    last = tries[-1] if tries else None
    before = (target.last_outcome, target.last_attempt_at)
    target.reached = max((REACHED_BY[one.outcome] for one in tries), default=Reached.NOT_TRIED)
    target.attempts = len(tries)
    target.last_outcome, target.last_attempt_at = (last.outcome, last.at) if last else ("", None)
    if before != (target.last_outcome, target.last_attempt_at):
        state = _state(target.last_outcome)
        if target.state != TargetState.LEFT_OUT:
            target.state = state
        # What was agreed or rested for in a call that is another one now, or none, does not hold.
        target.not_before, target.is_agreed = None, False
    target.save()


def _state(outcome: str) -> TargetState:
    if outcome in DONE:
        return TargetState.DONE
    return TargetState.TO_FIX if outcome == Outcome.WRONG_NUMBER else TargetState.WAITING
