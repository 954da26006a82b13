"""What was answered in a call of a campaign, on the call's own page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from campaigns.models import Answer, Attempt
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from touchpoints.models import Interaction


@require_safe
@needs("account.read")
def interaction_answers(request: Request, pk: int) -> HttpResponse:
    """Question and answer in the order of the guide; nothing where the call belongs to no campaign."""
    talk = get_object_or_404(Interaction.objects.visible_to(request.user).with_names(), pk=pk)
    attempts = Attempt.objects.visible_to(request.user).filter(interaction=talk, undone_at=None)
    attempt = attempts.select_related("target__campaign").first()
    context = {
        "interaction": talk,
        "attempt": attempt,
        "answers": list(Answer.objects.filter(attempt=attempt).in_order()) if attempt else [],
    }
    template = "campaigns/interaction_answers/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_panel.html")
