"""Passing on what somebody who leaves has to do in exit plans. Signatures that were given stay theirs and stay good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from segmentation import permissions, playbook
from segmentation.models import CoalitionRow, ExitPlan

if TYPE_CHECKING:
    from collections.abc import Callable

NAMED: Final = {
    playbook.AUTHOR: "author",
    playbook.SPONSOR: "sponsor",
    playbook.REFUND_APPROVER: "refund_approver",
    playbook.GUARD_APPROVER: "guard_approver",
    playbook.FINAL_APPROVER: "final_approver",
}
MAY_HOLD: Final[dict[str, Callable[[User], bool]]] = {
    playbook.AUTHOR: lambda person: may(person, "exit_plan.propose"),
    playbook.SPONSOR: permissions.may_sponsor,
    playbook.REFUND_APPROVER: permissions.may_approve_refund,
    playbook.GUARD_APPROVER: permissions.may_guard,
    playbook.FINAL_APPROVER: permissions.may_decide,
}


def charges_of(plan: ExitPlan, person: User) -> list[str]:
    """The parts in which the plan would wait for this person in vain: names of people on the plan, and offices.

    What was signed or heard is done. An author is waited for only until approval is requested; then it is the
    sponsor's.
    """
    signed = permissions.signed_roles(plan) if plan.state == playbook.APPROVAL else {}
    found = []
    for role, field in NAMED.items():
        is_theirs = getattr(plan, field) == person
        if role == playbook.AUTHOR:
            is_theirs &= plan.is_changeable and plan.state != playbook.APPROVAL
        elif role != playbook.SPONSOR:
            is_theirs &= plan.is_changeable and role not in signed
        if is_theirs:
            found.append(role)
    signs_as_cfo = plan.state == playbook.APPROVAL and plan.has_refund and playbook.CFO not in signed
    found += [
        row.office
        for row in plan.coalition.all()
        if row.person == person
        and plan.is_changeable
        and (not row.is_heard or (row.office == playbook.CFO and signs_as_cfo))
    ]
    return found


def count_charges(person: User) -> int:
    """How many plans wait for this person, or are led by them."""
    return sum(bool(charges_of(plan, person)) for plan in ExitPlan.objects.not_ended().naming(person).in_full())


@transaction.atomic
def hand_over_exit_plans(*, actor: User, person: User, successor: User) -> int:
    """Each part goes to the successor where they may hold it, else to a colleague who may; an office to its holder.

    Where nobody may sign in their place, the plan returns to its sponsor, who names somebody. Without any product lead
    it is refused: a plan needs one.
    """
    moved = 0
    plans = ExitPlan.objects.not_ended().naming(person)
    list(plans.select_for_update(of=("self",)).order_by("pk"))
    for plan in plans.in_full().order_by("pk"):
        parts = charges_of(plan, person)
        if parts:
            _hand_over(actor, plan, parts, person, successor)
            moved += 1
    return moved


def _hand_over(actor: User, plan: ExitPlan, parts: Iterable[str], person: User, successor: User) -> None:
    before, changed, is_unsigned = plan.state, {}, False
    for part in parts:
        if part in NAMED:
            heir = _heir(plan, part, person, successor)
            if heir is None and part in {playbook.AUTHOR, playbook.SPONSOR}:
                continue
            setattr(plan, NAMED[part], heir)
        else:
            holders = User.objects.holding(part).exclude(pk=person.pk).order_by("pk")
            heir = next((one for one in holders if _is_free(plan, part, one)), None)
            CoalitionRow.objects.filter(plan=plan, office=part).update(person=heir)
        changed[part] = [person.name, heir.name if heir else None]
        is_unsigned |= heir is None and part in plan.signatures_needed
    if before == playbook.APPROVAL and is_unsigned:
        plan.state, plan.state_since = playbook.RETURNED, timezone.now()
    if not changed:
        return
    plan.version, plan.changed_at = plan.version + 1, timezone.now()
    plan.save(update_fields=[*NAMED.values(), "state", "state_since", "version", "changed_at"])
    record(actor=actor, verb="exit_plan.handed_over", subject=plan, changes=changed, before=before, after=plan.state)


def _heir(plan: ExitPlan, role: str, person: User, successor: User) -> User | None:
    """Who takes a part: the successor first. The author's may stay with who left, since the sponsor carries it on."""
    for candidate in _candidates(plan, role, successor):
        is_there = candidate.is_active and candidate.pk != person.pk
        if is_there and MAY_HOLD[role](candidate) and _is_free(plan, role, candidate):
            return candidate
    if role == playbook.SPONSOR:
        sentence = _("%(name)s leads work that only a product lead can take over. Choose one as successor.")
        raise RuleViolation(sentence % {"name": person.name}, fields={"successor": sentence % {"name": person.name}})
    return None


def _candidates(plan: ExitPlan, role: str, successor: User) -> Iterator[User]:
    yield successor
    if role == playbook.SPONSOR:
        yield plan.author
        yield from User.objects.with_right("exit_plan.sponsor").order_by("pk")
    elif role == playbook.FINAL_APPROVER:
        yield from User.objects.holding(playbook.FINAL_APPROVER).order_by("pk")


def _is_free(plan: ExitPlan, role: str, candidate: User) -> bool:
    """Nobody signs twice, and nobody decides about their own proposal."""
    others = [one for other, one in permissions.signatories(plan).items() if other != role]
    if plan.state == playbook.APPROVAL:
        others += [one.person for one in plan.signatures.all() if one.round == plan.approval_round]
    if role == playbook.AUTHOR:
        return candidate not in (plan.final_approver, plan.refund_approver)
    if role in {playbook.FINAL_APPROVER, playbook.REFUND_APPROVER} and candidate == plan.author:
        return False
    signs = role in plan.signatures_needed
    return not signs or candidate not in others
