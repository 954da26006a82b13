"""The page of any list: rows, heads, paging, chips, segments, tabs, and the number of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pmcrm.figures import number
from pmcrm.lists.addresses import Address
from pmcrm.lists.columns import address_of, body, head_row, heads, read_by
from pmcrm.lists.keyset import LAST, BadCursor, count_or_estimate, keyset_page, order_by
from pmcrm.lists.saved_views import address_of_list, tab_of, tabs_of
from pmcrm.web import Request, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from pmcrm.lists.filters import ListFilters

PAGE_SIZE: Final = 50
# Beyond this the number of rows is the database's own estimate, so that it never holds up the page.
MOST_COUNTED: Final = 2_000


def list_page(
    request: Request,
    declared: type[ListFilters],
    *,
    template: str,
    fragment: str,
    rest: Callable[[Any], dict[str, Any]] = lambda _filters: {},
) -> HttpResponse:
    """The list at this address, or its rows alone where htmx asks; `rest` gives what only this list's page shows."""
    tabs = tabs_of(request.user, declared.kind)
    usual = next((tab for tab in tabs if tab.is_default), None)
    if usual and not request.GET:
        return redirect(address_of_list(declared.kind, usual.query, view=usual.pk))
    filters = declared(request.GET, person=request.user)
    narrowed = filters.narrowed(filters.visible())
    columns = filters.shown_columns
    if filters.is_edited and filters.tick:
        columns = [filters.tick, *filters.opened(columns)]
    order = order_by(narrowed.model, filters.column)
    bare = narrowed if filters.is_found_bare else None
    shown = narrowed if bare is None else narrowed.model._default_manager.all()
    listed = filters.read(shown, read_by(columns, "pk", *(column.removeprefix("-") for column in order)))
    complaint, asked_cursor = "", request.GET.get("cursor")
    try:
        found = keyset_page(listed, order=order, cursor=asked_cursor, size=PAGE_SIZE, chosen_from=bare)
    except BadCursor:
        complaint = _("This place in the list is not known any more; the list starts from the beginning.")
        found = keyset_page(listed, order=order, cursor=None, size=PAGE_SIZE, chosen_from=bare)
    count, is_estimate = count_or_estimate(narrowed, MOST_COUNTED, expected=filters.expected)
    words = filters.counted(count, number(count))
    address = Address(filters, opens_otherwise=usual is not None)
    opened = filters.asked.get("view") or ""
    if opened and opened not in {"all", *(str(tab.pk) for tab in tabs)}:
        tabs = [*tabs, *filter(None, [tab_of(request.user, declared.kind, opened)])]
    page_of = address_of(filters.row_page)
    is_edited = filters.is_edited
    context = {
        "filters": filters,
        "complaint": complaint,
        "rows": body(found.rows, columns, user=request.user, address=lambda row: page_of(row.pk)),
        "heads": head_row(
            heads(columns, sortable=filters.orders, sort=filters.sorting, to=address.sorted_by),
            target=f"#{declared.kind}",
        ),
        "chips": address.chips(),
        "segments": address.segments(),
        "segments_label": filters.fields[filters.segments_of].label if filters.segments_of else "",
        "carried": address.carried(),
        "count": count,
        "is_estimate": is_estimate,
        "counted": _("about %(counted)s") % {"counted": words} if is_estimate else words,
        "is_narrowed": bool(address.narrowing),
        "first_url": address.to(cursor=None) if found.previous_cursor else "",
        "previous_url": address.to(cursor=found.previous_cursor) if found.previous_cursor else "",
        "next_url": address.to(cursor=found.next_cursor) if found.next_cursor else "",
        "last_url": address.to(cursor=LAST) if found.next_cursor else "",
        "may_edit": filters.may_write,
        "edit_url": address.to(edit="" if is_edited else "on", cursor=asked_cursor),
        "is_edited": is_edited,
        "query": address.query_without("edit"),
        "tabs": address.tabs(tabs, opened),
        "views_url": address.to(path=reverse("saved_view_list", args=[declared.kind])),
        "filters_url": address.to(path=reverse("list_filters", args=[declared.kind])) if filters.has_conditions else "",
        "columns_url": address.to(path=reverse("list_columns", args=[declared.kind])),
        "export_url": address.to(path=reverse("list_export", args=[declared.kind])),
        **rest(filters),
    }
    answer = page(request, template, context, fragment=fragment)
    if request.htmx:
        answer["HX-Push-Url"] = address.to(cursor=asked_cursor)
    return answer
