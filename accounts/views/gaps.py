"""Whom of my customers can nobody call, because a number, a zone or a name is lacking?"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from accounts.forms.filters import LACKS
from accounts.models import Account
from pmcrm.lists.keyset import capped_count
from pmcrm.people.access import needs
from pmcrm.web import Request, page

MOST_COUNTED: Final = 1_000


@needs("account.read")
def account_gaps(request: Request) -> HttpResponse:
    """How many of one's own customers lack what, each number with its list; the same lists over all customers."""
    own = Account.objects.visible_to(request.user).customers().owned_by(request.user)
    here = reverse("account_list")
    gaps = []
    for what, label in LACKS:
        count, is_more = capped_count(own.lacking(what), MOST_COUNTED)
        mine, everybody = (
            f"{here}?{urlencode(query)}" for query in ({"lacks": what, "owner": "mine"}, {"lacks": what})
        )
        gaps.append({"label": label, "count": count, "is_more": is_more, "mine": mine, "everybody": everybody})
    context = {"gaps": gaps, "back": here}
    return page(request, "accounts/account_gaps/page.html", context, fragment="accounts/account_gaps/_dialog.html")
