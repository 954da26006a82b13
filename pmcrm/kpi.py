"""What a figure is: defined once, read by page, API and documentation. Imports nothing of Django."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure. `base` says what a share is of, or what is counted; a percentage is never shown without it."""

    slug: str
    label: StrOrPromise
    unit: str
    base: StrOrPromise
    meaning: StrOrPromise
    formula: str


def as_markdown(kpis: Iterable[Kpi]) -> str:
    """The figures as a table for the documentation."""
    lines = ["| figure | base | meaning | formula |", "|---|---|---|---|"]
    for kpi in kpis:
        formula = kpi.formula.replace("|", "\\|")
        lines.append(f"| {kpi.label} | {kpi.base} | {kpi.meaning} | `{formula}` |")
    return "\n".join(lines)
