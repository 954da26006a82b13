"""How do our strategic accounts stand, and what can product do this week to help close?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import StrategicEntryForm, StrategicForm, StrategicRemoveForm
from accounts.models import Account, StrategicEntry
from accounts.permissions import sees_all_figures
from accounts.services.strategic import (
    add_to_strategic_list,
    edit_strategic_entry,
    move_strategic_entry,
    remove_from_strategic_list,
    room_on_list,
)
from accounts.views.forms import form_page
from pmcrm.errors import RuleViolation
from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, accepted, go_to, page

PAGE_SIZE = 50


@needs("strategic_list.read")
def strategic_list(request: Request) -> HttpResponse:
    entries = StrategicEntry.objects.visible_to(request.user).for_list()
    try:
        found = keyset_page(entries, order=["rank"], cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(entries, order=["rank"], cursor=None, size=PAGE_SIZE)
    count, room, cap = room_on_list()
    here = reverse("strategic_list")
    context = {
        "entries": found.rows,
        "count": count,
        "room": room,
        "cap": cap,
        "is_over": count > room,
        "due": StrategicEntry.objects.due().count(),
        "shows_figures": sees_all_figures(request.user),
        "may_write": may(request.user, "strategic_list.write"),
        "today": timezone.localdate(),
        "next_url": f"{here}?cursor={found.next_cursor}" if found.next_cursor else "",
        "previous_url": f"{here}?cursor={found.previous_cursor}" if found.previous_cursor else "",
    }
    return page(request, "accounts/strategic_list/page.html", context)


@needs("strategic_list.write")
@require_http_methods(["GET", "POST"])
def strategic_add(request: Request) -> HttpResponse:
    initial: dict[str, Any] = {"sponsor": request.user.pk}
    form = StrategicForm(request.POST or None, person=request.user, initial=initial)
    if accepted(form, add_to_strategic_list, actor=request.user):
        messages.success(request, _("On the strategic list."))
        return go_to(request, reverse("strategic_list"))
    account = form.cleaned_data.get("account") if form.is_bound else _asked_account(request)
    count, room, _cap = room_on_list()
    return form_page(
        request,
        "accounts/strategic_add/_fields.html",
        form=form,
        title=_("One more strategic account"),
        back=reverse("strategic_list"),
        action=reverse("strategic_add"),
        submit=_("Put it on the list"),
        chosen=[{"id": account.pk, "label": account.name}] if account else [],
        count=count,
        room=room,
        is_full=count >= room,
    )


@needs("strategic_list.write")
@require_http_methods(["GET", "POST"])
def strategic_edit(request: Request, pk: int) -> HttpResponse:
    entry = _entry(request, pk)
    initial = {name: getattr(entry, name) for name in ("rank", "reason", "sponsor", "review_by")}
    form = StrategicEntryForm(request.POST or None, initial=initial)
    if accepted(form, edit_strategic_entry, actor=request.user, entry=entry):
        messages.success(request, _("Saved."))
        return go_to(request, reverse("strategic_list"))
    return form_page(
        request,
        "accounts/strategic_edit/_fields.html",
        form=form,
        title=_("%(account)s on the strategic list") % {"account": entry.account.name},
        back=reverse("strategic_list"),
        action=reverse("strategic_edit", args=[pk]),
        submit=_("Save"),
    )


@needs("strategic_list.write")
@require_POST
def strategic_move(request: Request, pk: int) -> HttpResponse:
    """One rank up or down."""
    entry = _entry(request, pk)
    step = -1 if request.POST.get("to") == "up" else 1
    try:
        move_strategic_entry(actor=request.user, entry=entry, rank=entry.rank + step)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
    return go_to(request, reverse("strategic_list"))


@needs("strategic_list.write")
@require_http_methods(["GET", "POST"])
def strategic_remove(request: Request, pk: int) -> HttpResponse:
    entry = _entry(request, pk)
    form = StrategicRemoveForm(request.POST or None)
    if accepted(form, remove_from_strategic_list, actor=request.user, entry=entry):
        messages.success(request, _("%(account)s is off the list.") % {"account": entry.account.name})
        return go_to(request, reverse("strategic_list"))
    return form_page(
        request,
        "accounts/strategic_edit/_fields.html",
        form=form,
        title=_("Take %(account)s off the strategic list") % {"account": entry.account.name},
        back=reverse("strategic_list"),
        action=reverse("strategic_remove", args=[pk]),
        submit=_("Take it off"),
    )


def _entry(request: Request, pk: int) -> StrategicEntry:
    return get_object_or_404(StrategicEntry.objects.visible_to(request.user).select_related("account"), pk=pk)


def _asked_account(request: Request) -> Account | None:
    asked = request.GET.get("account", "")
    if not asked.isdecimal() or len(asked) > 18:
        return None
    return Account.objects.visible_to(request.user).filter(pk=asked).first()
