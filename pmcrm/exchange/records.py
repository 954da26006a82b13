"""Reading a file record by record: CSV in any separator and encoding, and XLSX. Pure: no Django.

A record's number is the line of the file where the record begins (header included, line 1 is the first), and for a
spreadsheet the row of the sheet. Memory stays bounded for CSV whatever the size; a spreadsheet is held while read.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.parsers import expat

import python_calamine

from pmcrm.exchange import reasons
from pmcrm.exchange.values import Cell, ErrorCell

ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "iso-8859-15": "ISO 8859-15 (Western Europe)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "shift_jis": "Shift JIS (Japanese)",
    "euc_kr": "EUC-KR (Korean)",
    "mac_roman": "Mac Roman",
}
FIELD_LIMIT: Final = 1_000_000
XLSX_MAX_UNPACKED: Final = 400 * 1024**2
_CHUNK: Final = 1 << 20
# What zipfile raises for a broken member, a password or an unknown method, a short file and a broken stream, in that
# order: the file is refused.
_UNREADABLE: Final = (zipfile.BadZipFile, RuntimeError, OSError, zlib.error)
_BLOCK: Final = 2000
_BLOCK_BYTES: Final = 16 << 20


class UnusableFileError(Exception):
    """The file as a whole cannot be read; the reason says what is wrong, where, and what would be right."""

    def __init__(self, reason: str, **params: str | int) -> None:
        super().__init__(reason.format(**params))
        self.reason = reason
        self.params = params


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is read. `header_row` is the line (sheet row) of the header; 0 means that there is none."""

    format: str = "csv"
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    quote: str = '"'
    header_row: int = 1
    sheet: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Record(NamedTuple):
    """One record. `fault` is a reason why its cells cannot be told apart."""

    row: int
    cells: list[Cell]
    fault: str = ""


@dataclass(slots=True)
class Block:
    """Records that follow one another: their numbers and their cells; then the one that broke off, if one did."""

    rows: list[int] = field(default_factory=list)
    cells: list[list[Cell]] = field(default_factory=list)
    broken: Record | None = None


def records(path: Path, shape: Shape) -> Iterator[Record]:
    """Every record of the file from its first line on, title rows and header included."""
    for block in blocks(path, shape):
        yield from map(Record, block.rows, block.cells)
        if block.broken is not None:
            yield block.broken


def blocks(path: Path, shape: Shape, *, on_bytes: Callable[[int], None] = lambda _read: None) -> Iterator[Block]:
    """The same records, many at a time. `on_bytes` is told how far into a text file the reading is."""
    if shape.format == "xlsx":
        yield from _sheet_blocks(path, shape.sheet)
    else:
        yield from _text_blocks(path, shape, on_bytes)


# --- text -----------------------------------------------------------------------------------------------------------


def _text_blocks(path: Path, shape: Shape, on_bytes: Callable[[int], None]) -> Iterator[Block]:
    csv.field_size_limit(FIELD_LIMIT)
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=shape.encoding, newline="") as lines:
        reader = csv.reader(
            lines,
            delimiter=shape.delimiter,
            quotechar=shape.quote or None,
            quoting=csv.QUOTE_MINIMAL if shape.quote else csv.QUOTE_NONE,
            strict=True,
        )
        is_open = True
        while is_open:
            block, begun = Block(), raw.tell()
            before, cells, ends = reader.line_num, block.cells, []
            try:
                for record in islice(reader, _BLOCK):
                    cells.append(record)  # type: ignore[arg-type]  # a list of str is a list of cells that are texts
                    ends.append(reader.line_num)
                    if not len(cells) % 100 and raw.tell() - begun > _BLOCK_BYTES:
                        break
                else:
                    is_open = len(cells) == _BLOCK
            except csv.Error as error:
                row = (ends[-1] if ends else before) + 1
                block.broken = Record(row, [], _fault(error, row))
            except UnicodeDecodeError:
                raise undecodable(path, shape.encoding) from None
            # A record begins on the line after the one before it ended.
            block.rows = [end + 1 for end in (before, *ends[:-1])] if ends else []
            on_bytes(raw.tell())
            yield block


def _fault(error: csv.Error, row: int) -> str:
    sentence = str(error)
    if "unexpected end of data" in sentence or "field larger" in sentence:
        raise UnusableFileError(reasons.OPEN_QUOTE, line=row)
    if "NUL" in sentence:
        raise UnusableFileError(reasons.ZERO_BYTE, line=row)
    return reasons.STRAY_QUOTE


def undecodable(path: Path, encoding: str) -> UnusableFileError:
    """Names the first line that is not valid in `encoding`."""
    line = first_undecodable_line(path, encoding)
    return UnusableFileError(reasons.UNDECODABLE, line=line, encoding=ENCODINGS.get(encoding, encoding))


def first_undecodable_line(path: Path, encoding: str) -> int:
    """The number of the first line that cannot be decoded, 0 where all can."""
    if encoding.startswith("utf-16"):
        try:
            with path.open(encoding=encoding, newline="") as lines:
                number = 0
                for number, _line in enumerate(lines, 1):  # noqa: B007  (wanted after the loop broke)
                    pass
        except UnicodeError:
            return number + 1
        return 0
    plain = "utf-8" if encoding == "utf-8-sig" else encoding
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                line.decode(plain)
            except UnicodeDecodeError:
                return number
    return 0


# --- spreadsheets ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    is_visible: bool
    rows: int


@dataclass(slots=True)
class _Marks:
    """What the value reader leaves out: error cells, formulas without a stored value, hidden rows."""

    errors: dict[tuple[int, int], str]
    hidden: list[int]


def check_spreadsheet(path: Path) -> None:
    """Refuse what is no XLSX, what is locked, and what unpacks to more than we hold (a zip bomb)."""
    if not zipfile.is_zipfile(path):
        raise UnusableFileError(reasons.NOT_XLSX)
    left = XLSX_MAX_UNPACKED
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise UnusableFileError(reasons.NOT_XLSX)
        for name in archive.namelist():
            try:
                with archive.open(name) as packed:
                    while left >= 0 and (chunk := packed.read(_CHUNK)):
                        left -= len(chunk)
            except _UNREADABLE as error:
                raise UnusableFileError(reasons.LOCKED_XLSX) from error
            if left < 0:
                raise UnusableFileError(reasons.XLSX_TOO_LARGE, limit=XLSX_MAX_UNPACKED // 1024**2)


def _workbook(path: Path) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.CalamineWorkbook.from_path(path)
    except (python_calamine.CalamineError, OSError) as error:
        raise UnusableFileError(reasons.LOCKED_XLSX) from error


def sheets(path: Path) -> list[Sheet]:
    """The worksheets of the workbook in their order."""
    workbook = _workbook(path)
    found = []
    for meta in workbook.sheets_metadata:
        if meta.typ == python_calamine.SheetTypeEnum.WorkSheet:
            rows = workbook.get_sheet_by_name(meta.name).total_height
            found.append(Sheet(meta.name, meta.visible == python_calamine.SheetVisibleEnum.Visible, rows))
    return found


def _sheet_blocks(path: Path, name: str) -> Iterator[Block]:
    workbook = _workbook(path)
    if name not in workbook.sheet_names:
        raise UnusableFileError(reasons.NO_SUCH_SHEET, sheet=name, offered=", ".join(workbook.sheet_names))
    errors = _marks(path, name).errors
    every = enumerate(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)
    while part := list(islice(every, _BLOCK)):
        block = Block()
        for row, cells in part:
            # A truth value equals the number 1 in Python; as text nothing takes one for the other.
            read: list[Cell] = [("TRUE" if cell else "FALSE") if isinstance(cell, bool) else cell for cell in cells]
            if errors:
                for column in range(len(read)):
                    if (row, column) in errors:
                        read[column] = ErrorCell(errors[row, column])
            block.rows.append(row)
            block.cells.append(read)
        yield block


def hidden_rows(path: Path, name: str) -> list[int]:
    """Rows that the spreadsheet hides. They are read like all others; the report says so."""
    return _marks(path, name).hidden


def is_epoch_1904(path: Path) -> bool:
    """Whether serial dates count from 1904 (old Macintosh workbooks)."""
    with zipfile.ZipFile(path) as archive:
        return re.search(rb'date1904="(?:1|true)"', archive.read("xl/workbook.xml")) is not None


def _sheet_file(archive: zipfile.ZipFile, name: str) -> str:
    """The part that holds the sheet, by the workbook's own relations."""
    target: dict[str, str] = {}
    wanted: list[str] = []

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("Relationship"):
            target[attributes["Id"]] = attributes["Target"]

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet" and attributes.get("name") == name:
            wanted.extend(value for key, value in attributes.items() if key.rpartition(":")[2] == "id" and ":" in key)

    _parse(archive, "xl/_rels/workbook.xml.rels", start=relation)
    _parse(archive, "xl/workbook.xml", start=sheet)
    part = target.get(wanted[0], "") if wanted else ""
    return part.lstrip("/") if part.startswith("/") else f"xl/{part}"


def _no_doctype(*_: object) -> None:
    raise UnusableFileError(reasons.LOCKED_XLSX)


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    data: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        with archive.open(part) as xml:
            parser.ParseFile(xml)
    except (KeyError, expat.ExpatError) as error:
        raise UnusableFileError(reasons.LOCKED_XLSX) from error


class _SheetMarks:
    """Walks a sheet's cells by their place; a cell without a reference follows the one before it."""

    def __init__(self) -> None:
        self.marks = _Marks({}, [])
        self.row = self.column = 0
        self.is_error = self.is_formula = self.in_value = False
        self.value = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            reference = attributes.get("r")
            self.column = _column(reference) if reference else self.column + 1
            self.is_error, self.is_formula, self.value = attributes.get("t") == "e", False, ""
        elif tag == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), -1
            if attributes.get("hidden") in ("1", "true"):
                self.marks.hidden.append(self.row)
        elif tag == "f":
            self.is_formula = True
        elif tag == "v":
            self.in_value = True

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "v":
            self.in_value = False
        elif tag == "c":
            if self.is_error:
                self.marks.errors[self.row, self.column] = self.value or "#N/A"
            elif self.is_formula and not self.value:
                self.marks.errors[self.row, self.column] = ""

    def data(self, text: str) -> None:
        if self.in_value:
            self.value += text


def _column(reference: str) -> int:
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


def _marks(path: Path, name: str) -> _Marks:
    with zipfile.ZipFile(path) as archive:
        part = _sheet_file(archive, name)
        walker = _SheetMarks()
        if _is_worth_a_walk(archive, part):
            _parse(archive, part, start=walker.start, end=walker.end, data=walker.data)
        return walker.marks


def _is_worth_a_walk(archive: zipfile.ZipFile, part: str) -> bool:
    """Most sheets hold no formula, no error and no hidden row: a look at the bytes spares the slow walk."""
    wanted = re.compile(rb'<(?:\w+:)?f[ />]|t="e"|<(?:\w+:)?row [^>]*hidden="(?:1|true)"|\bDOCTYPE\b')
    before = b""
    try:
        with archive.open(part) as xml:
            while chunk := xml.read(_CHUNK):
                if wanted.search(before + chunk):
                    return True
                before = chunk[-2000:]
    except KeyError:
        raise UnusableFileError(reasons.LOCKED_XLSX) from None
    return False
