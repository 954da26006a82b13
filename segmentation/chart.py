"""Where each line and word of the whale curve stands on paper: from points to SVG coordinates.

The figures stay Decimals elsewhere; here they become floats, because they only draw a picture. The curve is drawn once
in a box of a thousand by a thousand that each frame (narrow to vast) stretches to its own room; words, marks and
ticks are placed for each frame, so that letters keep their shape and size.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10
from typing import Final, Literal

BOX: Final = 1000
LETTER: Final = 6.6  # mean width of a letter of the notes, 12.5 px Inter
LINE: Final = 16.0  # height of a line of notes
FEW_ACCOUNTS: Final = 10  # below this the tenths are not named (analytics 18)
NEAR_ZERO: Final = Decimal("0.1")  # a total below this share of the peak makes shares of total misleading

Base = Literal["total", "peak", "money"]
Anchor = Literal["start", "end"]


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: its place in the frame, and what it stands for (a fraction of 1, or an amount)."""

    at: float
    value: float


@dataclass(frozen=True)
class Spot:
    x: float
    y: float


@dataclass(frozen=True)
class Note:
    """Where a direct label starts or ends."""

    x: float
    y: float
    anchor: Anchor


@dataclass(frozen=True)
class Band:
    """A tenth of the accounts, from top to bottom of the plot."""

    x: float
    width: float


@dataclass(frozen=True)
class Frame:
    """The chart at one width of its container."""

    name: str
    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    zero: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    end: Spot
    peak: Spot | None
    peak_note: Note | None
    best: Band | None
    worst: Band | None
    best_note: Note | None
    worst_note: Note | None
    hatch: str

    @property
    def plot_width(self) -> float:
        return self.right - self.left

    @property
    def plot_height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True)
class Chart:
    """A whale curve ready to draw. `base` says what 100 % is: the total, the peak, or nothing (plain money)."""

    base: Base
    accounts: int
    peak_at: int
    peak: float
    line_up: str
    line_down: str
    area: str
    lowest: float
    highest: float
    frames: tuple[Frame, ...]
    points: tuple[tuple[int, float], ...]

    @property
    def points_json(self) -> str:
        """Rank and value of each point, for walking along the curve."""
        return json.dumps([[rank, round(value, 5)] for rank, value in self.points], separators=(",", ":"))


@dataclass(frozen=True)
class _Room:
    """A width and height with margins for the axes, and the shares at which the x axis is marked."""

    name: str
    width: int
    height: int
    left: float
    right_margin: float
    bottom_margin: float
    x_marks: tuple[float, ...]
    peak_letters: int
    steps: int


_ROOMS: Final = (
    _Room("narrow", 360, 300, 42, 12, 26, (0, 0.2, 0.4, 0.6, 0.8, 1), 30, 5),
    _Room("middle", 620, 340, 48, 18, 28, (0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1), 36, 5),
    _Room("wide", 880, 380, 52, 20, 30, (0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1), 40, 6),
    _Room("vast", 1240, 460, 52, 20, 30, (0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1), 40, 6),
)


def base_of(total: Decimal, peak: Decimal) -> Base:
    """What the curve's percentages are of (analytics 18): the total, unless it is near or below zero; then the peak."""
    if total > 0 and total >= NEAR_ZERO * peak:
        return "total"
    return "peak" if peak > 0 else "money"


def nice_step(span: float, steps: int) -> float:
    """A step of 1, 2, 2.5 or 5 times a power of ten that cuts `span` into about `steps` parts."""
    rough = span / max(steps, 1)
    power = 10.0 ** floor(log10(rough))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)


def whale_curve(
    points: Sequence[tuple[int, Decimal]],
    *,
    accounts: int,
    total: Decimal,
    peak: Decimal,
    peak_at: int,
) -> Chart | None:
    """The chart of `points`, pairs of rank and cumulative contribution from the best account on.

    The point (0, 0), the peak and the end are added where they are missing. Without accounts there is no chart.
    """
    if accounts < 1 or not points:
        return None
    base = base_of(total, peak)
    unit = {"total": total, "peak": peak, "money": Decimal(1)}[base]
    known = {0: Decimal(0), accounts: total, **dict(points)}
    if peak > 0:
        known[peak_at] = peak
    curve = tuple((rank, float(known[rank] / unit)) for rank in sorted(known))

    highest = max(0.0, *(value for _, value in curve))
    lowest = min(0.0, *(value for _, value in curve))
    span = (highest - lowest) or 1.0
    top, floor_value = highest + span * 0.1, lowest
    if lowest < 0:
        floor_value = lowest - span * 0.06

    def box(rank: int, value: float) -> tuple[float, float]:
        return BOX * rank / accounts, BOX * (top - value) / (top - floor_value)

    rising = [box(rank, value) for rank, value in curve if peak <= 0 or rank <= peak_at]
    falling = [box(rank, value) for rank, value in curve if peak > 0 and rank >= peak_at]
    zero = box(0, 0.0)[1]
    peak_value = float(peak / unit) if peak > 0 else 0.0
    up, down = (rising, falling) if peak > 0 else ([], rising)
    return Chart(
        base=base,
        accounts=accounts,
        peak_at=peak_at,
        peak=peak_value,
        line_up=_path(up),
        line_down=_path(down) if len(down) > 1 else "",
        area=f"{_path(up)}V{zero:.1f}H0Z" if up else "",
        lowest=floor_value,
        highest=top,
        frames=tuple(_frame(room, curve, accounts, peak_at if peak > 0 else 0, (floor_value, top)) for room in _ROOMS),
        points=curve,
    )


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places) if places else ""


def _frame(
    room: _Room, curve: Sequence[tuple[int, float]], accounts: int, peak_at: int, limits: tuple[float, float]
) -> Frame:
    lowest, highest = limits
    left, right = room.left, room.width - room.right_margin
    top, bottom = 8.0, room.height - room.bottom_margin

    def place(rank: float, value: float) -> Spot:
        x = left + (right - left) * rank / accounts
        y = top + (bottom - top) * (highest - value) / (highest - lowest)
        return Spot(round(x, 1), round(y, 1))

    spots = [place(rank, value) for rank, value in curve]
    end = spots[-1]
    peak = next((place(rank, value) for rank, value in curve if rank == peak_at), None) if peak_at else None
    fall = [place(rank, value) for rank, value in curve if peak_at and rank >= peak_at]
    hatch = ""
    if peak is not None and len(fall) > 1 and end.y - peak.y > 1:
        hatch = _path([(spot.x, spot.y) for spot in fall]) + f"V{peak.y}Z"

    step = nice_step(highest - lowest, room.steps)
    y_ticks = tuple(
        Tick(place(0, step * number).y, step * number)
        for number in range(ceil(lowest / step - 1e-9), floor(highest / step + 1e-9) + 1)
    )
    x_ticks = tuple(Tick(place(accounts * mark, 0).x, mark) for mark in room.x_marks)

    taken: list[tuple[float, float, float, float]] = []
    peak_note = best_note = worst_note = None
    best = worst = None
    if peak is not None:
        peak_note = _note(
            [
                Note(peak.x - 4, peak.y - 9, "end"),
                Note(peak.x + 4, peak.y - 9, "start"),
                Note(left + 8, top + 12, "start"),
            ],
            room.peak_letters,
            (left, right, top, bottom),
            taken,
            [],
        )
    if accounts >= FEW_ACCOUNTS:
        tenth = (right - left) / 10
        best, worst = Band(left, round(tenth, 1)), Band(round(right - tenth, 1), round(tenth, 1))
        at_best, at_worst = _height_at(spots, left + tenth), _height_at(spots, right - tenth)
        best_note = _note(
            [Note(left + tenth + 9, at_best + offset, "start") for offset in (18, 34, -10, 60)]
            + [Note(left + tenth + 9, bottom - 8, "start")],
            18,
            (left, right, top, bottom),
            taken,
            spots,
        )
        worst_note = _note(
            [Note(right - tenth - 9, end.y + offset, "end") for offset in (26, 42, 60, -14)]
            + [Note(right - tenth - 9, at_worst + offset, "end") for offset in (26, 60, 100, -14)],
            20,
            (left, right, top, bottom),
            taken,
            spots,
        )
    return Frame(
        name=room.name,
        width=room.width,
        height=room.height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        zero=place(0, 0).y,
        x_ticks=x_ticks,
        y_ticks=y_ticks,
        end=end,
        peak=peak,
        peak_note=peak_note,
        best=best,
        worst=worst,
        best_note=best_note,
        worst_note=worst_note,
        hatch=hatch,
    )


def _height_at(spots: Sequence[Spot], x: float) -> float:
    """The curve's height at `x`, by straight lines between its points."""
    for one, two in itertools.pairwise(spots):
        if one.x <= x <= two.x:
            return one.y if two.x == one.x else one.y + (two.y - one.y) * (x - one.x) / (two.x - one.x)
    return spots[-1].y


def _note(
    wished: Sequence[Note],
    letters: int,
    plot: tuple[float, float, float, float],
    taken: list[tuple[float, float, float, float]],
    curve: Sequence[Spot],
) -> Note:
    """The first wished place inside the plot that covers neither another note nor the curve; else the last."""
    left, right, top, bottom = plot
    for note in wished:
        start = note.x - letters * LETTER if note.anchor == "end" else note.x
        box = (start, note.y - LINE * 0.8, start + letters * LETTER, note.y + LINE * 0.25)
        inside = box[0] >= left and box[2] <= right and box[1] >= top - 6 and box[3] <= bottom
        free = all(box[2] < a or box[0] > c or box[3] < b or box[1] > d for a, b, c, d in taken)
        if inside and free and not _crosses(curve, box):
            taken.append(box)
            return note
    return wished[-1]


def _crosses(curve: Sequence[Spot], box: tuple[float, float, float, float]) -> bool:
    """Whether the curve runs through the box."""
    if not curve:
        return False
    x1, y1, x2, y2 = box
    heights = [_height_at(curve, x1 + (x2 - x1) * part / 8) for part in range(9)]
    return not (max(heights) < y1 or min(heights) > y2)
