"""Moving what hangs on one record to another, and back: row by row, as the rooms above declared it in `merging`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core import serializers
from django.db import connection, models

from accounts import merging

if TYPE_CHECKING:
    from accounts.merging import Link


@contextmanager
def lines_may_move() -> Iterator[None]:
    """Let ledger lines change their account, and nothing else of them. A failure rolls the setting back as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pmcrm.merging', 'on', true)")
        yield
        cursor.execute("SELECT set_config('pmcrm.merging', 'off', true)")


def model_of(slug: str) -> Any:
    return apps.get_model(slug)


def rows_of(link: Link, key: int) -> Any:
    return model_of(link.model)._base_manager.filter(**{link.field: key})


def move_all(kind: str, winner: int, loser: int) -> dict[str, Any]:
    moved: dict[str, list[int]] = {}
    aside: list[Any] = []
    for link in merging.links(kind):
        rows = rows_of(link, loser)
        if model_of(link.model) is model_of(f"accounts.{kind}"):
            rows = rows.exclude(pk=winner)
        in_the_way = _in_the_way(link, winner, loser)
        if in_the_way and not link.stays:
            put_aside = model_of(link.model)._base_manager.filter(pk__in=in_the_way)
            aside += json.loads(serializers.serialize("json", put_aside))
            put_aside.delete()
        keys = list(rows.exclude(pk__in=in_the_way).order_by("pk").values_list("pk", flat=True))
        moved[link.slug] = keys
        model_of(link.model)._base_manager.filter(pk__in=keys).update(**{link.field: winner})
    return {"moved": moved, "aside": aside}


def _in_the_way(link: Link, winner: int, loser: int) -> list[int]:
    """Rows that cannot pass over: the record that stays has the same already, or they relate the two to each other."""
    model = model_of(link.model)
    rows = rows_of(link, loser)
    found: set[int] = set()
    if link.other_end:
        found |= set(rows.filter(**{link.other_end: winner}).values_list("pk", flat=True))
    theirs = rows_of(link, winner)
    if model._meta.get_field(link.field).unique and theirs.exists():
        return list(rows.values_list("pk", flat=True))
    for names, condition in _unique_sets(model):
        if link.field not in names:
            continue
        same = {name: models.OuterRef(name) for name in names if name != link.field}
        twins = theirs.filter(condition, **same)
        found |= set(rows.filter(condition).filter(models.Exists(twins)).values_list("pk", flat=True))
    return sorted(found)


def _unique_sets(model: Any) -> list[tuple[Sequence[str], models.Q]]:
    found: list[tuple[Sequence[str], models.Q]] = [(tuple(names), models.Q()) for names in model._meta.unique_together]
    unique = (one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint))
    return found + [(one.fields, one.condition or models.Q()) for one in unique if one.fields]


def move_back(details: Mapping[str, Any], winner: int, loser: int) -> None:
    for slug, keys in details["moved"].items():
        label, _dot, field = slug.rpartition(".")
        rows = model_of(label)._base_manager.filter(pk__in=keys, **{field: winner})
        rows.update(**{field: loser})
    for one in serializers.deserialize("json", json.dumps(details["aside"])):
        if _still_fits(one.object):
            one.save()


def _still_fits(thing: Any) -> bool:
    """Whether all that the row points at is still there, and nothing has taken its place."""
    for field in thing._meta.concrete_fields:
        key = getattr(thing, field.attname)
        if field.is_relation and key is not None and not field.related_model._base_manager.filter(pk=key).exists():
            return False
    for names, condition in _unique_sets(type(thing)):
        same = {name: getattr(thing, thing._meta.get_field(name).attname) for name in names}
        if type(thing)._base_manager.filter(condition, **same).exists():
            return False
    return True
