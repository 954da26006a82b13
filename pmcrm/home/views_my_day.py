"""My day, and the two lists that only it leads to."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from pmcrm.home import my_day as answers
from pmcrm.home.silence import silent_of
from pmcrm.lists.keyset import BadCursor, KeysetPage, keyset_page
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from touchpoints.forms.next_step import quick_days
from touchpoints.services.contact_load import mark_loads

PAGE_SIZE = 50


@require_safe
@needs("account.read")
def my_day(request: Request) -> HttpResponse:
    """What needs me now?"""
    first, second = answers.blocks_for(request.user)
    for block in first + second:
        if block.slug == "steps":
            request.due_steps = block.count
    context = {
        "first": first,
        "second": second,
        "is_quiet": not any(block.count for block in first + second),
        "today": timezone.localdate(),
        "quick_days": quick_days(),
        "may_log": request.user.may("interaction.log"),
    }
    return page(request, "home/my_day/page.html", context, fragment="home/my_day/_blocks.html")


@require_safe
@needs("promise.write")
def promises_due(request: Request) -> HttpResponse:
    """Which promises must be kept this week?"""
    rows = answers.promises_due(request.user)
    cursor = request.GET.get("cursor")
    try:
        found = keyset_page(rows, order=["due_on", "id"], cursor=cursor, size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(rows, order=["due_on", "id"], cursor=None, size=PAGE_SIZE)
    return page(request, "home/promises_due/page.html", {"found": found, "links": _links(request, found)})


@require_safe
@needs("account.write")
def silent_list(request: Request) -> HttpResponse:
    """Whom have I not heard from?"""
    rows = silent_of(request.user)
    order = ["-figures__contribution_12m", "-figures__account_id"]
    try:
        found = keyset_page(rows, order=order, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(rows, order=order, cursor=None, size=PAGE_SIZE)
    mark_loads(found.rows)
    return page(request, "home/silent_list/page.html", {"found": found, "links": _links(request, found)})


def _links(request: Request, found: KeysetPage[Any]) -> dict[str, str]:
    cursors = {"next": found.next_cursor, "previous": found.previous_cursor}
    return {name: f"{request.path}?cursor={cursor}" if cursor else "" for name, cursor in cursors.items()}
