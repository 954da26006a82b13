"""What a customer is worth to us in future and name: tier A, B or C.

Five scores from 0 to 100, weighted. A tier stays apart from contribution, which says what the customer earns now.
Weights and limits are our own defaults and are settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

ZERO = Decimal(0)
HUNDRED = Decimal(100)
SIX_PLACES = Decimal("0.000001")
WEIGHTS: Mapping[str, Decimal] = {
    "now": Decimal("0.35"),
    "potential": Decimal("0.25"),
    "brand": Decimal("0.15"),
    "market": Decimal("0.125"),
    "geography": Decimal("0.125"),
}
FOOTHOLDS = ("market", "geography")
FEWEST_SCORES = 3
TIER_A_FROM = Decimal(70)
TIER_B_FROM = Decimal(40)
MANUAL_TIER_DAYS = 180
SCORE_DAYS = 365
REFERENCE_REST_DAYS = 90


@dataclass(frozen=True)
class TierRules:
    """By what a tier is computed and how long people's words about it hold. All of it is set by the organisation."""

    weights: Mapping[str, Decimal] = field(default_factory=lambda: dict(WEIGHTS))
    a_from: Decimal = TIER_A_FROM
    b_from: Decimal = TIER_B_FROM
    manual_days: int = MANUAL_TIER_DAYS
    score_days: int = SCORE_DAYS

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> TierRules:
        """What the organisation set, under names beginning with `tier_`, else the defaults."""

        def kept(name: str, default: Decimal | int) -> Decimal:
            return Decimal(str(settings.get(f"tier_{name}", default)))

        return cls(
            {name: kept(name, default) for name, default in WEIGHTS.items()},
            kept("a_from", TIER_A_FROM),
            kept("b_from", TIER_B_FROM),
            int(kept("manual_days", MANUAL_TIER_DAYS)),
            int(kept("score_days", SCORE_DAYS)),
        )


USUAL = TierRules()


@dataclass(frozen=True, slots=True)
class Tier:
    """`letter` is A, B or C, or None where fewer than three scores are known. A foothold lifts C to B."""

    letter: str | None
    score: Decimal | None
    is_partial: bool
    is_lifted: bool


def percentile_ranks(values: Sequence[Decimal]) -> list[Decimal]:
    """100 x ascending rank / count of every value, equal values sharing their average rank; alone it is 100."""
    places: dict[Decimal, list[int]] = {}
    for rank, value in enumerate(sorted(values), start=1):
        places.setdefault(value, []).append(rank)
    return [percentile_rank(places[value][0], len(places[value]), len(values)) for value in values]


def percentile_rank(rank: int, peers: int, count: int) -> Decimal:
    """The same for one value: `rank` is the first ascending rank of its equals, `peers` how many equals there are."""
    return (HUNDRED * Decimal(2 * rank + peers - 1) / 2 / count).quantize(SIX_PLACES, ROUND_HALF_EVEN)


def tier(scores: Mapping[str, Decimal | None], rules: TierRules = USUAL) -> Tier:
    """The tier from the known scores, their weights rescaled. Full market or geography gives at least B.

    A foothold is small at first by its nature, hence the lift. Raises ValueError for a score outside 0 to 100.
    """
    weights = rules.weights
    known = {name: score for name in weights if (score := scores.get(name)) is not None}
    if any(not 0 <= score <= HUNDRED for score in known.values()):
        raise ValueError("A score lies between 0 and 100.")
    partial = len(known) < len(weights)
    if len(known) < FEWEST_SCORES:
        return Tier(None, None, partial, is_lifted=False)
    whole = sum((weights[name] for name in known), ZERO)
    if not whole:
        return Tier(None, None, partial, is_lifted=False)
    score = sum((weights[name] * value for name, value in known.items()), ZERO) / whole
    if score >= rules.a_from:
        return Tier("A", score, partial, is_lifted=False)
    if score >= rules.b_from:
        return Tier("B", score, partial, is_lifted=False)
    lifted = any(known.get(name) == HUNDRED for name in FOOTHOLDS)
    return Tier("B" if lifted else "C", score, partial, lifted)


def is_score_due(assessed_on: date, today: date, days: int = SCORE_DAYS) -> bool:
    """Whether a score is so old that somebody should look again. It still counts until then and after."""
    return today - assessed_on >= timedelta(days=days)


def manual_tier_holds(set_on: date, today: date, days: int = MANUAL_TIER_DAYS) -> bool:
    """Whether a tier set by a person still stands in for the computed one."""
    return today - set_on < timedelta(days=days)
