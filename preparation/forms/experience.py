"""The form of a story."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from preparation.models import Experience


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
