"""Forgetting a person on request, and looking at the texts that may still name them."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.erasure import EraseForm
from accounts.models import Contact, Erasure, Mention
from accounts.services.erasure import IMPORT, erase_contact, keep_mention, redact_mention
from accounts.services.erasure_reading import excerpt, what
from accounts.tasks import look_for_mentions
from pmcrm.errors import RuleViolation
from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, show_refusal

PAGE_SIZE: Final = 25


@needs("contact.erase")
@require_http_methods(["GET", "POST"])
def contact_erase(request: Request, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("account"), pk=pk)
    form = EraseForm(request.POST or None, initial={"version": contact.version})
    if form.is_bound and form.is_valid():
        try:
            made = erase_contact(actor=request.user, contact=contact, **form.cleaned_data)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            look_for_mentions.delay_on_commit(made.pk)  # type: ignore[attr-defined]  # DjangoTask has it
            return go_to(request, reverse("erasure_detail", args=[made.pk]))
    context = {"form": form, "contact": contact, "action": reverse("contact_erase", args=[pk])}
    return page(request, "accounts/contact_erase/page.html", context, status=422 if form.is_bound else 200)


@needs("contact.erase")
@require_safe
def erasure_detail(request: Request, pk: int) -> HttpResponse:
    """Which texts may still name them?"""
    erasure = get_object_or_404(Erasure.objects.visible_to(request.user).select_related("created_by"), pk=pk)
    here = reverse("erasure_detail", args=[pk])
    rows = erasure.mentions.filter(state="open")
    try:
        found = keyset_page(rows, order=["id"], cursor=request.GET.get("cursor") or None, size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(rows, order=["id"], cursor=None, size=PAGE_SIZE)
    context: dict[str, Any] = {
        "erasure": erasure,
        "here": here,
        "rows": [_row(request, mention) for mention in found.rows],
        "next_url": f"{here}?cursor={found.next_cursor}" if found.next_cursor else "",
        "previous_url": f"{here}?cursor={found.previous_cursor}" if found.previous_cursor else "",
    }
    return page(request, "accounts/erasure_detail/page.html", context, fragment="accounts/erasure_detail/_list.html")


@needs("contact.erase")
@require_POST
def mention_redact(request: Request, pk: int, mention: int) -> HttpResponse:
    return _settle(request, pk, mention, redact_mention)


@needs("contact.erase")
@require_POST
def mention_keep(request: Request, pk: int, mention: int) -> HttpResponse:
    return _settle(request, pk, mention, keep_mention)


def _settle(request: Request, pk: int, mention: int, service: Any) -> HttpResponse:
    erasure = get_object_or_404(Erasure.objects.visible_to(request.user), pk=pk)
    found = get_object_or_404(erasure.mentions, pk=mention)
    try:
        service(actor=request.user, mention=found)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
    return go_to(request, reverse("erasure_detail", args=[pk]))


def _row(request: Request, mention: Mention) -> dict[str, Any]:
    model: Any = apps.get_model(mention.label)
    if mention.label == IMPORT:
        url = reverse("import_detail", args=[mention.object_id])
        return {"mention": mention, "kind": _("A file that was brought in"), "column": "", "url": url, "parts": None}
    kind = str(model._meta.verbose_name)
    if mention.is_file:
        file, url = what(request.user, mention)
        return {"mention": mention, "kind": kind, "column": str(file or ""), "url": url, "parts": None}
    names = {field.column: str(field.verbose_name) for field in model._meta.concrete_fields}
    parts, url = excerpt(request.user, mention)
    column = names.get(mention.column, mention.column)
    return {"mention": mention, "kind": kind, "column": column, "url": url, "parts": parts}
