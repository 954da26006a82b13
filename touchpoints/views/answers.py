"""How an action answers: a message with the way back, the panels that have to look again, the page to go to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.web import Request, page, show_refusal, wants_fragment

# Panels that show interactions or next steps listen to this event on the body and load themselves again.
CHANGED = "touchpoints-changed"


def done(request: Request, text: str, *, go_on: str, undo: str | None = None) -> HttpResponse:
    """After a success: htmx hears what changed and shows `text` with its undo; a plain form goes on to a page."""
    if wants_fragment(request):
        toast: dict[str, Any] = {"text": text}
        if undo is not None:
            toast["undo"] = {"label": _("Undo"), "url": undo}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({CHANGED: True, "toast": toast})})
    messages.success(request, text)
    return HttpResponse(status=303, headers={"Location": came_from(request) or go_on})


def not_done(request: Request, sentence: str, *, go_on: str) -> HttpResponse:
    """A refused action without a form of its own: the sentence, and nothing changed."""
    if wants_fragment(request):
        headers = {"HX-Trigger": json.dumps({"toast": {"text": sentence}}), "HX-Reswap": "none"}
        return HttpResponse(status=422, headers=headers)
    messages.error(request, sentence)
    return HttpResponse(status=303, headers={"Location": came_from(request) or go_on})


def came_from(request: Request) -> str | None:
    """The page named by the form's `back`, where it is one of ours."""
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return back if is_ours else None


def answer_form(
    request: Request,
    form: Form,
    act: Callable[[dict[str, Any]], object],
    *,
    said: str,
    go_on: str,
    template: str,
    title: str,
) -> HttpResponse:
    """A form that does one thing with what it found: `said` once it is done, else the form with what was refused.
    `template` is the folder of its fields."""
    if form.is_bound and form.is_valid():
        try:
            act(form.cleaned_data)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return done(request, said, go_on=go_on)
    context: dict[str, Any] = {
        "form": form,
        "title": title,
        "action": request.path,
        "fields": f"touchpoints/{template}/_fields.html",
        "is_dialog": wants_fragment(request),
    }
    status = 422 if form.is_bound else 200
    return page(request, "touchpoints/form/page.html", context, fragment="touchpoints/form/_dialog.html", status=status)


def without_version(data: dict[str, Any]) -> dict[str, Any]:
    """What a form found, for something new: there was no version to read."""
    return {name: value for name, value in data.items() if name != "version"}
