"""What each outcome of a dial means for the target: when it is tried again, or that it is done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from accounts.services.limits import engagement
from campaigns.models import Reached, Target, TargetState
from campaigns.models.target import REACHED_BY
from campaigns.services.queue import hours_of_calls, place_of_target
from campaigns.working_day import retry_at
from pmcrm.errors import RuleViolation
from touchpoints.models import Outcome

if TYPE_CHECKING:
    from collections.abc import Collection

SECOND_CHANCE: Final = dt.timedelta(days=7)
"""Who was busy is left in peace so long, where no day was agreed."""
FARTHEST: Final = dt.timedelta(days=366)
DONE: Final[Collection[str]] = {Outcome.CONVERSATION, Outcome.NOT_SUITABLE, Outcome.DECLINED_NO_CONTACT}


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a target."""

    state: str
    not_before: dt.datetime | None = None
    is_agreed: bool = False


def what_next(*, target: Target, outcome: str, at: dt.datetime, call_back_at: dt.datetime | None = None) -> Next:
    """The next step of an outcome. A call-back needs its time; somebody busy has one where it was named, else a second
    chance in a week; who was not reached is tried at another hour of their day."""
    if call_back_at is not None and not at < call_back_at <= at + FARTHEST:
        sentence = _("Choose a time ahead, within a year.")
        raise RuleViolation(sentence, fields={"call_back_at": sentence})
    if outcome == Outcome.CALLBACK_AGREED and call_back_at is None:
        sentence = _("Say when to call back.")
        raise RuleViolation(sentence, fields={"call_back_at": sentence})
    if outcome in DONE:
        return Next(TargetState.DONE)
    if outcome == Outcome.WRONG_NUMBER:
        return Next(TargetState.TO_FIX)
    if call_back_at is not None:
        return Next(TargetState.WAITING, call_back_at, is_agreed=True)
    gap = SECOND_CHANCE if outcome == Outcome.DECLINED_BUSY else dt.timedelta(hours=engagement().attempt_gap_hours)
    return Next(TargetState.WAITING, retry_at(place_of_target(target), at, gap, hours_of_calls()))


def best(before: int, outcome: str) -> Reached:
    """The best outcome of a campaign counts, not the last."""
    return Reached(max(before, REACHED_BY[outcome]))
