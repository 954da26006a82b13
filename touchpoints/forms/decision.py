"""The forms of product decisions: what was decided, and what it leans on."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Product
from pmcrm.people.models import User
from touchpoints.forms.choosing import Picking
from touchpoints.models import ProductDecision
from touchpoints.services.decisions import Cited, Decided

_CITED: Final = re.compile(r"(interaction|promise|file):([0-9]{1,18})|(figure):([a-z0-9_]{1,20})")
SUPPORT: Final = (
    ("", gettext_lazy("All")),
    ("unsupported", gettext_lazy("Unsupported")),
    ("supported", gettext_lazy("Supported")),
)


class DecisionForm(Picking):
    """Checks shape; the service decides."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    decided = forms.CharField(
        label=gettext_lazy("What was decided"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    alternatives = forms.CharField(
        label=gettext_lazy("What else was possible"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    decided_on = forms.DateField(
        label=gettext_lazy("Decided on"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a day, for example 2026-03-10.")},
    )
    product = forms.ModelChoiceField(label=gettext_lazy("Product"), queryset=Product.objects.all(), required=False)
    deciders = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who decided"), queryset=User.objects.none(), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deciders: Any = self.fields["deciders"]
        deciders.queryset = User.objects.active()
        deciders.error_messages["invalid_choice"] = deciders.error_messages["invalid_pk_value"] = _(
            "Choose from the list."
        )

    @property
    def chosen_deciders(self) -> list[dict[str, Any]]:
        return self.chosen("deciders")

    def says(self) -> Decided:
        data = self.cleaned_data
        return Decided(
            title=data["title"],
            decided=data["decided"],
            alternatives=data["alternatives"],
            decided_on=data["decided_on"],
            product=data["product"],
            deciders=list(data["deciders"]),
        )

    @classmethod
    def of(cls, decision: ProductDecision) -> DecisionForm:
        names = ("title", "decided", "alternatives", "decided_on", "product", "version")
        initial = {name: getattr(decision, name) for name in names}
        return cls(initial=initial | {"deciders": [person.pk for person in decision.deciders.all()]})


class EvidenceForm(Picking):
    """Of one account, what the decision leans on: ticked boxes such as interaction:12 or figure:revenue_12m."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("Account"),
        queryset=Account.objects.none(),
        error_messages={"invalid_choice": gettext_lazy("Choose an account from the list.")},
    )
    evidence = forms.Field(label=gettext_lazy("Evidence"), widget=forms.MultipleHiddenInput, required=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account: Any = self.fields["account"]
        account.queryset = Account.objects.visible_to(person)

    @property
    def chosen_account(self) -> list[dict[str, Any]]:
        return self.chosen("account")

    def clean_evidence(self) -> list[str]:
        values = list(self.cleaned_data["evidence"] or [])
        if not values:
            raise forms.ValidationError(_("Tick at least one."))
        if any(_CITED.fullmatch(str(value)) is None for value in values):
            raise forms.ValidationError(_("Choose evidence that you see."))
        return values

    def cited(self) -> list[Cited]:
        account: Account = self.cleaned_data["account"]
        found = [value.partition(":") for value in self.cleaned_data["evidence"]]
        return [Cited(kind, key if kind == "figure" else int(key), account) for kind, _colon, key in found]


class CiteForm(forms.Form):
    """The decision that a talk stands behind."""

    decision = forms.ModelChoiceField(
        label=gettext_lazy("Decision"),
        queryset=ProductDecision.objects.none(),
        error_messages={"invalid_choice": gettext_lazy("Choose a decision from the list.")},
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decision: Any = self.fields["decision"]
        decision.queryset = ProductDecision.objects.visible_to(person).order_by("-decided_on", "-id")


class DecisionFilter(forms.Form):
    """Supported or not, and words."""

    support = forms.ChoiceField(choices=SUPPORT, required=False)
    q = forms.CharField(max_length=200, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()

    def rows(self, decisions: Any) -> Any:
        if support := self.cleaned_data.get("support"):
            decisions = decisions.supported(by_evidence=support == "supported")
        else:
            decisions = decisions.with_support()
        words = self.cleaned_data.get("q")
        return decisions.matching(words) if words else decisions
