"""Which column of a file is which target: suggested from the names, never two columns for one target. No Django."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rapidfuzz import fuzz

CLOSE_ENOUGH: Final = 85


def bare(name: str) -> str:
    """A column's name without case, signs and spelling of spaces: "Customer_ID " and "customer id" are one."""
    spaced = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])", " ", unicodedata.normalize("NFKC", name))
    return " ".join(re.sub(r"[\W_]+", " ", spaced.casefold()).split())


def closeness(column: str, synonyms: Iterable[str]) -> float:
    """How sure we are that the column is meant: 100 for a known name, else the likeness of the spelling."""
    name = bare(column)
    best = 0.0
    for place, synonym in enumerate(synonyms):
        if name == synonym:
            return 200.0 - place
        best = max(best, fuzz.ratio(name, synonym))
    return best


def suggest(columns: Sequence[str], targets: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Column to target. The surest pairs are made first, so each target has one column and each column one target."""
    pairs = [
        (-score, place, column, target)
        for place, column in enumerate(columns)
        for target, synonyms in targets.items()
        if (score := closeness(column, synonyms)) >= CLOSE_ENOUGH
    ]
    chosen: dict[str, str] = {}
    for _score, _place, column, target in sorted(pairs):
        if column not in chosen and target not in chosen.values():
            chosen[column] = target
    return {column: chosen[column] for column in columns if column in chosen}
