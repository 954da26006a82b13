"""Which date order and decimal sign a file proves, over the columns that hold dates, times and numbers. No Django.

One value such as 27/09/2016 or 12.5 proves it for the whole file; where only 03/04/2019 or 1,234 stand, or where the
values contradict each other, it is a question for a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pmcrm.exchange.instants import date_evidence as date_of_instant
from pmcrm.exchange.instants import zone_evidence
from pmcrm.exchange.records import Record
from pmcrm.exchange.values import Cell, date_evidence, decimal_evidence

_ENOUGH: Final = 1000
_CLEAR: Final = 20


@dataclass(slots=True)
class Proof:
    """The counted evidence for one setting, with the first value of each side and its row."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[int, str]] = field(default_factory=dict)

    def weigh(self, row: int, cell: Cell, judge: Callable[[Cell], str | None]) -> None:
        if (side := judge(cell)) is not None:
            self.counts[side] += 1
            self.examples.setdefault(side, (row, str(cell).strip()))

    @property
    def is_enough(self) -> bool:
        return self.counts.total() - self.counts["either"] >= _ENOUGH

    @property
    def answer(self) -> str | None:
        """The proven side; None where it must be asked; "" where no value needs it."""
        sides = [(side, count) for side, count in self.counts.most_common() if side != "either" and count]
        if not sides:
            return None if self.counts["either"] else ""
        if len(sides) > 1 and sides[0][1] < _CLEAR * sides[1][1]:
            return None
        return sides[0][0]

    def shown(self) -> list[dict[str, Any]]:
        return [{"side": side, "row": row, "value": value} for side, (row, value) in sorted(self.examples.items())]


def weigh(
    found: Iterable[Record],
    *,
    header_row: int,
    dates: Sequence[int],
    numbers: Sequence[int],
    instants: Sequence[int],
    at_least: int | None,
) -> tuple[Proof, Proof, Proof]:
    """The proof for the date order, for the decimal sign, and whether times need a zone, reading no further than
    needed: where the first `at_least` records leave nothing open, the rest is not read (None: read on to the end)."""
    order, sign, zone = Proof(), Proof(), Proof()
    asked = [
        *((place, order, date_evidence) for place in dates),
        *((place, order, date_of_instant) for place in instants),
        *((place, sign, decimal_evidence) for place in numbers),
        *((place, zone, zone_evidence) for place in instants),
    ]
    for count, record in enumerate(found):
        if record.row <= header_row:
            continue
        if at_least is not None and count > at_least and order.answer is not None and sign.answer is not None:
            break
        cells = record.cells
        for place, proof, judge in asked:
            if place < len(cells):
                proof.weigh(record.row, cells[place], judge)
        if (order.is_enough or not dates) and (sign.is_enough or not numbers) and not instants:
            break
    return order, sign, zone
