"""The staging table of an import: rows arrive by COPY in chunks, typed, and never touch a tracked table from there."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.db import connection, transaction

from pmcrm.exchange.models import Created, Import
from pmcrm.exchange.records import Block
from pmcrm.exchange.registry import Target
from pmcrm.exchange.services.reading import BlockReader, Reading, Tally

CHUNK: Final = 10_000
_COPY_BUFFER: Final = 1 << 16
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_SQL_TYPE: Final = {
    "text": "text", "code": "text", "number": "numeric(20,6)", "percent": "numeric(20,6)", "share": "numeric(10,8)",
    "date": "date", "instant": "timestamptz",
}  # fmt: skip


class StagedBatch:
    """The kind's view of one import (`registry.Batch`): SQL over its staging table, and the notes it leaves."""

    def __init__(self, job: Import) -> None:
        self.job = job
        self.pk = job.pk
        self.source = job.source
        self.actor = job.confirmed_by or job.created_by
        self.staging = f"exchange_staging_{job.pk}"
        self.errors = f"{self.staging}_errors"
        self.mapped = frozenset(job.mapping.values())
        self.notes: list[dict[str, Any]] = []
        self.tell: Callable[[int], None] = lambda _rows: None

    def column(self, target: str) -> str:
        sql_type = _SQL_TYPE[self.job.declaration.target(target).type]
        return f"s.{target}" if target in self.mapped else f"NULL::{sql_type}"

    def header(self, target: str) -> str:
        """The file's own name of the column that is `target`, empty where none is."""
        return next((column for column, mapped in self.job.mapping.items() if mapped == target), "")

    def _filled(self, statement: str) -> str:
        columns = dict.fromkeys(("account_ref", "account_name", "segment"), "NULL::text")
        columns |= {target.name: self.column(target.name) for target in self.job.declaration.targets}
        return statement.format(staging=self.staging, errors=self.errors, **columns)

    def execute(self, statement: str, **params: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(self._filled(statement), {"batch": self.pk, "source": self.source, **params})
            return int(cursor.rowcount)

    def rows(self, statement: str, **params: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(self._filled(statement), {"batch": self.pk, "source": self.source, **params})
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def refuse(self, select: str, **params: Any) -> int:
        head = 'INSERT INTO {errors} ("row", "column", value, reason, params, of_set) SELECT *, true FROM ('
        return self.execute(f"{head}{select}) AS bad", **params)

    def table(self, name: str, select: str, **params: Any) -> int:
        """Make a working table {staging}_name of a SELECT, in place of an older one."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {self.staging}_{name}")
        return self.execute(f"CREATE UNLOGGED TABLE {{staging}}_{name} AS {select}", **params)

    def note(self, template: str, **params: str | int) -> None:
        self.notes.append({"template": template, "params": params})

    def created(self, label: str, ids: Iterable[int]) -> None:
        rows = (Created(batch_id=self.pk, label=label, object_id=one) for one in ids)
        Created.objects.bulk_create(rows, batch_size=2000)

    def create(self, label: str, insert: str, **params: Any) -> int:
        remembered = (
            "INSERT INTO exchange_created (batch_id, label, object_id) SELECT %(batch)s, %(label)s, made.id FROM made"
        )
        return self.execute(f"WITH made AS ({insert}) {remembered}", label=label, **params)

    def keep_before(self, label: str, select: str, **params: Any) -> int:
        return self.execute(
            "INSERT INTO exchange_changed (batch_id, label, object_id, before, version)"
            f" SELECT %(batch)s, %(label)s, kept.* FROM ({select}) AS kept",
            label=label,
            **params,
        )

    def put_back(self, label: str, table: str, columns: Iterable[str]) -> int:
        names = list(columns)
        ours = "FROM exchange_changed c WHERE c.batch_id = %(batch)s AND c.label = %(label)s"
        put = self.execute(
            f"UPDATE {table} t SET {', '.join(f'{name} = b.{name}' for name in names)}, version = t.version + 1"
            f" FROM exchange_changed c, jsonb_populate_record(NULL::{table}, c.before) b"
            " WHERE c.batch_id = %(batch)s AND c.label = %(label)s AND t.id = c.object_id AND t.version = c.version",
            label=label,
        )
        ((all_of_them,),) = self.rows(f"SELECT count(*) {ours}", label=label)
        return int(all_of_them) - put

    def report_written(self, rows: int) -> None:
        self.tell(rows)

    # --- the tables ---

    def make_tables(self, targets: Sequence[Target]) -> None:
        """Empty tables without a write-ahead log: a crash of the server empties them, and the file is read again."""
        self.drop_tables()
        columns = "".join(f", {target.name} {_SQL_TYPE[target.type]}" for target in targets)
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE UNLOGGED TABLE {self.staging} ("row" integer, fingerprint text{columns})')
            cursor.execute(
                f'CREATE UNLOGGED TABLE {self.errors} ("row" integer, "column" text, value text, reason text,'
                " params jsonb NOT NULL DEFAULT '{}', of_set boolean NOT NULL DEFAULT false)"
            )

    def drop_tables(self) -> None:
        """Drop the staging table and all working tables beside it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                " AND (tablename = %(name)s OR starts_with(tablename, %(name)s || '_'))",
                {"name": self.staging},
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f'DROP TABLE IF EXISTS "{table}"')

    def staged(self) -> int | None:
        """How many rows stand in the staging table; None where there is no table."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [self.staging])
            if not cursor.fetchone()[0]:
                return None
            cursor.execute(f"SELECT count(*) FROM {self.staging}")
            return int(cursor.fetchone()[0])


class _Copier:
    """Sends rows to a table with COPY, a chunk at a time; each chunk is committed."""

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        self.statement = f"COPY {table} ({names}) FROM STDIN WITH (NULL '')"
        self.parts: list[str] = []

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """`rows` column by column."""
        lines = "\n".join(map("\t".join, zip(*rows, strict=True)))
        height, width = len(rows[0]), len(rows)
        if (
            "\\" in lines
            or "\r" in lines
            or lines.count("\t") != height * (width - 1)
            or lines.count("\n") != height - 1
        ):
            escaped = [[value.translate(_ESCAPES) for value in column] for column in rows]
            lines = "\n".join(map("\t".join, zip(*escaped, strict=True)))
        self.parts.append(lines)

    def send(self) -> None:
        if self.parts:
            self.parts.append("")
            lines = io.BytesIO("\n".join(self.parts).encode())
            self.parts.clear()
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.copy_expert(self.statement, lines, _COPY_BUFFER)


def stage(batch: StagedBatch, found: Iterable[Block], reading: Reading, progress: Callable[[Tally], None]) -> Tally:
    """Read all records into the staging table; what cannot be read goes to the table of errors with its reason.

    `progress` is called after the first records and after each chunk. Memory does not grow with the file.
    """
    tally = Tally()
    targets = [target for _place, target in reading.places]
    batch.make_tables(targets)
    copier = _Copier(batch.staging, ["row", "fingerprint", *(target.name for target in targets)])
    errors = _Copier(batch.errors, ["row", "column", "value", "reason", "params"])
    reader = BlockReader(reading, tally)
    sent = -1
    for block in found:
        rows = reader.read(block)
        if rows.numbers:
            copier.add([list(map(str, rows.numbers)), rows.fingerprints, *rows.values])
        if rows.faults:
            errors.add(list(zip(*rows.faults, strict=True)))
        if sent < 0 or tally.rows >= sent + CHUNK:
            copier.send()
            errors.send()
            sent = tally.rows
            progress(tally)
    copier.send()
    errors.send()
    tally.skipped = tally.blank + tally.totals
    return tally
