"""The dialog in which a list's filter is put together: rows in groups, each step an address, so it works without a
script. Choosing a field shows its operators, choosing an operator what it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pmcrm.lists.addresses import Address
from pmcrm.lists.conditions import ALL, ANY, LONGEST, MOST_CONDITIONS, MOST_GROUPS, Condition, Conditions, Group
from pmcrm.lists.fields import MOST_VALUES, Field, Kind, Operator, Refused, Takes, typed
from pmcrm.lists.registry import kinds, list_named
from pmcrm.lists.saved_views import tabs_of
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, wants_fragment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from pmcrm.lists.filters import ListFilters

UNPROCESSABLE: Final = 422
# So many choices stand open beside each other; more are looked for by their letters.
MOST_OPEN: Final = 8
MOST_OFFERED: Final = 10
_NAME: Final = re.compile(r"([fj])\.([0-9])(?:\.([0-9]{1,2}))?")


@dataclass
class Row:
    """One condition as it stands in the form, right or wrong. `name` ends the names of its inputs: 0.2."""

    name: str = ""
    key: str = ""
    operator: str = ""
    values: list[str] = field(default_factory=list)
    error: str = ""
    field: Field | None = None
    compared: Operator | None = None
    has_focus: bool = False
    needs_focus: bool = False

    def settle(self, fields: Mapping[str, Field]) -> None:
        """Find what the keys name; where the field was changed, what belonged to the old one goes."""
        self.field = fields.get(self.key)
        if self.field is None:
            return
        self.compared = self.field.operator(self.operator) or self.field.operators[0]
        known = {value for value, _words in self.field.options}
        if self.compared.takes is Takes.SOME:
            self.values = [value for value in self.values if value in known]
        wanted = {Takes.NOTHING: 0, Takes.TWO: 2, Takes.SOME: MOST_VALUES}.get(self.compared.takes, 1)
        self.values = self.values[:wanted] + [""] * (2 - len(self.values) if wanted == 2 else 0)

    @property
    def condition(self) -> Condition:
        operator = self.compared.slug if self.compared else self.operator
        return Condition(self.key, operator, tuple(self.values))

    # What the template shows ----------------------------------------------------------------------------------------

    @property
    def takes(self) -> str:
        if self.field is None or self.compared is None or self.compared.takes is Takes.NOTHING:
            return ""
        if self.compared.takes is Takes.SOME:
            return "ticks" if len(self.field.options) <= MOST_OPEN else "search"
        if self.field.kind is Kind.DATE and self.compared.takes in {Takes.ONE, Takes.TWO}:
            return "date" if self.compared.takes is Takes.ONE else "dates"
        return {Takes.DAYS: "days", Takes.TWO: "two"}.get(self.compared.takes, self.field.kind.value)

    @property
    def first(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def second(self) -> str:
        return self.values[1] if len(self.values) > 1 else ""

    @property
    def chosen(self) -> list[dict[str, str]]:
        labels = dict(self.field.options) if self.field else {}
        return [{"id": value, "label": str(labels[value])} for value in self.values if value in labels]


@dataclass
class Block:
    """One group as it stands in the form."""

    joined: str = ALL
    rows: list[Row] = field(default_factory=list)
    has_focus: bool = False


@require_safe
@needs("account.read")
def list_filters(request: Request, kind: str) -> HttpResponse:
    """Which of them? `do=add:0`, `do=drop:0:1` and `do=group` are steps; `do=show` opens the list so filtered."""
    filters = _list(request, kind)
    is_draft = "draft" in request.GET
    blocks = _blocks(request.GET) if is_draft else _blocks_of(filters.conditions)
    joined = ANY if (request.GET.get("join") if is_draft else filters.conditions.joined) == ANY else ALL
    step, _colon, at = request.GET.get("do", "").partition(":")
    _take_step(blocks, step, at)
    for block in blocks:
        for row in block.rows:
            row.settle(filters.fields_by_key)
            row.needs_focus = row.name == request.GET.get("changed")
    usual = any(tab.is_default for tab in tabs_of(request.user, kind))
    address = Address(filters, opens_otherwise=usual)
    complaint = ""
    if step == "show":
        asked = _asked(joined, blocks, filters.fields_by_key)
        text = str(asked)
        if len(text) > LONGEST:
            complaint = _("These filters say too much for one address; choose fewer values.")
        elif not any(row.error for block in blocks for row in block.rows):
            return go_to(request, address.to(filter=text))
    _name_rows(blocks)
    context = {
        "filters": filters,
        "fields": list(filters.fields_by_key.values()),
        "blocks": blocks,
        "joined": joined,
        "complaint": complaint,
        "state": [(name, value) for name, value in address.pairs() if name != "filter"],
        "here": reverse("list_filters", args=[kind]),
        "options_url": reverse("list_filter_options", args=[kind]),
        "back": address.to(),
        "plain": address.to(filter=""),
        "may_add": sum(len(block.rows) for block in blocks) < MOST_CONDITIONS,
        "may_add_group": len(blocks) < MOST_GROUPS,
        "in_dialog": wants_fragment(request),
    }
    status = UNPROCESSABLE if step == "show" else 200
    return page(request, "lists/filters/page.html", context, fragment="lists/filters/_dialog.html", status=status)


@require_safe
@needs("account.read")
def list_filter_options(request: Request, kind: str) -> JsonResponse:
    """The choices of a field whose words hold the text, for the typeahead box."""
    asked = _list(request, kind).fields_by_key.get(request.GET.get("field", ""))
    text = request.GET.get("q", "").strip().casefold()[:100]
    found = [(value, str(words)) for value, words in asked.options] if asked else []
    best = [{"id": value, "label": words, "sub": ""} for value, words in found if text in words.casefold()]
    return JsonResponse({"results": best[:MOST_OFFERED]})


def _list(request: Request, kind: str) -> ListFilters:
    if kind not in kinds():
        raise Http404
    filters = list_named(kind)(request.GET, person=request.user)
    filters.is_valid()
    if not filters.fields_by_key:
        raise Http404
    return filters


def _blocks(query: QueryDict) -> list[Block]:
    """The form as it was sent."""
    blocks: dict[int, Block] = {}
    for name in sorted(query, key=lambda one: [int(part) if part.isdecimal() else -1 for part in one.split(".")]):
        found = _NAME.fullmatch(name)
        if found is None:
            continue
        block = blocks.setdefault(int(found[2]), Block())
        if found[1] == "j":
            block.joined = ANY if query[name] == ANY else ALL
        elif found[3] is not None and len(block.rows) < MOST_CONDITIONS:
            place = f"{found[2]}.{found[3]}"
            values = [value.replace("\x00", "")[:200] for value in query.getlist(f"v.{place}")][:MOST_VALUES]
            block.rows.append(Row(place, str(query[name]), str(query.get(f"o.{place}", "")), values))
    return [blocks[at] for at in sorted(blocks)][:MOST_GROUPS] or [Block(rows=[Row()])]


def _blocks_of(conditions: Conditions) -> list[Block]:
    """The form of the filter that the list has now; without one a first row to begin with."""
    found = [
        Block(group.joined, [Row("", one.field, one.operator, list(one.values)) for one in group.conditions])
        for group in conditions.groups
    ]
    return found or [Block(rows=[Row(needs_focus=True)])]


def _take_step(blocks: list[Block], step: str, at: str) -> None:
    places = [int(part) for part in at.split(":") if part.isdecimal() and part.isascii() and len(part) < 3]
    count = sum(len(block.rows) for block in blocks)
    match step, places:
        case "add", [group] if group < len(blocks) and count < MOST_CONDITIONS:
            blocks[group].rows.append(Row(has_focus=True))
        case "group", [] if len(blocks) < MOST_GROUPS and count < MOST_CONDITIONS:
            blocks.append(Block(rows=[Row(has_focus=True)]))
        case "drop", [group, row] if group < len(blocks) and row < len(blocks[group].rows):
            del blocks[group].rows[row]
            blocks[group].has_focus = True
            if not blocks[group].rows and len(blocks) > 1:
                del blocks[group]
                blocks[0].has_focus = True


def _asked(joined: str, blocks: list[Block], fields: Mapping[str, Field]) -> Conditions:
    """What the rows say; a row without a field says nothing, a wrong one carries its sentence."""
    groups = []
    for block in blocks:
        group = []
        for row in block.rows:
            if row.field is None:
                continue
            values = tuple(value for value in row.values if value.strip())
            condition = replace(row.condition, values=values)
            try:
                typed(condition, fields)
            except Refused as refusal:
                row.error = str(refusal.__cause__ or refusal)
            group.append(condition)
        groups.append(Group(block.joined, tuple(group)))
    return Conditions(joined, tuple(groups)).tidy()


def _name_rows(blocks: list[Block]) -> None:
    for group, block in enumerate(blocks):
        for at, row in enumerate(block.rows):
            row.name = f"{group}.{at}"
