"""What must I decide? Plans that wait for the person's signature, position, sponsorship or revision."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from pmcrm.people.access import needs
from pmcrm.web import Request, page
from segmentation import fair_offer, permissions, playbook, wording
from segmentation.models import ExitPlan
from segmentation.services import exit_plan as verbs

MOST: Final = 25


@needs("decision_queue.read")
@require_GET
def decision_queue(request: Request) -> HttpResponse:
    """The oldest first; each can be decided here, with a comment."""
    waiting = ExitPlan.objects.visible_to(request.user).waiting_for(request.user)
    plans = list(waiting.in_full().order_by("state_since", "id")[: MOST + 1])
    shown = plans[:MOST]
    verbs.see_rows(actor=request.user, plans=shown, through="queue")
    context = {"cases": [_case(plan, request) for plan in shown], "has_more": len(plans) > MOST}
    return page(request, "segmentation/decision_queue/page.html", context)


def _case(plan: ExitPlan, request: Request) -> dict[str, Any]:
    signed = permissions.signed_roles(plan)
    run = plan.evidence.get("run") or {}
    refund = next((offer.details for offer in plan.offers.all() if offer.slug == "refund"), None)
    if plan.state == playbook.APPROVAL:
        asks = "signature"
    elif plan.state == playbook.PRIVATE_DRAFT:
        asks = "sponsorship"
    elif plan.state == playbook.RETURNED and plan.sponsor_id == request.user.pk:
        asks = "revision"
    else:
        asks = "position"
    row = next((row for row in plan.coalition.all() if row.person_id == request.user.pk), None)
    return {
        "plan": plan,
        "asks": asks,
        "row": row,
        "figures": run,
        "flag": plan.evidence.get("flag") or {},
        "guards": [wording.GUARDS.get(code, code) for code in plan.evidence.get("guards", [])],
        "refund": refund,
        "path": fair_offer.PATHS[plan.path],
        "role": playbook.SIGNATURE_ROLES.get(permissions.signature_role(plan, request.user) or "", ""),
        "signatures": [
            (playbook.SIGNATURE_ROLES[role], person, signed.get(role))
            for role, person in permissions.signatories(plan).items()
        ],
    }
