"""How much which voice weighs, and what can be said of a relationship.

The seed wants the inside voice heard as much as any customer's (S0.20), so one internal account weighs as much as an
external one where nobody says otherwise.
Of a relationship it says only what can be counted: since when, and whether we speak more or less than before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeVar

USUAL_INTERNAL_WEIGHT: Final = Decimal("1.00")
LEAST_INTERNAL_WEIGHT: Final = Decimal("0.00")
MOST_INTERNAL_WEIGHT: Final = Decimal("5.00")
LEAST_WEIGHT_WITHOUT_REASON: Final = Decimal("0.50")

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Askers:
    """How many accounts stand behind something that is asked for."""

    external: int
    internal: int


def weight_of(askers: Askers, internal_weight: Decimal) -> Decimal:
    """The accounts behind a request, an external one counting 1 and an internal one `internal_weight`."""
    return askers.external + askers.internal * internal_weight


def ranked(requests: Mapping[Key, Askers], internal_weight: Decimal) -> list[Key]:
    """Requests by the weight behind them, the heaviest first; what weighs the same stays in the given order.

    The weight is the organisation's own: `touchpoints.models.VoiceRules.current().internal_weight`.
    """
    return sorted(requests, key=lambda key: -weight_of(requests[key], internal_weight))


def whole_months(first: dt.date, today: dt.date) -> int:
    """How many whole months lie between two days; none where the first has not come yet."""
    months = (today.year - first.year) * 12 + today.month - first.month - (today.day < first.day)
    return max(months, 0)


def trend_of(spoken: Sequence[int]) -> int:
    """Whether we speak more often (1), less (-1) or as often (0) as in the period before; the newest comes first.

    One talk more or less is chance, not a trend.
    """
    newest, before = spoken[0], spoken[1]
    return 0 if abs(newest - before) < 2 else 1 if newest > before else -1
