"""Two years of ledger lines and hours, shaped like the published curve.

Few customers earn, many hover about zero, some cost much: the best fifth earns about one and a half times the profit,
the worst tenth takes more than half of it away. Where the losses come from differs: people's time at the outliers,
direct cost at the others.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, Final

from django.utils import timezone

from pmcrm.home.demo.bulk import copy_rows
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


LEDGER_COLUMNS: Final = (
    *("account_id", "date", "revenue", "cost", "currency", "category", "product", "region"),
    *("source", "line_ref", "fingerprint", "created_at"),
)
HOUR_COLUMNS: Final = (
    *("pool_id", "account_id", "date", "hours", "note", "person_id", "source", "line_ref", "fingerprint"),
)
# Pool, account, day, hours, note.
Entry = tuple[str, int | None, dt.date, Decimal, str]


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
        return Shape(revenue, random.uniform(0.34, 0.44), random.uniform(0.45, 0.9), random.uniform(-0.45, 0.5))
    if place < CUSTOMERS - LOSERS:
        revenue = random.lognormvariate(6.45, 0.5)
        return Shape(revenue, random.uniform(0.56, 0.78), random.uniform(0.8, 1.75), random.uniform(-0.3, 0.4))
    if place < CUSTOMERS:
        return Shape(
            random.uniform(450, 3000), random.uniform(1.5, 3.4), random.uniform(1.0, 1.9), random.uniform(-0.4, 0.2)
        )
    return Shape(random.uniform(300, 900), random.uniform(0.6, 1.1), 1.0, -0.3)


def make_ledger(
    random: Random, customers: list[Customer], shapes: dict[int, Shape], months: list[dt.date], today: dt.date
) -> int:
    """Subscription, hosting, services and now and then a credit, line by line. Returns how many lines."""
    now = timezone.now()

    def rows() -> Iterator[tuple[Any, ...]]:
        number = 0
        for customer in customers:
            if customer.place not in shapes:
                continue
            account = customer.account
            for date, revenue, cost, category, product in _amounts(random, customer, shapes[customer.place], months):
                if date <= today:
                    number += 1
                    line = (account.pk, date, revenue, cost, "EUR", category, product, account.region)
                    yield (*line, "tidewright-erp", f"L{number:06d}", "", now)

    return copy_rows(LedgerLine, LEDGER_COLUMNS, rows())


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
    CostPool.objects.bulk_create(CostPool(slug=slug) for slug in RATES)
    entries: list[Entry] = []
    for customer in customers:
        if customer.place not in shapes:
            continue
        leaves = len(months) - 9 if customer.place >= CUSTOMERS else len(months)
        for month in months[customer.joined_month : leaves]:
            for slug, hours in _month_of(random, shapes[customer.place]):
                day = month.replace(day=random.randint(1, 27))
                entries.append((slug, customer.account.pk, day, hours, random.choice(NOTES[slug])))
    for slug in RATES:
        entries.extend(_inside(random, slug, months))
    entries = [entry for entry in entries if entry[2] <= today]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for slug, _account, _date, hours, _note in entries:
        sums[slug] += hours
    PoolRate.objects.bulk_create(
        PoolRate(
            pool_id=slug,
            from_month=months[0],
            rate=Decimal(RATES[slug]),
            currency="EUR",
            # About 85 of 100 practical hours are written down: believable, and enough for the rule to speak.
            practical_hours=(sums[slug] / len(months) / Decimal("0.85") / 10).quantize(Decimal(1)) * 10,
        )
        for slug in RATES
    )
    person = {"product": users["maja"].pk, "support": users["agent"].pk, "engineering": users["developer"].pk}
    rows = ((*entry, person.get(entry[0]), "timesheets", "", "") for entry in entries)
    return copy_rows(HourEntry, HOUR_COLUMNS, rows)


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


def _inside(random: Random, slug: str, months: list[dt.date]) -> Iterator[Entry]:
    """Hours of no account: enablement, planning, learning."""
    usual = {"support": 70, "product": 60, "engineering": 120, "presales": 12, "services": 20, "success": 18}[slug]
    for month in months:
        yield (
            slug,
            None,
            month.replace(day=15),
            Decimal(round(usual * random.uniform(0.8, 1.2))),
            "planning and learning",
        )
