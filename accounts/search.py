"""What search finds of accounts and contacts: part of the name in any script, reference, mail, phone digits.

Each kind is one statement of several parts, the best first. Every part is one range or look-up of an index and is only
begun where the parts before it did not find enough, so that one letter and a word that a million names hold answer as
fast as a rare one. Of what very many records hold, the best of the first thousand are shown. The statement gives keys;
the rows are then read through what the person sees, which is part of the statement, too, for who does not see all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.likeness import Facts
from accounts.models import Account, Contact
from accounts.services.matching import ACCOUNT, CONTACT, sharing_keys
from pmcrm.lists.search import Hit, SearchKind, register
from pmcrm.lists.text import sought
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import AccountQuerySet, ContactQuerySet
    from pmcrm.people.models import User

# Fewer letters are near everything, so a spelling mistake is forgiven only from here on; nobody mistypes a long text.
ENOUGH_LETTERS: Final = 4
MOST_LETTERS: Final = 60
# How many of those that hold a text are looked at to show the best of them first.
MOST_COMPARED: Final = 1000
FEW_ACCOUNTS: Final = 300
MOST_GUESSED: Final = 200

# So that what is out of sight for everybody does not take the places of what is not.
_KEPT_ACCOUNTS: Final = "a.merged_into_id IS NULL AND a.deleted_at IS NULL"
_KEPT_CONTACTS: Final = "c.merged_into_id IS NULL AND c.deleted_at IS NULL AND c.erased_at IS NULL"
_CUSTOMERS: Final = "a.kind = 'external' AND a.party = 'customer'"
# Customers before internal accounts before all others.
_CLOSENESS: Final = "CASE WHEN a.kind = 'internal' THEN 1 WHEN a.party = 'customer' THEN 0 ELSE 2 END"
_ROWS: Final = f"SELECT a.id, a.sort_name, {_CLOSENESS} AS closeness FROM accounts_account AS a WHERE {{seen}} AND"
_BEST: Final = "ORDER BY closeness, sort_name, id LIMIT %(limit)s"
_ACCOUNTS: Final = (
    f"{_ROWS} (a.sort_name = %(folded)s OR upper(a.ref) = upper(%(text)s)) {_BEST}",
    f"{_ROWS} {_CUSTOMERS} AND {{begins}} ORDER BY a.sort_name, a.id LIMIT %(limit)s",
    f"SELECT * FROM ({_ROWS} {_CUSTOMERS} AND {{holds}} LIMIT %(most)s) AS found {_BEST}",
    f"SELECT * FROM ({_ROWS} NOT ({_CUSTOMERS}) AND {{holds}} LIMIT %(most)s) AS found {_BEST}",
    f"{_ROWS} upper(a.ref) LIKE upper(%(starts)s) ORDER BY upper(a.ref) LIMIT %(limit)s",
)
_ACCOUNTS_BY_PHONE: Final = f"SELECT * FROM ({_ROWS} a.phone LIKE %(digits)s LIMIT %(most)s) AS found {_BEST}"


def _people(condition: str) -> str:
    """Those still there first, and among them those at customers."""
    return f"""
        SELECT found.id FROM (
            SELECT c.id, c.sort_name, c.is_active, c.account_id FROM accounts_contact AS c
            WHERE {{seen}} AND {condition} LIMIT %(most)s
        ) AS found JOIN accounts_account AS a ON a.id = found.account_id
        ORDER BY found.is_active DESC, {_CLOSENESS}, found.sort_name, found.id LIMIT %(limit)s
    """


_PEOPLE: Final = (
    f"""
        SELECT c.id FROM accounts_contact AS c JOIN accounts_account AS a ON a.id = c.account_id
        WHERE {{seen}} AND c.is_active AND {_CUSTOMERS} AND {{begins}} ORDER BY c.sort_name, c.id LIMIT %(limit)s
    """,
    _people("{holds}"),
)
_PEOPLE_BY_MAIL: Final = _people("upper(c.email) LIKE upper(%(inside)s)")
_PEOPLE_BY_PHONE: Final = _people("c.phone LIKE %(digits)s")


def found_accounts(accounts: AccountQuerySet, text: str, limit: int, *, person: User) -> list[Account]:
    """Those of `accounts`, which are rows that the person sees, that answer the text.

    The very name or reference first; then customers before internal accounts before others, and among each those whose
    name begins with the text. No text: the first by name.
    """
    if not text:
        return list(accounts.order_by("sort_name", "id")[:limit])
    asked = sought(text, "a.sort_name")
    parts = [*_ACCOUNTS, *([_ACCOUNTS_BY_PHONE] if asked.digits else [])]
    few = few_accounts_of(person)
    seen = _KEPT_ACCOUNTS if few is None else "a.id = ANY(%(few)s)"
    return _in_order(accounts, parts, asked.words | {"seen": seen}, {**asked.values, "few": few}, limit)


def found_contacts(contacts: ContactQuerySet, text: str, limit: int, *, person: User) -> list[Contact]:
    """Those still there at customers first, and among them those whose name begins with the text."""
    if not text:
        return list(contacts.order_by("sort_name", "id")[:limit])
    asked = sought(text, "c.sort_name")
    parts = [*_PEOPLE, *([_PEOPLE_BY_PHONE] if asked.digits else []), *([_PEOPLE_BY_MAIL] if asked.is_one_word else [])]
    few = few_accounts_of(person)
    seen = _KEPT_CONTACTS if few is None else "c.account_id = ANY(%(few)s)"
    return _in_order(contacts, parts, asked.words | {"seen": seen}, {**asked.values, "few": few}, limit)


def few_accounts_of(person: User) -> list[int] | None:
    """The keys of all accounts that the person sees, where these are few: then the statement keeps to them."""
    if may(person, "account.read_all"):
        return None
    keys = list(Account.objects.visible_to(person).order_by().values_list("pk", flat=True)[: FEW_ACCOUNTS + 1])
    return keys if len(keys) <= FEW_ACCOUNTS else None


def _in_order(
    rows: QuerySet[Any], parts: Iterable[str], words: dict[str, str], values: dict[str, Any], limit: int
) -> list[Any]:
    """The rows that the parts find, the parts in their order, each row once.

    A row may be found by each part: among twice as many as are wanted there are enough different ones. Where too many
    of them are none of `rows`, once more with as many as are ever compared.
    """
    statement = " UNION ALL ".join(f"(SELECT id FROM ({part}) AS part)" for part in parts).format_map(words)
    for wanted in (2 * limit, MOST_COMPARED):
        with connection.cursor() as cursor:
            asked = {**values, "limit": wanted, "most": MOST_COMPARED}
            cursor.execute(f"{statement} LIMIT %(limit)s", asked)
            answers = cursor.fetchall()
        keys = list(dict.fromkeys(key for (key,) in answers))
        if wanted == MOST_COMPARED:
            ours = set(rows.filter(pk__in=keys).order_by().values_list("pk", flat=True))
            keys = [key for key in keys if key in ours][:limit]
        found = rows.in_bulk(keys) if keys else {}
        if len(found) >= limit or len(answers) < wanted:
            break
    return [found[key] for key in keys if key in found][:limit]


def guessed_accounts(accounts: AccountQuerySet, text: str, limit: int) -> list[Account]:
    """What a mistyped name may have meant: the same name in another script, else nearly the same letters."""
    if not ENOUGH_LETTERS <= len(text) <= MOST_LETTERS:
        return []
    keys = sharing_keys(ACCOUNT, Facts(name=text))
    keys = keys or set(accounts.sounding_like(text).order_by().values_list("pk", flat=True)[:MOST_GUESSED])
    return list(accounts.filter(pk__in=keys).nearest_first(text)[:limit]) if keys else []


def guessed_contacts(contacts: ContactQuerySet, text: str, limit: int) -> list[Contact]:
    if not ENOUGH_LETTERS <= len(text) <= MOST_LETTERS:
        return []
    keys = sharing_keys(CONTACT, Facts(name=text, is_person=True))
    keys = keys or set(contacts.sounding_like(text).order_by().values_list("pk", flat=True)[:MOST_GUESSED])
    return list(contacts.filter(pk__in=keys).nearest_first(text)[:limit]) if keys else []


def _account_hits(accounts: Iterable[Account]) -> list[Hit]:
    return [Hit(one.name, " · ".join(filter(None, [one.ref, one.place])), one.get_absolute_url()) for one in accounts]


def _contact_hits(contacts: Iterable[Contact]) -> list[Hit]:
    return [
        Hit(one.name, " · ".join(filter(None, [one.job_title, one.account.name])), one.get_absolute_url())
        for one in contacts
    ]


def _accounts(user: User) -> AccountQuerySet:
    return Account.objects.visible_to(user).only("name", "ref", "city", "country")


def _contacts(user: User) -> ContactQuerySet:
    seen = Contact.objects.visible_to(user).select_related("account")
    return seen.only("name", "job_title", "account__name")


def _find_accounts(user: User, text: str, limit: int) -> list[Hit]:
    return _account_hits(found_accounts(_accounts(user), text, limit, person=user))


def _guess_accounts(user: User, text: str, limit: int) -> list[Hit]:
    return _account_hits(guessed_accounts(_accounts(user), text, limit))


def _find_contacts(user: User, text: str, limit: int) -> list[Hit]:
    return _contact_hits(found_contacts(_contacts(user), text, limit, person=user))


def _guess_contacts(user: User, text: str, limit: int) -> list[Hit]:
    return _contact_hits(guessed_contacts(_contacts(user), text, limit))


def register_kinds() -> None:
    register(SearchKind("account", _("Accounts"), "building-2", _find_accounts, guess=_guess_accounts, order=10))
    register(SearchKind("contact", _("People at accounts"), "user", _find_contacts, guess=_guess_contacts, order=20))
