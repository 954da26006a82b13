"""Search over every kind of record, people for the typeahead boxes, and the columns of a list."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse

from pmcrm.lists.registry import kinds, list_named
from pmcrm.lists.saved_views import state_of
from pmcrm.lists.search import search as find
from pmcrm.people.access import needs
from pmcrm.people.models import User
from pmcrm.web import Request, page

MOST_IN_PALETTE: Final = 6
MOST_ON_PAGE: Final = 25
MOST_PEOPLE: Final = 10


@needs("account.read")
def search(request: Request) -> HttpResponse:
    """Where is it? In the palette the best hits of each kind, on its own page more of them."""
    text = asked(request)
    limit = MOST_IN_PALETTE if request.htmx else MOST_ON_PAGE
    context = {"text": text, "groups": find(request.user, text, limit=limit), "limit": limit}
    return page(request, "lists/search/page.html", context, fragment="lists/search/_hits.html")


@needs("people.read")
def person_options(request: Request) -> JsonResponse:
    """Active colleagues by name or mail; without text the first by name."""
    people = User.objects.active().matching(asked(request)).order_by("name", "pk")[:MOST_PEOPLE]
    return JsonResponse({"results": [{"id": one.pk, "label": one.name, "sub": one.job_title} for one in people]})


def asked(request: Request) -> str:
    """The text looked for, without what no text may hold."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:200]


@needs("account.read")
def list_columns(request: Request, kind: str) -> HttpResponse:
    """Which columns, in which order? In a dialog; each step is an address, so it works without a script.

    `move=up:tier` is one step of the ticked column `tier`.
    """
    if kind not in kinds():
        raise Http404
    filters = list_named(kind)(request.GET, person=request.user)
    keys = [column.key for column in filters.shown_columns if not column.names_row]
    way, _colon, moved = request.GET.get("move", "").partition(":")
    if moved in keys:
        at = keys.index(moved)
        to = max(0, at - 1) if way == "up" else min(len(keys) - 1, at + 1)
        keys.insert(to, keys.pop(at))
    known = {column.key: column for column in filters.columns_on_offer if not column.names_row}
    state = state_of(request.GET, without={"columns", "move", "cursor"})
    context = {
        "shown": [known[key] for key in keys],
        "hidden": [column for key, column in known.items() if key not in keys],
        "moved": moved,
        "way": way,
        "state": state,
        "back": filters.url,
        "here": reverse("list_columns", args=[kind]),
        "usual": urlencode(state),
    }
    return page(request, "lists/columns/page.html", context, fragment="lists/columns/_dialog.html")
