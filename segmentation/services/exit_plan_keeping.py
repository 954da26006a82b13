"""How long exit plans are kept, and who may take a copy of one out of the product."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import pgtrigger
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.people.models import Organisation
from pmcrm.trail.services import record, record_view
from segmentation import permissions, playbook
from segmentation.facts import ExitLimits
from segmentation.models import ExitPlan
from segmentation.services.exit_plan_record import content, hash_of, to_sign

if TYPE_CHECKING:
    from pmcrm.people.models import User

SIGNATURES: Final = "segmentation.ExitSignature:exit_signature_is_immutable"


def kept_until(plan: ExitPlan) -> dt.date | None:
    """The last day on which the plan is kept if nobody touches it; None for one that stays."""
    limits = _limits()
    if plan.state in playbook.KEPT_AS_DRAFT:
        return timezone.localdate(plan.changed_at + dt.timedelta(days=limits.draft_days))
    if plan.state in playbook.KEPT_AS_ENDED:
        return timezone.localdate(plan.state_since + dt.timedelta(days=limits.ended_plan_days))
    return None


@transaction.atomic
def remove_outlived() -> list[int]:
    """Remove whole what was kept long enough: forgotten drafts, and plans that were turned down or taken back.

    An approved plan has a snapshot, which the database protects, and is never among them. Gives the keys removed.
    """
    limits, now = _limits(), timezone.now()
    outlived = ExitPlan.objects.select_for_update().outlived(
        drafts_before=now - dt.timedelta(days=limits.draft_days),
        ended_before=now - dt.timedelta(days=limits.ended_plan_days),
    )
    removed = []
    for plan in outlived:
        removed.append(plan.pk)
        record(actor=None, verb="exit_plan.removed", subject=plan, state=plan.state)
        # Decisions are unchangeable while their plan is there; they go with it and never before.
        with pgtrigger.ignore(SIGNATURES):
            plan.signatures.all().delete()
        plan.delete()
    return removed


@transaction.atomic
def copy_of(*, actor: User, plan: ExitPlan) -> dict[str, Any]:
    """The plan as one document for the file of an approver: what was signed once it is, else what it says now.

    `content_hash` is the SHA-256 of `document` as JSON with sorted keys and without spaces. The copy is noted as a view
    and in the plan's history.
    """
    if not permissions.may_export(plan, actor):
        raise RuleViolation(
            _("A copy of an exit plan is for those who approve it: final approver, CFO, guard and refund approvers."),
            code="not_yours",
        )
    snapshot = getattr(plan, "snapshot", None)
    if snapshot is not None:
        document = snapshot.content
    else:
        document = to_sign(plan) if plan.state == playbook.APPROVAL else content(plan)
    record_view(actor=actor, subject=plan, through="export")
    record(actor=actor, verb="exit_plan.exported", subject=plan, role=permissions.signature_role(plan, actor))
    return {
        "document": document,
        "content_hash": hash_of(document) if snapshot is None else snapshot.content_hash,
        "state": plan.state,
        "is_signed": snapshot is not None,
        "signatures": [
            {
                "round": one.round,
                "role": one.role,
                "person": one.person.name,
                "decision": one.decision,
                "comment": one.comment,
                "content_hash": one.content_hash,
                "signed_at": one.signed_at,
            }
            for one in plan.signatures.all()
        ],
        "taken_by": actor.name,
        "taken_at": timezone.now(),
    }


def _limits() -> ExitLimits:
    return ExitLimits.from_settings(Organisation.current().thresholds)
