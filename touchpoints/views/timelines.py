"""The timeline panels that account and contact pages load."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Account, Contact
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from touchpoints.models import Attendance, Interaction, InteractionKind, silent_accounts
from touchpoints.views.lists import Found, keyset

PAGE_SIZE: Final = 20
KINDS: Final = InteractionKind.choices


@require_safe
@needs("account.read")
def account_timeline(request: Request, pk: int) -> HttpResponse:
    """What happened with this account, newest first; `older` loads on."""
    account = get_object_or_404(Account.objects.visible_to(request.user).only("name", "kind"), pk=pk)
    kind = _kind(request)
    attendances = Attendance.objects.of(account).open_to(request.user).current()
    if kind:
        attendances = attendances.filter(interaction__kind=kind)
    found = keyset(request, attendances.with_names(), order=["-at", "-interaction_id"], size=PAGE_SIZE)
    interactions = [attendance.interaction for attendance in found.rows]
    return _panel(request, found, interactions, kind, account=account)


@require_safe
@needs("account.read")
def contact_timeline(request: Request, pk: int) -> HttpResponse:
    """What happened with this person, newest first."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("account"), pk=pk)
    kind = _kind(request)
    interactions = Interaction.objects.visible_to(request.user).current().filter(contacts=contact)
    if kind:
        interactions = interactions.filter(kind=kind)
    found = keyset(request, interactions.with_names(), order=["-at", "-id"], size=PAGE_SIZE)
    return _panel(request, found, found.rows, kind, account=contact.account, contact=contact)


def _kind(request: Request) -> str:
    """The kind that is asked for; what is no kind asks for none."""
    kind = request.GET.get("kind", "")
    return kind if kind in InteractionKind.values else ""


def _panel(
    request: Request,
    found: Found,
    interactions: list[Interaction],
    kind: str,
    *,
    account: Account,
    contact: Contact | None = None,
) -> HttpResponse:
    whom = contact or account
    place = "account" if contact is None else "contact"
    context: dict[str, Any] = {
        "found": found,
        "interactions": interactions,
        "kind": kind,
        "not_filtered": not kind,
        "kind_links": [(value, label, f"{request.path}?kind={value}", value == kind) for value, label in KINDS],
        "path": request.path,
        "may_log": request.user.may("interaction.log"),
        "log_url": f"{reverse('interaction_create')}?{place}={whom.pk}",
        "about": whom.name,
        "about_url": reverse(f"{place}_detail", args=[whom.pk]),
        "account": account,
        "contact": contact,
    }
    is_older = "cursor" in request.GET
    if contact is None and account.kind == "internal" and not is_older:
        context["silence"] = silent_accounts(Account.objects.filter(pk=account.pk)).first()
    fragment = "touchpoints/timeline/_older.html" if is_older else "touchpoints/timeline/_panel.html"
    return page(request, "touchpoints/timeline/page.html", context, fragment=fragment)
