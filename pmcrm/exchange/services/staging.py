"""The staging table of an import: rows arrive by COPY in chunks, typed, and never touch a tracked table from there."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction

from pmcrm.exchange import reasons, values
from pmcrm.exchange.models import Created, Import
from pmcrm.exchange.neutralise import restore
from pmcrm.exchange.records import Record
from pmcrm.exchange.registry import Target
from pmcrm.exchange.values import BadValueError, Cell, ErrorCell

CHUNK: Final = 10_000
_MEMORY: Final = 50_000
_SQL_TYPE: Final = {"text": "text", "code": "text", "number": "numeric(20,6)", "date": "date"}


class StagedBatch:
    """The kind's view of one import (`registry.Batch`): SQL over its staging table, and the notes it leaves."""

    def __init__(self, job: Import) -> None:
        self.job = job
        self.pk = job.pk
        self.source = job.source
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


@dataclass(slots=True)
class Tally:
    """What reading the file counted."""

    rows: int = 0
    staged: int = 0
    skipped: int = 0
    blank: int = 0
    totals: int = 0
    rounded: int = 0
    signs: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells become values: which column is which target, and the two settings that a cell cannot tell."""

    header_row: int
    width: int
    places: tuple[tuple[int, Target], ...]
    columns: tuple[str, ...]
    needed: frozenset[str]
    decimal: values.DecimalSign | None
    date_order: values.DateOrder | None
    is_epoch_1904: bool = False
    is_own_file: bool = False
    source: str = ""


class UndecidedError(Exception):
    """A value came up that needs a date order or a decimal sign which the file's first part left open."""


class _Memory(dict[Cell, str]):
    """What cells of one column mean, read once each: names, dates and products repeat. A known cell costs one look-up.
    Readings of cells that say more than their value (a currency sign) are not kept, so that each is counted."""

    def __init__(self, convert: Callable[[Cell], tuple[str, bool]]) -> None:
        super().__init__({"": ""})
        self.convert = convert

    def __missing__(self, cell: Cell) -> str:
        if values.is_blank(cell) and not isinstance(cell, ErrorCell):
            return ""
        found, is_kept = self.convert(cell)
        if is_kept:
            if len(self) > _MEMORY:
                self.clear()
                self[""] = ""
            self[cell] = found
        return found


def _texts(target: Target) -> _Memory:
    def convert(cell: Cell) -> tuple[str, bool]:
        found = values.text(cell)
        if len(found) > target.max_length:
            raise BadValueError(reasons.TOO_LONG, limit=target.max_length)
        if target.is_name and values.is_total_word(found):
            raise BadValueError(reasons.TOTAL_AS_NAME)
        return (found.upper() if target.type == "code" else found), True

    return _Memory(convert)


def _numbers(reading: Reading, tally: Tally) -> _Memory:
    def convert(cell: Cell) -> tuple[str, bool]:
        if reading.decimal is None and values.decimal_evidence(cell) is not None:
            raise UndecidedError
        found = values.number_text(cell, reading.decimal or ".")
        if found == cell:
            return found, True
        # It was not plain: see what else the cell said.
        sign, rounded = values.currency_sign(cell), values.loses_digits(cell, reading.decimal or ".")
        if sign:
            tally.signs[sign.upper()] += 1
        tally.rounded += rounded
        return found, not (sign or rounded)

    return _Memory(convert)


def _dates(reading: Reading) -> _Memory:
    def convert(cell: Cell) -> tuple[str, bool]:
        if reading.date_order is None and values.date_evidence(cell) is not None:
            raise UndecidedError
        return values.date(cell, reading.date_order or "mdy", epoch_1904=reading.is_epoch_1904).isoformat(), True

    return _Memory(convert)


def _memory(target: Target, reading: Reading, tally: Tally) -> _Memory:
    if target.type == "number":
        return _numbers(reading, tally)
    return _dates(reading) if target.type == "date" else _texts(target)


class _Copier:
    """Sends rows to a table with COPY, a chunk at a time; each chunk is committed."""

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        self.statement = f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv)"
        self.buffer = io.StringIO(newline="")
        self.writer = csv.writer(self.buffer)
        self.waiting = 0

    def add(self, row: Sequence[object]) -> None:
        self.writer.writerow(row)
        self.waiting += 1

    def send(self) -> None:
        if self.waiting:
            self.buffer.seek(0)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.copy_expert(self.statement, self.buffer)
            self.buffer.seek(0)
            self.buffer.truncate()
            self.waiting = 0


def stage(batch: StagedBatch, found: Iterable[Record], reading: Reading, progress: Callable[[int], None]) -> Tally:
    """Read all records into the staging table; what cannot be read goes to the table of errors with its reason.

    `progress` is called after each chunk with the number of rows read. Memory does not grow with the file.
    """
    tally = Tally()
    targets = [target for _place, target in reading.places]
    batch.make_tables(targets)
    copier = _Copier(batch.staging, ["row", "fingerprint", *(target.name for target in targets)])
    errors = _Copier(batch.errors, ["row", "column", "value", "reason", "params"])
    reader = _RowReader(reading, tally)
    for record in found:
        if record.row <= reading.header_row:
            continue
        tally.rows += 1
        row, faults = reader.read(record)
        if row is not None:
            copier.add(row)
            tally.staged += 1
        for fault in faults:
            errors.add(fault)
        if tally.rows % CHUNK == 0:
            copier.send()
            errors.send()
            progress(tally.rows)
    copier.send()
    errors.send()
    tally.skipped = tally.blank + tally.totals
    return tally


class _RowReader:
    """Turns one record into the values of its targets, or into faults, or passes over it."""

    def __init__(self, reading: Reading, tally: Tally) -> None:
        self.reading, self.tally = reading, tally
        self.steps = [
            (place, _memory(target, reading, tally).__getitem__, target.name in reading.needed)
            for place, target in reading.places
        ]
        self.quick = [(place, look_up) for place, look_up, _is_needed in self.steps]
        self.needed = [number for number, (_place, _look_up, is_needed) in enumerate(self.steps) if is_needed]
        # The fingerprint says which targets were mapped, then all values in the order of the targets' names.
        by_name = sorted((target.name, number) for number, (_place, target) in enumerate(reading.places))
        self.salt = "\x1e".join((reading.source, *(name for name, _number in by_name)))
        self.in_order = [number for _name, number in by_name]
        self.marks = [place for place, target in reading.places if target.is_mark]

    def read(self, record: Record) -> tuple[list[object] | None, list[tuple[object, ...]]]:
        row, cells, fault = record
        if self.reading.is_own_file:
            cells = [restore(cell) for cell in cells]
        width = self.reading.width
        if fault:
            return None, [_fault(row, "", "", fault)]
        if len(cells) != width or any(not cells[place] for place in self.marks):
            if self._is_passed_over(cells):
                return None, []
            if misfit := _misfit(row, cells, width):
                return None, [misfit]
        try:
            found = [look_up(cells[place]) for place, look_up in self.quick]
        except BadValueError:
            return None, self._faults(row, cells)
        if "" in found and any(not found[number] for number in self.needed):
            return None, self._faults(row, cells)
        said = "\x1f".join([self.salt, *[found[number] for number in self.in_order]])
        return [row, hashlib.blake2b(said.encode(), digest_size=16).hexdigest(), *found], []

    def _faults(self, row: int, cells: Sequence[Cell]) -> list[tuple[object, ...]]:
        """All that is wrong with a record, not only the first."""
        faults = []
        for place, look_up, is_needed in self.steps:
            try:
                found = look_up(cells[place])
            except BadValueError as bad:
                faults.append(self._named(row, place, cells[place], bad.reason, bad.params))
            else:
                if is_needed and not found:
                    faults.append(self._named(row, place, cells[place], reasons.MISSING, {}))
        return faults

    def _is_passed_over(self, cells: Sequence[Cell]) -> bool:
        """Blank lines and rows of sums are no records."""
        if all(values.is_blank(cell) for cell in cells):
            self.tally.blank += 1
            return True
        marks = [cells[place] for place in self.marks if place < len(cells)]
        is_unmarked = all(values.is_blank(cell) or values.is_total_label(cell) for cell in marks)
        if is_unmarked and any(values.is_total_label(cell) for cell in cells):
            self.tally.totals += 1
            return True
        return False

    def _named(self, row: int, place: int, cell: Cell, reason: str, params: dict[str, Any]) -> tuple[object, ...]:
        return _fault(row, self.reading.columns[place], values.shown(cell), reason, params)


def _misfit(row: int, cells: Sequence[Cell], width: int) -> tuple[object, ...] | None:
    """A record with too few or too many columns. Empty ones at its end do no harm."""
    if len(cells) == width:
        return None
    if len(cells) > width and all(values.is_blank(cell) for cell in cells[width:]):
        return None
    reason = reasons.TOO_FEW_COLUMNS if len(cells) < width else reasons.TOO_MANY_COLUMNS
    text = " | ".join(values.shown(cell) for cell in cells)
    return _fault(row, "", text, reason, {"found": len(cells), "expected": width})


def _fault(row: int, column: str, value: str, reason: str, params: dict[str, Any] | None = None) -> tuple[object, ...]:
    clean = value.replace("\0", "")
    return row, column, clean if len(clean) <= 200 else clean[:199] + "…", reason, json.dumps(params or {})
