"""Somebody asked not to be called."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.do_not_call import LONGEST_REASON


class DoNotCallForm(forms.Form):
    reason = forms.CharField(label=_("In their words"), max_length=LONGEST_REASON)
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Left empty, for ever. Every campaign leaves them out."),
    )
