"""Records that an import makes or changes: compared, written and put back in whole sets.

A blank cell says nothing: the record keeps what it has. A record that would stay as it is counts as here already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_noop

from pmcrm.exchange.registry import Batch

if TYPE_CHECKING:
    from django.db.models import Model

EDITED_SINCE = gettext_noop(
    "Records changed by this import that stay as they are, because somebody edited them: {count}."
)
MADE_AND_EDITED = gettext_noop("Records made by this import that stay, because somebody edited them: {count}.")
TWICE = gettext_noop("Row {row} is about the same one and says something else. Keep one of the two rows.")
UNKNOWN_KEY = gettext_noop("There is no record with this pmcrm_id. Leave the cell empty to add a new one.")
_SLICE: Final = 100_000
_OF_SLICE: Final = 'n."row" >= %(start)s AND n."row" < %(end)s'
_IS_KEY: Final = "'^[0-9]{{1,18}}$'"


def state_of(batch: Batch, *tables: type[Model]) -> str:
    """Differs whenever a row of these tables came, went or was written since: each writing leaves its number there."""
    asked = "SELECT concat_ws('-', count(*), sum(xmin::text::bigint)) FROM "
    return "/".join(str(batch.rows(asked + table._meta.db_table)[0][0]) for table in tables)


@dataclass(frozen=True, slots=True)
class Records:
    """One table as an import writes it. `values` are SQL by column over {staging} s, the working table of good rows g
    and the present record t; only columns that the file speaks of. `defaults` hold for a new record. `stays` is SQL
    over {staging}_new n: whether nothing beside the columns changes either."""

    label: str
    table: str
    values: Mapping[str, str]
    defaults: Mapping[str, str]
    joins: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    stays: str = "true"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.defaults, *self.values)))


def said(target: str) -> str:
    """The value of a target as the file says it; exports of databases write NULL for nothing."""
    return f"nullif({{{target}}}, 'NULL')"


def own_key(alias: str = "s") -> str:
    """The key of a row of our own export, where it is one."""
    return f"CASE WHEN {alias}.pmcrm_id ~ {_IS_KEY} THEN {alias}.pmcrm_id::bigint END"


def refuse_unknown_keys(batch: Batch, table: str) -> None:
    """Rows whose pmcrm_id is no record of ours."""
    if "pmcrm_id" in batch.mapped:
        batch.refuse(
            'SELECT s."row", %(column)s, s.pmcrm_id, %(reason)s, jsonb_build_object() FROM {staging} s'
            f" WHERE s.pmcrm_id IS NOT NULL AND NOT EXISTS (SELECT FROM {table} t WHERE t.id = {own_key()})",
            column=batch.header("pmcrm_id"),
            reason=UNKNOWN_KEY,
        )


def refuse_doubled(batch: Batch, table: str, *, column: str) -> int:
    """{staging}_named holds row, identity, object_id, customer (the first row of the account it belongs to) and
    fingerprint: a later row about the same record is an error where it says something else. Makes {staging}_good of
    the first rows, each with the key it has or will have in `table`; returns how many rows were repeated."""
    batch.execute('CREATE INDEX ON {staging}_named (identity, "row")')
    batch.refuse(
        "SELECT n.\"row\", %(column)s, '', %(reason)s, jsonb_build_object('row', first.\"row\") FROM {staging}_named n"
        ' JOIN (SELECT DISTINCT ON (identity) identity, "row", fingerprint FROM {staging}_named'
        '       ORDER BY identity, "row") AS first USING (identity) WHERE n.fingerprint <> first.fingerprint',
        column=column,
        reason=TWICE,
    )
    ((sequence,),) = batch.rows("SELECT pg_get_serial_sequence(%(table)s, 'id')", table=table)
    batch.table(
        "good",
        'SELECT f."row", f.object_id IS NULL AS is_new, coalesce(f.object_id,'
        " nextval(%(sequence)s::regclass)) AS id, f.customer FROM ("
        '  SELECT DISTINCT ON (n.identity) n."row", n.object_id, n.customer FROM {staging}_named n'
        '  WHERE NOT EXISTS (SELECT FROM {errors} e WHERE e."row" = n."row") ORDER BY n.identity, n."row") AS f',
        sequence=sequence,
    )
    batch.execute('CREATE INDEX ON {staging}_good ("row")')
    batch.execute("ANALYZE {staging}_good")
    ((named, good),) = batch.rows(
        'SELECT (SELECT count(*) FROM {staging}_named n WHERE NOT EXISTS (SELECT FROM {errors} e WHERE e."row" ='
        ' n."row")), (SELECT count(*) FROM {staging}_good)'
    )
    return int(named) - int(good)


def compare(batch: Batch, records: Records) -> int:
    """Make {staging}_new: what each good row leaves behind. Returns how many records would stay as they are; those are
    dropped from it."""
    listed = []
    for name in records.columns:
        parts = [records.values[name]] if name in records.values else []
        parts += [f"t.{name}", *([records.defaults[name]] if name in records.defaults else [])]
        listed.append(f"coalesce({', '.join(parts)}) AS {name}")
    # The present records are few or none beside all that the table holds: it is not read through for them.
    present = f"SELECT * FROM {records.table} WHERE id IN (SELECT id FROM {{staging}}_good WHERE NOT is_new)"
    batch.table(
        "new",
        f'SELECT g."row", g.id, g.is_new, {", ".join(listed)}'
        f' FROM {{staging}}_good g JOIN {{staging}} s USING ("row")'
        f" LEFT JOIN ({present}) AS t ON t.id = g.id {records.joins}",
        **records.params,
    )
    batch.execute("CREATE INDEX ON {staging}_new (id) WHERE NOT is_new")
    batch.execute('CREATE INDEX ON {staging}_new ("row")')
    batch.execute("ANALYZE {staging}_new")
    if not records.values:
        return batch.execute(f"DELETE FROM {{staging}}_new n WHERE NOT is_new AND {records.stays}")
    mine, theirs = (", ".join(f"{alias}.{name}" for name in records.values) for alias in "tn")
    return batch.execute(
        f"DELETE FROM {{staging}}_new n USING {records.table} t WHERE t.id = n.id AND NOT n.is_new"
        f" AND ROW({mine}) IS NOT DISTINCT FROM ROW({theirs}) AND {records.stays}"
    )


def write(batch: Batch, records: Records) -> int:
    """Bring {staging}_new in: new records, then changes of present ones, each remembered for taking back."""
    names = records.columns
    fixed = {"version": "1", **records.fixed}
    insert = (
        f"INSERT INTO {records.table} (id, {', '.join([*names, *fixed])})"
        f" SELECT n.id, {', '.join([*(f'n.{name}' for name in names), *fixed.values()])}"
        f' FROM {{staging}}_new n WHERE n.is_new AND {_OF_SLICE} ORDER BY n."row" RETURNING id'
    )
    present = (
        f"SELECT t.id, to_jsonb(t), t.version + 1 FROM {records.table} t"
        f" JOIN {{staging}}_new n ON n.id = t.id WHERE NOT n.is_new AND {_OF_SLICE} ORDER BY t.id"
    )
    changes = [*(f"{name} = n.{name}" for name in records.values), "version = t.version + 1"]
    changes += ["updated_at = now()"] if "updated_at" in records.fixed else []
    update = (
        f"UPDATE {records.table} t SET {', '.join(changes)}"
        f" FROM {{staging}}_new n WHERE t.id = n.id AND NOT n.is_new AND {_OF_SLICE}"
    )
    written = 0
    ((changes_some,),) = batch.rows("SELECT EXISTS (SELECT FROM {staging}_new WHERE NOT is_new)")
    for part in _slices(batch):
        written += batch.create(records.label, insert, **part)
        if changes_some and batch.keep_before(records.label, present, **part):
            written += batch.execute(update, **part)
        batch.report_written(written)
    return written


def _slices(batch: Batch) -> Iterator[dict[str, int]]:
    """Row numbers from and up to, in steps, so that it can be told how far the writing is."""
    ((last,),) = batch.rows('SELECT max("row") FROM {staging}_new')
    for start in range(0, (last or 0) + 1, _SLICE):
        yield {"start": start, "end": start + _SLICE}


def put_back(batch: Batch, records: Records) -> list[str]:
    """Former values for records that this import changed. Returns sentences about those that stay."""
    stayed = batch.put_back(records.label, records.table, records.columns)
    return [EDITED_SINCE.format(count=stayed)] if stayed else []


def forget(batch: Batch, records: Records, created: Mapping[str, list[int]]) -> list[str]:
    """Remove what this import made and nobody edited since."""
    made = created.get(records.label, [])
    gone = batch.execute(f"DELETE FROM {records.table} WHERE id = ANY(%(made)s) AND version = 1", made=made)
    return [MADE_AND_EDITED.format(count=len(made) - gone)] if gone < len(made) else []


def sum_up(batch: Batch) -> dict[str, str | int]:
    """How many records are new and how many change."""
    ((new, changed),) = batch.rows(
        "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM {staging}_new"
    )
    return {"new": new, "changed": changed}
