"""The text keys of the product as database functions, and how a text is looked for in a column of folded names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BooleanField, F, Func, Q, TextField, Value

MOST_WORDS: Final = 8
# Letters of scripts that set no spaces: the same as in the database's `pmcrm_pieces`.
_SPACELESS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
# Trigrams cannot find fewer letters than these in the middle of a word.
_TRIGRAM: Final = 3
_FEWEST_DIGITS: Final = 4
_IN_MAIL: Final = re.compile(r"[\w.+'-]*@?[\w.-]*")


class Fold(Func):
    """Lower case without accents: what lists sort by and search compares."""

    function = "pmcrm_fold"
    output_field = TextField()


class Normalise(Func):
    """NFC, lower case, white space collapsed: when two names are the same name."""

    function = "pmcrm_normalise"
    output_field = TextField()


class Pieces(Func):
    """Every letter and every two neighbours in scripts that set no spaces; null where the text has none of them."""

    function = "pmcrm_pieces"
    output_field = ArrayField(TextField())


class WordsMatch(Func):
    """Whether the row's column `words`, which the database fills and no page reads, has all words of a text.

    Takes the key of the row, which says whose column it is, and the `words_of` the text.
    """

    output_field = BooleanField()

    def as_sql(self, compiler: Any, *_given: Any, **_more: Any) -> Any:
        key: Any
        key, words = self.source_expressions
        asked, values = compiler.compile(words)
        return f"{compiler.quote_name_unless_alias(key.alias)}.words @@ pmcrm_query({asked})", values


def has_words(text: str) -> WordsMatch:
    """The row's words are those of the text or, from four letters on, begin as they do; in any order."""
    return WordsMatch(F("pk"), Value(words_of(text), output_field=ArrayField(TextField())))


def words_of(text: str) -> list[str]:
    """The words to look for. Those of scripts that set no spaces come as their pieces, to be found in a sentence."""
    words = text.split()[:MOST_WORDS]
    pieces = [piece for word in words for piece in pieces_of(word)]
    others = [part for word in words for part in _SPACELESS.sub(" ", word).split()]
    return pieces + [part for part in others if any(one.isalnum() for one in part)]


def pieces_of(word: str) -> list[str]:
    """The pieces by which a word of such a script is found: its pairs of neighbours, or its one letter."""
    runs = _SPACELESS.findall(word)
    return [run[at : at + 2] for run in runs for at in range(max(len(run) - 1, 1))]


def holds(column: str, text: str) -> Q:
    """The folded `column` holds each word of the text: anywhere, and with one or two letters at the start of a word.

    Every word can be looked up in an index: trigrams, or the pieces of scripts that set no spaces.
    """
    return _every(_holds(column, word) for word in text.split()[:MOST_WORDS])


def begins(column: str, text: str) -> Q:
    """The folded `column` begins with the text."""
    return Q(**{f"{column}__startswith": Fold(Value(text))})


@dataclass(frozen=True)
class Sought:
    """A text as the words and values of a statement written by hand: see `sought`."""

    words: dict[str, str]
    values: dict[str, Any]
    digits: str
    may_be_mail: bool  # a part of a mail address, long enough to be looked for in the middle of one
    is_short: bool  # each word is too short to be looked up in an index of trigrams or pieces


def sought(text: str, column: str) -> Sought:
    """The conditions `begins`, `holds` and `reads` on the folded `column`, with their values and those that a search
    asks for besides: `text`, `folded`, `starts` (begins with it, as a pattern), `digits`, and `mail`: of an address
    what is before the domain, which may be that of a million others.

    What `holds` looks up in an index, `reads` says of rows that are read one by one: it does not take them to pieces.
    """
    folded, digits = folded_text(text), digits_of(text)
    plain = _literal(text)
    person, at, _domain = plain.partition("@")
    values: dict[str, Any] = {"text": text, "folded": folded, "starts": f"{plain}%", "digits": f"%{digits}%"}
    values["mail"] = f"%{person}@%" if person and at else f"%{plain}%"
    holds, reads = [], []
    is_short = True
    for place, word in enumerate(folded.split()[:MOST_WORDS]):
        pieces, pattern = pieces_of(word), _literal(word)
        values |= {f"piece{place}": pieces, f"start{place}": f"{pattern}%", f"space{place}": f"% {pattern}%"}
        values[f"word{place}"] = f"%{pattern}%"
        if not pieces and len(word) < _TRIGRAM:
            reads.append(f"({column} LIKE %(start{place})s OR {column} LIKE %(space{place})s)")
            holds.append(reads[-1])
            continue
        is_short = False
        reads.append(f"{column} LIKE %(word{place})s")
        if pieces:
            holds.append(f"pmcrm_pieces({column}) @> %(piece{place})s")
        if len(word) >= _TRIGRAM:
            holds.append(reads[-1])
    words = {
        # Not LIKE, for which the index of trigrams would be considered as well.
        "begins": f"starts_with({column}, %(folded)s)",
        "holds": " AND ".join(holds) or "FALSE",
        "reads": " AND ".join(reads) or "FALSE",
    }
    may_be_mail = len(text) >= _TRIGRAM and _IN_MAIL.fullmatch(text) is not None
    return Sought(words, values, digits, may_be_mail=may_be_mail, is_short=is_short)


@lru_cache(maxsize=1000)
def folded_text(text: str) -> str:
    """The text as `pmcrm_fold` writes it; several kinds of records ask for the same one."""
    if text.isascii():
        return text.lower()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pmcrm_fold(%s)", [text])
        return str(cursor.fetchone()[0])


def _literal(text: str) -> str:
    """The text inside a pattern of LIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def digits_of(text: str) -> str:
    """The digits to look for in phone numbers that are kept as +4722345678; empty where the text is no number.

    Written as people do: with blanks, dashes, (0), 00 or 0 in front.
    """
    if any(character.isalpha() for character in text):
        return ""
    digits = "".join(one for one in text.replace("(0)", "") if one.isdecimal() and one.isascii()).lstrip("0")
    return digits if len(digits) >= _FEWEST_DIGITS else ""


def _every(conditions: Any) -> Q:
    found = Q()
    for condition in conditions:
        found &= condition
    return found


def _holds(column: str, word: str) -> Q:
    if pieces := pieces_of(word):
        kept = Value(pieces, output_field=ArrayField(TextField()))
        by_pieces = Q(
            Func(Pieces(F(column)), kept, template="(%(expressions)s)", arg_joiner=" @> ", output_field=BooleanField())
        )
        # Of a word as short as its pieces they say all there is, and trigrams would only be read in vain.
        return by_pieces & Q(**{f"{column}__contains": Fold(Value(word))}) if len(word) >= _TRIGRAM else by_pieces
    if len(word) < _TRIGRAM:
        return begins(column, word) | Q(**{f"{column}__contains": Fold(Value(f" {word}"))})
    return Q(**{f"{column}__contains": Fold(Value(word))})
