"""The form of how we deal with customers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 20_000


class MannersForm(forms.Form):
    ownership = forms.CharField(
        label=_("Who owns the relationship"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Sales or product, and who may speak with whom."),
    )
    contact_rules = forms.CharField(
        label=_("Rules of contact"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whom to ask before, how often, what never to promise."),
    )
    approval_path = forms.CharField(
        label=_("Who has to agree, and when"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For prices, dates, custom work, and ends of relations."),
    )
    read_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
