"""What accounts are worth beyond today's money: assessments, the strategic list, deals, what people know of a few."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Final

from django.utils import timezone

from accounts.models import Deal, Product, StrategicEntry, ValueAssessment
from accounts.models.deal import Stage
from accounts.models.value import Dimension
from pmcrm.home.demo.customers import CUSTOMERS, EXIT, FORMER, GUARDED, MISFIT, PROSPECTS, RESCUED, Customer
from pmcrm.home.demo.money import PRODUCTS
from pmcrm.people.models import User
from segmentation.models import ReviewFact
from segmentation.models.flag import FactKind

EVIDENCE: Final = {
    Dimension.POTENTIAL: "Two more terminals in their plan for next year.",
    Dimension.BRAND: "Named by three prospects without being asked.",
    Dimension.MARKET: "First customer of its kind; others watch.",
    Dimension.GEOGRAPHY: "Our only users in the region.",
}
REASONS: Final = (
    "Runs the largest quay of the coast; others follow what it buys.",
    "Opens a second terminal and plans both with us.",
    "Speaks for us at the harbour days.",
    "Grows by a third each year.",
    "First of a group of five terminals.",
)


def make_worth(random: Random, users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    """Assessments of about a hundred accounts, and the strategic list with ranks, sponsors and review dates."""
    assessed = [
        *customers[:70],
        *random.sample(customers[70 : CUSTOMERS - 10], 36),
        customers[GUARDED],
        customers[EXIT],
    ]
    scores = []
    for customer in assessed:
        best = 80 if customer.place < 30 else 60
        for dimension in Dimension:
            score = (
                random.choice([0, 20, 40, 60]) if dimension != Dimension.POTENTIAL else random.randint(15, best + 15)
            )
            if customer.place == EXIT:
                score = min(score, 20)
            elif customer.place < 12 and dimension != Dimension.GEOGRAPHY:
                score = random.choice([60, 80, 80, 100])
            scores.append(
                ValueAssessment(
                    account=customer.account,
                    dimension=dimension,
                    score=score,
                    evidence=EVIDENCE[dimension] if score >= 60 else "",
                    assessed_by=customer.account.product_manager or users["lead"],
                    assessed_at=timezone.now() - dt.timedelta(days=random.randint(5, 300)),
                )
            )
    ValueAssessment.objects.bulk_create(scores)
    strategic = [*customers[:13], customers[17], customers[24], customers[41], customers[63], customers[GUARDED]]
    StrategicEntry.objects.bulk_create(
        StrategicEntry(
            account=customer.account,
            rank=rank,
            reason=REASONS[rank % len(REASONS)],
            sponsor=users["vp"] if rank % 3 else users["lead"],
            # One review is overdue: it gives no guard until somebody looks again.
            review_by=today + dt.timedelta(days=-12 if rank == 9 else 30 + 11 * rank),
        )
        for rank, customer in enumerate(strategic, start=1)
    )


def make_deals(random: Random, customers: list[Customer], today: dt.date) -> None:
    """Deals open, won and lost; what the customers with a story have paid."""
    products = Product.objects.bulk_create(Product(name=name) for name in PRODUCTS)
    prospects = customers[CUSTOMERS + FORMER : CUSTOMERS + FORMER + PROSPECTS]
    deals = [_deal(random, one, products, today, Stage.OPEN) for one in prospects[:22]]
    deals += [_deal(random, one, products, today, Stage.LOST) for one in prospects[22:28]]
    deals += [_deal(random, one, products, today, Stage.OPEN) for one in random.sample(customers[:60], 14)]
    deals += [_deal(random, one, products, today, Stage.WON) for one in random.sample(customers[:200], 40)]
    deals += [_deal(random, customers[place], products, today, Stage.WON) for place in (EXIT, GUARDED, MISFIT, RESCUED)]
    Deal.objects.bulk_create(deals)


def _deal(random: Random, customer: Customer, products: list[Product], today: dt.date, stage: str) -> Deal:
    product = random.choice(products)
    amount = Decimal(random.randint(8, 140)) * 500
    qualified = today - dt.timedelta(days=random.randint(30, 220 if stage == Stage.OPEN else 640))
    is_won = stage == Stage.WON
    return Deal(
        account=customer.account,
        product=product,
        name=f"{product.name}, {random.choice(['first terminal', 'second terminal', 'renewal', 'whole fleet'])}",
        stage=stage,
        amount=amount,
        currency="EUR",
        opened_on=qualified,
        signed_on=qualified + dt.timedelta(days=random.randint(20, 29)) if is_won else None,
        collected=amount * random.choice([Decimal(1), Decimal(1), Decimal("0.5")]) if is_won else 0,
    )


def make_facts(users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    """What only people know of the few accounts that stand out: class, symptoms, rescue plan, sole reference."""
    lead = users["lead"]
    ago = [today - dt.timedelta(days=days) for days in (0, 20, 45, 70)]

    def fact(place: int, kind: str, reason: str, on: dt.date, **more: object) -> ReviewFact:
        return ReviewFact(account=customers[place].account, kind=kind, reason=reason, on=on, set_by=lead, **more)

    facts = [
        fact(
            EXIT,
            FactKind.VALUE_CLASS,
            "Bends the berth plan into a stockpile ledger; three of four signs.",
            ago[2],
            value=4,
        ),
        fact(EXIT, FactKind.SYMPTOM_SCORE, "Known by name in every department.", ago[1], value=71, raters=5),
        fact(GUARDED, FactKind.VALUE_CLASS, "Cold chain without a clock; unknown field for us.", ago[3], value=4),
        fact(GUARDED, FactKind.SYMPTOM_SCORE, "Task force of four functions since spring.", ago[2], value=58, raters=4),
        fact(GUARDED, FactKind.SOLE_REFERENCE, "Only reference in cold storage.", ago[3]),
        fact(
            RESCUED,
            FactKind.VALUE_CLASS,
            "Right use, unhappy: the cutover went wrong.",
            ago[3],
            value=2,
        ),
        fact(
            RESCUED,
            FactKind.RESCUE_PLAN,
            "New project lead on both sides, weekly criterion.",
            ago[3],
            until=today + dt.timedelta(days=80),
        ),
        fact(MISFIT, FactKind.VALUE_CLASS, "Towage dispatch is not what the planner is for.", ago[1], value=4),
        fact(MISFIT, FactKind.SYMPTOM_SCORE, "Asks for a dispatch board every fortnight.", ago[1], value=63, raters=3),
    ]
    content, not_yet = "Uses it as meant, and is content.", "Right use, not yet content."
    facts += [fact(place, FactKind.VALUE_CLASS, content, ago[place % 4], value=1) for place in range(24)]
    facts += [fact(place, FactKind.VALUE_CLASS, not_yet, ago[place % 4], value=2) for place in range(24, 34)]
    ReviewFact.objects.bulk_create(facts)
