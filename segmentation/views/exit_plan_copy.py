"""The copy of an exit plan that its approvers may take."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from pmcrm.people.access import needs
from pmcrm.web import Request
from segmentation.models import ExitPlan
from segmentation.services.exit_plan_keeping import copy_of


@needs("exit_plan.read")
@require_GET
def exit_plan_copy(request: Request, pk: int) -> HttpResponse:
    """One JSON file with text, figures and signatures. A reader who does not approve the plan is refused."""
    plan = get_object_or_404(ExitPlan.objects.visible_to(request.user).in_full(), pk=pk)
    answer = JsonResponse(
        copy_of(actor=request.user, plan=plan), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    answer["Content-Disposition"] = f'attachment; filename="exit-plan-{plan.pk}.json"'
    return answer
