"""Why an account's figure is what it is: the ladder from revenue to contribution, and the lines under each rung."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, refused
from segmentation import kpis
from segmentation.forms.cost import HourEntryForm
from segmentation.models import AccountProfit, Flag, LedgerLine, LedgerQuerySet, ProfitRun
from segmentation.services.costs import add_hours
from segmentation.services.ladder import ladder_of

if TYPE_CHECKING:
    from pmcrm.people.models import User

LINES: Final = 50
HISTORY: Final = 24


def _newest_row(user: User, account: Account, run_id: str | None) -> AccountProfit | None:
    rows = AccountProfit.objects.visible_to(user).filter(account=account).select_related("run")
    rows = rows.filter(run__in=ProfitRun.objects.visible_to_contribution(user))
    if run_id:
        return get_object_or_404(rows, run=run_id if run_id.isdecimal() else None)
    return rows.order_by("-run__finished_at", "-run_id").first()


@require_GET
@needs("contribution.read")
def account_profit(request: Request, account_id: int) -> HttpResponse:
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_id)
    row = _newest_row(request.user, account, request.GET.get("run"))
    may_see_lines = LedgerQuerySet.open_to(request.user, account)
    context: dict[str, Any] = {
        "account": account,
        "row": row,
        "may_see_lines": may_see_lines,
        "may_add_hours": request.user.may("hours.write"),
        "kpis": kpis.KPIS,
    }
    if row is not None:
        context |= {
            "run": row.run,
            "ladder": ladder_of(row),
            "flag": Flag.objects.visible_to(request.user).of_run(row.run).filter(account=account).first(),
            "history": list(
                AccountProfit.objects.visible_to(request.user)
                .filter(account=account, run__in=ProfitRun.objects.visible_to_contribution(request.user))
                .select_related("run")
                .order_by("-run__finished_at", "-run_id")[:HISTORY]
            ),
        }
    if may_see_lines:
        context |= _lines(request, account, row)
    return page(
        request,
        "segmentation/account_profit/page.html",
        context,
        fragment="segmentation/account_profit/_lines.html",
    )


def _lines(request: Request, account: Account, row: AccountProfit | None) -> dict[str, Any]:
    lines = LedgerLine.objects.filter(account=account)
    if row is not None:
        lines = lines.between(row.run.from_month, row.run.to_month)
    if "category" in request.GET:
        lines = lines.filter(category=request.GET["category"])
    if "product" in request.GET:
        lines = lines.filter(product=request.GET["product"])
    order = ["-date", "-id"]
    try:
        found = keyset_page(lines, order=order, cursor=request.GET.get("cursor"), size=LINES)
    except BadCursor:
        found = keyset_page(lines, order=order, cursor=None, size=LINES)

    def at(cursor: str | None) -> str:
        query = request.GET.copy()
        query.pop("cursor", None)
        if cursor is None:
            return ""
        query["cursor"] = cursor
        return f"{request.path}?{query.urlencode()}"

    return {
        "lines": found.rows,
        "next": at(found.next_cursor),
        "previous": at(found.previous_cursor),
        "chosen": {name: request.GET[name] for name in ("category", "product") if name in request.GET},
    }


@require_GET
@needs("contribution.read")
def account_money(request: Request, account_id: int) -> HttpResponse:
    """The money panel of the account's page: the ladder in short, with the way to every line."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_id)
    row = _newest_row(request.user, account, None)
    return page(
        request,
        "segmentation/account_money/page.html",
        {
            "account": account,
            "row": row,
            "ladder": ladder_of(row) if row else None,
            "flag": (
                Flag.objects.visible_to(request.user).of_run(row.run).speaking().filter(account=account).first()
                if row
                else None
            ),
            "may_propose": request.user.may("exit_plan.propose"),
        },
        fragment="segmentation/account_money/_money.html",
    )


@require_http_methods(["GET", "POST"])
@needs("hours.write")
def hour_entry_create(request: Request, account_id: int) -> HttpResponse:
    """Add hours spent on the account outside logged calls and meetings."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_id)
    form = HourEntryForm(request.POST or None)
    template = "segmentation/hour_entry_create/_form.html"
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            add_hours(
                actor=request.user,
                account=account,
                pool=data["pool"],
                date=data["date"],
                hours=data["hours"],
                note=data["note"],
            )
        except RuleViolation as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The hours are in. They count in the next run."))
            return go_to(request, reverse("account_detail", args=[account.pk]))
    context = {"form": form, "account": account}
    if request.method == "POST":
        return refused(request, template, context)
    return page(request, "segmentation/hour_entry_create/page.html", context, fragment=template)
