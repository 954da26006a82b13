"""Two years of ledger lines and hours, shaped like the published curve.

Few customers earn, many hover about zero, some cost much. The best fifth earns about one and a half times the profit, the middle next to nothing, the worst tenth takes more
than half of it away. Where the losses come from differs: people's time at the outliers, direct cost at the others.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from pmcrm.home.demo.customers import (
    CUSTOMERS,
    EARNERS,
    EXIT,
    FORMER,
    GUARDED,
    LOSERS,
    MISFIT,
    RESCUED,
    UNCLASSED,
    Customer,
)
from pmcrm.people.models import User
from segmentation.models import CostPool, HourEntry, LedgerLine, PoolRate

CENT: Final = Decimal("0.01")
RATES: Final = {"support": 48, "product": 72, "engineering": 78, "presales": 65, "services": 60, "success": 52}
PRODUCTS: Final = ("Berth Planner", "Crew Rosters", "Yard Flow", "Tide API")
# Hours a month at an ordinary customer with 1,000 of monthly revenue.
ORDINARY: Final = {
    "support": 1.35,
    "product": 0.24,
    "engineering": 1.1,
    "presales": 0.2,
    "services": 0.5,
    "success": 0.45,
}
NOTES: Final = {
    "support": ("tickets of the month", "escalation on call", "night shift question"),
    "product": ("prep and follow-up", "discovery work", "round with users"),
    "engineering": ("defects", "custom adapter", "data repair"),
    "presales": ("demo and workshop",),
    "services": ("roll-out", "training on site"),
    "success": ("value review", "adoption coaching"),
}


@dataclass(frozen=True)
class Shape:
    """A customer's ordinary month: revenue, direct cost as a part of it, how much more hours than ordinary."""

    revenue: float
    cost_part: float
    effort: float
    growth: float = 0.0
    """Change of revenue over the whole time, as a part."""
    hours: dict[str, float] | None = None
    """Hours a month by pool, where they do not follow revenue."""


STORIES: Final = {
    EXIT: Shape(1450, 0.62, 1, -0.35, {"support": 66, "product": 15, "engineering": 74, "presales": 7, "services": 9}),
    GUARDED: Shape(
        2300, 0.55, 1, -0.10, {"support": 58, "product": 11, "engineering": 62, "services": 6, "success": 5}
    ),
    UNCLASSED: Shape(1900, 0.58, 1, 0.10, {"support": 63, "product": 10, "engineering": 44, "success": 9}),
    RESCUED: Shape(2100, 0.50, 1, 0.30, {"support": 52, "product": 12, "engineering": 40, "services": 12}),
    MISFIT: Shape(5200, 0.30, 1, 0.05, {"support": 20, "product": 9, "engineering": 9}),
}


def shapes_of(random: Random, customers: list[Customer]) -> dict[int, Shape]:
    """How each customer with money behaves, by place."""
    return {one.place: _shape(random, one.place) for one in customers if one.place < CUSTOMERS + FORMER}


def _shape(random: Random, place: int) -> Shape:
    if place in STORIES:
        return STORIES[place]
    if place < EARNERS:
        revenue = 34_000 * (1 + place * 0.16) ** -0.95 + random.uniform(0, 600)
        return Shape(revenue, random.uniform(0.34, 0.44), random.uniform(0.45, 0.9), random.uniform(-0.1, 0.5))
    if place < CUSTOMERS - LOSERS:
        revenue = random.lognormvariate(6.45, 0.5)
        return Shape(revenue, random.uniform(0.56, 0.78), random.uniform(0.8, 1.75), random.uniform(-0.3, 0.4))
    if place < CUSTOMERS:
        return Shape(
            random.uniform(350, 2600), random.uniform(1.3, 2.8), random.uniform(1.0, 1.9), random.uniform(-0.4, 0.2)
        )
    return Shape(random.uniform(300, 900), random.uniform(0.6, 1.1), 1.0, -0.3)


def make_ledger(
    random: Random, customers: list[Customer], shapes: dict[int, Shape], months: list[dt.date], today: dt.date
) -> int:
    """Subscription, hosting, services and now and then a credit, line by line. Returns how many lines."""
    number = 0
    lines: list[LedgerLine] = []
    for customer in customers:
        if customer.place not in shapes:
            continue
        for date, revenue, cost, category, product in _amounts(random, customer, shapes[customer.place], months):
            if date > today:
                continue
            number += 1
            lines.append(
                LedgerLine(
                    account=customer.account,
                    date=date,
                    revenue=revenue,
                    cost=cost,
                    currency="EUR",
                    category=category,
                    product=product,
                    region=customer.account.region,
                    source="tidewright-erp",
                    line_ref=f"L{number:06d}",
                )
            )
    LedgerLine.objects.bulk_create(lines, batch_size=4000)
    return len(lines)


Amount = tuple[dt.date, Decimal, Decimal, str, str]


def _amounts(random: Random, customer: Customer, shape: Shape, months: list[dt.date]) -> Iterator[Amount]:
    product = PRODUCTS[customer.place % len(PRODUCTS)]
    leaves = len(months) - 9 if customer.place >= CUSTOMERS else len(months)
    for index in range(customer.joined_month, leaves):
        month, part = months[index], index / len(months)
        revenue = shape.revenue * (1 + shape.growth * (part - 0.5)) * random.uniform(0.96, 1.04)
        cost = revenue * shape.cost_part
        if customer.place == EXIT:
            # It gets worse: more of every order is built by hand.
            cost *= 1 + 0.5 * part
        yield month.replace(day=2), _money(revenue), _money(0), "subscription", product
        hosting = 0.45 if customer.place < CUSTOMERS - LOSERS else 0.15
        yield month.replace(day=25), _money(0), _money(cost * hosting), "hosting", product
        kind = random.choice(("travel", "third-party licences", "partner fee", "hardware"))
        yield month.replace(day=random.randint(3, 27)), _money(0), _money(cost * (1 - hosting)), kind, product
        if index % 3 == 1 and customer.place < EARNERS:
            services = revenue * random.uniform(0.15, 0.3)
            yield month.replace(day=12), _money(services), _money(services * 0.55), "services", product
        if index % 7 == 3 and customer.place >= CUSTOMERS - LOSERS:
            yield month.replace(day=19), _money(-revenue * random.uniform(0.1, 0.25)), _money(0), "credit", product


def _money(value: float) -> Decimal:
    return Decimal(value).quantize(CENT)


def make_hours(
    random: Random,
    customers: list[Customer],
    shapes: dict[int, Shape],
    months: list[dt.date],
    today: dt.date,
    users: dict[str, User],
) -> int:
    """Pools with a rate each, and the hours their people logged. Returns how many entries."""
    pools = {slug: CostPool.objects.create(slug=slug) for slug in RATES}
    entries: list[HourEntry] = []
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for customer in customers:
        if customer.place not in shapes:
            continue
        shape = shapes[customer.place]
        leaves = len(months) - 9 if customer.place >= CUSTOMERS else len(months)
        for month in months[customer.joined_month : leaves]:
            for slug, hours in _month_of(random, shape):
                entries.append(_entry(random, pools[slug], customer, month, hours))
    for slug, pool in pools.items():
        entries.extend(_inside(random, pool, slug, months))
    entries = [entry for entry in entries if entry.date <= today]
    for entry in entries:
        sums[entry.pool_id] += entry.hours
    person = {"product": users["maja"], "support": users["agent"], "engineering": users["developer"]}
    for entry in entries:
        entry.person = person.get(entry.pool_id)
    HourEntry.objects.bulk_create(entries, batch_size=4000)
    PoolRate.objects.bulk_create(
        PoolRate(
            pool=pool,
            from_month=months[0],
            rate=Decimal(RATES[slug]),
            currency="EUR",
            # About 85 of 100 practical hours are written down: believable, and enough for the rule to speak.
            practical_hours=(sums[slug] / len(months) / Decimal("0.85") / 10).quantize(Decimal(1)) * 10,
        )
        for slug, pool in pools.items()
    )
    return len(entries)


def _month_of(random: Random, shape: Shape) -> Iterator[tuple[str, Decimal]]:
    for slug, ordinary in ORDINARY.items():
        if shape.hours is not None:
            expected, chance = shape.hours.get(slug, 0.0), 1.0
        else:
            expected = ordinary * shape.effort * shape.revenue / 1000
            chance = min(1.0, expected / 1.5)
        if expected and random.random() < chance:
            quarters = max(1, round(expected / chance * random.uniform(0.75, 1.25) * 4))
            yield slug, Decimal(quarters) / 4


def _entry(random: Random, pool: CostPool, customer: Customer, month: dt.date, hours: Decimal) -> HourEntry:
    date = month.replace(day=random.randint(1, 27))
    return HourEntry(
        pool=pool,
        account=customer.account,
        date=date,
        hours=hours,
        note=random.choice(NOTES[pool.slug]),
        source="timesheets",
    )


def _inside(random: Random, pool: CostPool, slug: str, months: list[dt.date]) -> Iterator[HourEntry]:
    """Hours of no account: enablement, planning, learning."""
    usual = {"support": 70, "product": 60, "engineering": 120, "presales": 12, "services": 20, "success": 18}[slug]
    for month in months:
        hours = Decimal(round(usual * random.uniform(0.8, 1.2)))
        yield HourEntry(pool=pool, account=None, date=month.replace(day=15), hours=hours, note="planning and learning")
