"""Two years of answers to one question, each quarter anew; and when customers signed for the first time."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import cycle
from random import Random
from typing import Final

from accounts.countries import country_name
from accounts.models import Deal, Product
from accounts.models.deal import Stage
from pmcrm.home.demo.customers import CUSTOMERS, EARNERS, EXIT, GUARDED, LOSERS, MISFIT, RESCUED, Customer
from touchpoints.models import NpsAnswer, Renewal

ASKED_A_MONTH: Final = 28
SOURCE: Final = "survey"
# How those answer who earn us money, who earn little, and who cost more than they bring.
HAPPY: Final = (10, 9, 9, 8, 10, 7, 9, 10)
MIXED: Final = (9, 8, 7, 6, 9, 5, 8, 9, 10, 4)
STRAINED: Final = (3, 6, 5, 7, 2, 8, 6, 0)
WHY: Final = {
    "promoter": (
        "The whole yard plans with it. I tell every neighbour.",
        "The hand-over at six takes minutes now.",
        "You listen, and three months later it is there.",
    ),
    "passive": (
        "Good, once the export holds a whole season.",
        "Does what it should. Sign-in in the morning is slow.",
        "The night shift likes it, the day shift has its board.",
    ),
    "detractor": (
        "We asked for tide tables two years ago.",
        "Nobody called back after the outage.",
        "Too many clicks for one berth.",
    ),
}
ASKED_AFTER: Final = ("Quarterly survey", "Quarterly survey", "Support case", "Training")


def make_answers(random: Random, customers: list[Customer], months: list[dt.date], today: dt.date) -> int:
    """Answers of each month but the present one, the mood better since a year ago. Returns how many."""
    known = [one for one in customers[:CUSTOMERS] if one.contacts]
    reasons = {group: cycle(words) for group, words in WHY.items()}
    answers = []
    for index, month in enumerate(months[1:-1], 1):
        there = [one for one in known if one.joined_month < index]
        for customer in random.sample(there, min(ASKED_A_MONTH, len(there))):
            score = random.choice(_mood(customer))
            if index > len(months) // 2 and random.random() < 0.3:
                score = min(10, score + 1)
            group = "promoter" if score > 8 else "passive" if score > 6 else "detractor"
            answers.append(
                NpsAnswer(
                    account=customer.account,
                    contact=random.choice(customer.contacts),
                    score=score,
                    answered_on=min(month + dt.timedelta(days=random.randrange(28)), today),
                    comment=next(reasons[group]) if random.random() < 0.35 else "",
                    market=country_name(customer.account.country),
                    touchpoint=random.choice(ASKED_AFTER),
                    source=SOURCE,
                    ref=f"{month:%Y-%m}-{customer.place}",
                )
            )
    return len(NpsAnswer.objects.bulk_create(answers))


def _mood(customer: Customer) -> tuple[int, ...]:
    if customer.place < EARNERS:
        return HAPPY
    return MIXED if customer.place < CUSTOMERS - LOSERS else STRAINED


def make_first_deals(random: Random, customers: list[Customer], months: list[dt.date]) -> int:
    """What each customer signed first: before its first money, and a year before its first renewal. Those with a story
    have deals of their own. Returns how many."""
    products = list(Product.objects.order_by("pk"))
    first_renewals = dict(Renewal.objects.order_by("-renews_on").values_list("account_id", "renews_on"))
    deals = []
    for customer in customers[:CUSTOMERS]:
        if customer.place in {EXIT, GUARDED, MISFIT, RESCUED}:
            continue
        # Who was here when the data begins has been so for up to five years.
        days = random.randrange(8, 40) + (0 if customer.joined_month else random.randrange(5 * 365))
        signed = months[customer.joined_month] - dt.timedelta(days=days)
        if (renewal := first_renewals.get(customer.account.pk)) is not None:
            signed = min(signed, renewal - dt.timedelta(days=365))
        product = random.choice(products)
        amount = Decimal(random.randint(8, 90)) * 500
        deals.append(
            Deal(
                account=customer.account,
                product=product,
                name=f"{product.name}, first signature",
                stage=Stage.WON,
                amount=amount,
                currency="EUR",
                opened_on=signed - dt.timedelta(days=random.randint(20, 120)),
                signed_on=signed,
                closed_on=signed,
                collected=amount,
            )
        )
    return len(Deal.objects.bulk_create(deals))
