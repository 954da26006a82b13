"""Which values stay when two become one? And the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.merge import MergeForm
from accounts.models import Account, Contact
from accounts.services.merging import choices, may_merge, merge, preview, undo_merge
from accounts.views.duplicates import MERGES
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, show_refusal


@needs("account.merge")
@require_http_methods(["GET", "POST"])
def account_merge(request: Request, pk: int, other: int) -> HttpResponse:
    """Let the account `other` go up in the account `pk`."""
    accounts = Account.objects.visible_to(request.user).for_page()
    return _merge_page(request, get_object_or_404(accounts, pk=pk), get_object_or_404(accounts, pk=other))


@needs("contact.merge")
@require_http_methods(["GET", "POST"])
def contact_merge(request: Request, pk: int, other: int) -> HttpResponse:
    """Let the contact `other` go up in the contact `pk`."""
    people = Contact.objects.visible_to(request.user).select_related("account")
    return _merge_page(request, get_object_or_404(people, pk=pk), get_object_or_404(people, pk=other))


@needs("account.merge")
@require_safe
def account_merge_choose(request: Request, pk: int) -> HttpResponse:
    """Which other account is the same? Any that the person sees, also one that no search found."""
    return _choose(request, get_object_or_404(Account.objects.visible_to(request.user), pk=pk))


@needs("contact.merge")
@require_safe
def contact_merge_choose(request: Request, pk: int) -> HttpResponse:
    """Which other record is the same person?"""
    people = Contact.objects.visible_to(request.user).select_related("account")
    return _choose(request, get_object_or_404(people, pk=pk))


def _choose(request: Request, winner: Any) -> HttpResponse:
    word = winner._meta.model_name
    other = request.GET.get("other", "")
    if other.isascii() and other.isdecimal() and len(other) < 19 and int(other) != winner.pk:
        return go_to(request, reverse(f"{word}_merge", args=[winner.pk, int(other)]))
    context = {
        "winner": winner,
        "action": reverse(f"{word}_merge_choose", args=[winner.pk]),
        "options_url": reverse(f"{word}_options"),
        "is_missing": "other" in request.GET,
    }
    return page(
        request,
        "accounts/merge_choose/page.html",
        context,
        fragment="accounts/merge_choose/_dialog.html",
        status=422 if context["is_missing"] else 200,
    )


def _merge_page(request: Request, winner: Any, loser: Any) -> HttpResponse:
    if winner == loser:
        raise Http404
    if not may_merge(request.user, winner, loser):
        raise PermissionDenied
    asked = choices(request.user, winner, loser)
    read = {"version": winner.version, "other_version": loser.version}
    form = MergeForm(request.POST or None, choices=asked, initial=read)
    status = 200
    if form.is_bound and form.is_valid():
        versions = {name: form.cleaned_data[name] for name in read}
        try:
            merge(actor=request.user, winner=winner, loser=loser, take=form.take, **versions)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            said = _("%(other)s went up in %(name)s. It can be undone for 30 days, under Duplicates.")
            messages.success(request, said % {"other": loser, "name": winner})
            return go_to(request, winner.get_absolute_url())
    if form.is_bound:
        # Whoever was refused looks at both anew.
        status = 422
        form.data = {**dict(request.POST.items()), **read}
    word = winner._meta.model_name
    context = {
        "form": form,
        "winner": winner,
        "loser": loser,
        "is_account": isinstance(winner, Account),
        "moved": preview(request.user, loser),
        "action": reverse(f"{word}_merge", args=[winner.pk, loser.pk]),
        "turned_url": reverse(f"{word}_merge", args=[loser.pk, winner.pk]),
        "back": f"{reverse('duplicate_list')}?of={word}s",
    }
    return page(request, "accounts/merge/page.html", context, status=status)


@needs("duplicate.read")
@require_POST
def merge_undo(request: Request, of: str, pk: int) -> HttpResponse:
    if of not in MERGES:
        raise Http404
    merges = MERGES[of].objects.visible_to(request.user).select_related("winner", "loser")
    made = get_object_or_404(merges, pk=pk)
    try:
        loser, stays = undo_merge(actor=request.user, made=made)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
        return go_to(request, f"{reverse('duplicate_list')}?of={of}&state=merged")
    messages.success(request, _("%(name)s is back, with everything that was moved.") % {"name": loser})
    if stays:
        sentence = _("Changed since the merge, and therefore left as it is: %(fields)s.")
        messages.info(request, sentence % {"fields": ", ".join(stays)})
    return go_to(request, loser.get_absolute_url())
