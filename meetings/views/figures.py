"""How our meetings go: figures for coaching, one's own or the sums of all."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Account
from meetings.kpis import KPIS
from meetings.services.figures import Scope, figures_read, sees_all
from meetings.services.reminding import overdue_steps
from pmcrm.people.access import needs
from pmcrm.web import Request, page

MOST_STEPS = 30
# Among so many, the oldest, those are looked for that the person sees.
MOST_LOOKED_AT = 500


@require_safe
@needs("interaction.log")
def meeting_figures(request: Request) -> HttpResponse:
    """Do we keep to our ground rules, and do we follow through?"""
    user, today = request.user, timezone.localdate()
    may_all = sees_all(user)
    shows_all = may_all and request.GET.get("whose") != "mine"
    account = _account(request)
    found, as_of = figures_read(Scope(None if shows_all else user, account))
    late = overdue_steps(today)
    if not shows_all:
        late = late.of(user)
    if account is not None:
        late = late.filter(account=account)
    late = late.oldest(MOST_LOOKED_AT).visible_to(user).with_names()
    context = {
        "found": found,
        "as_of": as_of,
        "account": account,
        "kpis": [(KPIS[slug], share) for slug, share in found.shares.items()],
        "may_all": may_all,
        "shows_all": shows_all,
        "late": late.order_by("due_on", "pk")[:MOST_STEPS],
        "has_any": any(share.whole for share in found.shares.values()),
    }
    return page(request, "meetings/meeting_figures/page.html", context)


def _account(request: Request) -> Account | None:
    text = request.GET.get("account", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        return None
    return Account.objects.visible_to(request.user).filter(pk=int(text)).first()
