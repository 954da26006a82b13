"""From the cells of a file to the values of its targets, many records at a time, each bad one named."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import compress, repeat
from typing import Any, Final
from zoneinfo import ZoneInfo

from pmcrm.exchange import columns, instants, reasons, shares, values
from pmcrm.exchange.lookup import Lookup
from pmcrm.exchange.neutralise import restore
from pmcrm.exchange.records import Block
from pmcrm.exchange.registry import Target
from pmcrm.exchange.values import BadValueError, Cell, ErrorCell

_MEMORY: Final = 50_000
_ROWS_SHOWN: Final = 8
_FAULTS_SHOWN: Final = 100
_UTC: Final = ZoneInfo("UTC")
Fault = tuple[str, str, str, str, str]


@dataclass(slots=True)
class Tally:
    """What reading the file counted."""

    rows: int = 0
    staged: int = 0
    skipped: int = 0
    blank: int = 0
    totals: int = 0
    rounded: int = 0
    has_bare_days: bool = False
    signs: Counter[str] = field(default_factory=Counter)
    first_rows: list[tuple[int, list[str]]] = field(default_factory=list)
    first_faults: list[Fault] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """Records that could not be read."""
        return self.rows - self.staged - self.blank - self.totals


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells become values: which column is which target, and the settings that a cell cannot tell. A day without a
    time of day stands at noon of `day_zone`."""

    header_row: int
    width: int
    places: tuple[tuple[int, Target], ...]
    columns: tuple[str, ...]
    needed: frozenset[str]
    decimal: values.DecimalSign | None
    date_order: values.DateOrder | None
    zone: ZoneInfo | None = None
    day_zone: ZoneInfo = _UTC
    is_epoch_1904: bool = False
    is_own_file: bool = False
    source: str = ""
    lookup: Lookup | None = None


class UndecidedError(Exception):
    """A value came up that needs a date order, a decimal sign or a time zone which the file's first part left open."""


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
        if values.is_plain_number(cell, reading.decimal or "."):
            return found, True
        # It was not plain: see what else the cell said.
        sign, rounded = values.currency_sign(cell), values.loses_digits(cell, reading.decimal or ".")
        if sign:
            tally.signs[sign.upper()] += 1
        tally.rounded += rounded
        return found, not (sign or rounded)

    return _Memory(convert)


def _parts(reading: Reading, read: Callable[[Cell, values.DecimalSign], Decimal]) -> _Memory:
    def convert(cell: Cell) -> tuple[str, bool]:
        if reading.decimal is None and values.decimal_evidence(cell) is not None:
            raise UndecidedError
        return values.plain(read(cell, reading.decimal or ".")), True

    return _Memory(convert)


def _dates(reading: Reading) -> _Memory:
    def convert(cell: Cell) -> tuple[str, bool]:
        if reading.date_order is None and values.date_evidence(cell) is not None:
            raise UndecidedError
        return values.date(cell, reading.date_order or "mdy", epoch_1904=reading.is_epoch_1904).isoformat(), True

    return _Memory(convert)


def _instants(reading: Reading, tally: Tally) -> _Memory:
    def convert(cell: Cell) -> tuple[str, bool]:
        if (said := instants.written_out(cell)) is not None:
            return said.isoformat(), True
        if reading.date_order is None and instants.date_evidence(cell) is not None:
            raise UndecidedError
        if reading.zone is None and instants.needs_zone(cell):
            raise UndecidedError
        zone = reading.zone or reading.day_zone
        found, has_time = instants.instant(cell, zone, reading.date_order or "mdy", epoch_1904=reading.is_epoch_1904)
        tally.has_bare_days = tally.has_bare_days or not has_time
        return found.isoformat(), True

    return _Memory(convert)


class _Column:
    """Reads the cells of one target: all together where they are plain, else one by one."""

    def __init__(self, target: Target, reading: Reading, tally: Tally) -> None:
        self.target, self.decimal = target, reading.decimal
        if target.type == "number":
            self.memory = _numbers(reading, tally)
        elif target.type in ("share", "percent"):
            self.memory = _parts(reading, shares.share if target.type == "share" else shares.percent)
        elif target.type == "instant":
            self.memory = _instants(reading, tally)
        else:
            self.memory = _dates(reading) if target.type == "date" else _texts(target)

    def read(self, cells: Sequence[Cell]) -> Sequence[str | None]:
        """The value of each cell; None where it cannot be read."""
        found: list[str] | None = None
        if self.target.type == "text":
            found = columns.texts(cells, max_length=self.target.max_length, is_name=self.target.is_name)
        elif self.target.type == "number":
            found = columns.numbers(cells, self.decimal)
        elif self.target.type == "instant":
            found = columns.instants(cells)
        return found if found is not None else list(map(self._one, cells))

    def _one(self, cell: Cell) -> str | None:
        try:
            return self.memory[cell]
        except BadValueError:
            return None


@dataclass(slots=True)
class Rows:
    """Records as read: their numbers, their fingerprints, the values of every target; and the faults of the others."""

    numbers: list[int] = field(default_factory=list)
    fingerprints: list[str] = field(default_factory=list)
    values: list[list[str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class BlockReader:
    """Turns blocks of records into the values of their targets, or into faults, or passes over them."""

    def __init__(self, reading: Reading, tally: Tally) -> None:
        self.reading, self.tally = reading, tally
        self.columns = [
            (place, _Column(target, reading, tally), target.name in reading.needed) for place, target in reading.places
        ]
        # The fingerprint says which targets were mapped, then all values in the order of the targets' names.
        by_name = sorted((target.name, number) for number, (_place, target) in enumerate(reading.places))
        self.salt = "\x1e".join((reading.source, *(name for name, _number in by_name)))
        self.in_order = [number for _name, number in by_name]
        self.marks = [place for place, target in reading.places if target.is_mark and place < reading.width]
        if reading.lookup is not None:
            self.marks.append(reading.lookup.own_key_place)

    def read(self, block: Block) -> Rows:
        out = Rows()
        rows, records = block.rows, block.cells
        if rows and rows[0] <= self.reading.header_row:
            below = sum(row <= self.reading.header_row for row in rows)
            rows, records = rows[below:], records[below:]
        self.tally.rows += len(rows)
        if self.reading.is_own_file:
            records = [[restore(cell) for cell in cells] for cells in records]
        rows, records = self._regular(rows, records, out)
        if self.reading.lookup is not None:
            rows, records = self._joined(self.reading.lookup, rows, records, out)
        if rows:
            self._convert(rows, records, out)
        if (broken := block.broken) is not None and broken.row > self.reading.header_row:
            self.tally.rows += 1
            out.faults.append(_fault(broken.row, "", "", broken.fault))
        self.tally.staged += len(out.numbers)
        if (wanted := _ROWS_SHOWN - len(self.tally.first_rows)) > 0:
            shown = zip(out.numbers[:wanted], *(column[:wanted] for column in out.values), strict=True)
            self.tally.first_rows += [(row, list(read)) for row, *read in shown]
        self.tally.first_faults += out.faults[: _FAULTS_SHOWN - len(self.tally.first_faults)]
        return out

    def _regular(self, rows: list[int], records: list[list[Cell]], out: Rows) -> tuple[list[int], list[list[Cell]]]:
        """The records that are as wide as the header; blank lines and rows of sums are passed over."""
        width = self.reading.width
        is_even = set(map(len, records)) <= {width}
        if is_even and all(all(cells[place] for cells in records) for place in self.marks):
            return rows, records
        is_kept = [self._is_regular(row, cells, out) for row, cells in zip(rows, records, strict=True)]
        kept = [cells[:width] for cells in compress(records, is_kept)]
        return list(compress(rows, is_kept)), kept

    def _is_regular(self, row: int, cells: Sequence[Cell], out: Rows) -> bool:
        width = self.reading.width
        if len(cells) == width and all(cells[place] for place in self.marks):
            return True
        if self._is_passed_over(cells):
            return False
        if misfit := _misfit(row, cells, width):
            out.faults.append(misfit)
            return False
        return True

    def _joined(
        self, lookup: Lookup, rows: list[int], records: list[list[Cell]], out: Rows
    ) -> tuple[list[int], list[list[Cell]]]:
        """The records with what the look-up file has beside them."""
        kept_rows, kept = [], []
        for row, cells in zip(rows, records, strict=True):
            try:
                kept.append([*cells, *lookup.find(cells)])
            except BadValueError as bad:
                shown = values.shown(cells[lookup.own_key_place])
                out.faults.append(_fault(row, lookup.key_column, shown, bad.reason, bad.params))
            else:
                kept_rows.append(row)
        return kept_rows, kept

    def _convert(self, rows: list[int], records: list[list[Cell]], out: Rows) -> None:
        by_place = list(zip(*records, strict=True))
        found = [column.read(by_place[place]) for place, column, _is_needed in self.columns]
        bad = {
            index
            for read, (_place, _column, is_needed) in zip(found, self.columns, strict=True)
            if None in read or (is_needed and "" in read)
            for index, value in enumerate(read)
            if value is None or (is_needed and not value)
        }
        if bad:
            for index in sorted(bad):
                out.faults += self._faults(rows[index], records[index])
            is_good = [index not in bad for index in range(len(rows))]
            rows = list(compress(rows, is_good))
            found = [list(compress(read, is_good)) for read in found]
        values_read: list[list[str]] = found  # type: ignore[assignment]  # what held None is gone
        out.numbers, out.values = rows, values_read
        said = map("\x1f".join, zip(repeat(self.salt), *(values_read[number] for number in self.in_order)))
        out.fingerprints = [hashlib.blake2b(one.encode(), digest_size=16).hexdigest() for one in said]

    def _faults(self, row: int, cells: Sequence[Cell]) -> list[Fault]:
        """All that is wrong with a record, not only the first."""
        faults = []
        for place, column, is_needed in self.columns:
            try:
                found = column.memory[cells[place]]
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

    def _named(self, row: int, place: int, cell: Cell, reason: str, params: dict[str, Any]) -> Fault:
        return _fault(row, self.reading.columns[place], values.shown(cell), reason, params)


def _misfit(row: int, cells: Sequence[Cell], width: int) -> Fault | None:
    """A record with too few or too many columns. Empty ones at its end do no harm."""
    if len(cells) == width:
        return None
    if len(cells) > width and all(values.is_blank(cell) for cell in cells[width:]):
        return None
    reason = reasons.TOO_FEW_COLUMNS if len(cells) < width else reasons.TOO_MANY_COLUMNS
    text = " | ".join(values.shown(cell) for cell in cells)
    return _fault(row, "", text, reason, {"found": len(cells), "expected": width})


def _fault(row: int, column: str, value: str, reason: str, params: dict[str, Any] | None = None) -> Fault:
    clean = value.replace("\0", "")
    return str(row), column, clean if len(clean) <= 200 else clean[:199] + "…", reason, json.dumps(params or {})
