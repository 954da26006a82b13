"""What stands in a typeahead box of a form now, posted or given."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict


class Picking(forms.Form):
    """A form with typeahead boxes. What stands in each is read once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows: dict[str, list[Any]] = {}

    def rows_in(self, name: str) -> list[Any]:
        """The rows chosen in the field `name`, in the order of choosing, of those that it may offer."""
        if name not in self._rows:
            self._rows[name] = self._read_rows(name)
        return self._rows[name]

    def _read_rows(self, name: str) -> list[Any]:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        assert field.queryset is not None
        if isinstance(self.data, QueryDict):
            values: Any = self.data.getlist(name)
        else:
            values = field.prepare_value(self.get_initial_for_field(field, name))
        given = values if isinstance(values, list) else [values]
        ids = [int(value) for value in given if str(value).isdecimal() and len(str(value)) < 19]
        # What was found valid was read for that.
        valid = getattr(self, "cleaned_data", {}).get(name)
        found = [] if not ids else field.queryset.filter(pk__in=ids) if valid is None else several(valid)
        rows = {row.pk: row for row in found}
        return [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]

    def chosen(self, name: str) -> list[dict[str, Any]]:
        """The same as a combobox wants it."""
        return [{"id": row.pk, "label": str(row)} for row in self.rows_in(name)]


class PickingParties(Picking):
    """A talk: its accounts, their people and our colleagues."""

    @property
    def chosen_accounts(self) -> list[dict[str, Any]]:
        return self.chosen("accounts")

    @property
    def chosen_contacts(self) -> list[dict[str, Any]]:
        return self.chosen("contacts")

    @property
    def chosen_colleagues(self) -> list[dict[str, Any]]:
        return self.chosen("colleagues")


def several(given: Any) -> list[Any]:
    """What a field holds, one or many, as many."""
    return list(given) if isinstance(given, list | tuple | QuerySet) else [given]
