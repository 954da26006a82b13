"""Which people, at which accounts, and can they be reached?"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from accounts.forms import ContactFilters
from pmcrm.lists.pages import list_page
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request


@needs("account.read")
def contact_list(request: Request) -> HttpResponse:
    return list_page(
        request,
        ContactFilters,
        template="accounts/contact_list/page.html",
        fragment="accounts/contact_list/_contacts.html",
        rest=_rest,
    )


def _rest(filters: ContactFilters) -> dict[str, Any]:
    own = [field.form_name for field in filters.own_choosers]
    return {
        "may_call": may(filters.person, "campaign.write"),
        "ticks": tuple(map(filters.chooser, ("role", "lacks"))),
        "choosers": tuple(map(filters.chooser, ("owner", "country", "has_phone", "calls", "load", *own))),
    }
