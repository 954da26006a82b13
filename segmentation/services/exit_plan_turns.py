"""Whose turn it is in an exit plan, and telling them: a mail that names neither account nor figure, once each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from pmcrm.notices.models import Kind
from pmcrm.notices.services import note
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from segmentation import permissions, playbook
from segmentation.models import CoalitionRow, ExitPlan

if TYPE_CHECKING:
    from collections.abc import Iterator


def whose_turn(plan: ExitPlan) -> Iterator[tuple[User, str]]:
    """Who is asked for something now, each with the occasion in a word: sponsorship, position, revision, signature."""
    if plan.state == playbook.PRIVATE_DRAFT and plan.sponsor_id != plan.author_id:
        yield plan.sponsor, "sponsorship"
    if plan.state in {playbook.COALITION, playbook.RETURNED}:
        for row in plan.coalition.all():
            if row.person is not None and not row.is_heard:
                yield row.person, "position"
    if plan.state == playbook.RETURNED:
        yield plan.sponsor, f"revision {plan.approval_round}"
    if plan.state == playbook.APPROVAL:
        signed = permissions.signed_roles(plan)
        for role, person in permissions.signatories(plan).items():
            if person is not None and role not in signed:
                yield person, f"signature {plan.approval_round}"


@transaction.atomic
def note_turns(*, plan_id: int | None = None) -> int:
    """Note whom to tell, for one plan or for all that wait. Safe to run twice: each occasion is noted once a person."""
    plans = ExitPlan.objects.waiting_for_somebody().in_full()
    found = [
        note(
            person=person,
            kind=Kind.DECISION,
            key=f"exit plan {plan.pk} {occasion}",
            path=reverse("decision_queue")
            if may(person, "decision_queue.read")
            else reverse("exit_plan_detail", args=[plan.pk]),
        )
        for plan in (plans.filter(pk=plan_id) if plan_id is not None else plans)
        for person, occasion in whose_turn(plan)
        if person.is_active
    ]
    return sum(found)


@transaction.atomic
def seat_offices() -> int:
    """Rows that wait for an office whose person left, or that nobody held, go to whoever holds the office now."""
    vacant = CoalitionRow.objects.waiting_without_a_person().select_related("plan").select_for_update(of=("self",))
    seated = 0
    for row in vacant.order_by("pk"):
        holder = User.objects.holding(row.office).order_by("pk").first()
        if holder is not None:
            row.person = holder
            row.save(update_fields=["person"])
            record(actor=None, verb="exit_plan.handed_over", subject=row.plan, office=row.office)
            seated += 1
    return seated
