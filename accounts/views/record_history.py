"""Which values did this have, who changed them, and the way back to one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account, Contact
from accounts.services.history import history_of, restore_value
from pmcrm.errors import RuleViolation
from pmcrm.lists.keyset import BadCursor
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page


@require_safe
@needs("account.read")
def account_history(request: Request, pk: int) -> HttpResponse:
    return _history(request, _account(request, pk))


@require_safe
@needs("account.read")
def contact_history(request: Request, pk: int) -> HttpResponse:
    return _history(request, _contact(request, pk))


@require_POST
@needs("account.write")
def account_value_restore(request: Request, pk: int) -> HttpResponse:
    return _restore(request, _account(request, pk))


@require_POST
@needs("account.write")
def contact_value_restore(request: Request, pk: int) -> HttpResponse:
    return _restore(request, _contact(request, pk))


def _account(request: Request, pk: int) -> Account:
    return get_object_or_404(Account.objects.visible_to(request.user), pk=pk)


def _contact(request: Request, pk: int) -> Contact:
    return get_object_or_404(Contact.objects.visible_to(request.user).select_related("account"), pk=pk)


def _history(request: Request, thing: Account | Contact) -> HttpResponse:
    try:
        found = history_of(actor=request.user, thing=thing, cursor=request.GET.get("cursor") or None)
    except BadCursor:
        found = history_of(actor=request.user, thing=thing, cursor=None)
    word = thing._meta.model_name
    base = reverse(f"{word}_history", args=[thing.pk])
    context: dict[str, Any] = {
        "thing": thing,
        "moments": found.moments,
        "restore_url": reverse(f"{word}_value_restore", args=[thing.pk]),
        "next_url": f"{base}?cursor={found.next_cursor}" if found.next_cursor else "",
        "previous_url": f"{base}?cursor={found.previous_cursor}" if found.previous_cursor else "",
    }
    return page(request, "accounts/record_history/page.html", context, fragment="accounts/record_history/_changes.html")


def _restore(request: Request, thing: Account | Contact) -> HttpResponse:
    numbers = [request.POST.get(name, "") for name in ("version", "event")]
    version, event = (int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0 for text in numbers)
    field = request.POST.get("field", "")
    try:
        restore_value(actor=request.user, thing=thing, version=version, event=event, field=field)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The old value is back."))
    return go_to(request, reverse(f"{thing._meta.model_name}_history", args=[thing.pk]))
