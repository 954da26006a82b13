"""The forms of the tab Relationship: plays, contribution marks, rivals, uses as a reference."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.locked import LockedForm
from accounts.models import Account, Contact, Play
from accounts.models.play import Aim
from accounts.models.relation import Contribution, Occasion, Outcome
from pmcrm.people.models import User

MOST_PEOPLE = 200


def _day(label: Any, *, required: bool = True, initial: Any = timezone.localdate, help_text: Any = "") -> Any:
    return forms.DateField(
        label=label,
        required=required,
        initial=initial,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _contact(label: Any, account: Account) -> Any:
    """Somebody who works at the account."""
    return forms.ModelChoiceField(Contact.objects.of(account), label=label, required=False)


class PlayForm(LockedForm):
    """A play, new or changed."""

    started_on = _day(_("Started"))

    class Meta:
        model = Play
        fields = ("aim", "owner", "goal", "started_on")
        widgets = {"goal": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"goal": _("What is different when it has worked, and by when.")}

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = (User.objects.active() | User.objects.filter(pk=self.instance.owner_id)).distinct()
        if self.instance.pk is None:
            owner.initial = person.pk
        else:
            self.fields["started_on"].initial = self.instance.started_on
        self.remember_initial()


class PlayEndForm(forms.Form):
    outcome = forms.CharField(
        label=_("What came of it"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    ended_on = _day(_("Ended"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class ContributionForm(forms.Form):
    contribution = forms.ChoiceField(label=_("What they give"), choices=Contribution.choices)
    on = _day(_("Shown on"), required=False, initial=None)
    proof_url = forms.CharField(
        label=_("Where one can see it"),
        required=False,
        max_length=500,
        help_text=_("The address of an article, a recording, a logged call. Without day and proof it is only a claim."),
    )
    note = forms.CharField(label=_("In a few words"), required=False, max_length=300)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"] = _contact(_("Who there"), account)


class RivalForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What happened"), choices=Outcome.choices)
    rival = forms.CharField(label=_("Rival"), max_length=200)
    on = _day(_("On"))
    reason = forms.CharField(
        label=_("Why, as far as they told"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReferenceUseForm(forms.Form):
    occasion = forms.ChoiceField(label=_("As"), choices=Occasion.choices)
    on = _day(_("On"))
    what_for = forms.CharField(label=_("For whom, or at which event"), max_length=300)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"] = _contact(_("Who spoke"), account)
        occasion: Any = self.fields["occasion"]
        occasion.choices = [
            choice for choice in Occasion.choices if getattr(account, f"{choice[0]}_ok")
        ] or Occasion.choices


class BoardForm(forms.Form):
    """What the board is asked for; nothing of it can be wrong, only absent."""

    whose = forms.ChoiceField(choices=[("mine", ""), ("all", "")], required=False)
    aim = forms.ChoiceField(choices=Aim.choices, required=False)

    def asked(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "") if self.is_valid() or name not in self.errors else ""


class ReferenceFilterForm(forms.Form):
    """Which of those who gave permission are looked for."""

    occasion = forms.ChoiceField(
        label=_("As"), choices=[("", _("Reference or speaker")), *Occasion.choices], required=False
    )
    q = forms.CharField(label=_("Name, industry or country"), max_length=100, required=False)
