"""What are accounts worth to us later, and what do they earn now? Tier against contribution."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from segmentation.models import ProfitRun
from segmentation.services.worth import FIELDS, Square, accounts_in, squares_of
from segmentation.views.curve import selected_run

PAGE_ROWS: Final = 25
WORDS: Final = {
    "keep": (_("Tier A or B, earns"), _("Keep them close: they earn today and are worth more tomorrow.")),
    "invest": (_("Tier A or B, loses"), _("An investment: say what it buys, and until when.")),
    "harvest": (_("Tier C, earns"), _("Serve them well and simply; no special work.")),
    "question": (_("Tier C, loses"), _("Repair, reprice or serve lighter; an exit is the last step.")),
    "unknown-earner": (_("Tier unknown, earns"), _("Score them, so that nobody guesses what they are worth.")),
    "unknown-loser": (_("Tier unknown, loses"), _("Score them before anybody judges the loss.")),
}
ROWS: Final = (
    (_("Tier A or B"), ("keep", "invest")),
    (_("Tier C"), ("harvest", "question")),
    (_("Tier unknown"), ("unknown-earner", "unknown-loser")),
)


@require_GET
@needs("curve.read")
def worth_grid(request: Request) -> HttpResponse:
    """The 2 x 2 over a run, with the accounts of the field in ?field=."""
    run = selected_run(request.user, request.GET.get("run"))
    field = request.GET.get("field", "")
    context: dict[str, Any] = {"run": run}
    if run is not None and run.is_finished:
        squares = squares_of(user=request.user, run=run)
        context["rows"] = [
            (label, [_told(squares[slug]) for slug in slugs])
            for label, slugs in ROWS
            if slugs[0] in {"keep", "harvest"} or any(squares[slug].accounts for slug in slugs)
        ]
        context["total"] = sum(square.accounts for square in squares.values())
        if field in FIELDS:
            context |= _accounts(request, run, field) | {"open": _told(squares[field])}
    return page(
        request, "segmentation/worth_grid/page.html", context, fragment="segmentation/worth_grid/_accounts.html"
    )


def _told(square: Square) -> dict[str, Any]:
    title, advice = WORDS[square.slug]
    return {"square": square, "title": title, "advice": advice}


def _accounts(request: Request, run: ProfitRun, field: str) -> dict[str, Any]:
    accounts = accounts_in(user=request.user, run=run, field=field)
    # The largest effect first: the best earners, and the heaviest losses.
    order = ["-position"] if field in {"invest", "question", "unknown-loser"} else ["position"]
    try:
        found = keyset_page(accounts, order=order, cursor=request.GET.get("cursor"), size=PAGE_ROWS)
    except BadCursor:
        found = keyset_page(accounts, order=order, cursor=None, size=PAGE_ROWS)
    here = f"{reverse('worth_grid')}?run={run.pk}&field={field}"
    return {
        "accounts": found.rows,
        "largest": max((abs(row.contribution) for row in found.rows), default=0),
        "previous": f"{here}&cursor={found.previous_cursor}" if found.previous_cursor else "",
        "next": f"{here}&cursor={found.next_cursor}" if found.next_cursor else "",
    }
