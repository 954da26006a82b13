"""Where each account stands in the picture of balance: silence from left to right, load from bottom to top.

Places are percents of the plot, so that one drawing fits every width; letters and points keep their size.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import log2
from typing import Final

MOST_SILENCE: Final = 3.0
"""Times of the cadence; whoever is silent for longer stands at the right edge."""
MOST_OF_RED: Final = 1.5
"""The top, in times of the red limit; whoever carries more stands there."""
CELLS: Final = 4
"""Cells in one cadence, and in one red limit, where many accounts are drawn as one point."""
SMALLEST: Final = 5.0
LARGEST: Final = 18.0


class Zone(StrEnum):
    """How an account stands between silence and load."""

    NEGLECTED = "neglected"
    """Silent past its cadence, and not crowded."""
    HEALTHY = "healthy"
    CROWDED = "crowded"
    """Amber or red, and heard from."""
    BOTH = "both"
    """Much contact, and none that both sides spoke in."""


def zone_of(*, is_silent: bool, is_crowded: bool) -> Zone:
    if is_silent:
        return Zone.BOTH if is_crowded else Zone.NEGLECTED
    return Zone.CROWDED if is_crowded else Zone.HEALTHY


@dataclass(frozen=True, slots=True)
class Point:
    """One account, or `number` of them that stand close together; `x` and `y` in percent from the upper left."""

    x: float
    y: float
    radius: float
    number: int = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the picture with the value it stands for, in percent from the edge."""

    at: float
    value: float

    @property
    def rest(self) -> float:
        """What lies behind it."""
        return round(100 - self.at, 2)


def across(silence: float) -> float:
    """Where so many times the cadence stands."""
    return round(100 * min(max(silence, 0.0), MOST_SILENCE) / MOST_SILENCE, 2)


def up(load: float, red: float) -> float:
    """Where a load stands, from the top."""
    most = MOST_OF_RED * red
    return round(100 * (1 - min(load, most) / most), 2)


def point(silence: float, load: float, red: float) -> Point:
    return Point(across(silence), up(load, red), SMALLEST)


def heap(column: int, row: int, red: float, number: int) -> Point:
    """Many accounts of one cell, in its middle; eight times as many are so much larger."""
    silence, load = (column + 0.5) / CELLS, (row + 0.5) / CELLS * red
    return Point(across(silence), up(load, red), round(min(LARGEST, SMALLEST + log2(number)), 1), number)


def columns() -> int:
    """The last column and the last row hold whoever stands beyond them."""
    return int(MOST_SILENCE * CELLS)


def rows() -> int:
    return int(MOST_OF_RED * CELLS)


def silence_marks() -> list[Mark]:
    return [Mark(across(value), value) for value in (1.0, 2.0, 3.0)]
