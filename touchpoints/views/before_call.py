"""What one should know before calling an account: the policy in force and how much contact it carries."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import Account
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from touchpoints import load
from touchpoints.services.contact_load import load_of


@require_safe
@needs("account.read")
def account_before_call(request: Request, pk: int) -> HttpResponse:
    seen = Account.objects.visible_to(request.user).select_related("product_manager", "figures")
    account = get_object_or_404(seen, pk=pk)
    context = {
        "account": account,
        "found": load_of(account),
        "amber": load.AMBER,
        "red": load.RED,
        "cadence": account.cadence,
        "meetings": load.MEETINGS_ALLOWED,
        "days": int(load.MEETINGS_DAYS),
    }
    template = "touchpoints/account_before_call/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_before.html")
