"""The ladder of an account in a run: from revenue, rung by rung, down to what it contributes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from django.db.models import Count, Sum

from segmentation.curve import SIX_PLACES
from segmentation.models import AccountPoolShare, AccountProfit, ExchangeRate, LedgerLine

CATEGORIES_SHOWN: Final = 12


@dataclass(frozen=True)
class CategoryRung:
    """Revenue and direct cost of one category, with the number of ledger lines under it."""

    category: str
    revenue: Decimal
    cost: Decimal
    lines: int

    @property
    def margin(self) -> Decimal:
        return self.revenue - self.cost


@dataclass(frozen=True)
class PoolRung:
    """Hours of one pool and what they cost; `rate` is the average over the months of the run."""

    pool: str
    label: str
    hours: Decimal
    cost: Decimal

    @property
    def rate(self) -> Decimal | None:
        return (self.cost / self.hours).quantize(Decimal("0.01"), ROUND_HALF_EVEN) if self.hours else None


@dataclass(frozen=True)
class Ladder:
    """All rungs of one account in one run, in the run's currency."""

    row: AccountProfit
    categories: tuple[CategoryRung, ...]
    pools: tuple[PoolRung, ...]
    has_newer_lines: bool

    @property
    def gross_margin(self) -> Decimal:
        return self.row.revenue - self.row.direct_cost

    @property
    def gross_margin_share(self) -> Decimal | None:
        """Gross margin of revenue; not defined without revenue."""
        if self.row.revenue <= 0:
            return None
        return (self.gross_margin / self.row.revenue).quantize(SIX_PLACES, ROUND_HALF_EVEN)


def ladder_of(row: AccountProfit) -> Ladder:
    """The rungs as the ledger and the run hold them. Lines that came after the run are named, not mixed in silently."""
    run = row.run
    groups = (
        LedgerLine.objects.filter(account=row.account_id)
        .between(run.from_month, run.to_month)
        .values("category", "currency", "month")
        .annotate(revenue=Sum("revenue"), cost=Sum("cost"), lines=Count("id"))
    )
    rates = _rates(run.currency)
    sums: dict[str, CategoryRung] = {}
    for group in groups:
        rate = Decimal(1) if group["currency"] == run.currency else rates.get((group["month"], group["currency"]))
        if rate is None:
            continue
        old = sums.get(group["category"]) or CategoryRung(group["category"], Decimal(0), Decimal(0), 0)
        sums[group["category"]] = CategoryRung(
            old.category,
            old.revenue + group["revenue"] * rate,
            old.cost + group["cost"] * rate,
            old.lines + group["lines"],
        )
    ordered = sorted(sums.values(), key=lambda rung: (-(rung.revenue - rung.cost), rung.category))
    now = sum((rung.revenue - rung.cost for rung in ordered), Decimal(0)).quantize(SIX_PLACES, ROUND_HALF_EVEN)
    pools = AccountPoolShare.objects.filter(run=run, account=row.account_id).order_by("-cost", "pool")
    return Ladder(
        row=row,
        categories=tuple(ordered[:CATEGORIES_SHOWN]),
        pools=tuple(PoolRung(one.pool, str(one.get_pool_display()), one.hours, one.cost) for one in pools),
        has_newer_lines=now != row.revenue - row.direct_cost,
    )


def _rates(currency: str) -> dict[tuple[object, str], Decimal]:
    found = ExchangeRate.objects.filter(to_currency=currency)
    return {(rate.month, rate.from_currency): rate.rate for rate in found}
