"""A step that was agreed in a meeting: what, who, by when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from pmcrm.people.models import User
from touchpoints.forms.choosing import Picking
from touchpoints.forms.next_step import week_from_today


class StepForm(Picking):
    """Whoever agreed on it does it, unless somebody else is chosen."""

    text = forms.CharField(max_length=300, error_messages={"required": gettext_lazy("Say what will be done.")})
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        error_messages={
            "required": gettext_lazy("Say who does it."),
            "invalid_choice": gettext_lazy("Choose a colleague from the list."),
        },
    )
    due_on = forms.DateField(
        error_messages={
            "required": gettext_lazy("By when?"),
            "invalid": gettext_lazy("Enter a day, for example 2026-03-10."),
        }
    )
    is_shared = forms.BooleanField(required=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = User.objects.with_right("next_step.write")

    @property
    def chosen_owner(self) -> list[dict[str, Any]]:
        return self.chosen("owner") if self.is_bound else [{"id": self.person.pk, "label": self.person.name}]

    @property
    def day(self) -> str:
        """As it was typed, else a week from now."""
        return str(self["due_on"].value() or "") if self.is_bound else week_from_today().isoformat()
