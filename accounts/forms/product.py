"""What can be said of a product here."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.deal import LifeStage, Route


class ProductForm(forms.Form):
    routes = forms.MultipleChoiceField(
        label=_("Routes to market"), choices=Route.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    life_stage = forms.ChoiceField(
        label=_("Stage of its life"), choices=[("", "–"), *LifeStage.choices], required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
