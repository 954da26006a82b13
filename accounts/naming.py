"""How a person may be named in a text: full name, e-mail address, phone number however it is written. No Django.

A pattern is read by Python and by PostgreSQL alike, but for the edge of a word, which each writes in
its own way. A first name alone is not looked for: it would find everybody of that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

ERASED: Final = "[…]"
_EDGE: Final = "\x01"
_BETWEEN: Final = r"[\s()./–-]*"
_SHORTEST_NUMBER: Final = 6


def pattern_of_name(name: str) -> str:
    """The words of a name in their order, with any blanks between them. Empty for a name too short to tell apart."""
    words = name.split()
    if sum(map(len, words)) < (3 if len(words) > 1 or not name.isascii() else 5):
        return ""
    found = r"\s+".join(re.escape(word) for word in words)
    return _edged(found, words[0][0], words[-1][-1])


def pattern_of_email(email: str) -> str:
    return _edged(re.escape(email), email[0], email[-1]) if "@" in email else ""


def pattern_of_phone(national: str, country_code: str = "") -> str:
    """The digits of a number, with or without the country's code, with blanks, brackets and strokes between them."""
    if len(national) < _SHORTEST_NUMBER:
        return ""
    prefix = rf"(?:(?:\+|00){_BETWEEN}{country_code}{_BETWEEN}(?:\(?0\)?)?)?" if country_code else ""
    return rf"(?<!\d){prefix}{_BETWEEN.join(national)}(?!\d)"


def for_python(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns).replace(_EDGE, r"\b"), re.IGNORECASE)


def for_database(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{one})" for one in patterns).replace(_EDGE, r"\y")


def spans(text: str, pattern: re.Pattern[str]) -> list[list[int]]:
    """From which letter to which the text names somebody."""
    return [list(found.span()) for found in pattern.finditer(text) if found.group()]


def without(text: str, places: Iterable[Iterable[int]]) -> str:
    """The text with these places taken out."""
    for start, end in sorted((tuple(place) for place in places), reverse=True):
        text = text[:start] + ERASED + text[end:]
    return text


def digest(text: str) -> str:
    """Tells whether a text is still the one that was looked at."""
    return sha256(text.encode()).hexdigest()


def _edged(found: str, first: str, last: str) -> str:
    """Words of scripts that write blanks between them end where a word ends."""
    edges = [_EDGE if letter.isalnum() and ord(letter) < 0x0600 else "" for letter in (first, last)]
    return edges[0] + found + edges[1]
