"""Text that no spreadsheet takes for a formula. Used by every export. No Django.

A text that begins with = + - @, a tab, a carriage return or an apostrophe gets an apostrophe before it. Taking it off
again is safe only in a file of ours, whose first column is `pmcrm_id`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar

OWN_FILE_MARK: Final = "pmcrm_id"
REASON_COLUMN: Final = "pmcrm_reason"
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "'")
Value = TypeVar("Value")


def neutralise(value: Value) -> Value | str:
    """`value` safe in a cell. Numbers and dates stay what they are: only text can be a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


class _Echo:
    """A file that gives back what is written into it: the csv module's one way to make single lines."""

    def write(self, line: str) -> str:
        return line


def csv_lines(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A CSV of ours, line by line: the first column is the key. Nothing is an empty cell, yes and no are words, times
    stand as ISO 8601 writes them. Spreadsheets read UTF-8 only behind the mark that it begins with."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([OWN_FILE_MARK, *heads])
    for key, *values in rows:
        yield writer.writerow([key, *(neutralise(_written(value)) for value in values)])


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def restore(value: Value) -> Value | str:
    """The text before `neutralise`: one leading apostrophe less where one was put."""
    if isinstance(value, str) and value.startswith("'") and value[1:].startswith(_DANGEROUS):
        return value[1:]
    return value
