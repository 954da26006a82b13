"""How many answers to troubles came by their day. The formula stands in `touchpoints.kpis`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import F

from touchpoints.models import PainAnswer

if TYPE_CHECKING:
    from touchpoints.models import PainQuerySet


@dataclass(frozen=True, slots=True)
class InTime:
    """Answers that were due in a window: `in_time` came by their day, `late` later, not yet or never."""

    due: int
    in_time: int

    @property
    def late(self) -> int:
        return self.due - self.in_time

    @property
    def share(self) -> Decimal | None:
        """In time, of all that were due, as a fraction of 1 with 6 places; None where none was due."""
        return (Decimal(self.in_time) / self.due).quantize(Decimal("0.000001")) if self.due else None


def answers_in_time(pains: PainQuerySet, *, since: dt.date, today: dt.date) -> InTime:
    """Of these troubles, over all answers due from `since` on and before or on `today`. One not due yet counts only
    once it was given."""
    given = PainAnswer.objects.reports().filter(pain__in=pains, due_on__gte=since)
    in_time = given.filter(told_on__lte=F("due_on")).count()
    late = given.filter(told_on__gt=F("due_on")).count()
    waiting = pains.late(today).filter(report_back_on__gte=since).count()
    # That it went away by itself does not mean that they heard from us.
    unheard = pains.ended_late().filter(report_back_on__gte=since).count()
    return InTime(due=in_time + late + waiting + unheard, in_time=in_time)
