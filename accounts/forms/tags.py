"""Tags in forms: those of an account, written or chosen; and putting the tags themselves in order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Tag
from accounts.models.tag import LONGEST_TAG


class TagsInput(forms.TextInput):
    """One line with commas; a typeahead box sends each tag by itself, which comes to the same."""

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> Any:
        if name not in data:
            return None
        return ", ".join(data.getlist(name)) if hasattr(data, "getlist") else data[name]


class TagsField(forms.CharField):
    """The names of tags as one line, in the order of their names."""

    widget = TagsInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=1500, label=_("Tags"), required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return written(split(super().to_python(value) or ""))


def split(line: str) -> list[str]:
    """The names on one line, without empty ones and repeated ones."""
    names = (" ".join(name.split()) for name in line.replace(";", ",").split(","))
    return list({name.lower(): name for name in names if name}.values())


def written(names: list[str]) -> str:
    return ", ".join(sorted(names, key=str.lower))


class TagForm(forms.Form):
    """What a tag is called."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_TAG)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, tag: Tag) -> None:
        super().__init__(data, initial={"name": tag.name, "version": tag.version})

    def show_refusal(self, refusal: Any) -> None:
        placed = {name: text for name, text in refusal.fields.items() if name in self.fields}
        for name, sentence in placed.items():
            self.add_error(name, sentence)
        if not placed:
            self.add_error(None, refusal.sentence)


class TagMergeForm(TagForm):
    """Which tag takes its place."""

    def __init__(self, data: Any = None, *, tag: Tag) -> None:
        super().__init__(data, tag=tag)
        del self.fields["name"]
        others = Tag.objects.exclude(pk=tag.pk).in_order()
        self.fields["into"] = forms.ModelChoiceField(others, label=_("What carries it gets"), empty_label=None)
