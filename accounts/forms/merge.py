"""Which value of each field stays when two records become one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.merging import BOTH, OTHER, Choice


class MergeForm(forms.Form):
    """One question a field in which the two differ, and the versions of both that were read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    other_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = choices
        for choice in choices:
            answers: list[tuple[str, Any]] = [("", _("this one")), (OTHER, _("the other"))]
            if choice.may_join:
                answers.append((BOTH, _("both, one below the other")))
            self.fields[f"take_{choice.name}"] = forms.ChoiceField(choices=answers, required=False, label=choice.label)

    @property
    def take(self) -> dict[str, str]:
        """By field what is taken from the other."""
        return {choice.name: self.cleaned_data[f"take_{choice.name}"] for choice in self.asked}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each question with its answer so far: the posted one, else what is proposed."""
        return [
            {
                "choice": choice,
                "name": f"take_{choice.name}",
                "take": self.data.get(f"take_{choice.name}", "") if self.is_bound else choice.take,
            }
            for choice in self.asked
        ]
