"""What stands in a typeahead box of a form now, posted or given."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict


def chosen_rows(form: forms.Form, name: str) -> list[Any]:
    """The rows chosen in the field `name`, in the order of choosing, of those that it may offer."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    assert field.queryset is not None
    values = form.data.getlist(name) if isinstance(form.data, QueryDict) else form.get_initial_for_field(field, name)
    given = values if isinstance(values, list) else [values]
    ids = [int(value) for value in given if str(value).isdecimal() and len(str(value)) < 19]
    rows = {row.pk: row for row in field.queryset.filter(pk__in=ids)} if ids else {}
    return [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]
