"""Search over every kind of record, and people for the typeahead boxes."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse, JsonResponse

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
