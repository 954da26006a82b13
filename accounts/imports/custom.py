"""An organisation's own fields as targets of an import, typed by their definitions."""

from __future__ import annotations

from typing import Final

from accounts.imports.words import YES_OR_NO, refuse_unknown_words, yes_no_words
from accounts.models import CustomField
from accounts.models.custom import LONGEST_CHOICE, LONGEST_TEXT, FieldType
from pmcrm.exchange.registry import Batch, Target, TargetType

_TYPES: Final[dict[str, TargetType]] = {FieldType.NUMBER: "number", FieldType.DATE: "date"}


def _fields(thing: str) -> list[CustomField]:
    return list(CustomField.objects.of(thing).active().in_order())


def custom_targets(thing: str) -> tuple[Target, ...]:
    """A target for each field in use, by the name that exports give it."""
    return tuple(
        Target(
            field.form_name,
            field.label,
            type=_TYPES.get(field.type, "text"),
            max_length=LONGEST_TEXT if field.type == FieldType.TEXT else LONGEST_CHOICE,
            synonyms=(field.label,),
        )
        for field in _fields(thing)
    )


def custom_words(thing: str) -> list[tuple[str, str, str]]:
    """What can be chosen, and the ways to write yes and no."""
    words = []
    for field in _fields(thing):
        if field.type == FieldType.CHOICE:
            words += [(field.form_name, choice, choice) for choice in field.choices]
        elif field.type == FieldType.YES_NO:
            words += yes_no_words(field.form_name)
    return words


def refuse_custom(batch: Batch, thing: str) -> None:
    for field in _fields(thing):
        if field.type == FieldType.CHOICE:
            refuse_unknown_words(batch, field.form_name, known=field.choices)
        elif field.type == FieldType.YES_NO:
            refuse_unknown_words(batch, field.form_name, known=(), reason=YES_OR_NO)


def custom_value(thing: str, mapped: frozenset[str]) -> str:
    """The row's own fields as SQL: those it has, with what the file says put over them. Empty where it says nothing."""
    parts = [f"'{field.key}', {_value(field)}" for field in _fields(thing) if field.form_name in mapped]
    if not parts:
        return ""
    return f"(coalesce(t.custom, '{{{{}}}}'::jsonb) || jsonb_strip_nulls(jsonb_build_object({', '.join(parts)})))"


def _value(field: CustomField) -> str:
    name = field.form_name
    match field.type:
        case FieldType.NUMBER:
            return f"trim_scale({{{name}}})::text"
        case FieldType.DATE:
            return f"({{{name}}})::text"
        case FieldType.TEXT:
            return f"nullif({{{name}}}, 'NULL')"
    meaning = f"(SELECT w.value FROM {{staging}}_words w WHERE w.target = '{name}' AND w.word = pmcrm_fold({{{name}}}))"
    return f"({meaning})::boolean" if field.type == FieldType.YES_NO else meaning
