"""Which accounts, in my view? The list, and the same view as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.forms import AccountFilters
from accounts.listing import TICK
from accounts.models import Account
from accounts.permissions import sees_figures
from accounts.views.bulk import changes_on_offer
from pmcrm.exchange.neutralise import neutralise
from pmcrm.lists.columns import address_of, body, head_row, heads, read_by
from pmcrm.lists.keyset import LAST, BadCursor, count_or_estimate, keyset_page, order_by
from pmcrm.lists.saved_views import Tab, address_of_list, tab_of, tabs_of
from pmcrm.lists.views import choose_columns
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, page

if TYPE_CHECKING:
    from accounts.models import CustomField
    from pmcrm.people.models import User

PAGE_SIZE: Final = 50
# Beyond this the number of accounts is the database's own estimate, so that it never holds up the page.
MOST_COUNTED: Final = 2_000
NOT_NARROWING: Final = frozenset({"sort", "who", "columns", "view", "edit"})


@needs("account.read")
def account_list(request: Request) -> HttpResponse:
    tabs = tabs_of(request.user, "accounts")
    usual = next((tab for tab in tabs if tab.is_default), None)
    if usual and not request.GET:
        return redirect(address_of_list("accounts", usual.query, view=usual.pk))
    filters = AccountFilters(request.GET, person=request.user)
    accounts = filters.narrowed(Account.objects.visible_to(request.user))
    is_edited = bool(filters.asked.get("edit")) and may(request.user, "account.write")
    columns = [TICK, *filters.shown_columns] if is_edited else filters.shown_columns
    order = order_by(Account, filters.column)
    listed = accounts.as_rows(read_by(columns, "pk", *(column.removeprefix("-") for column in order)))
    complaint = ""
    try:
        found = keyset_page(listed, order=order, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except BadCursor:
        complaint = _("This place in the list is not known any more; the list starts from the beginning.")
        found = keyset_page(listed, order=order, cursor=None, size=PAGE_SIZE)
    count, is_estimate = count_or_estimate(accounts, MOST_COUNTED)
    address = _Address(filters, opens_otherwise=usual is not None)
    opened = filters.asked.get("view") or ""
    if opened and opened not in {"all", *(str(tab.pk) for tab in tabs)}:
        tabs = [*tabs, *filter(None, [tab_of(request.user, "accounts", opened)])]
    page_of = address_of("account_detail")
    own_choosers = [field.form_name for field in filters.own_choosers]
    context = {
        "filters": filters,
        "complaint": complaint,
        "rows": body(found.rows, columns, user=request.user, address=lambda row: page_of(row.pk)),
        "may_create": may(request.user, "account.create"),
        "may_see_duplicates": may(request.user, "duplicate.read"),
        "ticks": tuple(map(filters.chooser, ("state", "tier"))),
        "choosers": tuple(map(filters.chooser, ("owner", "country", "industry", "party", *own_choosers))),
        "heads": head_row(
            heads(columns, sortable=filters.orders, sort=filters.sorting, to=address.sorted_by), target="#accounts"
        ),
        "chips": address.chips(),
        "segments": address.segments(),
        "count": count,
        "is_estimate": is_estimate,
        "is_narrowed": bool(address.narrowing),
        "first_url": address.to(cursor=None) if found.previous_cursor else "",
        "previous_url": address.to(cursor=found.previous_cursor) if found.previous_cursor else "",
        "next_url": address.to(cursor=found.next_cursor) if found.next_cursor else "",
        "last_url": address.to(cursor=LAST) if found.next_cursor else "",
        "may_edit": may(request.user, "account.write"),
        "edit_url": address.to(edit="" if is_edited else "on", cursor=request.GET.get("cursor")),
        "is_edited": is_edited,
        "changes": changes_on_offer(request.user) if is_edited else (),
        "query": address.query_without("edit"),
        "tabs": address.tabs(tabs, opened),
        "views_url": address.to(path=reverse("saved_view_list", args=["accounts"])),
        "columns_url": address.to(path=reverse("account_columns")),
        "export_url": address.to(path=reverse("account_export"), cursor=None),
    }
    answer = page(request, "accounts/account_list/page.html", context, fragment="accounts/account_list/_accounts.html")
    if request.htmx:
        answer["HX-Push-Url"] = address.to(cursor=request.GET.get("cursor"))
    return answer


@needs("account.read")
def account_columns(request: Request) -> HttpResponse:
    """Which columns, in which order? In a dialog."""
    filters = AccountFilters(request.GET, person=request.user)
    return choose_columns(
        request, filters.columns_on_offer, chosen=filters.shown_columns, back="account_list", here="account_columns"
    )


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


class _Address:
    """The addresses of the list: each holds its whole state."""

    def __init__(self, filters: AccountFilters, *, opens_otherwise: bool) -> None:
        self.filters, self.opens_otherwise = filters, opens_otherwise
        self.asked = {name: value for name, value in filters.asked.items() if value}
        self.path = reverse("account_list")
        self.narrowing = {name: value for name, value in self.asked.items() if name not in NOT_NARROWING}

    def to(self, *, path: str = "", **changed: Any) -> str:
        values = {**self.asked, **changed}
        query = urlencode([(name, value) for name, value in values.items() if value], doseq=True)
        path = path or self.path
        if not query and self.opens_otherwise and path == self.path:
            query = "view=all"  # the bare address opens the view of the person's choice
        return f"{path}?{query}" if query else path

    def query_without(self, *names: str) -> str:
        return urlencode([(name, value) for name, value in self.asked.items() if name not in names], doseq=True)

    def tabs(self, tabs: list[Tab], opened: str) -> list[dict[str, Any]]:
        """The plain list, the pinned views and the open one; where nothing is pinned or open there are none."""
        shown = [tab for tab in tabs if tab.is_pinned or str(tab.pk) == opened]
        if not shown:
            return []
        now = self.query_without("view", "edit")
        plain = self.path + ("?view=all" if self.opens_otherwise else "")
        is_plain = opened not in {str(tab.pk) for tab in shown}
        found: list[dict[str, Any]] = [{"label": _("Accounts"), "url": plain, "on": is_plain, "is_changed": False}]
        for tab in shown:
            is_on = str(tab.pk) == opened
            url = address_of_list("accounts", tab.query, view=tab.pk)
            is_changed = is_on and tab.differs_from(now)
            found.append({"label": tab.name, "url": url, "on": is_on, "is_changed": is_changed})
        return found

    def sorted_by(self, sort: str) -> str:
        return self.to(sort="" if sort == "name" else sort)

    def segments(self) -> list[dict[str, Any]]:
        field: Any = self.filters.fields["who"]
        now = self.asked.get("who") or ("all" if self.asked.get("party") else "customers")
        return [
            {"label": label, "url": self.to(who="" if slug == "customers" else slug, party=""), "on": slug == now}
            for slug, label in field.choices
        ]

    def chips(self) -> list[dict[str, str]]:
        """What narrows the list, each with the address without it."""
        chips = []
        for name, value in self.narrowing.items():
            for one in value if isinstance(value, list) else [value]:
                left: Any = [other for other in value if other != one] if isinstance(value, list) else ""
                chips.append({"label": self._words(name, one), "url": self.to(**{name: left})})
        return chips

    def _words(self, name: str, value: str) -> str:
        field: Any = self.filters.fields[name]
        words = dict(field.choices).get(value, value) if hasattr(field, "choices") else f"“{value}”"
        return f"{field.label}: {words}"
