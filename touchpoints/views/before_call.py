"""What one should know before calling an account: the policy in force and how much contact it carries."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.services.limits import engagement
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from touchpoints.services.clashes import talks_nearby
from touchpoints.services.contact_load import load_of
from touchpoints.services.heeding import calm_at


@require_safe
@needs("account.read")
def account_before_call(request: Request, pk: int) -> HttpResponse:
    seen = Account.objects.visible_to(request.user).select_related("product_manager", "figures")
    account = get_object_or_404(seen, pk=pk)
    limits, found = engagement(), load_of(account)
    context = {
        "account": account,
        "found": found,
        "calm_at": calm_at(account, found) if found.is_red else None,
        "nearby": talks_nearby(user=request.user, account=account),
        "cadence": account.cadence,
        "meetings": limits.meetings_allowed,
        "days": limits.meetings_days,
    }
    template = "touchpoints/account_before_call/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_before.html")
