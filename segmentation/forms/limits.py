"""The form of the limits: shares in percent, each with its bounds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.limits import MONEY, SHARE, UNITS, Limit
from pmcrm.errors import RuleViolation
from pmcrm.people.models import Organisation
from segmentation.limits import GROUPS, LIMITS, shown, values_of


class LimitsForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = organisation.version
        for name, value in values_of(organisation.thresholds).items():
            self.fields[name] = _field(LIMITS[name], value, organisation.currency)

    def values(self) -> dict[str, Decimal]:
        """The limits as the rule reads them: shares as fractions."""
        return {
            name: self.cleaned_data[name] / 100 if limit.unit == SHARE else self.cleaned_data[name]
            for name, limit in LIMITS.items()
        }

    def groups(self) -> list[dict[str, Any]]:
        return [{"title": group.title, "fields": [self[one.name] for one in group.limits]} for group in GROUPS]

    def refuse(self, refusal: RuleViolation) -> None:
        for name, sentence in refusal.fields.items():
            self.add_error(name if name in self.fields else None, sentence)
        if not refusal.fields:
            self.add_error(None, refusal.sentence)


def _field(limit: Limit, value: Decimal, currency: str) -> forms.DecimalField:
    unit = currency if limit.unit == MONEY else UNITS[limit.unit]
    label = f"{limit.label}, {unit}" if unit else limit.label
    meaning = limit.meaning
    if value != limit.default:
        meaning = _("%(meaning)s Usually %(default)s.") % {"meaning": meaning, "default": shown(limit, limit.default)}
    whole = value * 100 if limit.unit == SHARE else value
    return forms.DecimalField(
        label=label,
        help_text=meaning,
        initial=format(whole.normalize(), "f"),
        max_digits=16,
        decimal_places=6,
        widget=forms.NumberInput(attrs={"step": "1" if limit.is_whole else "any", "min": "0"}),
    )
