"""Would they recommend us? The promoter score over a period, and one account's own answers."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.db.models.functions import TruncQuarter
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import Account
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from touchpoints.forms.nps import BASES, NpsFilter
from touchpoints.models import NpsAnswer

MOST_ANSWERS: Final = 30


@require_safe
@needs("account.read")
def nps_report(request: Request) -> HttpResponse:
    """The score with its base, by quarter and by market, and the newest answers behind it."""
    filters = NpsFilter(request.GET)
    filters.is_valid()
    rows = filters.rows(NpsAnswer.objects.visible_to(request.user))
    first, last = filters.period
    said = {name: value for name, value in request.GET.items() if name in filters.fields and value}
    context = {
        "filters": filters,
        "found": rows.promoter_score(),
        "first": first,
        "last": last,
        "bases": [
            (label, f"{request.path}?{urlencode(said | {'base': base})}", base == filters.base_said)
            for base, label in BASES
        ],
        "base": dict(BASES)[filters.base_said],
        "market": filters.market_said,
        "quarters": rows.promoter_scores_by(TruncQuarter("answered_on")),
        "markets": rows.promoter_scores_by("market"),
        "answers": list(rows.newest_first().select_related("account", "contact")[:MOST_ANSWERS]),
    }
    return page(request, "touchpoints/nps_report/page.html", context)


@require_safe
@needs("account.read")
def account_nps(request: Request, pk: int) -> HttpResponse:
    """What the people of this account answered, the newest first; nothing where nobody was asked."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    answers = NpsAnswer.objects.visible_to(request.user).of(account)
    newest = list(answers.newest_first().select_related("contact")[:MOST_ANSWERS])
    context = {
        "account": account,
        "answers": newest,
        "found": answers.latest_per_person().promoter_score() if newest else None,
        "every": answers.count() if len(newest) == MOST_ANSWERS else len(newest),
    }
    return page(request, "touchpoints/account_nps/page.html", context, fragment="touchpoints/account_nps/_answers.html")
