"""Against whom do we win and lose, how did customers hear of us, and in which form do we sell to them?"""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.permissions import sees_all_figures
from accounts.services import relation_report as report
from pmcrm.people.access import needs
from pmcrm.web import Request, page


@require_safe
@needs("account.read")
def relation_report(request: Request) -> HttpResponse:
    person = request.user
    context = {
        "rivals": report.rivals(user=person),
        "filled": report.first_heard(user=person),
        "sources": report.sources(user=person),
        "forms": report.by_sales_form(user=person),
        "contributions": report.contributions(user=person),
        "shows_figures": sees_all_figures(person),
    }
    return page(request, "accounts/relation_report/page.html", context)
