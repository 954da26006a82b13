"""Changing many accounts from the list: those ticked, or all that match; and what became of it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.forms import AccountFilters
from accounts.models import Account, AccountQuerySet
from accounts.models.bulk import OWNERS, TAGS, BulkChange, BulkField, BulkState, Outcome
from accounts.models.choices import State
from accounts.services.bulk import (
    AT_ONCE,
    MOST_PEOPLE,
    MOST_ROWS,
    cancel_change,
    people_for,
    read_rows,
    request_change,
    work,
)
from accounts.tasks import change_in_bulk
from pmcrm.errors import RuleViolation
from pmcrm.lists.keyset import capped_count
from pmcrm.lists.saved_views import address_of_list, clean_query
from pmcrm.people.access import needs
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from pmcrm.web import Request, go_to, page

MOST_SHOWN: Final = 200


def changes_on_offer(user: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be changed in bulk, as groups of (value, words)."""
    groups = [(_("State"), [(f"state:{value}", str(label)) for value, label in State.choices])]
    if may(user, "account.set_owner"):
        for field in OWNERS:
            people = [(f"{field.value}:{one.pk}", one.name) for one in people_for(field)[:MOST_PEOPLE]]
            groups.append((str(field.label), [*people, (f"{field.value}:", _("nobody"))]))
    groups.append((_("Tags"), [(f"{field.value}:", _("%(words)s…") % {"words": field.label}) for field in TAGS]))
    if may(user, "account.delete"):
        groups.append((_("Delete"), [(f"{BulkField.TRASH.value}:", _("Put in the trash…"))]))
    return groups


@needs("account.write")
@require_POST
def account_bulk(request: Request) -> HttpResponse:
    """Change the ticked accounts, or all that match, after asking once more."""
    query = clean_query(request.POST.get("query", ""))
    field, _colon, value = request.POST.get("change", "").partition(":")
    value = request.POST.get("tag", value) if field in TAGS else value
    asked: Any = {"actor": request.user, "field": field, "value": value, "query": query}
    back = address_of_list("accounts", query, edit=True)
    is_all = request.POST.get("scope") == "all"
    is_asked_first = is_all or field in {*TAGS, BulkField.TRASH}
    try:
        ticked = list(read_rows(request.POST.getlist("row")))
        matching = _matching(AccountFilters(QueryDict(query), person=request.user)) if is_all else None
        if is_asked_first and not request.POST.get("confirmed"):
            return _confirmation(request, matching, ticked=ticked, query=query, field=field, value=value, back=back)
        if matching is not None:
            rows = matching.order_by("pk").values_list("pk", "version")[: MOST_ROWS + 1]
            change = request_change(rows=rows.iterator(chunk_size=2000), **asked)
        else:
            change = request_change(rows=ticked, **asked)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
        return go_to(request, back)
    if (change.all_units or 0) > AT_ONCE:
        change_in_bulk.delay_on_commit(change.pk)  # type: ignore[attr-defined]  # DjangoTask has it
        return go_to(request, reverse("bulk_change_detail", args=[change.pk]))
    work(change.pk)
    refused = change.rows.filter(outcome=Outcome.REFUSED).count()
    if refused:
        return go_to(request, reverse("bulk_change_detail", args=[change.pk]))
    count = change.all_units or 0
    if field == BulkField.TRASH:
        words = ngettext("%(n)d account is in the trash.", "%(n)d accounts are in the trash.", count)
    else:
        words = ngettext("%(n)d account changed.", "%(n)d accounts changed.", count)
    messages.success(request, words % {"n": count})
    return go_to(request, back)


@needs("account.write")
def bulk_change_detail(request: Request, pk: int) -> HttpResponse:
    """How far is it, and what was refused, why?"""
    change = get_object_or_404(BulkChange.objects.visible_to(request.user).select_related("to_person"), pk=pk)
    refused = change.rows.filter(outcome=Outcome.REFUSED)
    context = {
        "change": change,
        "refused_count": refused.count(),
        "refused": refused.select_related("account").order_by("pk")[:MOST_SHOWN],
        "is_cancelled": change.state == BulkState.CANCELLED,
        "here": reverse("bulk_change_detail", args=[pk]),
        "back": address_of_list("accounts", change.query, edit=True),
    }
    return page(
        request, "accounts/bulk_change_detail/page.html", context, fragment="accounts/bulk_change_detail/_progress.html"
    )


@needs("account.write")
@require_POST
def bulk_change_cancel(request: Request, pk: int) -> HttpResponse:
    change = get_object_or_404(BulkChange.objects.visible_to(request.user), pk=pk)
    try:
        cancel_change(actor=request.user, change=change)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
    return go_to(request, reverse("bulk_change_detail", args=[pk]))


def _matching(filters: AccountFilters) -> AccountQuerySet:
    """All that match. A refused filter narrows nothing, so it must not widen a change in silence."""
    if not filters.is_valid():
        raise RuleViolation(_("The list's filters hold a value that is not on offer; take it off first."))
    return filters.narrowed(Account.objects.visible_to(filters.person))


def _confirmation(
    request: Request, matching: Any, *, ticked: list[tuple[int, int]], query: str, field: str, value: str, back: str
) -> HttpResponse:
    """How many accounts that would be, and which tag. Beyond the limit it says so instead of asking."""
    count, is_more = (len(ticked), False) if matching is None else capped_count(matching, limit=MOST_ROWS)
    words = dict(choice for _group, choices in changes_on_offer(request.user) for choice in choices)
    chosen = f"{field}:" if field in TAGS else f"{field}:{value}"
    if chosen not in words:
        raise RuleViolation(_("Say what to change first."))
    if is_more:
        raise RuleViolation(_("At most %(most)d accounts change at once; narrow the list first.") % {"most": MOST_ROWS})
    if not count:
        raise RuleViolation(
            _("Tick the accounts to change first.") if matching is None else _("No account is like that.")
        )
    context = {
        "count": count,
        "field": BulkField(field).label,
        "value": words[chosen],
        "asks_tag": field in TAGS,
        "adds_tag": field == BulkField.ADD_TAG,
        "is_trash": field == BulkField.TRASH,
        "is_all": matching is not None,
        "rows": [f"{key}.{version}" for key, version in ticked] if matching is None else [],
        "chosen": chosen,
        "query": query,
        "back": back,
        "is_job": count > AT_ONCE,
    }
    return page(request, "accounts/account_bulk/page.html", context)
