"""Which accounts, in my view? The list, and the same view as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.forms import AccountFilters
from accounts.models import Account
from accounts.permissions import sees_figures
from accounts.views.bulk import changes_on_offer
from pmcrm.exchange.neutralise import neutralise
from pmcrm.lists.addresses import Address
from pmcrm.lists.keyset import order_by
from pmcrm.lists.pages import list_page
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request

if TYPE_CHECKING:
    from accounts.models import CustomField
    from pmcrm.people.models import User


@needs("account.read")
def account_list(request: Request) -> HttpResponse:
    return list_page(
        request,
        AccountFilters,
        template="accounts/account_list/page.html",
        fragment="accounts/account_list/_accounts.html",
        rest=_rest,
    )


def _rest(filters: AccountFilters) -> dict[str, Any]:
    person, own = filters.person, [field.form_name for field in filters.own_choosers]
    return {
        "ticks": tuple(map(filters.chooser, ("state", "tier", "lacks"))),
        "choosers": tuple(map(filters.chooser, ("owner", "country", "industry", "party", *own))),
        "may_create": may(person, "account.create"),
        "may_see_duplicates": may(person, "duplicate.read"),
        "changes": changes_on_offer(person) if filters.is_edited else (),
        "export_url": Address(filters, opens_otherwise=False).to(path=reverse("account_export")),
    }


@needs("account.read")
def account_export(request: Request) -> StreamingHttpResponse:
    """The same view as CSV, row by row, without the values that this person may not see."""
    filters = AccountFilters(request.GET, person=request.user)
    accounts = filters.narrowed(Account.objects.visible_to(request.user)).for_list()
    accounts = accounts.select_related("department", "parent", "se_owner")
    rows = accounts.order_by(*order_by(Account, filters.column)).iterator(chunk_size=2000)
    name = f"accounts-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        _lines(rows, request.user, filters.own_fields),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


class _Echo:
    """A file that gives back what is written into it: the csv module's one way to make single lines."""

    def write(self, line: str) -> str:
        return line


def _lines(accounts: Iterator[Account], user: User, own: list[CustomField]) -> Iterator[str]:
    has_figures = may(user, "contribution.read")
    own_values = ["name", "kind", "party", "state", "tier", "country", "region", "city", "time_zone", "industry"]
    own_values += ["segment", "size", "street", "postcode", "phone", "website", "business_summary"]
    own_values += ["business_model", "incumbent_competitor", "first_heard_on", "first_heard_source", "first_impression"]
    own_values += ["sales_form", "distance_class", "reference_ok", "speaker_ok", "reference_permission_on"]
    heads = ["pmcrm_id", "ref", *own_values, "department", "parent", "relationship_owner", "product_manager"]
    heads += ["se_owner", "last_contact", "next_step"]
    heads += ["revenue_12m", "contribution_12m"] if has_figures else []
    writer = csv.writer(_Echo())
    # Spreadsheets read UTF-8 only behind this mark.
    yield "\ufeff" + writer.writerow([*heads, *(field.form_name for field in own)])
    for account in accounts:
        figures = account.figures
        values: list[Any] = [_written(getattr(account, name)) for name in own_values]
        values += [account.department or "", account.parent.ref if account.parent else ""]
        # By address: an import of this file finds the same people again.
        values += [owner.email if owner else "" for owner in _owners(account)]
        values += [figures.last_contact_at.isoformat() if figures.last_contact_at else "", figures.next_step_on or ""]
        if has_figures:
            shown = sees_figures(user, account)
            money = (figures.revenue_12m, figures.contribution_12m)
            values += ["" if value is None or not shown else value for value in money]
        values += [field.plain(account.custom.get(field.key)) for field in own]
        yield writer.writerow([account.pk, *(neutralise(str(value)) for value in [account.ref, *values])])


def _owners(account: Account) -> tuple[User | None, ...]:
    return account.relationship_owner, account.product_manager, account.se_owner


def _written(value: Any) -> Any:
    """Nothing as an empty cell, yes and no as an import reads them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value
