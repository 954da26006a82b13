"""What a customer is worth over the time it stays, after S. Gupta and D. Lehmann (2003).

Contribution, retention and discount rate are taken as constant and independent; the page prints these assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ONE = Decimal(1)
YEARS_CAPPED = 5


@dataclass(frozen=True, slots=True)
class LifetimeValue:
    """Value without end, the same if the first year is paid at once, and the capped one that is used by default."""

    endless: Decimal
    first_year_now: Decimal
    capped: Decimal

    @property
    def loses(self) -> bool:
        """Whether the customer loses money as long as it stays: never to be shown as a value."""
        return self.endless <= 0


def lifetime_value(
    contribution: Decimal, retention: Decimal, discount: Decimal, years: int = YEARS_CAPPED
) -> LifetimeValue:
    """Lifetime value of a yearly contribution; retention and discount are yearly fractions of one.

    Raises ValueError for a retention outside 0 to 1 or a discount not above 0.
    """
    if not 0 <= retention <= 1 or discount <= 0:
        raise ValueError("Retention lies between 0 and 1, and the discount rate above 0.")
    endless = contribution * retention / (ONE + discount - retention)
    now = contribution * (ONE + discount) / (ONE + discount - retention)
    step = retention / (ONE + discount)
    capped = sum((contribution * step**year for year in range(1, years + 1)), Decimal(0))
    return LifetimeValue(endless, now, capped)


def monthly(retention: Decimal, discount: Decimal) -> tuple[float, float]:
    """The monthly retention and discount rates that add up to the yearly ones."""
    return round(float(retention) ** (1 / 12), 6), round((1 + float(discount)) ** (1 / 12) - 1, 6)
