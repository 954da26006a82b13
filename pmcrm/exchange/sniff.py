"""What a file looks like before anybody says so: encoding, separator, header row, columns with real values. No Django.

Whatever is found is shown and can be changed. What the file leaves open is a question, never a guess.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pmcrm.exchange import reasons
from pmcrm.exchange.records import (
    ENCODINGS,
    Record,
    Shape,
    UnusableFileError,
    check_spreadsheet,
    hidden_rows,
    is_epoch_1904,
    records,
    sheets,
    undecodable,
)
from pmcrm.exchange.values import Cell, ErrorCell, is_blank, shown, text

SUFFIXES: Final = (".csv", ".txt", ".tsv", ".xlsx")
DELIMITERS: Final = (",", ";", "\t", "|", ":")
_SAMPLE_BYTES: Final = 512 * 1024
_SAMPLE_RECORDS: Final = 300
_HEADER_DEPTH: Final = 40
_CUT: Final = 80


@dataclass(slots=True)
class Column:
    """One column of the file under its distinct name, with the first values that stand in it."""

    name: str
    samples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Findings:
    """How the file is read, what stands in it, and what it leaves open (`questions`, by the keys of the settings)."""

    shape: Shape
    columns: list[Column]
    first_rows: list[tuple[int, list[str]]]
    questions: list[str] = field(default_factory=list)
    sheets: list[dict[str, Any]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    is_epoch_1904: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "shape": self.shape.as_dict(),
            "columns": [{"name": column.name, "samples": column.samples} for column in self.columns],
            "first_rows": [{"row": row, "cells": cells} for row, cells in self.first_rows],
            "questions": self.questions,
            "sheets": self.sheets,
            "hidden_rows": self.hidden_rows[:100],
            "hidden_count": len(self.hidden_rows),
            "is_epoch_1904": self.is_epoch_1904,
        }


def file_format(path: Path, name: str) -> str:
    """ "csv" or "xlsx" by name and first bytes. Raises UnusableFileError for what we cannot read."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnusableFileError(reasons.WRONG_TYPE, suffix=suffix or "?")
    with path.open("rb") as handle:
        head = handle.read(4096)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise UnusableFileError(reasons.FILE_EMPTY)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnusableFileError(reasons.LOCKED_XLSX if suffix == ".xlsx" else reasons.OLD_XLS)
    if suffix == ".xlsx":
        return "xlsx"
    if head.startswith(
        (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\x7fELF", b"MZ\x90")
    ):
        raise UnusableFileError(reasons.NOT_TEXT)
    return "csv"


def sniff(
    path: Path, name: str, settings: dict[str, Any] | None = None, *, is_known: Callable[[str], bool] = lambda _: False
) -> Findings:
    """What the file holds. `settings` are the answers given so far (encoding, delimiter, quote, header_row, sheet);
    `is_known` says whether a column's name means something to the kind, which tells a header from titles above it.
    """
    given = {key: value for key, value in (settings or {}).items() if value not in (None, "") or key == "quote"}
    kind = file_format(path, name)
    questions: list[str] = []
    if kind == "xlsx":
        check_spreadsheet(path)
        found_sheets = sheets(path)
        sheet = given.get("sheet") or _first_filled(found_sheets)
        shape = Shape(format="xlsx", encoding="", delimiter="", quote="", sheet=sheet)
    else:
        found_sheets = []
        encoding = given.get("encoding") or detect_encoding(path, questions)
        if encoding not in ENCODINGS:
            raise UnusableFileError(reasons.UNKNOWN_ENCODING, encoding=encoding, offered=", ".join(ENCODINGS))
        delimiter = given.get("delimiter") or detect_delimiter(_sample_text(path, encoding))
        shape = Shape("csv", encoding, delimiter, given.get("quote", '"'))
    head = list(itertools.islice(records(path, shape), _SAMPLE_RECORDS))
    header_row = given["header_row"] if "header_row" in given else detect_header(head, is_known)
    if header_row is None:
        questions.append("header_row")
        header_row = 0
    shape = Shape(shape.format, shape.encoding, shape.delimiter, shape.quote, int(header_row), shape.sheet)
    columns, rows = _columns(head, shape)
    return Findings(
        shape,
        columns,
        rows,
        questions,
        [{"name": found.name, "is_visible": found.is_visible, "rows": found.rows} for found in found_sheets],
        [row for row in hidden_rows(path, shape.sheet) if row > shape.header_row] if kind == "xlsx" else [],
        kind == "xlsx" and is_epoch_1904(path),
    )


def _first_filled(found: Iterable[Any]) -> str:
    everything = list(found)
    for sheet in everything:
        if sheet.is_visible and sheet.rows > 1:
            return str(sheet.name)
    if not any(sheet.rows for sheet in everything):
        raise UnusableFileError(reasons.FILE_EMPTY)
    return str(next(sheet.name for sheet in everything if sheet.rows))


# --- encoding and separator -----------------------------------------------------------------------------------------


def detect_encoding(path: Path, questions: list[str]) -> str:
    """UTF-8, UTF-16 or Windows-1252 by the bytes of the whole file. A text that begins as UTF-8 and goes on in another
    encoding is refused with its first bad line. Adds the question "encoding" where letters outside of Western Europe
    are likely, since every byte is a letter in Windows-1252."""
    with path.open("rb") as handle:
        head = handle.read(_SAMPLE_BYTES)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if b"\0" in head:
            raise UnusableFileError(reasons.NOT_TEXT)
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk, has_multibyte = head, False
        try:
            while chunk:
                has_multibyte = has_multibyte or not decoder.decode(chunk).isascii()
                chunk = handle.read(4 << 20)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            has_multibyte = has_multibyte or not error.object[: error.start].isascii()
        else:
            return "utf-8"
    if has_multibyte:
        raise undecodable(path, "utf-8")
    with path.open("rb") as handle:
        foreign = sum(1 for line in handle if re.search(rb"[\x80-\xff]{4,}", line))
        handle.seek(0)
        western = sum(1 for line in handle if re.search(rb"[\x80-\xff]", line))
    if foreign * 4 > western:
        questions.append("encoding")
    return "cp1252"


def _sample_text(path: Path, encoding: str) -> str:
    with path.open("rb") as handle:
        head = handle.read(_SAMPLE_BYTES)
    decoded = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    return decoded if len(head) < _SAMPLE_BYTES else decoded[: decoded.rfind("\n") + 1]


def detect_delimiter(sample: str) -> str:
    """The separator by which most records fall into the same number of columns, more than one."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            widths = Counter(len(cells) for cells in itertools.islice(reader, _SAMPLE_RECORDS) if cells)
        except csv.Error:
            continue
        several = {width: count for width, count in widths.items() if width > 1}
        if several:
            width, count = max(several.items(), key=lambda pair: (pair[1], pair[0]))
            score = (round(count / widths.total(), 1), width)
            if score > best_score and (delimiter != ":" or not best_score[0]):
                best, best_score = delimiter, score
    return best


# --- header ---------------------------------------------------------------------------------------------------------

_VALUE_LIKE: Final = re.compile(r"[-+($€£]*[\d.,\s':/-]*\d[\d.,\s':/%)-]*(?:[ T]\d{1,2}:\d{2}.*)?")


def _is_label(cell: Cell) -> bool:
    return isinstance(cell, str) and not isinstance(cell, ErrorCell) and _VALUE_LIKE.fullmatch(cell.strip()) is None


def detect_header(head: Sequence[Record], is_known: Callable[[str], bool]) -> int | None:
    """The row of the header: words only, at least half as wide as the rows, most of them known; titles above it are
    passed over. Nothing where no row is made of words."""
    widths = [sum(not is_blank(cell) for cell in record.cells) for record in head]
    filled = [width for width in widths if width]
    if not filled:
        raise UnusableFileError(reasons.FILE_EMPTY)
    usual = Counter(filled).most_common(1)[0][0]
    best: tuple[int, int] | None = None
    found = None
    for record, width in list(zip(head, widths, strict=True))[:_HEADER_DEPTH]:
        cells = [cell for cell in record.cells if not is_blank(cell)]
        if width * 2 < usual or not cells or not all(_is_label(cell) for cell in cells):
            continue
        score = (sum(is_known(text(cell)) for cell in cells), 0 if best else 1)
        if best is None or score[0] > best[0]:
            best, found = score, record.row
    return found


def distinct_headers(cells: Sequence[Cell]) -> list[str]:
    """Names that tell all columns apart: a second "Email" is "Email (2)", a nameless sixth column "Column 6"."""
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, 1):
        base = " ".join(shown(cell).replace("\ufeff", "").split()) or f"Column {place}"
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(name)
        names.append(name)
    return names


def header_cells(head: Iterable[Record], shape: Shape) -> list[Cell]:
    """The cells of the header as they stand in the file; without a header as many blanks as the widest row."""
    if not shape.header_row:
        return [""] * max((len(record.cells) for record in head), default=0)
    for record in head:
        if record.row == shape.header_row and any(not is_blank(cell) for cell in record.cells):
            cells = list(record.cells)
            while cells and is_blank(cells[-1]) and shape.format == "xlsx":
                cells.pop()
            return cells
        if record.row > shape.header_row:
            break
    raise UnusableFileError(reasons.NO_HEADER_AT, row=shape.header_row)


def _columns(head: Sequence[Record], shape: Shape) -> tuple[list[Column], list[tuple[int, list[str]]]]:
    columns = [Column(name) for name in distinct_headers(header_cells(head, shape))]
    rows: list[tuple[int, list[str]]] = []
    for record in head:
        if record.row <= shape.header_row or all(is_blank(cell) for cell in record.cells):
            continue
        cells = [cut(shown(cell)) for cell in record.cells]
        if len(rows) < 5:
            rows.append((record.row, cells))
        for column, cell in zip(columns, cells, strict=False):
            if len(column.samples) < 3 and cell.strip() and cell not in column.samples:
                column.samples.append(cell)
    if not rows and len(head) < _SAMPLE_RECORDS:
        raise UnusableFileError(reasons.ONLY_HEADER)
    return columns, rows


def cut(value: str, length: int = _CUT) -> str:
    """`value` for display: at most `length` signs, an ellipsis saying that it goes on."""
    return value if len(value) <= length else value[: length - 1] + "…"
