"""Whole columns of plain cells, read at once. Pure: no Django.

Most columns of most files hold nothing but plain texts or plain numbers. A look at all their cells together tells so
and costs a fraction of a look at each. What is not plain throughout is nothing here: `values` reads it cell by cell,
and every answer given here is the one that `values` would give.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from pmcrm.exchange.instants import written_out
from pmcrm.exchange.values import Cell, DecimalSign, holds_total_word

_NUMBERS: Final = re.compile(r"(?:(?!-0(?:\.0+)?\n)-?(?:0|[1-9]\d{0,13})(?:\.\d{1,6})?\n|\n)*+", re.ASCII)


def _joined(cells: Sequence[Cell]) -> str | None:
    """The cells as lines; nothing where one is no text or is itself more than a line."""
    if set(map(type, cells)) != {str}:
        return None
    joined = "\n".join(cells)  # type: ignore[arg-type]  # all are texts, as was just seen
    return joined if joined.count("\n") == len(cells) - 1 else None


def texts(cells: Sequence[Cell], *, max_length: int, is_name: bool) -> list[str] | None:
    """What `values.text` makes of each cell; None where a cell needs a closer look."""
    joined = _joined(cells)
    if joined is None:
        return None
    # What prints holds no control sign and no blank but the space.
    if not joined.replace("\n", "").isprintable():
        return None
    if not joined.isascii() and not unicodedata.is_normalized("NFC", joined):
        return None
    if " \n" in joined or "\n " in joined or joined[:1] == " " or joined[-1:] == " ":
        joined = "\n".join(line.strip() for line in joined.split("\n"))
    found = joined.split("\n")
    if max(map(len, found)) > max_length or (is_name and holds_total_word(joined)):
        return None
    return found


def numbers(cells: Sequence[Cell], decimal: DecimalSign | None) -> list[str] | None:
    """What `values.number_text` makes of each cell; None where a cell needs a closer look."""
    joined = _joined(cells)
    if joined is None:
        return None
    if decimal != ".":
        if "." in joined or (decimal is None and "," in joined):
            return None
        joined = joined.replace(",", ".")
    if _NUMBERS.fullmatch(joined + "\n") is None:
        return None
    found = joined.split("\n")
    if "0\n" in joined or joined[-1:] == "0":
        return [cell.rstrip("0").rstrip(".") if cell[-1:] == "0" and "." in cell else cell for cell in found]
    return found


def instants(cells: Sequence[Cell]) -> list[str] | None:
    """What `instants.instant` makes of each cell; None where a cell needs a closer look."""
    found = list(map(written_out, cells))
    return None if None in found else [one.isoformat() for one in found if one is not None]
