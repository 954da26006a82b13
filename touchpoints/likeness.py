"""How alike two tellings of a trouble are, for the database to compare. Pure: no Django.

A telling is alike when its words stand in the other one, in any order and nearly so written: long words say more than
short ones. Scripts that set no spaces are compared by their pairs of letters.
"""

from __future__ import annotations

import re
from typing import Final

# From here on an earlier trouble is shown beside the one that is typed.
LIKE: Final = 0.5
FEWEST_LETTERS: Final = 3
MOST_WORDS: Final = 24
_MARKS: Final = re.compile(r"[^\w]+")
_GROUPED: Final = re.compile(r"(?<=\d)[.,’' \u00a0\u202f](?=\d{3}(?!\d))")


def words_to_compare(folded: str) -> list[str]:
    """The words of a text in lower case without accents, the longest first: those say most. 10,000 is 10000."""
    plain = _MARKS.sub(" ", _GROUPED.sub("", folded))
    words = dict.fromkeys(word for word in plain.split() if len(word) >= FEWEST_LETTERS or word.isdecimal())
    return sorted(words, key=len, reverse=True)[:MOST_WORDS]


def same_words(folded: str) -> str:
    """What two tellings have in common that differ in marks and white space only."""
    return " ".join(_MARKS.sub(" ", folded).split())
