"""Builders: each makes one valid thing; a test names only what differs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import Account, Contact, Product, Promise
from campaigns.models import CallPlace, Campaign, Target
from campaigns.services.gathering import tier_rank
from pmcrm.people.models import Department, User
from segmentation.models import CostPool, HourEntry, LedgerLine, PoolRate
from touchpoints.models import Attendance, Interaction, NextStep

PASSWORD = "correct-horse-battery"

_numbers = count(1)


def department(*, name: str = "", pool: str = "product") -> Department:
    return Department.objects.get_or_create(name=name or pool.title(), defaults={"pool": pool})[0]


def user(*roles: str, name: str = "", email: str = "", **fields: Any) -> User:
    number = next(_numbers)
    made: User = User.objects.create_user(
        email or f"person{number}@example.com",
        PASSWORD,
        name=name or f"Person {number}",
        roles=roles or ("product_manager",),
        **fields,
    )
    return made


def account(*, ref: str = "", name: str = "", kind: str = "external", **fields: Any) -> Account:
    number = next(_numbers)
    return Account.objects.create(ref=ref or f"A-{number}", name=name or f"Account {number}", kind=kind, **fields)


def contact(*, account: Account, name: str = "Kari Lund", **fields: Any) -> Contact:
    return Contact.objects.create(account=account, name=name, **fields)


def promise(*, account: Account, owner: User, due_on: dt.date = dt.date(2026, 3, 1), **fields: Any) -> Promise:
    fields.setdefault("text", "Deliver the export")
    return Promise.objects.create(account=account, owner=owner, due_on=due_on, **fields)


def interaction(
    *accounts: Account, author: User, at: dt.datetime = dt.datetime(2026, 1, 15, 9, tzinfo=dt.UTC), **fields: Any
) -> Interaction:
    fields = {"kind": "call", "minutes": 30} | fields
    made = Interaction.objects.create(author=author, at=at, **fields)
    Attendance.objects.bulk_create(Attendance(interaction=made, account=one, at=at) for one in accounts)
    made.colleagues.add(author)
    return made


def next_step(*, account: Account, owner: User, due_on: dt.date = dt.date(2026, 2, 1), **fields: Any) -> NextStep:
    fields = {"text": "Send the figures", "created_by": owner} | fields
    return NextStep.objects.create(account=account, owner=owner, due_on=due_on, **fields)


def ledger_line(
    *,
    account: Account,
    revenue: str = "0",
    cost: str = "0",
    date: dt.date = dt.date(2026, 1, 15),
    **fields: Any,
) -> LedgerLine:
    fields = {"currency": "USD"} | fields
    return LedgerLine.objects.create(account=account, revenue=Decimal(revenue), cost=Decimal(cost), date=date, **fields)


def pool(
    slug: str = "support",
    *,
    rate: str = "50",
    practical_hours: str = "100",
    from_month: dt.date = dt.date(2020, 1, 1),
) -> CostPool:
    made = CostPool.objects.get_or_create(slug=slug)[0]
    PoolRate.objects.create(
        pool=made,
        from_month=from_month,
        rate=Decimal(rate),
        currency="USD",
        practical_hours=Decimal(practical_hours),
    )
    return made


def hours(*, pool: CostPool, account: Account | None, hours: str, date: dt.date = dt.date(2026, 1, 15)) -> HourEntry:
    return HourEntry.objects.create(pool=pool, account=account, hours=Decimal(hours), date=date)


def product(*, name: str = "", **fields: Any) -> Product:
    return Product.objects.create(name=name or f"Product {next(_numbers)}", **fields)


def campaign(*, owner: User, product: Product | None = None, state: str = "running", **fields: Any) -> Campaign:
    """A campaign of which the targets are added by `target`."""
    usual = {"name": "Listening round", "goal": "How do they use it?", "wanted": 30, "seed": "seed"}
    return Campaign.objects.create(
        owner=owner,
        product=product or Product.objects.create(name=f"Product {next(_numbers)}"),
        state=state,
        **(usual | fields),
    )


def target(*, campaign: Campaign, contact: Contact, **fields: Any) -> Target:
    account = contact.account
    place = CallPlace.objects.get_or_create(
        campaign=campaign,
        zone=contact.time_zone or account.time_zone,
        country=account.country,
        region=account.region,
    )[0]
    fields = {"tier_rank": tier_rank(account.tier)} | fields
    return Target.objects.create(campaign=campaign, contact=contact, account=account, place=place, **fields)
