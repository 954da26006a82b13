"""Who signs an exit plan, what is refused, and that nothing moved then."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from pmcrm.errors import RuleViolation
from pmcrm.trail.models import TrailEntry
from segmentation.models import ExitPlan, ExitSignature
from segmentation.services import exit_plan as verbs
from segmentation.services import exit_plan_sections as sections
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


def test_without_refund_and_guard_two_signatures_approve(firm: Company) -> None:
    plan = cast.in_approval(firm)
    assert plan.signatures_needed == ("sponsor", "final_approver")

    assert verbs.approve(actor=firm.lead, plan=plan).state == "approval"
    signed = verbs.approve(actor=firm.approver, plan=plan, comment="Agreed.")

    assert signed.state == "approved"
    assert trail_of(plan)[-4:] == [
        "exit_plan.approval_requested",
        "exit_plan.signed",
        "exit_plan.signed",
        "exit_plan.approved",
    ]


def test_with_refund_and_guard_four_signatures_approve() -> None:
    firm = cast.company(state="customer", tier="A")
    cast.paying(firm)
    plan = cast.in_approval(firm, offers=cast.REFUND)
    assert plan.signatures_needed == ("sponsor", "cfo", "guard_approver", "final_approver")

    for person in (firm.approver, firm.guard, firm.cfo):
        assert verbs.approve(actor=person, plan=plan).state == "approval"

    assert verbs.approve(actor=firm.lead, plan=plan).state == "approved"
    assert [one.role for one in ExitSignature.objects.filter(plan=plan)] == [
        "final_approver",
        "guard_approver",
        "cfo",
        "sponsor",
    ]


def test_a_guarded_account_asks_for_an_approver_outside_product() -> None:
    firm = cast.company()
    made = cast.run(firm)
    plan = cast.in_coalition(firm, flag=cast.flag(firm, made, guards=["brand"]))
    cast.heard(firm, plan)
    assert plan.is_guarded
    with pytest.raises(RuleViolation, match="outside product"):
        sections.name_people(actor=firm.lead, plan=plan, final_approver=firm.approver, guard_approver=firm.other_lead)
    sections.name_people(actor=firm.lead, plan=plan, final_approver=firm.approver)
    with pytest.raises(RuleViolation, match="The account is guarded"):
        verbs.request_approval(actor=firm.lead, plan=plan)
    with pytest.raises(RuleViolation, match="another person"):
        sections.name_people(actor=firm.lead, plan=plan, final_approver=firm.approver, guard_approver=firm.approver)
    assert whole(plan.pk).guard_approver is None


def test_a_guard_that_appears_later_is_asked_for_too(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    cast.heard(firm, plan)
    firm.account.tier = "A"
    firm.account.save()

    with pytest.raises(RuleViolation, match="The account is guarded"):
        verbs.request_approval(actor=firm.lead, plan=plan)
    assert not whole(plan.pk).is_guarded


def test_the_proposer_is_never_the_final_approver() -> None:
    firm = cast.company()
    both = build.user("product_lead", "executive", name="Both Hats", office="final_approver")
    plan = propose(actor=both, account=firm.account, reason=cast.REASON)
    assert plan.final_approver == firm.approver
    with pytest.raises(RuleViolation, match="Whoever proposes a plan cannot be its final approver"):
        sections.name_people(actor=both, plan=plan, final_approver=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExitPlan.objects.filter(pk=plan.pk).update(final_approver=both)
    assert whole(plan.pk).final_approver == firm.approver


def test_nobody_signs_twice_or_for_another(firm: Company) -> None:
    plan = cast.in_approval(firm)
    verbs.approve(actor=firm.lead, plan=plan)
    with pytest.raises(RuleViolation, match="given your decision on this request already"):
        verbs.approve(actor=firm.lead, plan=plan)
    with pytest.raises(RuleViolation, match="those whose signature the plan needs"):
        verbs.approve(actor=firm.cfo, plan=plan)
    assert ExitSignature.objects.filter(plan=plan).count() == 1


def test_return_and_reject_need_a_comment(firm: Company) -> None:
    plan = cast.in_approval(firm)
    for turn_down in (verbs.return_plan, verbs.reject):
        with pytest.raises(RuleViolation, match="Write a comment"):
            turn_down(actor=firm.approver, plan=plan, comment="  ")
    assert whole(plan.pk).state == "approval"
    assert not ExitSignature.objects.exists()


def test_a_returned_plan_is_signed_anew(firm: Company) -> None:
    plan = cast.in_approval(firm)
    verbs.approve(actor=firm.lead, plan=plan)

    assert verbs.return_plan(actor=firm.approver, plan=plan, comment="Talk to their board first.").state == "returned"
    again = verbs.request_approval(actor=firm.lead, plan=plan)
    assert again.approval_round == 2
    assert verbs.approve(actor=firm.approver, plan=plan).state == "approval"
    assert verbs.approve(actor=firm.lead, plan=plan).state == "approved"


def test_a_rejected_plan_is_over(firm: Company) -> None:
    plan = cast.in_approval(firm)
    assert verbs.reject(actor=firm.approver, plan=plan, comment="We keep them.").state == "rejected"
    with pytest.raises(RuleViolation, match="not possible in the state “Rejected”"):
        verbs.approve(actor=firm.lead, plan=plan)
    with pytest.raises(RuleViolation, match="not changed any more"):
        sections.edit_why(actor=firm.lead, plan=plan, reason="Once more")


def test_a_change_after_the_request_voids_the_signatures(firm: Company) -> None:
    plan = cast.in_approval(firm)
    verbs.approve(actor=firm.approver, plan=plan)

    changed = sections.edit_why(actor=firm.lead, plan=plan, reason="Another reason")

    assert changed.state == "returned"
    assert trail_of(plan)[-2:] == ["exit_plan.edited", "exit_plan.returned"]
    verbs.request_approval(actor=firm.lead, plan=plan)
    verbs.approve(actor=firm.lead, plan=plan)
    assert whole(plan.pk).state == "approval"


def test_who_withdraws_says_why(firm: Company) -> None:
    plan = cast.in_approval(firm, author=firm.manager)
    with pytest.raises(RuleViolation, match="Give the reason"):
        verbs.withdraw(actor=firm.manager, plan=plan, reason="")
    with pytest.raises(RuleViolation, match="is for the author, the sponsor"):
        verbs.withdraw(actor=firm.cfo, plan=plan, reason="No")
    assert verbs.withdraw(actor=firm.manager, plan=plan, reason="They changed their plans.").state == "withdrawn"
