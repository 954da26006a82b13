"""What Tidewright knows of its relations: plays, rivals, contribution marks, references, its own manners."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Final

from accounts.models import Account, Contact, ContributionMark, Manners, Play, Product, ReferenceUse, RivalOutcome
from accounts.models.contact import ContactRole
from accounts.models.deal import LifeStage, Route
from accounts.models.play import Aim
from accounts.models.relation import Contribution, Occasion, Outcome
from pmcrm.home.demo.customers import CUSTOMERS, FORMER, PROSPECTS, Customer
from pmcrm.people.models import User

SOURCES: Final = (
    "Harbour days in Bergen",
    "A customer told them",
    "Article in Quay and Yard",
    "Search on the web",
    "Our seller called",
)
IMPRESSIONS: Final = (
    "Looks simple; is it deep enough?",
    "At last one view of quay and yard.",
    "Too much for a port of our size?",
)
RIVALS: Final = ("Harbourmaster Suite", "Quayline", "Own spreadsheets", "BerthPilot")
MODELS: Final = ("Fee per move", "Berth rent", "Yearly charter", "Price per tonne")
REASONS: Final = (
    "Planning by tide, which theirs does not know.",
    "Their support answered after a week.",
    "Half the price for the first two years.",
    "Wanted yard and quay from one house.",
)
GOALS: Final = {
    Aim.IDENTIFY: ("Find out who decides about the yard.", "Learn what the night shift plans by hand."),
    Aim.WIN: ("Have the first berth planned with us by spring.", "Replace their old suite at the south quay."),
    Aim.RETAIN: ("Have the renewal signed before the tender opens.", "Bring the complaints of the spring to zero."),
    Aim.GROW: ("Take the second terminal live.", "Add crew rosters to the berth plan."),
    Aim.LEVERAGE: ("Tell their story at the harbour days.", "Let them show two prospects their quay."),
}
PROOFS: Final = {
    Contribution.INNOVATION_PARTNER: "Tried the tide view first and said what was wrong.",
    Contribution.EVANGELIST: "Spoke about us unasked at the harbour days.",
    Contribution.EVIDENCE_GIVER: "Gave the figures behind the decision on crew rosters.",
}
OWNERSHIP: Final = (
    "Sales own the relationship. Product may call anybody at any time and tells the owner before a visit."
)
CONTACT_RULES: Final = (
    "At most two meetings in a fortnight. Never name a date for a feature without the product lead.\n"
    "Technical people talk to their systems engineer first."
)
APPROVAL: Final = (
    "A price below list needs the VP Sales, custom work the VP Engineering. No relation ends without an approved plan."
)


def make_relations(random: Random, users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    """Everything by the row, as the rest of the company is made."""
    _know(random, users, customers, today)
    _roles(random, customers)
    Play.objects.bulk_create(_plays(random, users, customers, today))
    _rivals(random, customers, today)
    _marks(random, users, customers, today)
    Manners.objects.create(
        ownership=OWNERSHIP, contact_rules=CONTACT_RULES, approval_path=APPROVAL, written_by=users["lead"]
    )
    for place, product in enumerate(Product.objects.order_by("name")):
        product.routes = [Route.DIRECT] if place % 3 else [Route.DIRECT, Route.CHANNEL]
        product.life_stage = list(LifeStage)[place % 3]
        product.save(update_fields=["routes", "life_stage"])


def _know(random: Random, users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    changed = []
    for customer in customers:
        account = customer.account
        if account.party != "customer":
            continue
        account.sales_form = "outside" if customer.place < 90 else random.choice(["inside", "inside", "outside", ""])
        account.business_model = random.choice(MODELS)
        if customer.place < 60:
            account.se_owner = users["presales"]
        if random.random() < 0.6:
            account.first_heard_source = random.choice(SOURCES)
            account.first_heard_on = today - dt.timedelta(days=random.randint(300, 2200))
            account.first_impression = random.choice(IMPRESSIONS) if random.random() < 0.4 else ""
        if account.state in {"prospect", "in_sales_cycle", "suspect"} or random.random() < 0.1:
            account.incumbent_competitor = random.choice(RIVALS)
        if customer.place in {*range(0, 24, 2), 31, 44, 70}:
            account.reference_ok, account.speaker_ok = True, customer.place % 4 == 0
            account.reference_permission_on = today - dt.timedelta(days=random.randint(40, 700))
        changed.append(account)
    fields = ["sales_form", "business_model", "se_owner", "first_heard_source", "first_heard_on", "first_impression"]
    fields += ["incumbent_competitor", "reference_ok", "speaker_ok", "reference_permission_on"]
    Account.objects.bulk_update(changed, fields, batch_size=200)


def _roles(random: Random, customers: list[Customer]) -> None:
    people = []
    for customer in customers[:160]:
        roles = random.sample(list(ContactRole), k=min(len(customer.contacts), 4))
        for contact, role in zip(customer.contacts, roles, strict=False):
            contact.role = role
            people.append(contact)
    Contact.objects.bulk_update(people, ["role"], batch_size=500)


def _plays(random: Random, users: dict[str, User], customers: list[Customer], today: dt.date) -> list[Play]:
    prospects = customers[CUSTOMERS + FORMER : CUSTOMERS + FORMER + PROSPECTS]
    wanted = [
        *((Aim.IDENTIFY, one) for one in prospects[:5]),
        *((Aim.WIN, one) for one in prospects[5:14]),
        *((Aim.RETAIN, one) for one in random.sample(customers[:80], 11)),
        *((Aim.GROW, one) for one in random.sample(customers[:60], 16)),
        *((Aim.LEVERAGE, one) for one in customers[:12:2]),
        (Aim.RETAIN, customers[0]),
        (Aim.GROW, customers[0]),
    ]
    plays = [
        Play(
            account=one.account,
            aim=aim,
            goal=random.choice(GOALS[aim]),
            owner=one.account.product_manager or one.account.relationship_owner or users["lead"],
            started_on=today - dt.timedelta(days=random.randint(3, 160)),
        )
        for aim, one in wanted
    ]
    for play in plays[::9]:
        play.ended_on, play.outcome = today - dt.timedelta(days=1), "Done; the next one is on the board."
    return plays


def _rivals(random: Random, customers: list[Customer], today: dt.date) -> None:
    won = random.sample(customers[:200], 22)
    lost = customers[CUSTOMERS : CUSTOMERS + FORMER]
    RivalOutcome.objects.bulk_create(
        RivalOutcome(
            account=one.account,
            outcome=outcome,
            rival=random.choice(RIVALS),
            reason=random.choice(REASONS),
            on=today - dt.timedelta(days=random.randint(20, 900)),
            noted_by=one.account.relationship_owner or one.account.product_manager,
        )
        for outcome, some in ((Outcome.WON_FROM, won), (Outcome.LOST_TO, lost))
        for one in some
        if one.account.relationship_owner or one.account.product_manager
    )


def _marks(random: Random, users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    marks, uses = [], []
    for customer in customers[:40]:
        for contribution in random.sample(list(PROOFS), k=1 if customer.place > 12 else 2):
            has_proof = random.random() < 0.7
            marks.append(
                ContributionMark(
                    account=customer.account,
                    contact=customer.contacts[0] if customer.contacts else None,
                    contribution=contribution,
                    on=today - dt.timedelta(days=random.randint(10, 500)) if has_proof else None,
                    proof_url=f"https://www.tidewright.example/stories/{customer.place + 1}" if has_proof else "",
                    note=PROOFS[contribution],
                    marked_by=users["lead"],
                )
            )
        if customer.account.reference_ok:
            uses += [
                ReferenceUse(
                    account=customer.account,
                    contact=customer.contacts[0] if customer.contacts else None,
                    occasion=Occasion.REFERENCE,
                    what_for="A terminal that looked at three suites",
                    on=today - dt.timedelta(days=random.randint(5, 400)),
                    logged_by=users["lead"],
                )
                for _number in range(random.randint(0, 3))
            ]
    ContributionMark.objects.bulk_create(marks)
    ReferenceUse.objects.bulk_create(uses)
