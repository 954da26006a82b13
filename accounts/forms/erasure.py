"""The form of a request to be erased."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EraseForm(forms.Form):
    requested_on = forms.DateField(
        label=_("Asked for on"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("For example: asked by mail. It stays on record, so without a name."),
    )
    typed = forms.CharField(label=_("Their name, typed to confirm"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
