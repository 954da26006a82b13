"""The people and the steps that exit plans in tests share: a company with all offices, and a plan at any state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Account
from pmcrm.people.models import User
from segmentation import playbook
from segmentation.models import AccountPoolShare, AccountProfit, ExitPlan, Flag, ProfitRun
from segmentation.services import exit_plan as verbs
from segmentation.services import exit_plan_sections as sections
from segmentation.services.exit_plan_offer import edit_offer
from segmentation.services.exit_plan_proposal import propose
from tests import build

MARCH = dt.date(2026, 3, 2)
REASON = "We sold a core product into a field that it was not made for."


@dataclass
class Company:
    """One person of every part, and the account in question, a prospect without deal or ledger lines."""

    manager: User
    lead: User
    other_lead: User
    vp_support: User
    vp_engineering: User
    cfo: User
    vp_marketing: User
    vp_sales: User
    sales_owner: User
    guard: User
    approver: User
    administrator: User
    account: Account

    @property
    def offices(self) -> dict[str, User]:
        return {office: getattr(self, office) for office in playbook.COALITION_ROLES}


def company(**account: Any) -> Company:
    manager = build.user("product_manager", name="Mia Manager")
    owner = build.user("sales_owner", name="Olga Owner")
    usual: dict[str, Any] = {"product_manager": manager, "relationship_owner": owner, "state": "prospect"}
    return Company(
        manager=manager,
        lead=build.user("product_lead", name="Lea Lead"),
        other_lead=build.user("product_lead", name="Otto Lead"),
        vp_support=build.user("department_member", name="Sam Support", office="vp_support"),
        vp_engineering=build.user("department_member", name="Eva Engineer", office="vp_engineering"),
        cfo=build.user("finance", name="Carla Cash", office="cfo"),
        vp_marketing=build.user("department_member", name="Max Market", office="vp_marketing"),
        vp_sales=build.user("sales_vp", name="Vera Sales", office="vp_sales"),
        sales_owner=owner,
        guard=build.user("executive", name="Gus Guard"),
        approver=build.user("executive", name="Ada Approver", office="final_approver"),
        administrator=build.user("administrator", name="Adam Admin"),
        account=build.account(
            ref="NORD-1",
            name="Nordhavn Data",
            **(usual | account),
        ),
    )


def paying(of: Company) -> None:
    """Money was taken: the account has recognised revenue."""
    build.ledger_line(account=of.account, revenue="1000", cost="1500")


def run(of: Company, *, contribution: str = "-500") -> ProfitRun:
    """A finished run in which the account loses money and takes 40 support hours in twelve months."""
    made = ProfitRun.objects.create(
        state="done",
        from_month=dt.date(2025, 3, 1),
        to_month=dt.date(2026, 2, 1),
        currency="USD",
        content_hash="c" * 64,
        account_count=8,
        finished_at=timezone.now(),
    )
    AccountProfit.objects.create(
        run=made,
        account=of.account,
        position=8,
        rank=8,
        revenue_rank=2,
        ref=of.account.ref,
        name=of.account.name,
        revenue=Decimal(1000),
        direct_cost=Decimal(500),
        people_cost=Decimal(1000),
        hours=Decimal(40),
        contribution=Decimal(contribution),
        cumulative=Decimal(0),
    )
    AccountPoolShare.objects.create(run=made, account=of.account, pool="support", hours=Decimal(40), cost=Decimal(1000))
    return made


def flag(of: Company, made: ProfitRun, *, is_guarded: bool = False, guards: list[str] | None = None) -> Flag:
    """A review flag with one test and perhaps guards, in the shape that the rule stores."""
    codes = guards or (["tier"] if is_guarded else [])
    return Flag.objects.create(
        run=made,
        account=of.account,
        level="review",
        is_guarded=bool(codes),
        contribution=Decimal(-500),
        attention_ratio=Decimal("3.25"),
        freed_hours=Decimal(40),
        verdict={
            "level": "review",
            "tests": [{"code": "loss", "outcome": "yes", "value": "-500", "limit": "50", "numbers": {}}],
            "gates": [{"code": "kind", "passed": True, "effect": "not_judged", "numbers": {}}],
            "guards": [{"code": code, "numbers": {}} for code in codes],
            "notes": [],
        },
    )


REMEDIES = {
    "repair": (True, "A rescue plan ran for two quarters without effect."),
    "reprice": (True, "They declined a price that covers the work."),
    "lighter_service": (False, "Their contract needs full service."),
    "hand_over": (False, "No partner serves this field."),
}
SHEET: dict[str, Any] = {
    "initiative": "Real-time port of the planner",
    "option_a": "Staff the port until it is live.",
    "option_b": "Ship the planned update.",
    "failure_chance": "high",
    "failure_reason": "Nobody has built it before.",
    "embarrassment": "We, before their board.",
    "choice": "B",
    "pools": {"support": {"needed": "30", "displaced": "30"}, "engineering": {"needed": "120", "displaced": "120"}},
    "displaced": {
        "existing_customers": ["Halden Maritime"],
        "target_customers": ["Fjord Bank"],
        "most_wanted": ["Bulk export"],
    },
}
PROSPECT_OFFERS = {
    "alternative-product": {"what": "StreamBase", "why": "Built for real time", "contact": "Lea Lead"},
}
REFUND = {"refund": {"amount": "500", "currency": "USD", "share": "50", "basis": "Half of the fees of 2025"}}
NOTICE = {"notice-period": {"months": "6"}}


def draft(of: Company, *, author: User | None = None, **fields: Any) -> ExitPlan:
    writer = author or of.lead
    return propose(actor=writer, account=of.account, sponsor=fields.pop("sponsor", of.lead), reason=REASON, **fields)


def write(of: Company, plan: ExitPlan, *, offers: dict[str, dict[str, str]] | None = None) -> ExitPlan:
    """Fill every section as the sponsor."""
    who: dict[str, Any] = {"actor": plan.sponsor, "plan": plan}
    sections.edit_remedies(**who, remedies=REMEDIES)
    sections.edit_trade_off(**who, **SHEET)
    usual = PROSPECT_OFFERS if plan.path == "prospect_in_sales_cycle" else NOTICE
    changed = edit_offer(**who, offers=usual if offers is None else offers)
    if changed.is_guarded:
        changed = sections.name_people(**who, final_approver=of.approver, guard_approver=of.guard)
    return changed


def sponsored(of: Company, plan: ExitPlan) -> ExitPlan:
    return verbs.sponsor(actor=of.lead, plan=plan, statement="It frees what waits elsewhere.", talked_on=MARCH)


def in_coalition(of: Company, **fields: Any) -> ExitPlan:
    offers = fields.pop("offers", None)
    plan = sponsored(of, write(of, draft(of, **fields), offers=offers))
    return verbs.open_coalition(actor=of.lead, plan=plan)


def heard(of: Company, plan: ExitPlan) -> None:
    for office, person in of.offices.items():
        verbs.talk(actor=person, plan=plan, office=office, position="for")


def in_approval(of: Company, **fields: Any) -> ExitPlan:
    plan = in_coalition(of, **fields)
    heard(of, plan)
    return verbs.request_approval(actor=of.lead, plan=plan)


def approved(of: Company, **fields: Any) -> ExitPlan:
    plan = in_approval(of, **fields)
    verbs.approve(actor=of.lead, plan=plan)
    return verbs.approve(actor=of.approver, plan=plan, comment="Agreed.")
