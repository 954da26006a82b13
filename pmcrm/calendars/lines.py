"""A calendar file as lines and blocks, each knowing where it stands, so that a refusal can name the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_NEWLINE = re.compile(rb"\r\n|\n|\r")


@dataclass
class Block:
    """The lines from BEGIN to END of one component; `is_whole` is false where its END is missing."""

    kind: str
    line: int
    lines: list[str] = field(default_factory=list)
    is_whole: bool = False


def unfolded(content: bytes) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first line. Unfolded as bytes: some programs fold inside a letter."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content.decode("utf-16", "replace").encode()
    content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")
    number, begun = 0, bytearray()
    for position, line in enumerate(_NEWLINE.split(content), start=1):
        if line[:1] in (b" ", b"\t") and begun:
            begun += line[1:]
            continue
        if begun:
            yield number, _text(bytes(begun))
        number, begun = position, bytearray(line)
    if begun:
        yield number, _text(bytes(begun))


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def blocks(content: bytes) -> Iterator[Block]:
    """What a calendar holds: its own lines (kind VCALENDAR) first met, then each component inside.

    A component that begins before the last one ended leaves that one unfinished.
    """
    calendar, current, inner = Block("VCALENDAR", 0), None, 0
    for number, line in unfolded(content):
        word, _, kind = line.strip().upper().partition(":")
        kind = kind.strip()
        if current is None:
            if word == "BEGIN" and kind == "VCALENDAR":
                calendar.line = calendar.line or number
            elif word == "BEGIN":
                current, inner = Block(kind, number, [line]), 0
            elif word == "END" and kind == "VCALENDAR":
                calendar.is_whole = True
            else:
                calendar.lines.append(line)
            continue
        if word == "BEGIN" and kind == current.kind:
            yield current
            current, inner = Block(kind, number, [line]), 0
            continue
        if word == "END" and kind == "VCALENDAR":
            yield current
            current, calendar.is_whole = None, True
            continue
        current.lines.append(line)
        if word == "BEGIN":
            inner += 1
        elif word == "END" and kind == current.kind:
            current.is_whole = True
            yield current
            current = None
        elif word == "END":
            inner -= 1
    if current is not None:
        yield current
    yield calendar
