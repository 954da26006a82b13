"""How far our calls get: attempted, reached, talked, with honest intervals.

Customers are counted, not dials; the best outcome of a campaign counts. Interval: E. B. Wilson (1927), 95 percent.
Rates and bounds are statistics, floats rounded to six places; None where there is nothing to divide by.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Z_95 = 1.959964
FEWEST_FOR_RATES = 20
FEWEST_FOR_OWN_YIELD = 100
CAUTIOUS_YIELD = 0.15


@dataclass(frozen=True, slots=True)
class Rate:
    """`part` of `whole` with its 95 percent interval. `base` says in a word what the whole counts."""

    part: int
    whole: int
    base: str
    value: float | None
    low: float | None
    high: float | None


def wilson(part: int, whole: int, z: float = Z_95) -> tuple[float, float]:
    """The Wilson score interval of a rate. Raises ValueError for an empty or overfull sample."""
    if not 0 <= part <= whole or whole == 0:
        raise ValueError("An interval needs a part of a sample that is not empty.")
    rate = part / whole
    spread = z * math.sqrt(rate * (1 - rate) / whole + z * z / (4 * whole * whole))
    centre = rate + z * z / (2 * whole)
    scale = 1 + z * z / whole
    return round(max(0.0, (centre - spread) / scale), 6), round(min(1.0, (centre + spread) / scale), 6)


def rate(part: int, whole: int, base: str) -> Rate:
    """A rate with its interval, empty where the whole is nothing."""
    if whole == 0:
        return Rate(part, whole, base, None, None, None)
    low, high = wilson(part, whole)
    return Rate(part, whole, base, round(part / whole, 6), low, high)


@dataclass(frozen=True, slots=True)
class Funnel:
    """Unique customers by best outcome. Reached ones declined, talked, or did neither (call back, wrong person)."""

    base: int
    attempted: int
    declined: int
    undetermined: int
    talked: int

    @property
    def reached(self) -> int:
        """Customers who picked up."""
        return self.declined + self.undetermined + self.talked

    @property
    def has_rates(self) -> bool:
        """Whether there are enough attempts to print rates and not only counts."""
        return self.attempted >= FEWEST_FOR_RATES

    def rates(self) -> dict[str, Rate]:
        """Pick-up, decline, talk and yield, each over its own base, and the yield over the whole base."""
        return {
            "pick_up": rate(self.reached, self.attempted, "attempted"),
            "decline": rate(self.declined, self.reached, "reached"),
            "talk": rate(self.talked, self.reached, "reached"),
            "yield": rate(self.talked, self.attempted, "attempted"),
            "base_yield": rate(self.talked, self.base, "base"),
        }

    def planning_yield(self) -> float:
        """The yield to plan with: the own one after a hundred attempts, the cautious published one before."""
        if self.attempted < FEWEST_FOR_OWN_YIELD or not self.talked:
            return CAUTIOUS_YIELD
        return self.talked / self.attempted


def attempts_needed(conversations: int, talk_yield: float) -> int:
    """How many customers to try for so many conversations. Raises ValueError for a yield outside 0 to 1."""
    if not 0 < talk_yield <= 1:
        raise ValueError("A yield lies above 0 and at most at 1.")
    return math.ceil(round(conversations / talk_yield, 6))
