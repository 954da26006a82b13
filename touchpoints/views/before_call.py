"""What one should know before calling an account or somebody there: the policy in force, the load, who knows them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import Account, Contact
from accounts.services.limits import engagement
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from touchpoints.models import Hold
from touchpoints.models.interaction import last_talk_of_person
from touchpoints.services.clashes import talks_nearby
from touchpoints.services.contact_load import load_of, loads_of
from touchpoints.services.heeding import calm_at
from touchpoints.services.warm_path import who_knows

MOST_KNOWN = 3


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


@require_safe
@needs("account.read")
def contact_before_call(request: Request, pk: int) -> HttpResponse:
    """How much contact the person carries, when both sides last spoke, and who of us knows them best."""
    seen = Contact.objects.visible_to(request.user).select_related("account__product_manager")
    contact: Any = get_object_or_404(seen.annotate(last_talk=last_talk_of_person()), pk=pk)
    found = loads_of([contact])[contact.pk]
    context = {
        "contact": contact,
        "account": contact.account,
        "found": found,
        "calm_at": calm_at(contact.account, found, contact=contact) if found.is_red else None,
        "hold": Hold.objects.in_force().filter(account=contact.account).with_names().first(),
        "last": contact.last_talk,
        "knows": who_knows(contacts=[contact])[:MOST_KNOWN],
        "path": request.path,
    }
    template = "touchpoints/contact_before_call/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_before.html")
