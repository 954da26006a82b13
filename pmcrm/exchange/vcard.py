"""vCard files (.vcf, versions 2.1 to 4.0) as rows of a table. Pure: no Django.

Only what a list of people asks for is read: name, company, position, addresses, notes. Of several values the preferred
one counts, else the first; pictures and vendors' own properties are passed over.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from typing import Final

COLUMNS: Final = (
    "Full name", "First name", "Last name", "Company", "Job title", "E-mail", "Phone", "Country", "Notes", "Contact ID",
)  # fmt: skip
_ESCAPE: Final = re.compile(r"\\(.)")
_PARTS: Final = re.compile(r"(?<!\\);")


def cards(text: str) -> Iterator[list[str]]:
    """One row a card, in the order of COLUMNS. A card that is never closed is a row as far as it goes."""
    card: dict[str, tuple[int, str]] | None = None
    for name, parameters, value in _lines(text):
        if name == "BEGIN" and value.strip().upper() == "VCARD":
            if card:
                yield _row(card)
            card = {}
        elif name == "END" and card is not None:
            yield _row(card)
            card = None
        elif card is not None and value.strip():
            rank = 2 if any("PREF" in one for one in parameters) else 0 if name == "TEL" and "FAX" in parameters else 1
            if name not in card or rank > card[name][0]:
                card[name] = rank, value
    if card:
        yield _row(card)


def _lines(text: str) -> Iterator[tuple[str, set[str], str]]:
    """Property, parameters in capitals, value: folded lines joined, quoted-printable read."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    lines = iter(unfolded.splitlines())
    for line in lines:
        head, colon, value = line.partition(":")
        if not colon:
            continue
        name, *given = head.split(";")
        parameters = {part for one in given for part in re.split(r"[=,]", one.upper())}
        if "QUOTED-PRINTABLE" in parameters:
            while value.endswith("="):
                value = value[:-1] + next(lines, "")
            value = quopri.decodestring(value.encode()).decode("utf-8", "replace")
        yield name.rpartition(".")[2].upper(), parameters, value


def _row(card: dict[str, tuple[int, str]]) -> list[str]:
    def parts(name: str) -> list[str]:
        return [_plain(part) for part in _PARTS.split(card.get(name, (0, ""))[1])] + [""] * 7

    last, first, *_more = parts("N")
    name = _plain(card.get("FN", (0, ""))[1]) or " ".join(filter(None, [first, last]))
    plain = [_plain(card.get(key, (0, ""))[1]) for key in ("TITLE", "EMAIL", "TEL")]
    return [name, first, last, parts("ORG")[0], *plain, parts("ADR")[6], _plain(card.get("NOTE", (0, ""))[1]),
            _plain(card.get("UID", (0, ""))[1])]  # fmt: skip


def _plain(value: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).replace("\0", "").strip()
