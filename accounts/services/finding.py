"""Where a text is found among accounts and contacts: part of the name in any script, reference, mail, phone digits.

Each kind is one statement of several parts, the best first. Every part is one range or look-up of an index and is only
begun where the parts before it did not find enough, so that one letter and a word that a million names hold answer as
fast as a rare one: a word that many hold is found among the newest records, one that few hold by its trigrams. What the
person sees is part of the statement, see `Sight`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection

from accounts.likeness import Facts
from accounts.services.matching import ACCOUNT, CONTACT, sharing_keys
from accounts.services.sight import KEPT_ACCOUNTS, Sight, at_accounts, sight_of
from pmcrm.lists.text import Sought, folded_text, sought

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Account, AccountQuerySet, Contact, ContactQuerySet
    from pmcrm.people.models import User

# How many of those that hold a text are looked at to show the best of them first.
MOST_COMPARED: Final = 2000
NEWEST_LOOKED_AT: Final = 1000
MOST_GUESSED: Final = 200
# Fewer letters are near everything, so a spelling mistake is forgiven only from here on; nobody mistypes a long text.
ENOUGH_LETTERS: Final = 4
MOST_LETTERS: Final = 60

KEPT_CONTACTS: Final = "c.merged_into_id IS NULL AND c.deleted_at IS NULL AND c.erased_at IS NULL"
_CUSTOMERS: Final = "a.kind = 'external' AND a.party = 'customer'"
# Customers before internal accounts before all others.
_CLOSENESS: Final = "CASE WHEN a.kind = 'internal' THEN 1 WHEN a.party = 'customer' THEN 0 ELSE 2 END"


class AccountLine(NamedTuple):
    """What a line of search says of an account."""

    pk: int
    name: str
    ref: str
    city: str
    country: str


class ContactLine(NamedTuple):
    """What a line of search says of a person."""

    pk: int
    name: str
    job_title: str
    account: str


# Where the person sees few accounts, these are read first, and nothing else is looked at.
_FEW_ACCOUNTS: Final = """
    few_accounts AS MATERIALIZED (
        SELECT a.id, a.name, a.sort_name, a.ref, a.phone, a.kind, a.party, a.city, a.country
        FROM accounts_account AS a WHERE {condition}
    )
"""
_FEW_CONTACTS: Final = f"""
    few_contacts AS MATERIALIZED (
        SELECT c.id, c.account_id, c.name, c.sort_name, c.job_title, c.email, c.phone, c.is_active
        FROM accounts_contact AS c WHERE c.account_id = ANY(%(few)s) AND {KEPT_CONTACTS}
    )
"""

_ROWS: Final = f"SELECT a.id, a.sort_name, {_CLOSENESS} AS closeness FROM {{accounts}} AS a WHERE {{seen}} AND"
_BEST: Final = "ORDER BY closeness, sort_name, id LIMIT %(limit)s"
_THE_ONE: Final = f"{_ROWS} (a.sort_name = %(folded)s OR upper(a.ref) = upper(%(text)s)) {_BEST}"
_BEGINS: Final = f"{_ROWS} {_CUSTOMERS} AND {{begins}} ORDER BY a.sort_name, a.id LIMIT %(limit)s"
_AMONG_NEWEST: Final = f"""
    SELECT a.id, a.sort_name FROM (
        SELECT a.id, a.sort_name, a.kind, a.party FROM accounts_account AS a
        WHERE {{seen}} ORDER BY {{newest_first}} LIMIT %(newest)s
    ) AS a WHERE {_CUSTOMERS} AND {{reads}} AND NOT {{begins}} ORDER BY a.sort_name, a.id LIMIT %(limit)s
"""
_HOLDS: Final = f"""
    SELECT a.id, a.sort_name, {_CLOSENESS} AS closeness FROM (
        SELECT * FROM {{accounts}} AS a
        WHERE {{kept}} AND {{holds}} AND NOT ({_CUSTOMERS} AND {{begins}}) LIMIT %(most)s
    ) AS a WHERE {{seen}} {_BEST}
"""
_REF: Final = f"{_ROWS} upper(a.ref) LIKE upper(%(starts)s) ORDER BY upper(a.ref) LIMIT %(limit)s"
_PHONE: Final = f"SELECT * FROM ({_ROWS} a.phone LIKE %(digits)s LIMIT %(most)s) AS found {_BEST}"
_ACCOUNTS: Final = """
    {start} SELECT a.id, a.name, a.ref, a.city, a.country
    FROM (SELECT id, row_number() OVER () AS place FROM ({parts} LIMIT %(limit)s) AS found) AS found
    JOIN {accounts} AS a ON a.id = found.id ORDER BY found.place
"""

_PEOPLE_BEGIN: Final = f"""
    SELECT c.id FROM (
        SELECT c.id, c.sort_name, c.account_id FROM {{contacts}} AS c
        WHERE {{kept}} AND c.is_active AND {{begins}} ORDER BY c.sort_name, c.id LIMIT %(most)s
    ) AS c JOIN {{accounts}} AS a ON a.id = c.account_id
    WHERE {{seen}} AND {_CUSTOMERS} ORDER BY c.sort_name, c.id LIMIT %(limit)s
"""
_PEOPLE_AMONG_NEWEST: Final = f"""
    SELECT c.id FROM (
        SELECT id, sort_name, account_id FROM accounts_contact AS c
        WHERE c.is_active AND {KEPT_CONTACTS} ORDER BY id DESC LIMIT %(newest)s
    ) AS c JOIN accounts_account AS a ON a.id = c.account_id
    WHERE {KEPT_ACCOUNTS} AND {_CUSTOMERS} AND {{reads}} AND NOT {{begins}} ORDER BY c.sort_name, c.id LIMIT %(limit)s
"""
_PEOPLE_OF_FIRST: Final = f"""
    SELECT c.id FROM (
        SELECT a.id FROM accounts_account AS a
        WHERE {{seen}} AND {_CUSTOMERS} ORDER BY a.sort_name, a.id LIMIT %(newest)s / 5
    ) AS a JOIN accounts_contact AS c ON c.account_id = a.id
    WHERE c.is_active AND {KEPT_CONTACTS} AND {{reads}} AND NOT {{begins}} ORDER BY c.sort_name, c.id LIMIT %(limit)s
"""


def _people(condition: str) -> str:
    """Those still there first, and among them those at customers."""
    return f"""
        SELECT c.id FROM (
            SELECT c.id, c.sort_name, c.is_active, c.account_id FROM {{contacts}} AS c
            WHERE {{kept}} AND {condition} LIMIT %(most)s
        ) AS c JOIN {{accounts}} AS a ON a.id = c.account_id
        WHERE {{seen}} ORDER BY c.is_active DESC, {_CLOSENESS}, c.sort_name, c.id LIMIT %(limit)s
    """


_PEOPLE_HOLD: Final = _people("{holds}")
_PEOPLE_BY_MAIL: Final = _people("upper(c.email) LIKE upper(%(mail)s) AND strpos(upper(c.email), upper(%(text)s)) > 0")
_PEOPLE_BY_PHONE: Final = _people("c.phone LIKE %(digits)s")
_CONTACTS: Final = """
    {start} SELECT c.id, c.name, c.job_title, a.name
    FROM (SELECT id, row_number() OVER () AS place FROM ({parts} LIMIT %(limit)s) AS found) AS found
    JOIN {contacts} AS c ON c.id = found.id JOIN {accounts} AS a ON a.id = c.account_id ORDER BY found.place
"""

# By likeness of spelling; of what is equally near, customers first.
_NEAR: Final = "word_similarity(%(folded)s, {table}.sort_name) DESC"
_ACCOUNTS_NEAR: Final = f"""
    {{start}} SELECT a.id, a.name, a.ref, a.city, a.country FROM {{accounts}} AS a WHERE a.id IN (
        SELECT a.id FROM {{accounts}} AS a WHERE {{kept}} AND {{near}} LIMIT %(most)s
    ) AND {{seen}} ORDER BY {_NEAR.format(table="a")}, {_CLOSENESS}, a.sort_name, a.id LIMIT %(limit)s
"""
_CONTACTS_NEAR: Final = f"""
    {{start}} SELECT c.id, c.name, c.job_title, a.name
    FROM {{contacts}} AS c JOIN {{accounts}} AS a ON a.id = c.account_id WHERE c.id IN (
        SELECT c.id FROM {{contacts}} AS c WHERE {{kept}} AND {{near}} LIMIT %(most)s
    ) AND {{seen}} ORDER BY c.is_active DESC, {_NEAR.format(table="c")}, c.sort_name, c.id LIMIT %(limit)s
"""


def account_lines(text: str, limit: int, *, sight: Sight) -> list[AccountLine]:
    """Accounts that answer the text.

    The very name or reference first; then customers before internal accounts before others, and among each those whose
    name begins with the text.
    """
    asked = sought(text, "a.sort_name")
    parts, newest = [_THE_ONE, _BEGINS], _AMONG_NEWEST if sight.is_whole or sight.is_by_name else ""
    parts += [*_holding(asked, newest, _HOLDS), _REF, *([_PHONE] if asked.digits else [])]
    words = {
        **asked.words,
        **_where(sight, asked),
        "newest_first": "a.id DESC" if sight.is_whole else "a.sort_name, a.id",
    }
    return [AccountLine(*row) for row in _found(_ACCOUNTS, parts, words, {**asked.values, **sight.values}, limit)]


def contact_lines(text: str, limit: int, *, sight: Sight) -> list[ContactLine]:
    """Those still there at customers first, and among them those whose name begins with the text."""
    asked = sought(text, "c.sort_name")
    newest = _PEOPLE_AMONG_NEWEST if sight.is_whole else _PEOPLE_OF_FIRST if sight.is_by_name else ""
    parts = [_PEOPLE_BEGIN, *_holding(asked, newest, _PEOPLE_HOLD)]
    parts += [*([_PEOPLE_BY_PHONE] if asked.digits else []), *([_PEOPLE_BY_MAIL] if asked.may_be_mail else [])]
    words = {**asked.words, **_where(sight, asked, of_contacts=True)}
    return [ContactLine(*row) for row in _found(_CONTACTS, parts, words, {**asked.values, **sight.values}, limit)]


def near_accounts(text: str, limit: int, *, sight: Sight) -> list[AccountLine]:
    """What a mistyped name may have meant: the same name in another script, else nearly the same letters."""
    if not _may_be_mistyped(text):
        return []
    keys = list(sharing_keys(ACCOUNT, Facts(name=text)))
    near = "a.id = ANY(%(keys)s)" if keys else "a.sort_name %%> %(folded)s"
    words = _where(sight) | {"near": near}
    return [AccountLine(*row) for row in _rows(_ACCOUNTS_NEAR, words, _near_values(text, keys, limit, sight))]


def near_contacts(text: str, limit: int, *, sight: Sight) -> list[ContactLine]:
    if not _may_be_mistyped(text):
        return []
    keys = list(sharing_keys(CONTACT, Facts(name=text, is_person=True)))
    near = "c.id = ANY(%(keys)s)" if keys else "c.sort_name %%> %(folded)s"
    words = _where(sight, of_contacts=True) | {"near": near}
    return [ContactLine(*row) for row in _rows(_CONTACTS_NEAR, words, _near_values(text, keys, limit, sight))]


def found_accounts(accounts: AccountQuerySet, text: str, limit: int, *, person: User) -> list[Account]:
    """Those of `accounts` that answer the text, or else may have been meant; without text the first by name."""
    if not text:
        return list(accounts.order_by("sort_name", "id")[:limit])
    sight = sight_of(person)
    return _these(accounts, partial(account_lines, text, sight=sight), limit) or _these(
        accounts, partial(near_accounts, text, sight=sight), limit
    )


def found_contacts(contacts: ContactQuerySet, text: str, limit: int, *, person: User, at: list[int]) -> list[Contact]:
    """The same of people; `at` are the keys of the accounts at which to look, where it is not everywhere."""
    if not text:
        return list(contacts.order_by("sort_name", "id")[:limit])
    sight = at_accounts(at) if at else sight_of(person)
    return _these(contacts, partial(contact_lines, text, sight=sight), limit) or _these(
        contacts, partial(near_contacts, text, sight=sight), limit
    )


def _these(rows: QuerySet[Any], find: Callable[[int], Sequence[AccountLine | ContactLine]], limit: int) -> list[Any]:
    """The found ones that are among `rows`. Where too many are not, once more among as many as are ever compared."""
    for wanted in (limit, MOST_COMPARED):
        keys = [line.pk for line in find(wanted)]
        ours = set(rows.filter(pk__in=keys).order_by().values_list("pk", flat=True)) if keys else set()
        shown = [key for key in keys if key in ours][:limit]
        if len(shown) == limit or len(keys) < wanted:
            break
    found = rows.in_bulk(shown) if shown else {}
    return [found[key] for key in shown if key in found]


def _holding(asked: Sought, newest: str, all_of_them: str) -> list[str]:
    """The parts that find the text in the middle of a name: many hold a word, few a number or a mail address; and one
    or two letters begin so many words that what the newest do not have is not looked for."""
    if not newest or asked.digits or "@" in asked.values["text"]:
        return [all_of_them]
    return [newest] if asked.is_short else [newest, all_of_them]


def _may_be_mistyped(text: str) -> bool:
    """Numbers and mail addresses are not guessed: what is near them is somebody else."""
    return ENOUGH_LETTERS <= len(text) <= MOST_LETTERS and "@" not in text and any(one.isalpha() for one in text)


def _where(sight: Sight, asked: Sought | None = None, *, of_contacts: bool = False) -> dict[str, str]:
    """Where to look, and on which condition."""
    if sight.few is not None:
        few = [_FEW_ACCOUNTS, _FEW_CONTACTS] if of_contacts else [_FEW_ACCOUNTS]
        start = f"WITH {', '.join(few)}".format(condition=sight.condition)
        tables = {"accounts": "few_accounts", "contacts": "few_contacts"}
        reads = asked.words["reads"] if asked else ""
        return {"start": start, **tables, "kept": "TRUE", "seen": "TRUE", "holds": reads}
    tables = {"accounts": "accounts_account", "contacts": "accounts_contact"}
    kept = KEPT_CONTACTS if of_contacts else KEPT_ACCOUNTS
    return {"start": "", **tables, "kept": kept, "seen": sight.condition}


def _near_values(text: str, keys: list[int], limit: int, sight: Sight) -> dict[str, Any]:
    return {**sight.values, "folded": folded_text(text), "keys": keys, "limit": limit, "most": MOST_GUESSED}


def _found(
    statement: str, parts: list[str], words: dict[str, str], values: dict[str, Any], limit: int
) -> list[tuple[Any, ...]]:
    """The rows that the parts find, the parts in their order, each row once.

    A row may be found by several parts: among three times as many as are wanted there are enough different ones.
    """
    union = " UNION ALL ".join(f"(SELECT id FROM ({part}) AS part)" for part in parts).format_map(words)
    asked = {**values, "limit": 3 * limit, "most": MOST_COMPARED, "newest": NEWEST_LOOKED_AT}
    return list({row[0]: row for row in _rows(statement, words | {"parts": union}, asked)}.values())[:limit]


def _rows(statement: str, words: dict[str, str], values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.format_map(words), values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
