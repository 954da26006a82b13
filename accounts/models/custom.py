"""Custom fields: what an organisation notes of accounts or contacts beside what the product asks for.

A definition says what a value may be; the values lie in the account's or contact's own row, by the field's key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# A couple of dozen can still be overlooked; who needs more needs another system.
MOST_FIELDS: Final = 24
MOST_CHOICES: Final = 50
LONGEST_TEXT: Final = 500
LONGEST_CHOICE: Final = 100
NUMBER_DIGITS, NUMBER_PLACES = 20, 6
YES_WORDS: Final = frozenset({"yes", "true", "1", "y"})
NO_WORDS: Final = frozenset({"no", "false", "0", "n"})


class Thing(models.TextChoices):
    ACCOUNT = "account", gettext_lazy("Accounts")
    CONTACT = "contact", gettext_lazy("Contacts")


class FieldType(models.TextChoices):
    TEXT = "text", gettext_lazy("Text")
    NUMBER = "number", gettext_lazy("Number")
    DATE = "date", gettext_lazy("Date")
    CHOICE = "choice", gettext_lazy("Choice")
    YES_NO = "yes_no", gettext_lazy("Yes or no")


class Shown(NamedTuple):
    """A value as a page tells it."""

    label: str
    words: str
    is_retired: bool


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def of(self, thing: str) -> Self:
        return self.filter(thing=thing)

    def active(self) -> Self:
        return self.filter(retired_at=None)

    def in_order(self) -> Self:
        """As forms and pages show them: those in use first, each in the order of their making."""
        return self.order_by(models.F("retired_at").asc(nulls_first=True), "id")

    def shown(self, thing: str, values: Mapping[str, Any]) -> list[Shown]:
        """What is known of one row, field by field. A retired field still shows what it holds."""
        if not values:
            return []
        found = [(field, values[field.key]) for field in self.of(thing).in_order() if field.key in values]
        return [Shown(field.label, field.words(stored), field.is_retired) for field, stored in found]


class CustomField(models.Model):
    """A field of our own. Its key names the values and never changes; its label may."""

    thing = models.CharField(gettext_lazy("of"), max_length=10, choices=Thing)
    key = models.CharField(max_length=40)
    label = models.CharField(gettext_lazy("name"), max_length=60)
    type = models.CharField(gettext_lazy("type"), max_length=10, choices=FieldType)
    choices = models.JSONField(gettext_lazy("choices"), default=list, blank=True)
    retired_at = models.DateTimeField(gettext_lazy("retired"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thing", "key"], name="custom_field_key_once"),
            models.UniqueConstraint(
                "thing", Lower("label"), condition=models.Q(retired_at=None), name="custom_field_label_once"
            ),
            models.CheckConstraint(condition=models.Q(type__in=FieldType.values), name="custom_field_type"),
            models.CheckConstraint(condition=models.Q(thing__in=Thing.values), name="custom_field_thing"),
            models.CheckConstraint(condition=models.Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="custom_field_key"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def form_name(self) -> str:
        return f"custom_{self.key}"

    def stored(self, given: Any) -> Any:
        """`given` as it is kept: text, a decimal number as text, a day as text, true or false; None where empty.
        Raises ValidationError with a sentence that says what would be right."""
        if given is None or (isinstance(given, str) and not given.strip()):
            return None
        match self.type:
            case FieldType.NUMBER:
                return self._number(given)
            case FieldType.DATE:
                return self._date(given)
            case FieldType.CHOICE:
                return self._choice(given)
            case FieldType.YES_NO:
                return self._yes_no(given)
            case _:
                return self._text(given)

    def value(self, stored: Any) -> Any:
        """What is kept, typed: a Decimal, a date, a bool, a str."""
        if stored is None:
            return None
        if self.type == FieldType.NUMBER:
            return Decimal(stored)
        return dt.date.fromisoformat(stored) if self.type == FieldType.DATE else stored

    def plain(self, stored: Any) -> str:
        """What is kept as a file carries it: 12.5, 2027-01-31, yes."""
        if isinstance(stored, bool):
            return "yes" if stored else "no"
        return "" if stored is None else str(stored)

    def words(self, stored: Any) -> str:
        """What is kept as a person reads it."""
        value = self.value(stored)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, Decimal):
            return formats.number_format(value, use_l10n=True, force_grouping=True).replace("-", "\u2212")
        return formats.date_format(value, "DATE_FORMAT") if isinstance(value, dt.date) else str(value or "")

    def _text(self, given: Any) -> str:
        text = str(given).strip()
        if len(text) > LONGEST_TEXT:
            sentence = _("This text has %(count)s characters; %(most)s fit.")
            raise ValidationError(sentence % {"count": len(text), "most": LONGEST_TEXT})
        if "\x00" in text:
            raise ValidationError(_("The text holds a character that no text may hold."))
        return text

    def _number(self, given: Any) -> str:
        try:
            number = Decimal(str(given).strip().replace("\u2212", "-"))
        except InvalidOperation:
            number = Decimal("NaN")
        if isinstance(given, bool) or not number.is_finite():
            raise ValidationError(_("Enter a number, for example 1250 or 12.5."))
        exponent: Any = number.normalize().as_tuple().exponent
        if number.adjusted() >= NUMBER_DIGITS - NUMBER_PLACES or -exponent > NUMBER_PLACES:
            raise ValidationError(_("Up to 14 digits before the point and 6 behind it fit."))
        return f"{number.normalize():f}" if number else "0"

    def _date(self, given: Any) -> str:
        if isinstance(given, dt.datetime):
            given = given.date()
        if isinstance(given, dt.date):
            return given.isoformat()
        try:
            day = parse_date(str(given).strip())
        except ValueError:
            day = None
        if day is None:
            raise ValidationError(_("Enter a day, for example 2026-03-10."))
        return day.isoformat()

    def _choice(self, given: Any) -> str:
        text = " ".join(str(given).split())
        for choice in self.choices:
            if choice.casefold() == text.casefold():
                return str(choice)
        sentence = _("“%(value)s” is no choice here. Right would be one of: %(known)s.")
        raise ValidationError(sentence % {"value": text[:100], "known": ", ".join(self.choices)})

    def _yes_no(self, given: Any) -> bool:
        if isinstance(given, bool):
            return given
        text = str(given).strip().casefold()
        if text in YES_WORDS | {_("yes").casefold()}:
            return True
        if text in NO_WORDS | {_("no").casefold()}:
            return False
        raise ValidationError(_("Enter yes or no."))


def choices_of(lines: Iterable[str]) -> list[str]:
    """The choices written one a line: without blank ones and repeated ones."""
    found: dict[str, str] = {}
    for line in lines:
        if word := " ".join(line.split()):
            found.setdefault(word.casefold(), word)
    return list(found.values())
