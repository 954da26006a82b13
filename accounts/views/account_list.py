"""Which accounts, in my view?"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from accounts.forms import AccountFilters
from accounts.views.bulk import changes_on_offer
from pmcrm.lists.pages import list_page
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request


@needs("account.read")
def account_list(request: Request) -> HttpResponse:
    return list_page(
        request,
        AccountFilters,
        template="accounts/account_list/page.html",
        fragment="accounts/account_list/_accounts.html",
        rest=_rest,
    )


def _rest(filters: AccountFilters) -> dict[str, Any]:
    person, own = filters.person, [field.form_name for field in filters.own_choosers]
    return {
        "ticks": tuple(map(filters.chooser, ("state", "tier", "lacks"))),
        "choosers": tuple(map(filters.chooser, ("owner", "country", "industry", "party", *own))),
        "may_create": may(person, "account.create"),
        "may_see_duplicates": may(person, "duplicate.read"),
        "changes": changes_on_offer(person) if filters.is_edited else (),
    }
