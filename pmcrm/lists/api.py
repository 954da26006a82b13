"""Lists in the API: the keyset cursor of the pages, one closed list of orders, search and field filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.endpoints import Endpoint
from pmcrm.lists.conditions import LONGEST
from pmcrm.lists.fields import Field, asked_of_database, check
from pmcrm.lists.keyset import BadCursor, keyset_page, order_by

LARGEST_PAGE: Final = 200


@dataclass(frozen=True)
class Filter:
    """One query parameter: `field` says which values are right, `lookup` where it looks (default: its own name)."""

    field: forms.Field
    lookup: str = ""
    meaning: str = ""


class Cursor(BasePagination):
    """`{"next": url or null, "previous": url or null, "results": [...]}`; the cursor of `pmcrm.lists.keyset`."""

    default_size: ClassVar[int] = 50

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        order, size = order_of(queryset.model, request, view), self._size(request)
        cursor = request.query_params.get("cursor") or None
        try:
            self.page = keyset_page(queryset, order=order, cursor=cursor, size=size)
        except (BadCursor, DjangoValidationError, DataError, ValueError) as error:
            if cursor is None:
                raise
            raise ValidationError({"cursor": _("This cursor belongs to another list; start without one.")}) from error
        return self.page.rows

    def _size(self, request: Request) -> int:
        text = request.query_params.get("page_size", str(self.default_size))
        if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= LARGEST_PAGE):
            raise ValidationError({"page_size": _("A page holds 1 to %(most)d rows.") % {"most": LARGEST_PAGE}})
        return int(text)

    def _link(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        query = self.request.query_params.copy()
        query["cursor"] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(sorted(query.lists()), doseq=True)}")

    def get_paginated_response(self, data: Any) -> Response:
        following, preceding = self._link(self.page.next_cursor), self._link(self.page.previous_cursor)
        return Response({"next": following, "previous": preceding, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        url = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": url, "previous": url, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": self.default_size}
        return [
            _parameter("cursor", {"type": "string"}, "From `next` or `previous`."),
            _parameter("page_size", size, "Rows on a page."),
        ]


def order_of(model: type[Model], request: Request, view: Any) -> list[str]:
    """The columns that `ordering=` asks for, out of the view's closed list; its first entry is the default."""
    orderings: Mapping[str, str] = view.orderings
    text = request.query_params.get("ordering") or view.default_ordering or next(iter(orderings))
    name = text.removeprefix("-")
    if name not in orderings:
        sentence = _("Order by one of: %(known)s. A “-” before it turns it round.")
        raise ValidationError({"ordering": sentence % {"known": ", ".join(orderings)}})
    return order_by(model, ("-" if text.startswith("-") else "") + orderings[name])


class Narrowing(BaseFilterBackend):
    """`search=` by the QuerySet's own `matching`, and the view's field filters; a wrong value is a 400 in words."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        wrong: dict[str, list[str]] = {}
        for name, kind in view.filters.items():
            text = request.query_params.get(name)
            if text in (None, ""):
                continue
            try:
                queryset = queryset.filter(**{kind.lookup or name: kind.field.clean(text)})
            except DjangoValidationError as error:
                wrong[name] = [*error.messages, *_right_values(kind.field)]
        search = request.query_params.get("search", "").strip()
        text = request.query_params.get("filter", "") if view.has_conditions else ""
        if text:
            fields = view.fields_by_key()
            checked = check(text, fields)
            if checked.complaints:
                wrong["filter"] = list(checked.complaints)
            else:
                queryset = queryset.filter(asked_of_database(checked.conditions, fields))
        if "\x00" in search:
            wrong["search"] = [_("The text holds a character that no text may hold.")]
        if wrong:
            raise ValidationError(wrong)
        if search and view.is_searchable:
            queryset = queryset.matching(search)  # type: ignore[attr-defined]  # searchable QuerySets have it
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        known = [*view.orderings, *(f"-{name}" for name in view.orderings)]
        found = [_parameter("ordering", {"type": "string", "enum": known}, "One of the closed list.")]
        if view.is_searchable:
            found.append(_parameter("search", {"type": "string"}, "Words to look for."))
        if view.has_conditions:
            meaning = "Conditions as the list's own address holds them, such as `any(revenue:min:10000;tier:any:A,B)`."
            found.append(_parameter("filter", {"type": "string", "maxLength": LONGEST}, meaning))
        for name, kind in view.filters.items():
            found.append(_parameter(name, _schema_of(kind.field), kind.meaning))
        return found


class Collection(Endpoint):
    """A kind of thing with a list and single ones. `orderings` maps public names to indexed columns."""

    orderings: ClassVar[Mapping[str, str]] = {"id": "id"}
    default_ordering: ClassVar[str] = ""
    filters: ClassVar[Mapping[str, Filter]] = {}
    is_searchable: ClassVar[bool] = False
    has_conditions: ClassVar[bool] = False  # whether `filter=` takes conditions over `fields_by_key`
    pagination_class = Cursor
    filter_backends: Sequence[Any] = [Narrowing]

    def fields_by_key(self) -> Mapping[str, Field]:
        """The fields that `filter=` may name."""
        return {}

    def list(self, request: Request) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, pk: int) -> Response:
        return self.answer(self.get_object())

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset) if self.action == "list" else queryset


def _parameter(name: str, schema: dict[str, Any], meaning: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": meaning, "schema": schema}


def _choices(field: forms.ChoiceField) -> Sequence[str]:
    choices: Any = field.choices
    return [str(value) for value, _label in choices]


def _right_values(field: forms.Field) -> Sequence[str]:
    if not isinstance(field, forms.ChoiceField):
        return ()
    return (_("Right would be one of: %(known)s.") % {"known": ", ".join(_choices(field))},)


def _schema_of(field: forms.Field) -> dict[str, Any]:
    if isinstance(field, forms.ChoiceField):
        return {"type": "string", "enum": _choices(field)}
    if isinstance(field, forms.IntegerField):
        return {"type": "integer"}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date"}
    if isinstance(field, forms.BooleanField):
        return {"type": "boolean"}
    return {"type": "string"}
