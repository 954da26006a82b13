"""Parts of a whole, as a fraction of one or in percent. Pure: no Django."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from pmcrm.exchange import reasons
from pmcrm.exchange.values import INVISIBLE_EDGE, BadValueError, Cell, DecimalSign, ErrorCell, number


def share(cell: Cell, decimal: DecimalSign = ".") -> Decimal:
    """A part of a whole between 0 and 1: with a % sign it is written in percent, without one as a fraction. Raises
    BadValueError: 15 alone is neither, and nobody guesses which was meant."""
    in_percent = _before_its_sign(cell)
    found = number(cell, decimal) if in_percent is None else number(in_percent, decimal) / 100
    if not 0 <= found <= 1:
        raise BadValueError(reasons.NOT_A_SHARE)
    return found


def percent(cell: Cell, decimal: DecimalSign = ".") -> Decimal:
    """A number of percent, with its sign or without: 14.35 and 14.35 % are the same. Raises BadValueError."""
    written = _before_its_sign(cell)
    return number(cell if written is None else written, decimal)


def _before_its_sign(cell: Cell) -> str | None:
    """What stands before a % sign; nothing where there is none."""
    written = unicodedata.normalize("NFKC", cell).strip(INVISIBLE_EDGE) if isinstance(cell, str) else ""
    return written[:-1] if written.endswith("%") and not isinstance(cell, ErrorCell) else None
