"""How much hangs on a few: the share of the largest, the index of Herfindahl and Hirschman, and like buyers needed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

from .curve import share


def largest_share(amounts: Sequence[Decimal], count: int) -> Decimal:
    """The part of the whole that the `count` largest amounts hold. Raises ValueError where the whole is not above 0."""
    return share(sum(sorted(amounts, reverse=True)[:count], Decimal(0)), _whole(amounts))


def herfindahl(amounts: Sequence[Decimal]) -> Decimal:
    """Sum of squared shares: 1 when one amount is all, 1/n when all are equal (O. Herfindahl, A. Hirschman)."""
    whole = _whole(amounts)
    return share(sum((amount * amount for amount in amounts), Decimal(0)), whole * whole)


def like_buyers_needed(one_off_cost: Decimal, price: Decimal, margin_of_next: Decimal) -> int | None:
    """How many further like customers a one-off needs to pay back; None where each further one brings nothing."""
    shortfall = one_off_cost - price
    if shortfall <= 0:
        return 0
    if margin_of_next <= 0:
        return None
    return int((shortfall / margin_of_next).to_integral_value(ROUND_CEILING))


def _whole(amounts: Sequence[Decimal]) -> Decimal:
    whole = sum(amounts, Decimal(0))
    if whole <= 0:
        raise ValueError("Shares need a whole above zero.")
    return whole
