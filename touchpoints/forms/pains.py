"""Forms about one trouble, the list of them, and statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact, Promise
from touchpoints.forms.choosing import Picking
from touchpoints.models import (
    Cause,
    Channel,
    ExpectationKind,
    LearningTag,
    Pain,
    Severity,
    Statement,
    Topic,
    Unlocks,
)

if TYPE_CHECKING:
    from pmcrm.people.models import User

MOST_OFFERED: Final = 50
_A_DAY: Final = _("Enter a day, for example 2026-03-10.")
_WORDS: Final = forms.Textarea(attrs={"rows": 3})


def _day(**kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, error_messages={"invalid": _A_DAY, "required": _A_DAY}, **kwargs)


class _OfPain(Picking):
    """A form about one trouble, with the people of its account to choose from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, pain: Pain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pain = pain

    def _people(self, name: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Contact.objects.filter(account=self.pain.account_id).in_sight()
        field.error_messages["invalid_choice"] = _("Choose somebody of this account.")


class AnswerForm(_OfPain):
    """What they were told becomes of it."""

    words = forms.CharField(label=_("What did you tell them?"), max_length=4000, widget=_WORDS)
    expectation = forms.ChoiceField(
        label=_("What may they expect?"),
        choices=[("", _("As before")), *ExpectationKind.choices],
        required=False,
    )
    contacts = forms.ModelMultipleChoiceField(label=_("Whom"), queryset=Contact.objects.none(), required=False)
    channel = forms.ChoiceField(label=_("How"), choices=[("", "–"), *Channel.choices], required=False)
    told_on = _day(label=_("When"), initial=timezone.localdate)
    again_on = _day(
        label=_("They hear from us again by"), required=False, help_text=_("Empty: with this they are answered.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people("contacts")

    @property
    def chosen_contacts(self) -> list[dict[str, Any]]:
        return self.chosen("contacts")


class PainEditForm(_OfPain):
    """How a trouble is filed."""

    severity = forms.ChoiceField(label=_("How bad"), choices=[("", "–"), *Severity.choices], required=False)
    cause = forms.ChoiceField(label=_("What it comes from"), choices=[("", "–"), *Cause.choices], required=False)
    teller = forms.ModelChoiceField(label=_("Who told it"), queryset=Contact.objects.none(), required=False)
    report_back_on = _day(label=_("They hear from us by"))
    promises = forms.ModelMultipleChoiceField(
        label=_("Promises about it"),
        queryset=Promise.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people("teller")
        promises = self.fields["promises"]
        assert isinstance(promises, forms.ModelMultipleChoiceField)
        rows = Promise.objects.filter(account=self.pain.account_id)
        promises.queryset = (rows.open() | rows.filter(pains=self.pain)).distinct()

    @property
    def chosen_teller(self) -> list[dict[str, Any]]:
        return self.chosen("teller")

    @property
    def has_promises(self) -> bool:
        return bool(list(self.fields["promises"].choices))  # type: ignore[attr-defined]  # a choice field has them


class MergeForm(_OfPain):
    """Which other trouble it is."""

    into = forms.ModelChoiceField(
        label=_("It is the same as"),
        queryset=Pain.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")},
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into = self.fields["into"]
        assert isinstance(into, forms.ModelChoiceField)
        others = Pain.objects.visible_to(person).told().filter(account=self.pain.account_id).exclude(pk=self.pain.pk)
        into.queryset = others.newest_first()[:MOST_OFFERED] if not self.is_bound else others
        into.label_from_instance = lambda pain: pain.words  # type: ignore[method-assign, assignment]  # Django's own way


class LearningFilter(forms.Form):
    tag = forms.ChoiceField(label=_("What it is"), choices=[("", _("All")), *LearningTag.choices], required=False)


class StatementForm(forms.Form):
    """The wording of a statement, for how long it holds and what it allows."""

    text = forms.CharField(label=_("What is said"), max_length=1000, widget=_WORDS)
    topic = forms.ChoiceField(label=_("About"), choices=Topic.choices)
    expires_days = forms.IntegerField(label=_("Holds for so many days"), min_value=1, max_value=3650, initial=180)
    unlocks = forms.ChoiceField(label=_("Once said, it allows"), choices=[("", "–"), *Unlocks.choices], required=False)
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, statement: Statement) -> StatementForm:
        names = ("text", "topic", "expires_days", "unlocks", "edition")
        return cls(initial={name: getattr(statement, name) for name in names})
