"""How far the figures of a run can be trusted: hours coverage and data quality, and what an hour of a pool costs.

Rates by time-driven activity-based costing (R. Kaplan and S. Anderson, 2004): a pool's cost over the hours its
people can really give.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

ZERO = Decimal(0)
ONE = Decimal(1)
SIX_PLACES = Decimal("0.000001")
COVERAGE_WEIGHT = Decimal("0.5")
EXPLAINED_WEIGHT = Decimal("0.3")
RATED_WEIGHT = Decimal("0.2")
THIN_BELOW = Decimal("0.7")
PRACTICAL_SHARE = Decimal("0.80")


def hours_coverage(pool_months: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Share of practical hours that were logged, over (logged, practical) of each pool and month.

    More hours than practical in one month do not make up for a gap in another. None where no pool is set up.
    """
    pairs = list(pool_months)
    practical = sum((possible for _, possible in pairs), ZERO)
    if not practical:
        return None
    logged = sum((min(done, possible) for done, possible in pairs), ZERO)
    return (logged / practical).quantize(SIX_PLACES, ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class DataQuality:
    """A figure from 0 to 1 with the three terms it is made of. `coverage` is None where no pool is set up."""

    value: Decimal
    coverage: Decimal | None
    unexplained_cost_share: Decimal
    without_rate_share: Decimal

    @property
    def is_thin(self) -> bool:
        """Whether every chart made from this data must say *thin data*."""
        return self.value < THIN_BELOW


def data_quality(coverage: Decimal | None, unexplained_cost_share: Decimal, without_rate_share: Decimal) -> DataQuality:
    """Half hours coverage, three tenths explained cost, two tenths entries with a rate; shares as fractions of one.

    Unexplained cost is cost on lines without account or category. Without any pool the other two terms count alone.
    """
    explained = EXPLAINED_WEIGHT * (ONE - unexplained_cost_share) + RATED_WEIGHT * (ONE - without_rate_share)
    if coverage is None:
        value = explained / (EXPLAINED_WEIGHT + RATED_WEIGHT)
    else:
        value = COVERAGE_WEIGHT * coverage + explained
    return DataQuality(
        value.quantize(SIX_PLACES, ROUND_HALF_EVEN), coverage, unexplained_cost_share, without_rate_share
    )


@dataclass(frozen=True, slots=True)
class PoolCost:
    """What a pool's hours cost and what nobody used. Money in the pool's currency, hours as hours."""

    practical_hours: Decimal
    rate: Decimal
    charged: Decimal
    unused: Decimal
    is_over_capacity: bool


def pool_cost(
    cost: Decimal, theoretical_hours: Decimal, logged_hours: Decimal, practical_share: Decimal = PRACTICAL_SHARE
) -> PoolCost:
    """Rate and unused capacity of one pool. Logged hours above practical lower the rate: never charge above the cost.

    Practical hours are 80 percent of the paid ones by default. Raises ValueError for a pool without hours.
    """
    practical = theoretical_hours * practical_share
    if practical <= 0:
        raise ValueError("A pool needs hours that its people can give.")
    over = logged_hours > practical
    rate = cost / (logged_hours if over else practical)
    charged = cost if over else rate * logged_hours
    return PoolCost(practical, rate, charged, max(cost - charged, ZERO), over)
