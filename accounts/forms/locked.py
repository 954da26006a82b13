"""Forms of rows that several people edit: the version travels along, a conflict is shown field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation, StaleVersion

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Difference:
    """One field that two people left with different values. `keeps` is what is chosen until somebody says otherwise."""

    name: str
    label: str
    mine: str
    theirs: str
    # Their value as the form would post it.
    posted: str
    keeps: str


class LockedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """A ModelForm that does not save: the service does. It remembers what its reader saw and shows both sides."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[Difference] = []
        self.fields["version"].initial = getattr(self.instance, "version", None)
        if self.is_bound:
            self.data = self._with_choices(self.data)

    def remember_initial(self) -> None:
        """Let each field carry what its reader saw, so that `changed_data` says what this person changed."""
        if self.instance.pk is not None:
            for name, field in self.fields.items():
                field.show_hidden_initial = name != "version"

    def _with_choices(self, data: Any) -> Any:
        """The posted values, with theirs in place of mine where the person chose so."""
        taken = {
            name.removeprefix("keep-"): data.get(f"theirs-{name.removeprefix('keep-')}", "")
            for name in data
            if name.startswith("keep-") and data.get(name) == THEIRS
        }
        if not taken:
            return data
        copy = data.copy()
        for name, value in taken.items():
            copy[name] = value
        return copy

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes: the cleaned values without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @property
    def read_version(self) -> int:
        """The version that was read; a form without one is as old as can be."""
        return self.cleaned_data.get("version") or 0

    def show_conflict(self, refusal: StaleVersion) -> None:
        """Put both sides of each field that differs beside each other, and read on from the newer version."""
        mine = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        changed = set(self.changed_data)
        self.differences = [
            Difference(
                name,
                str(self.fields[name].label),
                self._words(name, mine[name]),
                self._words(name, theirs),
                self._posted(name, theirs),
                MINE if name in changed else THEIRS,
            )
            for name, theirs in self.current_of(refusal).items()
            if name in mine and name in self.fields and mine[name] != theirs
        ]
        copy: Any = dict(self.data.items())
        copy["version"] = str(refusal.current["version"])
        self.data = copy
        self.add_error(None, refusal.sentence)

    def current_of(self, refusal: StaleVersion) -> Mapping[str, Any]:
        """What is saved now, by the names of this form's fields."""
        return refusal.current

    def show_refusal(self, refusal: RuleViolation) -> None:
        """Put each sentence at its field, or over the form where the field is not in it."""
        placed = {name: text for name, text in refusal.fields.items() if name in self.fields}
        for name, sentence in placed.items():
            self.add_error(name, sentence)
        if not placed:
            self.add_error(None, refusal.sentence)

    def _posted(self, name: str, value: Any) -> str:
        prepared = self.fields[name].prepare_value(value)
        return "" if prepared is None else str(prepared)

    def _words(self, name: str, value: Any) -> str:
        """A value as a person reads it."""
        if value in (None, ""):
            return _("empty")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        choices: Any = getattr(self.fields[name], "choices", None)
        if choices is not None and not isinstance(value, Model):
            labels: Mapping[Any, Any] = {str(key): label for key, label in choices}
            return str(labels.get(str(value), value))
        return str(value)
