"""Two exits through the real services: one waits for its last signatures, one for the word of three offices.

And a flag that was looked at and dismissed.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from pmcrm.home.demo.customers import EXIT, MISFIT, Customer
from segmentation.models import Flag, Level
from segmentation.services import exit_plan, exit_plan_offer, exit_plan_sections
from segmentation.services.exit_plan_proposal import propose
from segmentation.services.flags import dismiss_flag

if TYPE_CHECKING:
    from pmcrm.people.models import User
    from segmentation.models import ExitPlan


def make_exits(users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    _to_signature(users, customers, today)
    _to_coalition(users, customers, today)
    flag = (
        Flag.objects.visible_to(users["lead"])
        .speaking()
        .filter(level=Level.WATCH)
        .order_by("run", "contribution")
        .last()
    )
    if flag is not None:
        dismiss_flag(actor=users["lead"], flag=flag, reason="A one-off hardware swap; paid back by spring.")


def _to_signature(users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    """The bulk terminal in Hamburg: all offices heard, the sponsor has signed, finance and the chief have not."""
    author, lead = users["maja"], users["lead"]
    plan = propose(
        actor=author,
        account=customers[EXIT].account,
        sponsor=lead,
        reason="They run a stockpile and need a ledger of tons. We sold a berth plan and have been building the ledger "
        "by hand for two years; every order brings a new adapter.",
    )
    remedies = {
        "repair": (True, "Two sprints of adapters; the next order broke both."),
        "reprice": (True, "Offered at cost in spring; they could not pay a third of it."),
        "lighter_service": (False, "Without adapters nothing runs there at all."),
        "hand_over": (True, "A partner looked at it and would start from an empty sheet."),
    }
    exit_plan_sections.edit_remedies(actor=author, plan=plan, remedies=remedies)
    _weigh(author, plan, customers)
    offers = {
        "refund": {"amount": "9000", "currency": "EUR", "share": "50", "basis": "Fees of the last twelve months."},
        "data-export": {
            "scope": "All stockpile records since the start",
            "format": "CSV with a description",
            "hours": "24",
            "due": str(today + dt.timedelta(days=60)),
            "proof_of_completeness": "Counts and sums by month, checked by both sides",
        },
        "notice-period": {"months": "9"},
    }
    tasks = {
        "legal": (today - dt.timedelta(days=6), "Notice of six months; no duty beyond the export."),
        "finance": (today - dt.timedelta(days=5), "Nothing open; half a year of fees is still deferred."),
    }
    exit_plan_offer.edit_offer(actor=author, plan=plan, offers=offers, tasks=tasks)
    exit_plan_sections.name_people(actor=author, plan=plan, final_approver=users["ceo"])
    exit_plan.sponsor(
        actor=lead,
        plan=plan,
        statement="We owe them an honest word and an orderly way out. The quay view has waited long enough.",
        talked_on=today - dt.timedelta(days=18),
    )
    exit_plan.open_coalition(actor=lead, plan=plan)
    words = {
        "support": ("for", "", "Nights go to one terminal while three escalations wait."),
        "engineering": ("for", "", "Two sprints a quarter; the update slipped twice."),
        "cfo": ("for_with_conditions", "The refund stays within the deferred fees.", "Small income, large cost."),
        "marketing": ("for", "", "No reference will ever come from there."),
        "vp": ("unsure", "", "Lars keeps his bonus for the year; the market talks."),
    }
    for key, (position, conditions, concern) in words.items():
        _speak(users[key], plan, position, conditions, concern)
    exit_plan.request_approval(actor=lead, plan=plan)
    exit_plan.approve(actor=lead, plan=plan, comment="It is the right thing, and it is late.")


def _to_coalition(users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    """The towage company: earns a little, asks for a dispatch board that nobody else needs."""
    author, lead = users["hana"], users["lead"]
    plan = propose(
        actor=author,
        account=customers[MISFIT].account,
        sponsor=lead,
        reason="They dispatch tugs. The planner is not a dispatch board and will not become one.",
    )
    remedies = {
        "repair": (True, "A read-only board was tried for a month; the dispatchers did not use it."),
        "reprice": (False, "Price is not what hurts: they pay more than they cost."),
        "lighter_service": (True, "Without the weekly board call complaints doubled."),
        "hand_over": (True, "Two dispatch vendors named; one has shown its board to them."),
    }
    exit_plan_sections.edit_remedies(actor=author, plan=plan, remedies=remedies)
    _weigh(author, plan, customers)
    exit_plan.sponsor(
        actor=lead,
        plan=plan,
        statement="Finance cannot see this one; every roadmap round can.",
        talked_on=today - dt.timedelta(days=4),
    )
    exit_plan.open_coalition(actor=lead, plan=plan)
    _speak(users["engineering"], plan, "for", "", "A dispatch board would bend the model for one customer.")
    _speak(users["support"], plan, "unsure", "", "They are loud, but polite. I want to see the offer.")


def _weigh(actor: User, plan: ExitPlan, customers: list[Customer]) -> None:
    """The either/or sheet: what the account takes in a quarter is exactly what others would get."""
    pools = {line.pool: {"needed": line.needed, "displaced": line.needed} for line in plan.pools.all()}
    if not any(line["needed"] for line in pools.values()):
        pools["engineering"] = {"needed": Decimal(60), "displaced": Decimal(60)}
    exit_plan_sections.edit_trade_off(
        actor=actor,
        plan=plan,
        choice="B",
        failure_chance="high",
        failure_reason="Each order differs from the one before; nothing built so far could be used twice.",
        embarrassment="We, before the three terminals that were told the quay view comes this year.",
        initiative="Another round of work for this one account",
        option_a="Staff the adapters for two more quarters and hope the orders settle.",
        option_b="Ship the quay view and answer the escalations that wait.",
        pools=pools,
        displaced={
            "existing_customers": [customers[0].account.name, customers[4].account.name],
            "target_customers": [customers[28].account.name],
            "most_wanted": ["Quay view", "Export without a row limit"],
        },
    )


def _speak(person: User, plan: ExitPlan, position: str, conditions: str, concern: str) -> None:
    exit_plan.talk(
        actor=person,
        plan=plan,
        office=person.office,
        concern=concern,
        position=position,
        conditions=conditions,
        evidence_shown="Hours by pool and contribution of the last twelve months",
    )
