"""Whether an account is getting better or worse: the slope of its quarterly contribution.

Slope after H. Theil (1950) and P. K. Sen (1968): the median of the slopes between all pairs of quarters. One
extreme quarter cannot turn it, unlike a least-squares line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from statistics import median

QUARTERS_NEEDED = 4
QUARTERS_LOOKED_AT = 8


def theil_sen(values: Sequence[Decimal]) -> Decimal | None:
    """Median slope per step of equally spaced values; None for fewer than two of them."""
    slopes = [(later - earlier) / (j - i) for (i, earlier), (j, later) in combinations(enumerate(values), 2)]
    return median(slopes) if slopes else None


@dataclass(frozen=True, slots=True)
class Trend:
    """The direction of quarterly contribution. `is_falling` is None where there are too few quarters to say."""

    quarters: tuple[Decimal, ...]
    slope: Decimal | None
    last_two_negative: bool
    is_falling: bool | None


def trend(quarters: Sequence[Decimal]) -> Trend:
    """The trend of closed quarters since first revenue, oldest first; quarters without lines are zeros among them.

    Falling: the slope is zero or below, or the last two quarters both lie below zero.
    Fewer than four quarters say nothing; only the last eight are looked at.
    """
    looked_at = tuple(quarters[-QUARTERS_LOOKED_AT:])
    if len(looked_at) < QUARTERS_NEEDED:
        return Trend(looked_at, None, last_two_negative=False, is_falling=None)
    slope = theil_sen(looked_at)
    both = looked_at[-1] < 0 and looked_at[-2] < 0
    return Trend(looked_at, slope, last_two_negative=both, is_falling=both or (slope is not None and slope <= 0))
