"""Words of a file that stand for something known: states, countries, colleagues, phone numbers.

They are looked up in working tables beside the staging table, so that a million rows cost one join each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_noop
from phonenumber_field.phonenumber import to_python
from rapidfuzz import fuzz, process

from accounts.countries import all_names
from accounts.models.custom import NO_WORDS, YES_WORDS
from pmcrm.exchange.registry import Batch

NOT_ONE_OF = gettext_noop("This is none of the words known here. Write one of: {known}.")
NO_COUNTRY = gettext_noop("No country is called so. Write its name or its two letters, for example Norway or NO.")
COUNTRY_MEANT = gettext_noop("Countries spelt in another way: “{written}” is read as {country}.")
YES_OR_NO = gettext_noop("Write yes or no.")
BAD_CURRENCY = gettext_noop("A currency has three letters, for example EUR.")
NOBODY = gettext_noop("Nobody active here has this e-mail address or, alone, this name. Write the e-mail address.")
PHONES_AS_WRITTEN = gettext_noop(
    "Phone numbers that cannot be dialled as they stand, kept as written: {count} (for example “{example}”)."
)
_MOST_SHOWN: Final = 12
_CLOSE_ENOUGH: Final = 88
_PHONES_AT_ONCE: Final = 5000


def know_words(batch: Batch, words: Iterable[tuple[str, str, str]]) -> None:
    """Make {staging}_words of (target, word, value), compared without case and accents; the first meaning counts."""
    targets, spellings, values = (list(part) for part in zip(*words, strict=True))
    batch.table(
        "words",
        "SELECT DISTINCT ON (target, word) target, pmcrm_fold(word) AS word, value FROM"
        " unnest(%(targets)s::text[], %(spellings)s::text[], %(values)s::text[])"
        " WITH ORDINALITY AS known (target, word, value, place) ORDER BY target, word, place",
        targets=targets,
        spellings=spellings,
        values=values,
    )
    batch.execute("CREATE INDEX ON {staging}_words (target, word)")


def choice_words(target: str, choices: type[TextChoices]) -> list[tuple[str, str, str]]:
    """A choice may be written as its word in the API or as its name on the page."""
    found = [(target, value, value) for value in choices.values if value]
    return found + [(target, str(label), value) for value, label in choices.choices if value]


def yes_no_words(target: str) -> list[tuple[str, str, str]]:
    """The ways to write yes and no."""
    yes, no = (
        [(target, word, value) for word in sorted(words)] for words, value in ((YES_WORDS, "true"), (NO_WORDS, "false"))
    )
    return yes + no


def join_words(*targets: str) -> str:
    """Each target's word beside its meaning, as {target}_word.value."""
    return "".join(
        f" LEFT JOIN {{staging}}_words {target}_word ON {target}_word.target = '{target}'"
        f" AND {target}_word.word = pmcrm_fold({{{target}}})"
        for target in targets
    )


def refuse_unknown_words(batch: Batch, target: str, *, known: Iterable[Any], reason: str = NOT_ONE_OF) -> None:
    if target not in batch.mapped:
        return
    offered = [str(one) for one in known]
    shown = ", ".join(offered[:_MOST_SHOWN]) + ("…" if len(offered) > _MOST_SHOWN else "")
    batch.refuse(
        f"SELECT s.\"row\", %(column)s, s.{target}, %(reason)s, jsonb_build_object('known', %(known)s::text)"
        f" FROM {{staging}} s WHERE nullif(s.{target}, 'NULL') IS NOT NULL"
        f" AND NOT EXISTS (SELECT FROM {{staging}}_words w"
        f" WHERE w.target = '{target}' AND w.word = pmcrm_fold(s.{target}))",
        column=batch.header(target),
        reason=reason,
        known=shown,
    )


# --- countries ------------------------------------------------------------------------------------------------------


def country_words(batch: Batch, target: str = "country") -> list[tuple[str, str, str]]:
    """Countries by code and by name in several languages; a misspelt one where its likeness leaves no doubt."""
    if target not in batch.mapped:
        return []
    names = all_names()
    known = [(target, code, code) for code in set(names.values())] + [
        (target, name, code) for name, code in names.items()
    ]
    written = batch.rows(
        f"SELECT DISTINCT lower(s.{target}), min(s.{target}) FROM {{staging}} s WHERE s.{target} <> ''"
        " GROUP BY 1 LIMIT 2000"
    )
    spellings = [name for name in names if len(name) > 4]
    for folded, shown in written:
        if folded in names or folded.upper() in names.values() or len(folded) < 5:
            continue
        close = process.extract(folded, spellings, scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH, limit=5)
        codes = {names[name] for name, _score, _place in close}
        if len(codes) == 1:
            known.append((target, shown, codes.pop()))
            batch.note(COUNTRY_MEANT, written=shown, country=known[-1][2])
    return known


# --- colleagues -----------------------------------------------------------------------------------------------------


def know_people(batch: Batch) -> None:
    """Make {staging}_people: active colleagues by e-mail address, and by name where only one has it."""
    batch.table(
        "people",
        "SELECT lower(email) AS word, id FROM people_user WHERE is_active UNION"
        " SELECT pmcrm_normalise(name), min(id) FROM people_user WHERE is_active GROUP BY 1 HAVING count(*) = 1",
    )


def join_people(*targets: str) -> str:
    return "".join(
        f" LEFT JOIN {{staging}}_people {target}_person ON {target}_person.word = pmcrm_normalise({{{target}}})"
        for target in targets
    )


def refuse_unknown_people(batch: Batch, *targets: str) -> None:
    for target in targets:
        if target in batch.mapped:
            batch.refuse(
                f'SELECT s."row", %(column)s, s.{target}, %(reason)s, jsonb_build_object() FROM {{staging}} s'
                f" WHERE nullif(s.{target}, 'NULL') IS NOT NULL AND NOT EXISTS"
                f" (SELECT FROM {{staging}}_people p WHERE p.word = pmcrm_normalise(s.{target}))",
                column=batch.header(target),
                reason=NOBODY,
            )


# --- phone numbers --------------------------------------------------------------------------------------------------


def know_phones(batch: Batch, region: str) -> None:
    """Make {staging}_phones: each number of the file in its international form, read as one of `region` (SQL, two
    letters) where it has no prefix. One that cannot be dialled stays as it is written: nothing is lost."""
    batch.table("phones", "SELECT ''::text AS written, ''::text AS region, ''::text AS number WHERE false")
    if "phone" not in batch.mapped:
        return
    batch.table(
        "numbers",
        f"SELECT DISTINCT s.phone AS written, coalesce({region}, '') AS region FROM {{staging}} s"
        + join_words("country") * ("country" in batch.mapped)
        + " WHERE nullif(s.phone, 'NULL') IS NOT NULL",
    )
    last, odd, example = ("", ""), 0, ""
    while found := batch.rows(
        "SELECT written, region FROM {staging}_numbers WHERE (written, region) > (%(written)s, %(region)s)"
        " ORDER BY written, region LIMIT %(most)s",
        written=last[0],
        region=last[1],
        most=_PHONES_AT_ONCE,
    ):
        last = found[-1]
        numbers = [_number(*one) for one in found]
        bad = [written for (written, _region), number in zip(found, numbers, strict=True) if number is None]
        odd, example = odd + len(bad), example or next(iter(bad), "")
        batch.execute(
            "INSERT INTO {staging}_phones SELECT * FROM"
            " unnest(%(written)s::text[], %(region)s::text[], %(number)s::text[])",
            written=[written for written, _region in found],
            region=[one for _written, one in found],
            number=[number or written for (written, _region), number in zip(found, numbers, strict=True)],
        )
    batch.execute("CREATE INDEX ON {staging}_phones (written, region)")
    if odd:
        batch.note(PHONES_AS_WRITTEN, count=odd, example=example)


def join_phones(region: str) -> str:
    return (
        " LEFT JOIN {staging}_phones phone_number ON phone_number.written = {phone}"
        f" AND phone_number.region = coalesce({region}, '')"
    )


def _number(written: str, region: str) -> str | None:
    number = to_python(written, region=region or None)
    if number is None or not number.is_valid() or number.extension:
        return None
    return str(number.as_e164)
