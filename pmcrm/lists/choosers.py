"""A filter's choices as plain values: markup that depends on nothing else can be kept (`{% kept %}`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms

MOST_KEYS: Final = 60


@dataclass(frozen=True)
class Chooser:
    """One field of a filter form: its name in the address, its label, what it offers and what is chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]

    @classmethod
    def of(cls, form: forms.Form, name: str) -> Chooser:
        """The field of a form that was checked; a refused value is not chosen."""
        field: Any = form.fields[name]
        value = form.cleaned_data.get(name) or ""
        options = tuple((str(option), str(label)) for option, label in field.choices)
        return cls(name, str(field.label), options, tuple(value) if isinstance(value, list) else (value,))


class Keys(forms.MultipleChoiceField):
    """Keys in the order in which the address names them. Whoever reads them leaves out what is not known."""

    widget = forms.MultipleHiddenInput

    def valid_value(self, value: str) -> bool:  # noqa: ARG002  the base's signature
        return True

    def clean(self, value: Any) -> list[str]:
        return list(super().clean(value))[:MOST_KEYS]
