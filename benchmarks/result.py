"""One measured figure and what it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Result:
    """`value` in `unit`; `target` is the limit it should stay below ("<=") or above (">="), if it has one."""

    name: str
    value: float
    unit: str
    target: float | None = None
    direction: str = "<="
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        met = self.value <= self.target if self.direction == "<=" else self.value >= self.target
        return f"{'met' if met else 'MISSED'} ({self.direction} {self.target:g})"


@dataclass(frozen=True)
class Timing:
    """Seconds of several calls."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=20)[-1]


def timed(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def side_by_side(calls: dict[str, Callable[[], object]], *, rounds: int) -> dict[str, Timing]:
    """Call each in turn, `rounds` times, so that whatever else the machine does hits all of them alike."""
    for call in calls.values():
        call()
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            taken[name].append(timed(call))
    return {name: Timing(tuple(seconds)) for name, seconds in taken.items()}
