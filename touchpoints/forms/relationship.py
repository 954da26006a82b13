"""The forms of how an account uses a product, and of its renewals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Product
from touchpoints.models import Renewal, RenewalOutcome, UsageMode
from touchpoints.services.relationship import Use


def day_field(label: Any, **attrs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a day, for example 2026-03-10.")},
        **attrs,
    )


class UsageForm(forms.Form):
    """One finding. In the quick log, where nothing is chosen, it counts as not there."""

    mode = forms.ChoiceField(label=gettext_lazy("Use"), choices=[("", "–"), *UsageMode.choices])
    product = forms.ModelChoiceField(label=gettext_lazy("Product"), queryset=Product.objects.all(), required=False)
    purpose = forms.CharField(label=gettext_lazy("What for"), max_length=300, required=False)
    actual_way = forms.CharField(
        label=gettext_lazy("How they really do it"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    quote = forms.CharField(
        label=gettext_lazy("In their words"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    found_on = day_field(gettext_lazy("Found on"), required=False)

    def __init__(self, *args: Any, in_a_talk: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if in_a_talk:
            del self.fields["found_on"]
            self.fields["mode"].required = False

    def use(self) -> Use | None:
        data = self.cleaned_data
        if not data.get("mode"):
            return None
        return Use(**data)


class RenewalForm(forms.Form):
    """Checks shape; the service decides."""

    renews_on = day_field(gettext_lazy("Renews on"))
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), choices=RenewalOutcome.choices)
    product = forms.ModelChoiceField(label=gettext_lazy("Product"), queryset=Product.objects.all(), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, renewal: Renewal) -> RenewalForm:
        return cls(initial={name: getattr(renewal, name) for name in cls.base_fields})


class HoldForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        help_text=gettext_lazy("For example: we sign on Friday, no word of prices until then."),
    )


class CommentForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


def usual_usage() -> dict[str, Any]:
    return {"found_on": timezone.localdate()}
