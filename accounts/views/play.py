"""Plays: the board of all that run, and the dialogs that open, change and end one."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import BoardForm, PlayEndForm, PlayForm
from accounts.models import Account, Play
from accounts.models.play import AIM_MEANINGS, Aim
from accounts.permissions import may_edit, may_run_play
from accounts.services.plays import change_play, end_play, open_play
from accounts.views.forms import form_page
from accounts.views.history import sentences
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.people.access import needs
from pmcrm.trail.models import TrailEntry
from pmcrm.web import Request, accepted, go_to, page

IN_A_COLUMN: Final = 12
PAGE_SIZE: Final = 50
MOST_CHANGES: Final = 30
FIELDS: Final = "accounts/play_form/_fields.html"


@require_safe
@needs("account.read")
def play_board(request: Request) -> HttpResponse:
    """What are we at, with whom? One column an aim; one aim alone is a list that pages."""
    asked = BoardForm(request.GET)
    whose, aim = asked.asked("whose") or "all", asked.asked("aim")
    plays = Play.objects.visible_to(request.user).running()
    if whose == "mine":
        plays = plays.owned_by(request.user)
    tally = plays.tally()
    shown = plays.select_related("account", "owner")
    context: dict[str, Any] = {"whose": whose, "aim": aim, "count": sum(tally.values())}
    order = ["-started_on", "-id"]
    if aim:
        cursor = request.GET.get("cursor")
        try:
            found = keyset_page(shown.filter(aim=aim), order=order, cursor=cursor, size=PAGE_SIZE)
        except BadCursor:
            found = keyset_page(shown.filter(aim=aim), order=order, cursor=None, size=PAGE_SIZE)
        here = f"{reverse('play_board')}?{urlencode({'whose': whose, 'aim': aim})}"
        context |= {
            "next_url": f"{here}&cursor={found.next_cursor}" if found.next_cursor else "",
            "previous_url": f"{here}&cursor={found.previous_cursor}" if found.previous_cursor else "",
        }
        rows = {aim: found.rows}
    else:
        rows = {one: list(shown.filter(aim=one).order_by(*order)[:IN_A_COLUMN]) if tally[one] else [] for one in tally}
    context["columns"] = [
        {
            "aim": one,
            "label": Aim(one).label,
            "meaning": AIM_MEANINGS[Aim(one)],
            "count": tally[one],
            "plays": plays_there,
            "is_cut": not aim and tally[one] > len(plays_there),
        }
        for one, plays_there in rows.items()
    ]
    return page(request, "accounts/play_board/page.html", context)


@needs("account.write")
@require_http_methods(["GET", "POST"])
def play_open(request: Request, pk: int) -> HttpResponse:
    """A new play with the account `pk`."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    if not may_edit(request.user, account):
        raise PermissionDenied
    form = PlayForm(request.POST or None, person=request.user, initial={"aim": request.GET.get("aim")})
    if form.is_bound and form.is_valid():
        try:
            play = open_play(actor=request.user, account=account, **form.values)
        except RuleViolation as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The play is on the board."))
            return go_to(request, play.get_absolute_url())
    return form_page(
        request,
        FIELDS,
        form=form,
        title=_("A play with %(account)s") % {"account": account.name},
        back=f"{account.get_absolute_url()}?tab=relation",
        action=reverse("play_open", args=[pk]),
        submit=_("Open the play"),
    )


@needs("account.read")
@require_http_methods(["GET", "POST"])
def play_edit(request: Request, pk: int) -> HttpResponse:
    """Change a play that runs; what was changed before stands below."""
    play = _own(request, pk)
    form = PlayForm(request.POST or None, instance=play, person=request.user)
    if form.is_bound and form.is_valid():
        try:
            change_play(actor=request.user, play=play, version=form.read_version, **form.values)
        except StaleVersion as refusal:
            form.show_conflict(refusal)
        except RuleViolation as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Saved."))
            return go_to(request, play.get_absolute_url())
    told = TrailEntry.objects.filter(subject_type="accounts.play", subject_id=str(pk), account_id=play.account_id)
    return form_page(
        request,
        FIELDS,
        form=form,
        title=_("Play with %(account)s") % {"account": play.account.name},
        back=play.get_absolute_url(),
        action=reverse("play_edit", args=[pk]),
        submit=_("Save"),
        play=play,
        moments=sentences(told.select_related("actor").order_by("-at", "-id")[:MOST_CHANGES]),
    )


@needs("account.read")
@require_http_methods(["GET", "POST"])
def play_end(request: Request, pk: int) -> HttpResponse:
    play = _own(request, pk)
    form = PlayEndForm(request.POST or None, initial={"version": play.version})
    if accepted(form, end_play, actor=request.user, play=play):
        messages.success(request, _("Ended. It stays with the account."))
        return go_to(request, play.get_absolute_url())
    return form_page(
        request,
        "accounts/play_end/_fields.html",
        form=form,
        title=_("End the play with %(account)s") % {"account": play.account.name},
        back=play.get_absolute_url(),
        action=reverse("play_end", args=[pk]),
        submit=_("End it"),
        play=play,
    )


def _own(request: Request, pk: int) -> Play:
    seen = Play.objects.visible_to(request.user).running().select_related("account", "owner")
    play: Play = get_object_or_404(seen, pk=pk)
    if not may_run_play(request.user, play):
        raise PermissionDenied
    return play
