"""What was deleted, by whom, and how long it can still be restored."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pmcrm.errors import RuleViolation
from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.trash import registry
from pmcrm.trash.models import gone_on, kept_for
from pmcrm.trash.registry import TrashKind
from pmcrm.web import Request, go_to, page

PAGE_SIZE: Final = 50
ORDER: Final = ["-deleted_at", "-id"]


@require_safe
@needs("trash.read")
def trash_list(request: Request) -> HttpResponse:
    kinds = registry.kinds()
    kind = registry.kind(request.GET.get("of", "")) or kinds[0]
    rows = kind.rows(request.user).select_related("deleted_by")
    try:
        found = keyset_page(rows, order=ORDER, cursor=request.GET.get("cursor") or None, size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(rows, order=ORDER, cursor=None, size=PAGE_SIZE)
    kept, now = kept_for(), timezone.now()
    base = f"{reverse('trash_list')}?of={kind.slug}"
    context: dict[str, Any] = {
        "kinds": kinds,
        "kind": kind,
        "days": kept.days,
        "sees_all": may(request.user, "trash.read_all"),
        "may_remove": may(request.user, "trash.remove"),
        "rows": [
            {
                "thing": thing,
                "place": kind.place(thing),
                "gone_on": gone_on(thing, kept),
                "days_left": max(0, (thing.deleted_at + kept - now).days),
                "may_restore": kind.may_restore(request.user, thing),
            }
            for thing in found.rows
        ],
        "next_url": f"{base}&cursor={found.next_cursor}" if found.next_cursor else "",
        "previous_url": f"{base}&cursor={found.previous_cursor}" if found.previous_cursor else "",
    }
    return page(request, "trash/trash_list/page.html", context)


@require_POST
@needs("trash.read")
def trash_restore(request: Request, of: str, pk: int) -> HttpResponse:
    kind = _kind(of)
    thing = get_object_or_404(kind.rows(request.user), pk=pk)
    try:
        notes = kind.restore(request.user, thing)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
        return go_to(request, f"{reverse('trash_list')}?of={of}")
    messages.success(request, " ".join([_("%(name)s is back.") % {"name": thing}, *notes]))
    return go_to(request, thing.get_absolute_url())


@require_POST
@needs("trash.remove")
def trash_remove(request: Request, of: str, pk: int) -> HttpResponse:
    kind = _kind(of)
    thing = get_object_or_404(kind.rows(request.user), pk=pk)
    if kind.remove(request.user, thing.pk):
        messages.success(request, _("Deleted for good."))
    else:
        messages.error(request, registry.cannot_go())
    return go_to(request, f"{reverse('trash_list')}?of={of}")


def _kind(slug: str) -> TrashKind:
    kind = registry.kind(slug)
    if kind is None:
        raise Http404
    return kind
