"""How likely two records are the same: keys that bring them together, and a score that can be done again by hand.

Pure: no Django. The score is a probability. It begins with the odds that two records that share a key are the same,
`ODDS_BEFORE`, and every thing that can be compared multiplies them by a factor: above 1 it speaks for, below 1 against.
What one of the two does not have speaks neither way. (Fellegi and Sunter, A Theory for Record Linkage, 1969.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, pairwise
from typing import Final, NamedTuple
from zlib import crc32

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from accounts.names import GENERAL, plain, squeezed, words

RULES: Final = 2
"""Raised when keys come out differently, so that stored ones are made anew."""

# Every threshold there is.
LISTED: Final = 0.5
"""From here on a pair is listed."""
WARNED: Final = 0.3
"""From here on whoever types a new record is warned: little is typed yet, and a look costs nothing."""
NEARLY_CERTAIN: Final = 0.95
"""From here on a person is told even of a record that he may not see, without naming it."""
MOST_IN_BLOCK: Final = 50
"""A key that more records share says nothing about any two of them."""
MOST_BY_SPELLING: Final = 12
"""The same for keys that come of single words or of the spelling; these are odd numbers, the telling ones even."""
ODDS_BEFORE: Final = 0.001

# Likeness of names (0 to 1) and the factor it stands for; between two rows it is interpolated by its logarithm.
_NAME_FACTORS: Final = (
    (0.0, 0.0001),
    (0.4, 0.001),
    (0.5, 0.01),
    (0.65, 0.2),
    (0.75, 1.0),
    (0.85, 12.0),
    (0.92, 120.0),
    (1.0, 3000.0),
)
_PERSON_FACTORS: Final = ((0.0, 0.001), (0.5, 0.01), (0.7, 0.1), (0.8, 1.0), (0.9, 20.0), (1.0, 150.0))
FACTORS: Final[dict[str, tuple[float, float]]] = {
    # what: (both have it and share it, both have it and share nothing)
    "reference": (300.0, 0.7),
    "email": (4000.0, 0.4),
    "phone": (400.0, 0.3),
    "domain": (150.0, 0.3),
    "employer": (25.0, 0.3),
    "street": (120.0, 0.2),
    "postcode": (6.0, 0.4),
    "city": (4.0, 0.3),
    "country": (1.5, 0.05),
    "kind": (1.0, 0.3),
}
_OTHER_NUMBER: Final = 0.01
"""Names that differ in a number: branch 12 is not branch 13."""
_FREE_MAIL: Final = (
    "gmail.com googlemail.com hotmail.com hotmail.co.uk outlook.com live.com msn.com yahoo.com yahoo.co.uk yahoo.de "
    "ymail.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.com web.de t-online.de freenet.de mail.com mail.ru "
    "yandex.ru yandex.com ya.ru rambler.ru bk.ru list.ru inbox.ru ukr.net proton.me protonmail.com pm.me zoho.com "
    "orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it alice.it seznam.cz wp.pl onet.pl o2.pl "
    "interia.pl qq.com 163.com 126.com sina.com naver.com hanmail.net daum.net example.com example.org"
)
FREE_MAIL: Final = frozenset(_FREE_MAIL.split())


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one record. Phones in E.164, mails and domains in lower case, `country` as two letters."""

    name: str
    is_person: bool = False
    references: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    employers: frozenset[str] = frozenset()
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    kind: str = ""


class Part(NamedTuple):
    """One thing compared: how alike (1 the same, 0 not at all) and the factor by which it changes the odds."""

    what: str
    likeness: float
    factor: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` is the probability that both are the same; `parts` in the order of how much each says."""

    score: float
    parts: tuple[Part, ...]


# Comparing ----------------------------------------------------------------------------------------------------------


def compare(one: Facts, other: Facts) -> Verdict:
    """The probability that two records are the same, with all that it is made of."""
    parts = [_name_part(one, other)]
    for what in ("reference", "email", "phone", "domain", "employer"):
        mine, theirs = _set_of(one, what), _set_of(other, what)
        if mine and theirs:
            parts.append(_part(what, 0.0 if mine.isdisjoint(theirs) else 1.0))
    if one.street and other.street:
        parts.append(_part("street", street_likeness(one.street, other.street)))
    for what, likeness in (
        ("postcode", _code_likeness),
        ("city", _place_likeness),
        ("country", _same),
        ("kind", _same),
    ):
        mine_text, theirs_text = getattr(one, what), getattr(other, what)
        if mine_text and theirs_text:
            parts.append(_part(what, likeness(mine_text, theirs_text)))
    odds = ODDS_BEFORE
    for part in parts:
        odds *= part.factor
    told = sorted((part for part in parts if part.factor != 1.0), key=lambda part: -max(part.factor, 1 / part.factor))
    return Verdict(round(odds / (1 + odds), 5), tuple(told))


def _set_of(facts: Facts, what: str) -> frozenset[str]:
    found: frozenset[str] = getattr(facts, f"{what}s")
    return found


def _part(what: str, likeness: float) -> Part:
    """Between sharing and not sharing the factor follows the likeness by its logarithm."""
    shared, apart = FACTORS[what]
    return Part(what, round(likeness, 2), _rounded(apart * (shared / apart) ** likeness))


def _name_part(one: Facts, other: Facts) -> Part:
    likeness = (person_likeness if one.is_person else name_likeness)(words(one.name), words(other.name))
    factor = _interpolated(likeness, _PERSON_FACTORS if one.is_person else _NAME_FACTORS)
    if _numbers(one.name) != _numbers(other.name):
        factor *= _OTHER_NUMBER
    return Part("name", round(likeness, 2), _rounded(factor))


def _interpolated(value: float, table: Sequence[tuple[float, float]]) -> float:
    for (low, at_low), (high, at_high) in pairwise(table):
        if value <= high:
            return float(at_low * (at_high / at_low) ** ((value - low) / (high - low)))
    return table[-1][1]


def _rounded(factor: float) -> float:
    """Two figures that count: what a person reads is what is multiplied."""
    return float(f"{factor:.2g}")


def _numbers(name: str) -> list[str]:
    return sorted(word.lstrip("0") for word in words(name) if word.isdecimal())


def name_likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How alike two companies' names are, 0 to 1: by their words in any order, or as they are spelt without spaces."""
    if squeezed(one) == squeezed(other) or "".join(one) == "".join(other):
        return 1.0
    spelt = max(fuzz.ratio("".join(one), "".join(other)), fuzz.ratio(squeezed(one), squeezed(other))) / 100
    return max(spelt, _shared_words(one, other), _contained(one, other))


def _contained(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """A name that is all in the other one may be its short form."""
    short, long = sorted((one, other), key=len)
    if not set(short) <= set(long) or all(word in GENERAL for word in short):
        return 0.0
    return 0.85 if len(short) > 1 else 0.8


def person_likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How alike two people's names are: like a company's, but an initial stands for a name that begins with it."""
    if sorted(one) == sorted(other):
        return 1.0
    spelt = JaroWinkler.similarity(" ".join(sorted(one)), " ".join(sorted(other)))
    return max(min(spelt, 0.99) if len(one) == len(other) else spelt * 0.9, _shared_words(one, other, initials=True))


def _shared_words(one: tuple[str, ...], other: tuple[str, ...], *, initials: bool = False) -> float:
    """The share of both names' weight that lies in words which the other name has as well, spelt nearly so."""
    left = list(other)
    shared = total = 0.0
    for word in sorted(one, key=len, reverse=True):
        likeness, match = max(((_word_likeness(word, mine, initials=initials), mine) for mine in left), default=(0, ""))
        total += _weight(word)
        if likeness:
            left.remove(match)
            total += _weight(match)
            shared += likeness * (_weight(word) + _weight(match))
    return shared / (total + sum(_weight(word) for word in left))


def _word_likeness(one: str, other: str, *, initials: bool) -> float:
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if long.startswith(short) and (len(short) >= 3 or initials):
        return 0.9
    likeness = JaroWinkler.similarity(one, other)
    return likeness if likeness >= 0.88 and not one.isdecimal() and not other.isdecimal() else 0.0


@lru_cache(maxsize=65536)
def _weight(word: str) -> float:
    return 0.4 if word in GENERAL else 0.4 if len(word) < 3 else 1.0


def street_likeness(one: str, other: str) -> float:
    """Streets are alike by their spelling; another house number in the same street is half the way."""
    mine, theirs = _street(one), _street(other)
    numbers = [{word for word in words if _is_house_number(word)} for words in (mine, theirs)]
    names = [" ".join(word for word in words if not _is_house_number(word)) for words in (mine, theirs)]
    if not all(names):
        return 0.5 if numbers[0] & numbers[1] else 0.0
    spelt = max(fuzz.token_set_ratio(*names), fuzz.ratio(*(name.replace(" ", "") for name in names))) / 100
    likeness = max(0.0, 2.5 * spelt - 1.5)
    return likeness / 2 if all(numbers) and numbers[0].isdisjoint(numbers[1]) else likeness


def _is_house_number(word: str) -> bool:
    """12 and 12b are; 42nd is the name of a street."""
    return word[0].isdigit() and not word.endswith(("st", "nd", "rd", "th"))


_STREET_WORDS: Final = {
    "st": "street",
    "str": "street",
    "strasse": "street",
    "ave": "avenue",
    "av": "avenue",
    "blv": "boulevard",
    "blvd": "boulevard",
    "bd": "boulevard",
    "rd": "road",
    "dr": "drive",
    "pl": "place",
    "ln": "lane",
    "sq": "square",
    "ct": "court",
    "cres": "crescent",
    "hwy": "highway",
    "pkwy": "parkway",
    "ul": "ulitsa",
}


@lru_cache(maxsize=65536)
def _street(text: str) -> tuple[str, ...]:
    return tuple(_STREET_WORDS.get(word, word) for word in plain(text).split())


def _same(one: str, other: str) -> float:
    return 1.0 if plain(one) == plain(other) else 0.0


def _code_likeness(one: str, other: str) -> float:
    """Postcodes are the same, or one slip of the finger away."""
    mine, theirs = plain(one).replace(" ", ""), plain(other).replace(" ", "")
    return 1.0 if mine == theirs else 0.5 if OSA.distance(mine, theirs) == 1 else 0.0


def _place_likeness(one: str, other: str) -> float:
    """Places are the same, nearly so, or one is part of the other's name: New York and New York City."""
    mine, theirs = plain(one), plain(other)
    if set(mine.split()) <= set(theirs.split()) or set(theirs.split()) <= set(mine.split()):
        return 1.0
    likeness = JaroWinkler.similarity(mine.replace(" ", ""), theirs.replace(" ", ""))
    return likeness if likeness >= 0.88 else 0.0


# Keys ---------------------------------------------------------------------------------------------------------------

_BANDS: Final = 5
_ROWS: Final = 2
_SEEDS: Final = tuple(
    int.from_bytes(blake2b(str(number).encode(), digest_size=8).digest(), "big") | 1 for number in range(_BANDS * _ROWS)
)
_MASK: Final = (1 << 64) - 1


def keys_of(facts: Facts) -> list[int]:
    """Numbers under which a record is looked up. Two that are the same share at least one, spelling mistakes aside."""
    telling = {_number(text) & ~1 for text in _telling_texts(facts)}
    return sorted(telling | {_number(text) | 1 for text in _spelling_texts(facts)})


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _telling_texts(facts: Facts) -> Iterable[str]:
    yield "name " + squeezed(words(facts.name))
    yield from (f"ref {one}" for one in facts.references)
    yield from (f"mail {one}" for one in facts.emails)
    yield from (f"phone {one}" for one in facts.phones)
    yield from (f"domain {one}" for one in facts.domains)
    if facts.street:
        street = _street(facts.street)
        number = next((word for word in street if _is_house_number(word)), "")
        longest = max((word for word in street if not _is_house_number(word)), key=len, default="")
        if number and longest:
            yield f"street {number} {longest[:4]} {plain(facts.postcode or facts.city)}"
            yield f"street {number} {longest}"


def _spelling_texts(facts: Facts) -> Iterable[str]:
    """What is left of a name after a mistake. Names with different numbers are different, so the number is in it."""
    every = words(facts.name)
    number = " ".join(_numbers(facts.name))
    name = tuple(word for word in every if not word.isdecimal()) or every
    telling = sorted({word for word in name if len(word) > 2 and word not in GENERAL}, key=lambda word: -len(word))[:4]
    yield from (f"word {word} {number}" for word in telling)
    yield from (f"words {one} {two} {number}" for one, two in combinations(sorted(telling), 2))
    place = plain(facts.postcode or facts.city)
    if place:
        yield from (f"begins {word[:4]} {place} {number}" for word in telling[:2])
    yield from (f"at {employer} {word[:3]} {number}" for employer in facts.employers for word in name)
    yield from (f"{key} {number}" for key in _spelling_keys("".join(name)))


def _spelling_keys(text: str) -> Iterable[str]:
    """Names that share most of their three-letter pieces share one of these, by chance (Broder's min-wise hashing)."""
    if len(text) < 5:
        return
    padded = f" {text} ".encode()
    pieces = {crc32(padded[at : at + 3]) for at in range(len(padded) - 2)}
    least = [min([(piece * seed) & _MASK for piece in pieces]) for seed in _SEEDS]
    for band in range(_BANDS):
        yield f"spelt {band} {least[band * _ROWS : (band + 1) * _ROWS]}"


def domain_of(address: str) -> str:
    """The domain of a mail address or a web address that belongs to one company; empty for a free mail service."""
    host = address.strip().casefold().rpartition("@")[2].rpartition("://")[2]
    host = host.partition("/")[0].partition(":")[0].removeprefix("www.").strip(".")
    return "" if host in FREE_MAIL or "." not in host else host
