"""Proposing an exit: who may, from what, and what the draft starts with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from pmcrm.errors import RuleViolation
from pmcrm.trail.models import TrailEntry
from segmentation.models import ExitPlan
from segmentation.services import exit_plan as verbs
from segmentation.services.exit_plan_proposal import propose
from segmentation.services.exit_plan_record import whole
from tests import build
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Company:
    return cast.company()


def trail_of(plan: ExitPlan) -> list[str]:
    return list(TrailEntry.objects.about(plan).order_by("id").values_list("verb", flat=True))


def test_a_plan_from_a_flag_freezes_its_figures(firm: Company) -> None:
    made = cast.run(firm)
    flagged = cast.flag(firm, made)

    plan = propose(actor=firm.lead, account=firm.account, flag=flagged)

    assert plan.state == "private_draft"
    assert (plan.author, plan.sponsor, plan.final_approver) == (firm.lead, firm.lead, firm.approver)
    assert plan.evidence["run"]["contribution"] == "-500.000000"
    assert plan.evidence["run"]["hours_by_pool"] == {"support": "40.00"}
    assert plan.evidence["flag"]["attention_ratio"] == "3.25"
    assert plan.evidence["flag"]["tests"][0]["code"] == "loss"
    made.rows.update(contribution=Decimal(900))
    assert whole(plan.pk).evidence["run"]["contribution"] == "-500.000000"
    assert trail_of(plan) == ["exit_plan.proposed"]


def test_a_product_manager_proposes_with_a_lead_as_sponsor(firm: Company) -> None:
    with pytest.raises(RuleViolation, match="Choose a product lead as sponsor"):
        propose(actor=firm.manager, account=firm.account)
    with pytest.raises(RuleViolation, match="Choose a product lead as sponsor"):
        propose(actor=firm.manager, account=firm.account, sponsor=firm.vp_sales)
    assert ExitPlan.objects.count() == 0

    plan = propose(actor=firm.manager, account=firm.account, sponsor=firm.lead)

    assert (plan.author, plan.sponsor) == (firm.manager, firm.lead)


@pytest.mark.parametrize("who", ["vp_sales", "cfo", "approver", "administrator", "sales_owner", "vp_support"])
def test_others_propose_nothing(firm: Company, who: str) -> None:
    with pytest.raises(PermissionDenied):
        propose(actor=getattr(firm, who), account=firm.account, sponsor=firm.lead)
    assert ExitPlan.objects.count() == 0


def test_an_internal_account_is_not_exited(firm: Company) -> None:
    with pytest.raises(RuleViolation, match="external customer or prospect"):
        propose(actor=firm.lead, account=build.account(kind="internal"))


def test_one_open_plan_an_account(firm: Company) -> None:
    plan = cast.draft(firm)
    with pytest.raises(RuleViolation, match="exit plan for this account already"):
        propose(actor=firm.lead, account=firm.account)
    verbs.withdraw(actor=firm.lead, plan=plan, reason="Repaired after all.")

    assert propose(actor=firm.lead, account=firm.account).pk != plan.pk


def test_a_second_plan_that_its_sponsor_could_not_see_stops_at_the_coalition(firm: Company) -> None:
    cast.in_coalition(firm)
    hidden = propose(actor=firm.other_lead, account=firm.account, reason="Another view.")
    cast.write(firm, hidden)
    verbs.sponsor(actor=firm.other_lead, plan=hidden, statement="Listen.")

    with pytest.raises(RuleViolation, match="Another plan for this account is under way"):
        verbs.open_coalition(actor=firm.other_lead, plan=hidden)
    assert whole(hidden.pk).state == "sponsored"


def test_the_sheet_starts_with_the_hours_of_a_quarter_and_what_stands_idle(firm: Company) -> None:
    support = build.pool("support", practical_hours="100")
    engineering = build.pool("engineering", practical_hours="100")
    from pmcrm.people.models import Organisation
    from segmentation.services.exit_plan_evidence import last_closed_quarter

    first, last = last_closed_quarter(Organisation.current())
    agent = build.user("department_member", department=build.department(pool="support"))
    noon = dt.datetime.combine(last, dt.time(12), tzinfo=dt.UTC)
    build.interaction(firm.account, build.account(), author=agent, at=noon, minutes=120)
    build.hours(pool=support, account=firm.account, hours="253", date=first)
    build.hours(pool=engineering, account=None, hours="200", date=last)
    cast.run(firm)

    lines = {line.pool: line for line in whole(cast.draft(firm).pk).pools.all()}

    # 40 hours in twelve months are 10 a quarter; 253 hours and a call of 2 are 85 % of 300: no idle hour.
    assert (lines["support"].needed, lines["support"].used, lines["support"].idle) == (10, Decimal("0.85"), 0)
    assert (lines["engineering"].used, lines["engineering"].idle) == (Decimal("0.666667"), 100)
