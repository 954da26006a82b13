"""What customers' words led to: product decisions, how products are used, renewals, a hold, what was learned."""

from __future__ import annotations

import datetime as dt
from itertools import cycle
from typing import Final

from accounts.models import Product
from pmcrm.home.demo.customers import EXIT, RESCUED, Customer
from pmcrm.people.models import User
from touchpoints.models import (
    Evidence,
    Hold,
    Interaction,
    PersonFact,
    ProductDecision,
    Renewal,
    RenewalOutcome,
    UsageFinding,
    UsageMode,
)

DECISIONS: Final = (
    (
        "Tide beside the berth plan",
        "The tide table stands beside the berth plan from the next release on; no separate screen.",
        "A screen of its own; a printed sheet as today.",
        9,
    ),
    (
        "Exports hold a whole season",
        "The limit of 500 rows goes. Large exports are built in the background and mailed as a link.",
        "Raise the limit to 5,000 rows.",
        6,
    ),
    (
        "Hand-over view before crew rest",
        "The hand-over view comes first, rest hours after it.",
        "The other way round.",
        3,
    ),
    ("No dispatch board for towage", "We do not build a dispatch board. Towage is not what the planner is for.", "", 1),
    ("Sign-in by badge waits", "Badge readers wait until two more ports ask for them.", "Buy a component.", 0),
)
USES: Final = (
    (UsageMode.AS_INTENDED, "Berths for two shifts", "", "We would not go back."),
    (UsageMode.DIFFERENTLY, "Crews rather than berths", "Each berth stands for a crew; the tide is left empty.", ""),
    (UsageMode.AS_INTENDED, "Yard plan by the hour", "", ""),
    (UsageMode.NOT_USED, "Bought with the terminal", "", "Nobody showed it to the day shift."),
    (
        UsageMode.DIFFERENTLY,
        "A list for the wall",
        "Printed every morning and changed by pen.",
        "Paper never logs out.",
    ),
)


def make_evidence(users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    """All of it, the same each time: it draws nothing by chance."""
    newest = (
        Interaction.objects.held()
        .filter(attendances__account__in=[one.account for one in customers[:40]], attendances__is_second_hand=False)
        .exclude(notes="")
        .order_by("attendances__account", "-at")
        .distinct("attendances__account")
    )
    talked = list(newest)
    _decide(users, talked, today)
    _find_uses(users, customers, today)
    _renew(users, customers, today)
    _learn(talked)
    Hold.objects.create(
        account=customers[RESCUED].account,
        reason="We settle the cutover on Thursday; no word of new features before.",
        placed_by=customers[RESCUED].account.relationship_owner or users["vp"],
    )


def _decide(users: dict[str, User], talked: list[Interaction], today: dt.date) -> None:
    authors = cycle([users["maja"], users["tomas"], users["hana"]])
    evidence, place = [], 0
    for number, (title, decided, alternatives, leans_on) in enumerate(DECISIONS):
        author = next(authors)
        made = ProductDecision.objects.create(
            title=title,
            decided=decided,
            alternatives=alternatives,
            decided_on=today - dt.timedelta(days=12 + 33 * number),
            product=Product.objects.order_by("pk")[number % 2],
            author=author,
        )
        made.deciders.set([author, users["lead"]])
        behind = talked[place : place + leans_on]
        evidence += [Evidence(decision=made, interaction=talk, added_by=author) for talk in behind]
        place += leans_on
    Evidence.objects.bulk_create(evidence)


def _find_uses(users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    products, found = list(Product.objects.order_by("pk")[:2]), []
    for number, customer in enumerate([*customers[:24], customers[EXIT]]):
        for earlier in range(1 + (number % 3 == 0)):
            mode, purpose, actual_way, quote = USES[(number + 2 * earlier) % len(USES)]
            found.append(
                UsageFinding(
                    account=customer.account,
                    product=products[number % 2],
                    mode=mode,
                    purpose=purpose,
                    actual_way=actual_way,
                    quote=quote,
                    found_on=today - dt.timedelta(days=9 + 5 * number + 150 * earlier),
                    author=customer.account.product_manager or users["lead"],
                )
            )
    UsageFinding.objects.bulk_create(found)


def _renew(users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    renewals = []
    for number, customer in enumerate(customers[:30]):
        ahead = today + dt.timedelta(days=20 + 11 * number)
        author = customer.account.relationship_owner or users["vp"]
        renewals.append(Renewal(account=customer.account, renews_on=ahead, author=author))
        for year in range(1, 3):
            outcome = RenewalOutcome.CHANGED if number % 7 == 3 and year == 1 else RenewalOutcome.RENEWED
            renews_on = ahead - dt.timedelta(days=365 * year)
            renewals.append(Renewal(account=customer.account, renews_on=renews_on, outcome=outcome, author=author))
    Renewal.objects.bulk_create(renewals)


def _learn(talked: list[Interaction]) -> None:
    met = [(talk, talk.contacts.first()) for talk in talked[:25]]
    PersonFact.objects.bulk_create(
        PersonFact(
            contact=person,
            field="job_title",
            value=person.job_title,
            as_of=talk.at.date(),
            interaction=talk,
            author=talk.author,
        )
        for talk, person in met
        if person is not None
    )
