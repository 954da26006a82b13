"""I took this account over: what came before me?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page
from preparation.models import Handover
from preparation.services.handovers import before, confirm_read
from touchpoints.views.answers import not_done


@require_safe
@needs("account.read")
def account_handover(request: Request, pk: int) -> HttpResponse:
    """Owner, history in ten lines, promises, pains and what asks for care."""
    seen = Account.objects.visible_to(request.user).select_related("relationship_owner", "product_manager")
    account = get_object_or_404(seen, pk=pk)
    context = {
        "account": account,
        "handover": account.handovers.with_names().order_by("-created_at", "-id").first(),
        "before": before(request.user, account),
    }
    return page(request, "preparation/account_handover/page.html", context)


@require_POST
@needs("account.read")
def handover_confirm(request: Request, pk: int) -> HttpResponse:
    """I read it."""
    found = get_object_or_404(Handover.objects.visible_to(request.user).select_related("account"), pk=pk)
    try:
        confirm_read(actor=request.user, handover=found)
    except RuleViolation as refusal:
        return not_done(request, refusal.sentence, go_on=found.get_absolute_url())
    messages.success(request, _("Noted: you know what came before."))
    return go_to(request, found.account.get_absolute_url())
