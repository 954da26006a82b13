"""Pools, their rates, hours and exchange rates, as finance enters them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pmcrm.people.models import Pool
from segmentation.forms.run import MonthField
from segmentation.models import ExchangeRate, HourEntry, PoolRate


class PoolRateForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A rate of a pool from a month on. Practical hours are what its people can really give in a month."""

    pool_slug = forms.ChoiceField(label=_("Pool"), choices=Pool)
    from_month = MonthField(label=_("From month"))

    class Meta:
        model = PoolRate
        fields = ["from_month", "rate", "currency", "practical_hours"]

    field_order = ["pool_slug", "from_month", "rate", "currency", "practical_hours"]

    def clean_currency(self) -> str:
        return clean_currency(self.cleaned_data["currency"])


class ExchangeRateForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The average rate of one month: one unit of the first currency in units of the second."""

    month = MonthField(label=_("Month"))

    class Meta:
        model = ExchangeRate
        fields = ["month", "from_currency", "to_currency", "rate"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("from_currency", "to_currency"):
            if name in cleaned:
                try:
                    cleaned[name] = clean_currency(cleaned[name])
                except forms.ValidationError as error:
                    self.add_error(name, error)
        if cleaned.get("from_currency") and cleaned.get("from_currency") == cleaned.get("to_currency"):
            self.add_error("to_currency", _("Choose two different currencies."))
        return cleaned


class HourEntryForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Hours that a pool spent on the account outside logged calls and meetings."""

    class Meta:
        model = HourEntry
        fields = ["pool", "date", "hours", "note"]
        widgets = {"date": forms.DateInput(attrs={"type": "date"})}

    def clean_hours(self) -> Any:
        hours = self.cleaned_data["hours"]
        if hours <= 0:
            raise forms.ValidationError(_("Give the hours as a number above zero, for example 1.5."))
        return hours


def clean_currency(text: str) -> str:
    """Three capital letters; small ones are made capital."""
    code = text.strip().upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise forms.ValidationError(_("A currency is three letters, for example USD."))
    return code
