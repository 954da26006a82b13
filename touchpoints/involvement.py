"""How much of the base was really heard: the share of accounts with an involvement, and how deep it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

DEPTHS: Mapping[str, Decimal] = {
    "visit": Decimal("0.25"),
    "survey": Decimal("0.25"),
    "document": Decimal("0.5"),
    "review": Decimal("0.75"),
    "test": Decimal(1),
    "council": Decimal(1),
    "early_adopter": Decimal(1),
}
SUBSTANTIVE = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of the active external customers, as fractions of one."""

    anyhow: Decimal
    substantive: Decimal
    depth_weighted: Decimal


def coverage(deepest: Sequence[Decimal], base: int) -> Coverage:
    """Coverage from the deepest involvement of each involved account. Raises ValueError for a base of none."""
    if base <= 0:
        raise ValueError("Coverage needs a base of customers.")
    return Coverage(
        anyhow=Decimal(len(deepest)) / base,
        substantive=Decimal(sum(1 for depth in deepest if depth >= SUBSTANTIVE)) / base,
        depth_weighted=sum(deepest, Decimal(0)) / base,
    )
