"""A second file whose rows complete those of the first: its columns stand beside the file's own. No Django.

Both files have a column of the key's name. Keys are compared as texts, trimmed. The look-up file is held while the
other is read, so its size is limited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pmcrm.exchange import reasons
from pmcrm.exchange.matching import bare
from pmcrm.exchange.records import Record, Shape, UnusableFileError, records
from pmcrm.exchange.sniff import Column, Findings, sniff
from pmcrm.exchange.values import BadValueError, Cell, is_blank, text

MOST_ROWS: Final = 300_000


@dataclass(slots=True)
class Lookup:
    """The look-up file: its columns without the key, by names that none of the file's own has; its rows by key."""

    path: Path
    name: str
    shape: Shape
    key_column: str
    """The file's own column that holds the key."""
    key_place: int
    own_key_place: int
    own_width: int
    columns: list[Column]
    places: list[int]
    width: int
    rows: dict[str, tuple[int, list[Cell]]] = field(default_factory=dict)
    doubled: dict[str, int] = field(default_factory=dict)

    def load(self, wanted: set[str]) -> None:
        """Read its rows; of columns that are not `wanted` only blanks are kept."""
        kept = [
            place if column.name in wanted else None for place, column in zip(self.places, self.columns, strict=True)
        ]
        for record in records(self.path, self.shape):
            cells = record.cells
            if record.row <= self.shape.header_row or all(map(is_blank, cells)):
                continue
            if record.fault or len(cells) < self.width:
                raise UnusableFileError(
                    reasons.JOIN_BROKEN_ROW, row=record.row, file=self.name, found=len(cells), expected=self.width
                )
            key = key_of(cells[self.key_place])
            if key in self.rows:
                self.doubled.setdefault(key, record.row)
            else:
                self.rows[key] = record.row, ["" if place is None else cells[place] for place in kept]
            if len(self.rows) > MOST_ROWS:
                raise UnusableFileError(reasons.JOIN_TOO_LARGE, file=self.name, limit=MOST_ROWS)

    def find(self, cells: Sequence[Cell]) -> list[Cell]:
        """What stands beside this record. Raises BadValueError where no row or more than one has its key."""
        key = key_of(cells[self.own_key_place])
        found = self.rows.get(key)
        if found is None or not key:
            raise BadValueError(reasons.NO_JOINED_ROW)
        if key in self.doubled:
            raise BadValueError(reasons.SEVERAL_JOINED_ROWS, first=found[0], second=self.doubled[key])
        return found[1]

    def beside(self, found: Iterable[Record]) -> Iterator[Record]:
        """The records with what stands beside them; those that cannot be joined as they are."""
        for record in found:
            try:
                joined = self.find(record.cells) if len(record.cells) == self.own_width else []
            except BadValueError:
                joined = []
            yield Record(record.row, [*record.cells, *joined], record.fault)


def key_of(cell: Cell) -> str:
    """The key as both files are compared by; nothing where the cell holds an error."""
    try:
        return text(cell)
    except BadValueError:
        return ""


def open_lookup(path: Path, name: str, key: str, own: Findings, own_name: str) -> Lookup:
    """Find the key's column in both files. Raises UnusableFileError naming the file that lacks it."""
    findings = sniff(path, name, is_known=lambda column: bare(column) == bare(key))
    if findings.questions:
        raise UnusableFileError(reasons.JOIN_UNCLEAR, file=name)
    key_place = _place(findings, key, name)
    own_key_place = _place(own, key, own_name)
    taken = {column.name for column in own.columns}
    columns, places = [], []
    for place, column in enumerate(findings.columns):
        if place == key_place:
            continue
        free, number = column.name, 1
        while free in taken:
            number += 1
            free = f"{column.name} ({number})"
        taken.add(free)
        columns.append(Column(free, column.samples))
        places.append(place)
    return Lookup(
        path=path,
        name=name,
        shape=findings.shape,
        key_column=own.columns[own_key_place].name,
        key_place=key_place,
        own_key_place=own_key_place,
        own_width=len(own.columns),
        columns=columns,
        places=places,
        width=len(findings.columns),
    )


def _place(findings: Findings, key: str, file: str) -> int:
    names = [column.name for column in findings.columns]
    if key in names:
        return names.index(key)
    alike = [place for place, name in enumerate(names) if bare(name) == bare(key)]
    if len(alike) != 1:
        raise UnusableFileError(reasons.JOIN_WITHOUT_KEY, file=file, key=key, columns=", ".join(names))
    return alike[0]
