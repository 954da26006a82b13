"""Plain values as CSV or XLSX, row by row. Text stays text: no spreadsheet takes any of it for a formula."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pmcrm.errors import RuleViolation
from pmcrm.exchange.neutralise import neutralise

MOST_XLSX_ROWS: Final = 1_048_575
LONGEST_XLSX_TEXT: Final = 32_767
_WIDTH: Final = 20


class _Echo:
    """A file that gives back what is written into it: the csv module's one way to make single lines."""

    def write(self, line: str) -> str:
        return line


def csv_lines(heads: Iterable[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    """The lines of a CSV file, the first behind the mark without which spreadsheets do not read UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(heads)
    for row in rows:
        yield writer.writerow([_text(value) for value in row])


def _text(value: Any) -> str:
    """A value as an import reads it: yes, 12.5, 2027-01-31."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, dt.date):  # an instant, too
        return value.isoformat()
    return neutralise(str(value))


def write_csv(path: Path, heads: Iterable[str], rows: Iterable[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv_lines(heads, rows))


def write_xlsx(path: Path, heads: list[str], rows: Iterable[list[Any]], *, title: str) -> None:
    """One sheet; each row is written out before the next is read. Instants are in the current time zone, because a
    sheet knows none. Raises RuleViolation for what no sheet can hold."""
    book = Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    day, instant = (book.add_format({"num_format": text}) for text in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
    sheet = book.add_worksheet(title[:31])
    sheet.set_column(0, len(heads) - 1, _WIDTH)
    sheet.freeze_panes(1, 0)
    try:
        for place, head in enumerate(heads):
            sheet.write_string(0, place, head, bold)
        for number, row in enumerate(rows, start=1):
            if number > MOST_XLSX_ROWS:
                raise RuleViolation(_("A sheet holds %(most)d rows; take CSV, or narrow the list.") % {"most": number})
            for place, value in enumerate(row):
                _write(sheet, number, place, value, day, instant, heads)
    finally:
        book.close()


def _write(sheet: Worksheet, number: int, place: int, value: Any, day: Any, instant: Any, heads: list[str]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(number, place, "yes" if value else "no")
    elif isinstance(value, int | Decimal):
        sheet.write_number(number, place, value)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(number, place, timezone.make_naive(value), instant)
    elif isinstance(value, dt.date):
        sheet.write_datetime(number, place, value, day)
    else:
        # A string cell is never taken for a formula. An apostrophe is doubled because an import takes one off.
        text = str(value)
        text = neutralise(text) if text.startswith("'") else text
        if len(text) > LONGEST_XLSX_TEXT:
            words = {"row": number, "column": heads[place]}
            sentence = _("Row %(row)d: “%(column)s” is longer than a cell of a sheet holds; take CSV instead.")
            raise RuleViolation(sentence % words)
        sheet.write_string(number, place, text)
