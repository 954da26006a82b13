"""Where the database may name a person: every text and JSON column of every table, told apart by who wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction
from django.utils.translation import gettext as _

from accounts import naming
from pmcrm.errors import RuleViolation
from pmcrm.trail.models import TrailEntry
from pmcrm.trail.services import words_may_go

# Of colleagues, of the frameworks, and of the erasure itself: nothing of a customer's person is kept there.
_NOT_OURS: Final = frozenset(
    {"people", "auth", "account", "mfa", "knox", "admin", "contenttypes", "sessions", "pghistory", "jobs"}
)
_NO_PLACE: Final = frozenset({"accounts.erasure", "accounts.mention"})
_WORDS_GO: Final = {"trail.trailentry", "trail.viewlog"}
# Kept for a short while for one colleague or one caller: the whole row goes.
_ROW_GOES: Final = frozenset({"touchpoints.draft", "api.answer"})
# Copies that nobody wrote as a text: what imports saw, what merges need, what was told.
_MACHINE: Final = frozenset(
    {
        "accounts.accountmerge",
        "accounts.contactmerge",
        "accounts.accountpair",
        "accounts.contactpair",
        "accounts.bulkrow",
        "accounts.bulkchange",
        "notices.notice",
        "correspondence.letter",
        "correspondence.calendarfile",
        "correspondence.calendarentry",
        "meetings.invitationmail",
    }
)
_MACHINE_ROOMS: Final = frozenset({"exchange"})


def clear_machine_copies(patterns: list[str]) -> None:
    """Take the person out of what the machine keeps. Table by table, each in a transaction of its own."""
    asked = naming.for_database(patterns)
    for model in _models():
        label = model._meta.label_lower
        columns = _text_columns(model)
        if not columns or not _is_machine(model):
            continue
        table = connection.ops.quote_name(model._meta.db_table)
        says = " OR ".join(f"{_cast(column)} ~* %(asked)s" for column in columns)
        with transaction.atomic(), connection.cursor() as cursor:
            values = {"asked": asked, "put": naming.ERASED}
            if label in _WORDS_GO:
                _forget_words(cursor, table, says, values, has_data=model is TrailEntry)
            elif label in _ROW_GOES:
                cursor.execute(f"DELETE FROM {table} WHERE {says}", values)
            else:
                for column in columns:
                    if isinstance(column, models.JSONField):
                        _clear_json(cursor, model, column, patterns, asked)
                        continue
                    put = f"regexp_replace({_cast(column)}, %(asked)s, %(put)s, 'gi'){_back(column)}"
                    where = f"{_cast(column)} ~* %(asked)s"
                    cursor.execute(f"UPDATE {table} SET {_name(column)} = {put} WHERE {where}", values)


def _clear_json(cursor: Any, model: Any, column: Any, patterns: list[str], asked: str) -> None:
    """String by string, so that what is left is JSON again."""
    pattern = naming.for_python(patterns)
    table, key = (connection.ops.quote_name(one) for one in (model._meta.db_table, model._meta.pk.column))
    cursor.execute(f"SELECT {key}, {_cast(column)} FROM {table} WHERE {_cast(column)} ~* %s", [asked])
    for pk, text in cursor.fetchall():
        put = json.dumps(_cleared(json.loads(text), pattern))
        cursor.execute(f"UPDATE {table} SET {_name(column)} = %s::jsonb WHERE {key} = %s", [put, pk])


def _cleared(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return naming.without(value, naming.spans(value, pattern))
    if isinstance(value, list):
        return [_cleared(one, pattern) for one in value]
    if isinstance(value, dict):
        return {_cleared(name, pattern): _cleared(one, pattern) for name, one in value.items()}
    return value


def _forget_words(cursor: Any, table: str, says: str, values: dict[str, str], *, has_data: bool) -> None:
    data = ", data = '{}'" if has_data else ""
    with words_may_go():
        cursor.execute(f"UPDATE {table} SET subject_label = ''{data} WHERE {says}", values)


def mentions_in_texts(patterns: list[str]) -> Iterator[tuple[str, int, str, str, list[list[int]]]]:
    """Label, key, column, text and places of every text that a colleague wrote and that may name the person."""
    asked, pattern = naming.for_database(patterns), naming.for_python(patterns)
    for model in _models():
        columns = _text_columns(model)
        if not columns or _is_machine(model):
            continue
        table, key = (connection.ops.quote_name(one) for one in (model._meta.db_table, model._meta.pk.column))
        texts = ", ".join(_cast(column) for column in columns)
        says = " OR ".join(f"{_cast(column)} ~* %(asked)s" for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {key}, {texts} FROM {table} WHERE {says} ORDER BY {key}", {"asked": asked})
            while rows := cursor.fetchmany(500):
                for pk, *words in rows:
                    for column, text in zip(columns, words, strict=True):
                        if text and (places := naming.spans(text, pattern)):
                            yield model._meta.label_lower, pk, column.column, text, places


def read_text(label: str, key: int, column: str, *, lock: bool = False) -> str | None:
    """The text as it is now; None where the row is gone."""
    model, field = _place(label, column)
    table, pk = (connection.ops.quote_name(one) for one in (model._meta.db_table, model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_cast(field)} FROM {table} WHERE {pk} = %s{' FOR UPDATE' if lock else ''}", [key])
        found = cursor.fetchone()
    return found[0] if found else None


def write_text(label: str, key: int, column: str, old: str, new: str) -> None:
    """Put the text without the person, and in its history as well. Refuses what the database never changes."""
    model, field = _place(label, column)
    _write(model, field, "pk", key, old, new)
    try:
        events: Any = apps.get_model(f"{label}event")
    except LookupError:
        return
    if any(one.column == column for one in events._meta.concrete_fields):
        _write(events, field, "pgh_obj", key, old, new)


def _write(model: Any, field: Any, by: str, key: int, old: str, new: str) -> None:
    table, name = connection.ops.quote_name(model._meta.db_table), _name(field)
    where = connection.ops.quote_name(model._meta.pk.column if by == "pk" else model._meta.get_field(by).column)
    has_version = by == "pk" and any(one.name == "version" for one in model._meta.concrete_fields)
    more = ", version = version + 1" if has_version else ""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {name} = %s{_back(field)}{more} WHERE {where} = %s AND {_cast(field)} = %s",
                [new, key, old],
            )
    except DatabaseError as error:
        sentence = _("This row is never changed once it is written. Leave it, or reverse it where it was entered.")
        raise RuleViolation(sentence, code="immutable") from error


def _place(label: str, column: str) -> tuple[Any, Any]:
    model = apps.get_model(label)
    return model, next(field for field in _text_columns(model) if field.column == column)


def _models() -> list[Any]:
    return [
        model
        for model in apps.get_models()
        if model._meta.managed and model._meta.app_label not in _NOT_OURS and model._meta.label_lower not in _NO_PLACE
    ]


def _is_machine(model: Any) -> bool:
    label = model._meta.label_lower
    is_history = hasattr(model, "pgh_tracked_model")
    known = _MACHINE | _ROW_GOES | _WORDS_GO
    return is_history or label in known or model._meta.app_label in _MACHINE_ROOMS


def _text_columns(model: Any) -> list[Any]:
    """Columns in which words can stand: no closed choices, nothing that is computed."""
    found = []
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField) or (
            isinstance(field, ArrayField) and isinstance(field.base_field, models.CharField | models.TextField)
        )
        if is_text and not field.choices and not field.generated and not field.primary_key:
            found.append(field)
    return found


def _name(field: Any) -> str:
    return connection.ops.quote_name(field.column)


def _cast(field: Any) -> str:
    return f"{_name(field)}::text"


def _back(field: Any) -> str:
    """From text to the column's own type. A name that is taken out never makes it longer than the column allows."""
    return f"::{field.db_type(connection)}"
