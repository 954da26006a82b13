"""What every page shares: page or fragment, the typed request, answers that htmx understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from pmcrm.people.models import User


class Request(HttpRequest):
    """A request behind the sign-in wall: `user` is a signed-in person and `htmx` is always there."""

    user: User
    htmx: HtmxDetails


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx asks for a piece of a page; a boosted link wants the whole page."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return bool(htmx) and not (htmx is not None and htmx.boosted)


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or `fragment` where htmx asks for a piece. Caches are told that both share the URL."""
    name = fragment if fragment is not None and wants_fragment(request) else template
    response = render(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted"])
    return response


def refused(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A form that was not accepted: the same fragment again with its errors, status 422."""
    return page(request, template, context, fragment=template, status=422)


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to `url` after a success: a redirect, or htmx's own header for it."""
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponse(status=303, headers={"Location": url})
