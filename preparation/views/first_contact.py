"""Whom do we meet for the first time, and are we prepared?"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from pmcrm.people.access import needs
from pmcrm.web import Request, page
from preparation.services.first_contact import first_contacts, unprepared

SPAN: Final = dt.timedelta(days=30)
SHOWN: Final = 200


@require_safe
@needs("account.write_all")
def first_contact_list(request: Request) -> HttpResponse:
    """First talks of the last and the next 30 days: those without a complete sheet, or all."""
    now = timezone.now()
    rows = first_contacts(request.user, since=now - SPAN, until=now + SPAN)
    shows_all = request.GET.get("all") == "yes"
    rows = rows if shows_all else unprepared(rows)
    found = list(rows.order_by("at", "interaction")[:SHOWN])
    return page(request, "preparation/first_contact_list/page.html", {"rows": found, "shows_all": shows_all})
