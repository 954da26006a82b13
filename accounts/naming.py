"""How a person may be named in a text: full name, e-mail address, phone number however it is written. No Django.

A pattern is read by Python and by PostgreSQL alike, but for the edge of a word, which each writes in
its own way. A first name alone is not looked for: it would find everybody of that name.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from typing import IO, Final

ERASED: Final = "[…]"
_EDGE: Final = "\x01"
_BETWEEN: Final = r"[\s()./–-]*"
_SHORTEST_NUMBER: Final = 6
_PIECE: Final = 1_000_000
_LONGEST_NAMING: Final = 400
# So many pieces of a part of an archive are read: what unpacks to more was built to do so.
_MOST_OF_A_PART: Final = 200
_TAGS: Final = re.compile(r"<[^<>]*>")


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


def is_named_in(file: IO[bytes], pattern: re.Pattern[str]) -> bool:
    """Whether a file names somebody: a text, or an archive of texts such as XLSX and DOCX. Pictures and PDF say
    nothing that could be read here."""
    return any(pattern.search(piece) for piece in _pieces(file))


def _pieces(file: IO[bytes]) -> Iterator[str]:
    if file.read(2) != b"PK":
        file.seek(0)
        yield from _texts(file)
        return
    try:
        with zipfile.ZipFile(file) as archive:
            for part in archive.infolist():
                with archive.open(part) as opened:
                    for text in islice(_texts(opened), _MOST_OF_A_PART):
                        yield html.unescape(_TAGS.sub(" ", text))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError):
        return  # broken, locked, or packed in a way of its own (a RuntimeError): nothing that could be read


def _texts(file: IO[bytes]) -> Iterator[str]:
    """Pieces that overlap, so that no name is cut in two."""
    before = b""
    while piece := file.read(_PIECE):
        yield _decoded(before + piece)
        before = piece[-_LONGEST_NAMING:]


def _decoded(content: bytes) -> str:
    if content.count(0) > len(content) // 4:
        is_little = content[1::2].count(0) > content[::2].count(0)
        return content.decode("utf-16-le" if is_little else "utf-16-be", "replace")
    # A letter cut at an edge is no sign of another encoding; letters that are wrong in the middle are.
    text = content.decode(errors="replace")
    return text if "\ufffd" not in text[4:-4] else f"{text}\n{content.decode('cp1252', 'replace')}"
