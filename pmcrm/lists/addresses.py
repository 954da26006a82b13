"""The addresses of a list: each holds its whole state."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.utils.formats import date_format

from pmcrm.lists.saved_views import address_of_list

if TYPE_CHECKING:
    from pmcrm.lists.filters import ListFilters
    from pmcrm.lists.saved_views import Tab

# Signs that a filter is written with; an address may hold them as they are.
_READABLE: Final = "(),:;"
_STATE: Final = ("columns", "edit", "view", "sort")


class Address:
    """What the list's form was asked, as addresses of other states of the same list."""

    def __init__(self, filters: ListFilters, *, opens_otherwise: bool) -> None:
        self.filters, self.opens_otherwise = filters, opens_otherwise
        asked = filters.asked
        names = [*(name for name in asked if name not in _STATE), *_STATE]
        self.asked = {name: asked[name] for name in names if asked.get(name)}
        self.path = filters.url
        not_narrowing = {*_STATE, filters.segments_of}
        self.narrowing = {name: value for name, value in self.asked.items() if name not in not_narrowing}

    def to(self, *, path: str = "", **changed: Any) -> str:
        values = {**self.asked, **changed}
        query = urlencode([(name, value) for name, value in values.items() if value], doseq=True, safe=_READABLE)
        path = path or self.path
        if not query and self.opens_otherwise and path == self.path:
            query = "view=all"  # the bare address opens the view of the person's choice
        return f"{path}?{query}" if query else path

    def query_without(self, *names: str) -> str:
        return urlencode([(name, value) for name, value in self.asked.items() if name not in names], doseq=True)

    def pairs(self) -> list[tuple[str, str]]:
        """The whole state, as pairs for hidden fields."""
        return [
            (name, one) for name, value in self.asked.items() for one in (value if isinstance(value, list) else [value])
        ]

    def carried(self) -> list[tuple[str, str]]:
        """What the form of filters sends along without showing it."""
        names = (self.filters.segments_of, "filter", *_STATE)
        return [(name, value) for wanted in names for name, value in self.pairs() if name == wanted]

    def sorted_by(self, sort: str) -> str:
        return self.to(sort="" if sort == self.filters.usual_sort else sort)

    def tabs(self, tabs: list[Tab], opened: str) -> list[dict[str, Any]]:
        """The plain list, the pinned views and the open one; where nothing is pinned or open there are none."""
        shown = [tab for tab in tabs if tab.is_pinned or str(tab.pk) == opened]
        if not shown:
            return []
        now = self.query_without("view", "edit")
        plain = self.path + ("?view=all" if self.opens_otherwise else "")
        is_plain = opened not in {str(tab.pk) for tab in shown}
        found: list[dict[str, Any]] = [{"label": self.filters.title, "url": plain, "on": is_plain, "is_changed": False}]
        for tab in shown:
            is_on = str(tab.pk) == opened
            url = address_of_list(self.filters.kind, tab.query, view=tab.pk)
            is_changed = is_on and tab.differs_from(now)
            found.append({"label": tab.name, "url": url, "on": is_on, "is_changed": is_changed})
        return found

    def segments(self) -> list[dict[str, Any]]:
        filters = self.filters
        if not filters.segments_of:
            return []
        field: Any = filters.fields[filters.segments_of]
        usual, now = filters.usual_segment, filters.segment
        off = dict.fromkeys(filters.segments_replace, "")
        return [
            {
                "label": label,
                "url": self.to(**{filters.segments_of: "" if slug == usual else slug}, **off),
                "on": slug == now,
            }
            for slug, label in field.choices
        ]

    def chips(self) -> list[dict[str, str]]:
        """What narrows the list, each with the address without it."""
        chips = []
        for name, value in self.narrowing.items():
            if name == "filter":
                chips += [
                    {"label": words, "url": self.to(filter=left)} for words, left in self.filters.condition_chips()
                ]
                continue
            for one in value if isinstance(value, list) else [value]:
                left: Any = [other for other in value if other != one] if isinstance(value, list) else ""
                chips.append({"label": self._words(name, one), "url": self.to(**{name: left})})
        return chips

    def _words(self, name: str, value: Any) -> str:
        field: Any = self.filters.fields[name]
        if hasattr(field, "choices"):
            words = dict(field.choices).get(value, value)
        else:
            words = date_format(value) if isinstance(value, dt.date) else f"“{value}”"
        return f"{field.label}: {words}"
