"""Deciding on custom fields, and checking the values given for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Account, Contact, CustomField
from accounts.models.custom import LONGEST_CHOICE, MOST_CHOICES, MOST_FIELDS, FieldType, Thing, choices_of
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import changes, record

if TYPE_CHECKING:
    from pmcrm.people.models import User


@transaction.atomic
def create_field(*, actor: User, thing: str, label: str, type: str, choices: Iterable[str] = ()) -> CustomField:  # noqa: A002  the field's own word
    """A new field, empty everywhere. Its key is made of its first name and stays for good."""
    _may_decide(actor)
    label = _clean_label(thing, label)
    _check_place(thing)
    field = CustomField(thing=thing, label=label, type=type, key=_free_key(thing, label))
    field.choices = _clean_choices(field, choices)
    field.save(force_insert=True)
    record(actor=actor, verb="custom_field.created", subject=field, thing=thing, type=type)
    return field


@transaction.atomic
def edit_field(
    *, actor: User, field: CustomField, version: int, label: str, choices: Iterable[str] = ()
) -> CustomField:
    """Rename it or change what can be chosen; every value stays. A choice that some row has cannot be taken away."""
    _may_decide(actor)
    current = _locked(field, version)
    label = _clean_label(current.thing, label, except_for=current)
    words = _clean_choices(current, choices)
    before = {"label": current.label, "choices": current.choices}
    changed = changes(before, {"label": label, "choices": words})
    if not changed:
        return current
    for gone in sorted(set(current.choices) - set(words)):
        if rows := _rows_with(current).filter(custom__contains={current.key: gone}).count():
            sentence = _("“%(choice)s” is chosen in %(count)s rows. Give them another value first, or keep it.")
            sentence %= {"choice": gone, "count": rows}
            raise RuleViolation(sentence, fields={"choices": sentence})
    current.label, current.choices = label, words
    current.version += 1
    current.save()
    record(actor=actor, verb="custom_field.edited", subject=current, changes=changed)
    return current


@transaction.atomic
def retire_field(*, actor: User, field: CustomField) -> CustomField:
    """Ask for it no more. Values that rows have stay with them and are shown."""
    _may_decide(actor)
    current = CustomField.objects.select_for_update().get(pk=field.pk)
    if not current.is_retired:
        current.retired_at = timezone.now()
        current.version += 1
        current.save()
        record(actor=actor, verb="custom_field.retired", subject=current)
    return current


@transaction.atomic
def restore_field(*, actor: User, field: CustomField) -> CustomField:
    """Ask for it again, with the values it had."""
    _may_decide(actor)
    current = CustomField.objects.select_for_update().get(pk=field.pk)
    if current.is_retired:
        _clean_label(current.thing, current.label, except_for=current)
        _check_place(current.thing)
        current.retired_at = None
        current.version += 1
        current.save()
        record(actor=actor, verb="custom_field.restored", subject=current)
    return current


def checked_values(thing: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept, None for an emptied one. Refuses unknown and retired fields and wrong values."""
    if not given:
        return {}
    known = {field.key: field for field in CustomField.objects.of(thing).active()}
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for key, value in given.items():
        if key not in known:
            wrong[f"custom_{key}"] = _("There is no such field here.")
            continue
        try:
            found[key] = known[key].stored(value)
        except ValidationError as error:
            wrong[f"custom_{key}"] = f"{known[key].label}: {error.messages[0]}"
    if wrong:
        raise RuleViolation(next(iter(wrong.values())), code="invalid", fields=wrong)
    return found


def with_values(present: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What a row holds after `given` was put over it; emptied fields go, all others stay."""
    return {key: value for key, value in {**present, **given}.items() if value is not None}


def named_values(custom: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """The values of `keys` as the trail names them."""
    return {f"custom.{key}": custom.get(key) for key in keys}


def _may_decide(actor: User) -> None:
    if not may(actor, "custom_field.write"):
        raise RuleViolation(_("Administrators and product leads decide which fields there are."))


def _locked(field: CustomField, version: int) -> CustomField:
    current = CustomField.objects.select_for_update().get(pk=field.pk)
    if current.version != version:
        now = {"label": current.label, "choices": current.choices, "version": current.version}
        raise StaleVersion(_("Somebody changed this field in between. Nothing was overwritten."), current=now)
    return current


def _rows_with(field: CustomField) -> Any:
    return (Account if field.thing == Thing.ACCOUNT else Contact)._default_manager.all()


def _clean_label(thing: str, label: str, *, except_for: CustomField | None = None) -> str:
    label = " ".join(label.split())
    if not label:
        sentence = _("Give the field a name.")
        raise RuleViolation(sentence, fields={"label": sentence})
    others = CustomField.objects.of(thing).active()
    if except_for is not None:
        others = others.exclude(pk=except_for.pk)
    model: Any = Account if thing == Thing.ACCOUNT else Contact
    own = {str(field.verbose_name).casefold() for field in model._meta.concrete_fields}
    if others.filter(label__iexact=label).exists() or label.casefold() in own:
        sentence = _("There is a field called “%(label)s” already.") % {"label": label}
        raise RuleViolation(sentence, fields={"label": sentence})
    return label


def _check_place(thing: str) -> None:
    """At most two dozen, also when two people add one at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('accounts custom fields', 0))")
    if CustomField.objects.of(thing).active().count() >= MOST_FIELDS:
        sentence = _("There are %(most)s fields already, as many as a form can bear. Retire one first.")
        raise RuleViolation(sentence % {"most": MOST_FIELDS})


def _clean_choices(field: CustomField, choices: Iterable[str]) -> list[str]:
    words = choices_of(choices) if field.type == FieldType.CHOICE else []
    sentence = ""
    if field.type == FieldType.CHOICE and not words:
        sentence = _("Write down what can be chosen, one choice a line.")
    elif len(words) > MOST_CHOICES:
        sentence = _("At most %(most)s choices fit.") % {"most": MOST_CHOICES}
    elif any(len(word) > LONGEST_CHOICE or "\x00" in word for word in words):
        sentence = _("A choice has at most %(most)s characters.") % {"most": LONGEST_CHOICE}
    if sentence:
        raise RuleViolation(sentence, fields={"choices": sentence})
    return words


def _free_key(thing: str, label: str) -> str:
    """A key made of the label: contract_end; of a label in another script, field_1 and on."""
    stem = re.sub(r"[^a-z0-9]+", "_", slugify(label)).strip("_")[:36]
    stem = stem if stem[:1].isalpha() else "field"
    taken = set(CustomField.objects.of(thing).values_list("key", flat=True))
    candidates = [stem, *(f"{stem}_{number}" for number in range(1, len(taken) + 2))]
    return next(key for key in candidates[stem == "field" :] if key not in taken)
