"""The form of a story."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from preparation.models import Experience


class ExperienceFilter(forms.Form):
    """By word, and by industry; `industries` are those that some story names."""

    q = forms.CharField(
        label=gettext_lazy("A word of the story"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("A word of the story")}),
    )
    industry = forms.ChoiceField(label=gettext_lazy("Industry"), required=False)

    def __init__(self, *args: Any, industries: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["industry"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext_lazy("Any industry")), *((one, one) for one in industries)]

    @property
    def asked(self) -> dict[str, str]:
        """What is wrong is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ExperienceForm(forms.Form):
    """Checks shape; the service decides."""

    problem = forms.CharField(
        label=gettext_lazy("Which problem"), max_length=300, help_text=gettext_lazy("As the customer would say it.")
    )
    story = forms.CharField(
        label=gettext_lazy("What came of it"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    industry = forms.CharField(label=gettext_lazy("Industry"), max_length=100, required=False)
    is_retired = forms.BooleanField(label=gettext_lazy("Not told any more"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    @classmethod
    def of(cls, experience: Experience) -> ExperienceForm:
        return cls(initial={name: getattr(experience, name) for name in cls.base_fields})
