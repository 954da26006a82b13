"""Who may speak for us? Only who gave permission, with a warning about those who spoke a short while ago."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.forms import ReferenceFilterForm
from accounts.models import Account
from accounts.permissions import may_edit
from accounts.services.limits import reference_rest_days
from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.people.access import needs
from pmcrm.web import Request, page

PAGE_SIZE: Final = 50


@require_safe
@needs("account.read")
def reference_list(request: Request) -> HttpResponse:
    """Whom may we ask to speak for us?"""
    form = ReferenceFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"occasion": "", "q": ""}
    text = asked["q"].replace("\x00", "")
    allowed = Account.objects.visible_to(request.user).with_permission().able_to_speak(asked["occasion"])
    rows: Any = allowed.like(text).with_uses().select_related("relationship_owner", "product_manager")
    order = ["sort_name", "id"]
    try:
        found = keyset_page(rows, order=order, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(rows, order=order, cursor=None, size=PAGE_SIZE)
    days = reference_rest_days()
    since = timezone.localdate() - dt.timedelta(days=days)
    here = urlencode({name: value for name, value in (("occasion", asked["occasion"]), ("q", text)) if value})
    context = {
        "form": form,
        "rows": [
            {
                "account": account,
                "is_resting": account.last_used_on is not None and account.last_used_on > since,
                "may_use": may_edit(request.user, account),
            }
            for account in found.rows
        ],
        "days": days,
        "is_narrowed": bool(here),
        "next_url": f"?{here}&cursor={found.next_cursor}" if found.next_cursor else "",
        "previous_url": f"?{here}&cursor={found.previous_cursor}" if found.previous_cursor else "",
    }
    return page(request, "accounts/reference_list/page.html", context)
