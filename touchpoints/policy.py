"""How often we want to hear from whom, and how much which voice weighs.

The seed leaves the cadence open (S2.47); these are the suggested days. It wants the inside voice heard as much as any
customer's (S0.20), so one internal account weighs as much as an external one where nobody says otherwise.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeVar

CADENCE_BY_TIER: Final = {"A": 30, "B": 60, "C": 120}
CADENCE_INTERNAL: Final = 30
CADENCE_IN_SALES_CYCLE: Final = 14
CADENCE_EXITING: Final = 7
CADENCE_OTHERWISE: Final = 120

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
