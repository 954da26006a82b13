"""What every page shares: page or fragment, the typed request, answers that htmx understands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from pmcrm.errors import RuleViolation

if TYPE_CHECKING:
    from django.forms import BaseForm

    from pmcrm.people.models import User


class Request(HttpRequest):
    """A request behind the sign-in wall: `user` is a signed-in person and `htmx` is always there."""

    user: User
    htmx: HtmxDetails
    due_steps: int  # set by a page that counted the person's due steps, for the navigation


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


def accepted(form: BaseForm, service: Callable[..., Any], **more: Any) -> bool:
    """Whether the form was sent, is right, and `service` took its values; what a rule refused stands at its field."""
    if not (form.is_bound and form.is_valid()):
        return False
    try:
        service(**more, **form.cleaned_data)
    except RuleViolation as refusal:
        show_refusal(form, refusal)
        return False
    return True


def show_refusal(form: BaseForm, refusal: RuleViolation) -> None:
    """Put each sentence at its field, or over the form where the field is not in it."""
    placed = {name: text for name, text in refusal.fields.items() if name in form.fields}
    for name, sentence in placed.items():
        form.add_error(name, sentence)
    if not placed:
        form.add_error(None, refusal.sentence)


class RefusalMiddleware:
    """A rule's refusal that no form took up: a page with its sentence, status 422, or the sentence as a message."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RuleViolation):
            return None
        if wants_fragment(request):
            toast = json.dumps({"toast": exception.sentence})
            return HttpResponse(status=422, headers={"HX-Reswap": "none", "HX-Trigger": toast})
        return render(request, "422.html", {"sentence": exception.sentence}, status=422)


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to `url` after a success: a redirect, or htmx's own header for it."""
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponse(status=303, headers={"Location": url})
