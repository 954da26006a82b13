"""Moving what hangs on one record to another, and back: row by row, as the rooms above declared it in `merging`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core import serializers
from django.db import connection, models

from accounts import merging

if TYPE_CHECKING:
    from accounts.merging import Join, Link


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
    """What was moved, in a form that can be kept: `moved` keys by column; `aside` rows that the other has already;
    `followed` what belonged to those; `joined` the other's own row before it took what was further in the one aside."""
    kept = _Kept()
    for link in merging.links(kind):
        rows = rows_of(link, loser)
        if model_of(link.model) is model_of(f"accounts.{kind}"):
            rows = rows.exclude(pk=winner)
        in_the_way = _in_the_way(link, winner, loser)
        if not link.stays:
            for row in model_of(link.model)._base_manager.filter(pk__in=in_the_way).order_by("pk"):
                kept.put_aside(row, in_the_way[row.pk], link.join)
        keys = list(rows.exclude(pk__in=in_the_way).order_by("pk").values_list("pk", flat=True))
        kept.moved[link.slug] = keys
        model_of(link.model)._base_manager.filter(pk__in=keys).update(**{link.field: winner})
    return {"moved": kept.moved, "aside": kept.aside, "followed": kept.followed, "joined": kept.joined}


class _Kept:
    """What an undo needs, gathered while rows pass over."""

    def __init__(self) -> None:
        self.moved: dict[str, list[int]] = {}
        self.aside: list[Any] = []
        self.followed: list[dict[str, Any]] = []
        self.joined: list[Any] = []

    def put_aside(self, row: Any, twin: Any, join: Join | None = None) -> None:
        """Keep a row and delete it; what belongs to it follows to its twin, the same with the record that stays."""
        self.aside.append(_written(row))
        if twin is not None:
            for model, name in _belonging(type(row)):
                self._follow(model, name, row.pk, twin)
            if join is not None:
                self.joined.append(_written(twin))
                join(twin, row)
                twin.save()
                self.joined.append(_written(twin))
        row.delete()

    def _follow(self, model: Any, name: str, key: int, twin: Any) -> None:
        rows = model._base_manager.filter(**{name: key}).order_by("pk")
        others = model._base_manager.filter(**{name: twin.pk})
        in_the_way = _twins(model, name, rows, others)
        for row in rows.filter(pk__in=in_the_way):
            self.put_aside(row, in_the_way[row.pk])
        keys = list(rows.values_list("pk", flat=True))
        if keys:
            slug = f"{model._meta.label}.{name}"
            self.followed.append({"slug": slug, "keys": keys, "from": key, "to": twin.pk})
            model._base_manager.filter(pk__in=keys).update(**{name: twin.pk})


def _belonging(model: Any) -> list[tuple[Any, str]]:
    """The columns of other tables that point at rows of this one; a history keeps the keys that were there."""
    relations = [one for one in model._meta.get_fields(include_hidden=True) if one.one_to_many or one.one_to_one]
    return [
        (one.related_model, one.field.name)
        for one in relations
        if one.auto_created and not one.concrete and not hasattr(one.related_model, "pgh_tracked_model")
    ]


def _written(row: Any) -> Any:
    """A row as JSON, exact to the microsecond."""
    names = [field.name for field in row._meta.concrete_fields]
    (written,) = serializers.serialize("python", [row], fields=names)
    return json.loads(json.dumps(written, default=_exact))


def _exact(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _in_the_way(link: Link, winner: int, loser: int) -> dict[int, Any]:
    """Rows that cannot pass over, by their key: the record that stays has the same already, which is given with them,
    or they relate the two to each other."""
    model = model_of(link.model)
    rows, theirs = rows_of(link, loser), rows_of(link, winner)
    found: dict[int, Any] = {}
    if link.other_end:
        found = dict.fromkeys(rows.filter(**{link.other_end: winner}).values_list("pk", flat=True))
    if model._meta.get_field(link.field).unique:
        return found | {key: theirs.first() for key in rows.values_list("pk", flat=True) if theirs.exists()}
    return found | _twins(model, link.field, rows, theirs)


def _twins(model: Any, column: str, rows: Any, others: Any) -> dict[int, Any]:
    """Those of `rows` that would be the same as one of `others` if they pointed where those do, each with that one."""
    if model._meta.get_field(column).unique:
        return {key: other for key in rows.values_list("pk", flat=True) for other in others[:1]}
    found: dict[int, Any] = {}
    for names, condition in _unique_sets(model):
        if column not in names:
            continue
        rest = [name for name in names if name != column]
        same = {name: models.OuterRef(name) for name in rest}
        twins = others.filter(condition, **same)
        for row in rows.filter(condition).filter(models.Exists(twins)):
            values = {name: getattr(row, name) for name in rest}
            found.setdefault(row.pk, others.filter(condition, **values).first())
    return found


def _unique_sets(model: Any) -> list[tuple[Sequence[str], models.Q]]:
    found: list[tuple[Sequence[str], models.Q]] = [(tuple(names), models.Q()) for names in model._meta.unique_together]
    unique = (one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint))
    return found + [(one.fields, one.condition or models.Q()) for one in unique if one.fields]


def move_back(details: Mapping[str, Any], winner: int, loser: int) -> None:
    for slug, keys in details["moved"].items():
        _point(slug, keys, winner, loser)
    for one in serializers.deserialize("python", details["aside"]):
        if _still_fits(one.object):
            one.save()
    # A merge of before there was this kept nothing of it.
    for each in details.get("followed", []):
        _point(each["slug"], each["keys"], each["to"], each["from"])
    written = iter(details.get("joined", []))
    for before, after in zip(written, written, strict=True):
        _part(before, after)


def _point(slug: str, keys: list[int], now: int, then: int) -> None:
    label, _dot, name = slug.rpartition(".")
    model = model_of(label)
    target = model._meta.get_field(name).related_model
    if target._base_manager.filter(pk=then).exists():
        model._base_manager.filter(pk__in=keys, **{name: now}).update(**{name: then})


def _part(before: dict[str, Any], after: dict[str, Any]) -> None:
    """The row of the record that stayed is as it was, but for what was changed since."""
    row = model_of(before["model"])._base_manager.filter(pk=before["pk"]).first()
    if row is not None:
        now = _written(row)["fields"]
        (was,) = serializers.deserialize("python", [before])
        for name, value in after["fields"].items():
            if now[name] == value != before["fields"][name]:
                setattr(row, name, getattr(was.object, name))
        row.save()


def _still_fits(thing: Any) -> bool:
    """Whether all that the row points at is still there, and nothing has taken its place."""
    for field in thing._meta.concrete_fields:
        key = getattr(thing, field.attname)
        if field.is_relation and key is not None and not field.related_model._base_manager.filter(pk=key).exists():
            return False
    for names, condition in _unique_sets(type(thing)):
        same = {name: getattr(thing, thing._meta.get_field(name).attname) for name in names}
        # Where nothing stands, nothing is the same.
        if None not in same.values() and type(thing)._base_manager.filter(condition, **same).exists():
            return False
    return True
