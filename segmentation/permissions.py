"""Row rules of exit plans: in which part a person stands to a plan, and what that part may do in its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmcrm.people.models import Office
from pmcrm.people.permissions import ADMINISTRATOR, PRODUCT_LEAD, PRODUCT_MANAGER, may
from segmentation import playbook
from segmentation.models import ExitPlan

if TYPE_CHECKING:
    from pmcrm.people.models import User


def signatories(plan: ExitPlan) -> dict[str, User | None]:
    """Who has to sign, by role; None where nobody is named yet. The CFO is the one in the coalition."""
    cfo = next((row.person for row in plan.coalition.all() if row.office == playbook.CFO), None)
    people: dict[str, User | None] = {
        playbook.SPONSOR: plan.sponsor,
        playbook.CFO: cfo,
        playbook.REFUND_APPROVER: plan.refund_approver,
        playbook.GUARD_APPROVER: plan.guard_approver,
        playbook.FINAL_APPROVER: plan.final_approver,
    }
    return {role: people[role] for role in plan.signatures_needed}


def signature_role(plan: ExitPlan, user: User) -> str | None:
    """As what the person signs this plan, if at all."""
    return next((role for role, person in signatories(plan).items() if person == user), None)


def signed_roles(plan: ExitPlan) -> dict[str, str]:
    """Decisions of the present round by role."""
    return {one.role: one.decision for one in plan.signatures.all() if one.round == plan.approval_round}


def parts_of(plan: ExitPlan, user: User) -> frozenset[str]:
    """The parts a person has in a plan: author, sponsor, office, signatory."""
    found = set()
    if plan.author_id == user.pk:
        found.add(playbook.AUTHOR)
    if plan.sponsor_id == user.pk:
        found.add(playbook.SPONSOR)
    if any(row.person_id == user.pk for row in plan.coalition.all()):
        found.add(playbook.OFFICE)
    if plan.approval_round and signature_role(plan, user):
        found.add(playbook.SIGNATORY)
    return frozenset(found)


def may_edit(plan: ExitPlan, user: User) -> bool:
    """Author and sponsor write the plan until it is agreed or ended."""
    return plan.is_changeable and not parts_of(plan, user).isdisjoint({playbook.AUTHOR, playbook.SPONSOR})


def may_move(plan: ExitPlan, user: User, verb: str) -> bool:
    """Whether the person may use this verb in the plan's state, gaps in the plan aside."""
    move = playbook.MOVES[verb]
    if plan.state not in move.sources or parts_of(plan, user).isdisjoint(move.by):
        return False
    if playbook.SIGNATORY in move.by:
        return signature_role(plan, user) not in signed_roles(plan)
    return True


def may_export(plan: ExitPlan, user: User) -> bool:
    """Only those who approve a plan take a copy of it, and only once they were asked to."""
    return bool(plan.approval_round) and signature_role(plan, user) in playbook.EXPORTING


def may_sponsor(user: User) -> bool:
    return user.is_active and may(user, "exit_plan.sponsor")


def may_decide(user: User) -> bool:
    """The final approver holds that office and decides as an executive."""
    return user.is_active and may(user, "exit_plan.decide") and user.office == Office.FINAL_APPROVER


def may_approve_refund(user: User) -> bool:
    """The second approver of a large refund answers for money or for the company."""
    return may(user, "exit_plan.approve_refund")


def may_guard(user: User) -> bool:
    """A guard approver stands outside product and sees exit plans."""
    return may(user, "exit_plan.read") and user.role_set.isdisjoint({PRODUCT_LEAD, PRODUCT_MANAGER, ADMINISTRATOR})
