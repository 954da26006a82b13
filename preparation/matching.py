"""Which stories fit a customer: those of their industry, and those whose problem is told in their words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]{5,}")
# Words of so many letters are alike where their beginnings are: plan, plans, planning.
_STEM: Final = 4
OF_INDUSTRY: Final = 3


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words that carry meaning, case and accents aside."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )
    return frozenset(word[:_STEM] for word in _WORD.findall(plain))


def fit(*, industry: str, problem: str, of_industry: str, words: Iterable[str]) -> int:
    """How well a story fits: 3 for the same industry, 1 for each word that its problem shares with theirs."""
    same = bool(industry.strip()) and industry.strip().casefold() == of_industry.strip().casefold()
    theirs = frozenset().union(*(stems(text) for text in words))
    return OF_INDUSTRY * same + len(stems(problem) & theirs)
