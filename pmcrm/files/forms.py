"""Forms about a file that looks ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Contact
from pmcrm.files.services import missing_statements
from touchpoints.models import Channel, Statement, Unlocks

if TYPE_CHECKING:
    from pmcrm.people.models import User


class ClassForm(forms.Form):
    edition = forms.CharField(
        label=gettext_lazy("Version"), max_length=40, help_text=gettext_lazy("For example: November, third draft.")
    )
    watermark = forms.CharField(
        label=gettext_lazy("Words on each page"),
        max_length=200,
        help_text=gettext_lazy("You put them on the file; it is handed out as it is."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ShareForm(forms.Form):
    contacts = forms.ModelMultipleChoiceField(
        label=gettext_lazy("With whom"),
        queryset=Contact.objects.none(),
        error_messages={"required": gettext_lazy("Say with whom it is shared.")},
    )
    channel = forms.ChoiceField(label=gettext_lazy("How"), choices=Channel.choices, initial=Channel.MAIL)
    said = forms.ModelMultipleChoiceField(
        queryset=Statement.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    override_reason = forms.CharField(label=gettext_lazy("Or why you did not"), max_length=300, required=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts, said = self.fields["contacts"], self.fields["said"]
        assert isinstance(contacts, forms.ModelMultipleChoiceField)
        assert isinstance(said, forms.ModelMultipleChoiceField)
        contacts.queryset = Contact.objects.visible_to(person)
        contacts.error_messages["invalid_choice"] = _("Choose from the list.")
        said.queryset = Statement.objects.unlocking(Unlocks.SHARING)
        self.people = _people(self.data, person) if self.is_bound else []

    @property
    def chosen(self) -> list[dict[str, Any]]:
        return [{"id": one.pk, "label": one.name} for one in self.people]

    @property
    def due(self) -> list[tuple[Statement, bool]]:
        """What these people have not heard yet, and whether it is ticked."""
        ticked = set(self.data.getlist("said")) if isinstance(self.data, QueryDict) else set()
        return [(one, str(one.pk) in ticked) for one in missing_statements(self.people)] if self.people else []


def _people(data: Any, person: User) -> list[Contact]:
    keys = [int(value) for value in data.getlist("contacts") if value.isdecimal() and len(value) < 19]
    return list(Contact.objects.visible_to(person).filter(pk__in=keys)) if keys else []
