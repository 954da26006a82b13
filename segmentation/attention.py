"""Who takes more of our scarce people than they are worth, and which of them stand out from the base.

Attention ratio: share of effort over share of value. Outliers by the modified z-score (B. Iglewicz and D. Hoaglin,
1993) on log2 of the ratio, confirmed by the fence of J. Tukey (1977). Mean and standard deviation are not used:
the outlier itself inflates both, and with n values no z-score can exceed (n - 1) / sqrt(n) (R. Shiffler, 1988).

Shares and ratios are exact decimals rounded to six places; logarithms and scores are statistics, kept as floats.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from statistics import fmean, median, stdev

ZERO = Decimal(0)
ONE = Decimal(1)
SIX_PLACES = Decimal("0.000001")
WEIGHTS: Mapping[str, Decimal] = {
    "support": Decimal("0.30"),
    "product": Decimal("0.20"),
    "engineering": Decimal("0.30"),
    "roadmap": Decimal("0.20"),
}
NORMAL_CONSISTENCY = 0.6745
MEAN_DEVIATION_CONSISTENCY = 1.253314
FENCE_REACH = 1.5
FEWEST_FOR_STATISTICS = 8


class Method(StrEnum):
    """How an outlier was looked for."""

    MODIFIED_Z = "modified_z"
    MEAN_DEVIATION = "mean_deviation"
    ALL_ALIKE = "all_alike"
    RULE_OF_THUMB = "rule_of_thumb"


def quantile(ordered: Sequence[float], part: float) -> float:
    """Quantile by linear interpolation on (n - 1) * part: type 7, as PostgreSQL's percentile_cont."""
    place = (len(ordered) - 1) * part
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def greatest_z(count: int) -> float:
    """The highest classic z-score that any of `count` values can have (R. Shiffler, 1988)."""
    return (count - 1) / math.sqrt(count)


def classic_z(values: Sequence[float], value: float) -> float:
    """Distance from the mean in sample standard deviations: printed beside the modified score to show the masking."""
    return (value - fmean(values)) / stdev(values)


@dataclass(frozen=True, slots=True)
class Spread:
    """Centre and width of the base's log ratios: all that is needed to redo a score by hand."""

    method: Method
    count: int
    median: float
    deviation: float
    """Median absolute deviation, or the mean absolute deviation where the first is zero."""
    fence: float
    left_out: int = 0
    """Accounts without effort, whose ratio of zero has no logarithm."""

    def score(self, value: float) -> float | None:
        """Modified z-score of one log ratio; None where the base gives no width to measure by."""
        distance = value - self.median
        if self.method is Method.MODIFIED_Z:
            return round(NORMAL_CONSISTENCY * distance / self.deviation, 6)
        if self.method is Method.MEAN_DEVIATION:
            return round(distance / (MEAN_DEVIATION_CONSISTENCY * self.deviation), 6)
        return None


def spread(values: Iterable[float], left_out: int = 0) -> Spread:
    """The spread of a base, by median absolute deviation.

    Where more than half of the base is equal that deviation is zero and the mean one takes its place (as IBM SPSS
    does); where all are equal there is no outlier. Fewer than eight values get no statistics at all.
    """
    ordered = sorted(values)
    if not ordered:
        return Spread(Method.RULE_OF_THUMB, 0, 0.0, 0.0, math.inf, left_out)
    middle = median(ordered)
    distances = [abs(value - middle) for value in ordered]
    by_median = median(distances)
    by_mean = fmean(distances)
    if len(ordered) < FEWEST_FOR_STATISTICS:
        method, deviation = Method.RULE_OF_THUMB, by_median
    elif by_median > 0:
        method, deviation = Method.MODIFIED_Z, by_median
    elif by_mean > 0:
        method, deviation = Method.MEAN_DEVIATION, by_mean
    else:
        method, deviation = Method.ALL_ALIKE, 0.0
    first, third = quantile(ordered, 0.25), quantile(ordered, 0.75)
    fence = third + FENCE_REACH * (third - first)
    return Spread(method, len(ordered), round(middle, 6), round(deviation, 6), round(fence, 6), left_out)


@dataclass(frozen=True, slots=True)
class Effort:
    """One account's hours by pool, its revenue, and its market value where one was set; money in one currency."""

    ref: str
    hours: Mapping[str, Decimal]
    revenue: Decimal
    market_value: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Whole:
    """The base that efforts are held against: its accounts, their revenue (credits aside) and market value."""

    accounts: int
    revenue: Decimal
    market_value: Decimal

    @classmethod
    def of(cls, efforts: Sequence[Effort]) -> Whole:
        """The base made of these accounts and no others."""
        revenue = sum((max(effort.revenue, ZERO) for effort in efforts), ZERO)
        return cls(len(efforts), revenue, sum((effort.market_value for effort in efforts), ZERO))


@dataclass(frozen=True, slots=True)
class Attention:
    """One account's share of effort beside its share of value. `ratio` is None where there is no value to divide by."""

    ref: str
    effort: Decimal
    value: Decimal
    ratio: Decimal | None
    pools: Mapping[str, Decimal]
    log_ratio: float | None
    """log2 of the ratio, six places: twice and half lie equally far from parity."""
    yardstick: str = "revenue"
    """Which share `value` is: of revenue or of market value, the larger one; revenue where both are equal."""
    by_revenue: Decimal = ZERO
    by_market: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class AttentionBase:
    """The base's attention: each account, the weights really used, pools dropped for want of hours, and the spread."""

    accounts: Mapping[str, Attention]
    weights: Mapping[str, Decimal]
    dropped: tuple[str, ...]
    spread: Spread
    size: int = field(default=0)


def rescaled(weights: Mapping[str, Decimal], present: Iterable[str]) -> dict[str, Decimal]:
    """The weights of the pools that have data, rescaled to add to one; empty where none has."""
    kept = {pool: weights[pool] for pool in present if weights.get(pool)}
    whole = sum(kept.values(), ZERO)
    return {pool: weight / whole for pool, weight in kept.items()}


def attention(
    efforts: Sequence[Effort], weights: Mapping[str, Decimal] = WEIGHTS, whole: Whole | None = None
) -> AttentionBase:
    """Effort and value shares of every account, their ratio, and the spread of the ratios over the base.

    Effort is the weighted mean of the pool shares. Value is the larger of revenue share and market-value share, the
    yardstick kinder to the customer; a negative revenue (credits) counts as none. Effort of accounts only: hours of
    no account are not in the denominators. With `whole`, accounts without any effort need not be handed over.
    """
    whole = whole or Whole.of(efforts)
    pools = {pool: sum((effort.hours.get(pool, ZERO) for effort in efforts), ZERO) for pool in weights}
    used = rescaled(weights, [pool for pool, hours in pools.items() if hours > 0])
    accounts: dict[str, Attention] = {}
    for effort in efforts:
        shares = {pool: effort.hours[pool] / pools[pool] for pool in used if effort.hours.get(pool)}
        taken = sum((used[pool] * part for pool, part in shares.items()), ZERO)
        by_revenue = max(effort.revenue, ZERO) / whole.revenue if whole.revenue else ZERO
        by_market = effort.market_value / whole.market_value if whole.market_value else ZERO
        value = max(by_revenue, by_market)
        ratio = taken / value if value else None
        accounts[effort.ref] = Attention(
            ref=effort.ref,
            effort=_six(taken),
            value=_six(value),
            ratio=None if ratio is None else _six(ratio),
            pools={pool: _six(part) for pool, part in shares.items()},
            log_ratio=round(math.log2(ratio), 6) if ratio else None,
            yardstick="market_value" if by_market > by_revenue else "revenue",
            by_revenue=_six(by_revenue),
            by_market=_six(by_market),
        )
    logs = [account.log_ratio for account in accounts.values() if account.log_ratio is not None]
    idle = sum(1 for account in accounts.values() if account.ratio is not None and account.log_ratio is None)
    idle += whole.accounts - len(efforts)
    dropped = tuple(pool for pool in weights if pool not in used)
    return AttentionBase(accounts, used, dropped, spread(logs, idle), whole.accounts)


def _six(value: Decimal) -> Decimal:
    return value.quantize(SIX_PLACES, ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class OutlierLimits:
    """From where on an account stands out. All are settings."""

    score: float = 3.5
    ratio: Decimal = Decimal(2)
    ratio_few_accounts: Decimal = Decimal(3)
    weight: Decimal = Decimal("0.02")
    weight_parts: Decimal = Decimal(2)
    """The weight gate is the larger of `weight` and `weight_parts` over the number of accounts."""


@dataclass(frozen=True, slots=True)
class Outlier:
    """Whether an account stands out, with everything needed to check it by hand."""

    is_outlier: bool
    method: Method
    score: float | None
    weight_gate: Decimal
    passes_weight_gate: bool
    is_confirmed: bool
    """Whether Tukey's fence says the same."""


def outlier(account: Attention, base: AttentionBase, limits: OutlierLimits | None = None) -> Outlier:
    """Whether `account` takes far more attention than the base: upper side only, heavy enough, and at least twice.

    Tiny accounts reach huge ratios without meaning, so an account must also take its weight of all effort. With
    fewer than eight ratios a fixed limit stands in for statistics, named as a rule of thumb.
    """
    limits = limits or OutlierLimits()
    gate = max(_six(limits.weight_parts / base.size), limits.weight) if base.size else limits.weight
    heavy = account.effort >= gate
    if account.ratio is None or account.log_ratio is None:
        return Outlier(False, base.spread.method, None, gate, heavy, is_confirmed=False)
    score = base.spread.score(account.log_ratio)
    if base.spread.method is Method.RULE_OF_THUMB:
        stands_out = account.ratio >= limits.ratio_few_accounts
    else:
        stands_out = score is not None and score >= limits.score and account.ratio >= limits.ratio
    confirmed = account.log_ratio > base.spread.fence
    return Outlier(heavy and stands_out, base.spread.method, score, gate, heavy, confirmed)
