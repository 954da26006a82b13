"""Calendars: the own one under a secret address, and files that somebody brings in."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from correspondence.forms import BringInForm, CalendarUploadForm, ZonesForm
from correspondence.models import CalendarFile
from correspondence.services import calendar_import
from correspondence.services.calendar_import import Turn
from correspondence.services.feed import feed_for
from pmcrm.calendars.reading import MOST_BYTES
from pmcrm.errors import RuleViolation
from pmcrm.notices.models import hash_of
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, refused

# Calendar programs ask every few minutes; one that asks more often than every five seconds is broken.
MOST_ASKED: Final = 120
MOST_GUESSED: Final = 30
PERIOD: Final = 600
SHOWN: Final = 200


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret address. No session, no cookie; whoever guesses is slowed down."""
    if _is_too_often(f"feed-asked-{hash_of(token)}", MOST_ASKED):
        return _later()
    feed = feed_for(token)
    if feed is None:
        if _is_too_often(f"feed-guessed-{request.META.get('REMOTE_ADDR')}", MOST_GUESSED):
            return _later()
        raise Http404
    etag = f'"{feed.etag}"'
    response = HttpResponse(feed.content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="pmcrm.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(feed.changed_at.timestamp())
    found = get_conditional_response(request, etag, int(feed.changed_at.timestamp()), response)
    assert isinstance(found, HttpResponse)
    return found


def _is_too_often(key: str, most: int) -> bool:
    cache.add(key, 0, PERIOD)
    return int(cache.incr(key)) > most


def _later() -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": str(PERIOD)})


@require_safe
@needs("interaction.log")
def calendar_import_list(request: Request) -> HttpResponse:
    return page(request, _LIST, _files(request, CalendarUploadForm()))


@require_POST
@needs("interaction.log")
def calendar_import_upload(request: Request) -> HttpResponse:
    form = CalendarUploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(MOST_BYTES + 1)
            made = calendar_import.bring(actor=request.user, name=file.name or "", content=content)
        except RuleViolation as refusal:
            form.add_error("file", refusal.sentence)
        else:
            return go_to(request, made.get_absolute_url())
    return refused(request, _LIST, _files(request, form))


@require_safe
@needs("interaction.log")
def calendar_import_detail(request: Request, pk: int) -> HttpResponse:
    file = _own(request, pk)
    return page(request, _DETAIL, _detail(file))


@require_POST
@needs("interaction.log")
def calendar_import_zones(request: Request, pk: int) -> HttpResponse:
    """What the file's own names of zones mean."""
    file = _own(request, pk)
    form = ZonesForm(request.POST, names=calendar_import.preview(file).unknown_zones if file.is_ready else [])
    if form.is_valid():
        calendar_import.explain_zones(file=file, answers=form.answers)
    return go_to(request, file.get_absolute_url())


@require_POST
@needs("interaction.log")
def calendar_import_choose(request: Request, pk: int) -> HttpResponse:
    """Remember the accounts chosen so far; asked for as each is chosen."""
    file = _own(request, pk)
    calendar_import.choose_accounts(file=file, accounts=_accounts(request))
    return HttpResponse(status=204) if request.htmx else go_to(request, file.get_absolute_url())


@require_POST
@needs("interaction.log")
def calendar_import_run(request: Request, pk: int) -> HttpResponse:
    file, form = _own(request, pk), BringInForm(request.POST)
    if not form.is_valid():
        return refused(request, _DETAIL, _detail(file) | {"form": form})
    calendar_import.choose_accounts(file=file, accounts=_accounts(request))
    calendar_import.bring_in(actor=request.user, file=file, accounts={}, **form.cleaned_data)
    messages.success(request, _("Brought in."))
    return go_to(request, file.get_absolute_url())


@require_POST
@needs("interaction.log")
def calendar_import_revert(request: Request, pk: int) -> HttpResponse:
    file = _own(request, pk)
    calendar_import.take_back(actor=request.user, file=file)
    messages.success(request, _("Taken back: what it brought lies in the trash."))
    return go_to(request, file.get_absolute_url())


_LIST = "correspondence/calendar_import_list/page.html"
_DETAIL = "correspondence/calendar_import_detail/page.html"


def _own(request: Request, pk: int) -> CalendarFile:
    return get_object_or_404(CalendarFile.objects.visible_to(request.user).select_related("person"), pk=pk)


def _files(request: Request, form: CalendarUploadForm) -> dict[str, Any]:
    files = CalendarFile.objects.visible_to(request.user).defer("content").order_by("-made_at")[:30]
    return {"form": form, "files": files}


def _detail(file: CalendarFile) -> dict[str, Any]:
    if not file.is_ready:
        return {"file": file, "report": file.report}
    try:
        seen = calendar_import.preview(file)
    except RuleViolation as refusal:
        return {"file": file, "report": {}, "refusal": refusal.sentence}
    groups = [
        (_("Planned"), "plan", seen.of(Turn.PLAN)),
        (_("Updated"), "update", seen.of(Turn.UPDATE)),
        (_("Called off"), "cancel", seen.of(Turn.CANCEL)),
        (_("Over already"), "hold", seen.of(Turn.HOLD)),
        (_("Nobody in it is known: choose an account, or leave it out"), "unknown", seen.of(Turn.UNKNOWN)),
    ]
    return {
        "file": file,
        "seen": seen,
        "groups": [(label, slug, items[:SHOWN], len(items)) for label, slug, items in groups if items],
        "same": len(seen.of(Turn.SAME)),
        "left": len(seen.of(Turn.LEFT)),
        "zones": ZonesForm(names=seen.unknown_zones) if seen.unknown_zones else None,
        "form": BringInForm(),
        "has_ahead": bool(seen.of(Turn.PLAN, Turn.UPDATE, Turn.UNKNOWN)),
        "has_past": bool(seen.of(Turn.HOLD, Turn.UNKNOWN)),
        "has_any": bool(groups and seen.of(Turn.PLAN, Turn.UPDATE, Turn.CANCEL, Turn.HOLD, Turn.UNKNOWN)),
        "refused": seen.refused[:SHOWN],
        "account_url": reverse("account_options"),
    }


def _accounts(request: Request) -> dict[int, Account]:
    """The account chosen for entries in which nobody is known, by the number of the entry."""
    chosen = {
        int(name.removeprefix("account-")): int(value)
        for name, value in request.POST.items()
        if name.startswith("account-")
        and name.removeprefix("account-").isdecimal()
        and isinstance(value, str)
        and value.isdecimal()
        and len(value) < 19
        and len(name) < 20
    }
    found = Account.objects.visible_to(request.user).in_bulk(set(chosen.values()))
    return {number: found[pk] for number, pk in chosen.items() if pk in found}
