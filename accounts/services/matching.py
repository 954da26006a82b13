"""What is known of accounts and contacts, as the arithmetic of likeness takes it, and the keys made of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from accounts.likeness import MOST_BY_SPELLING, MOST_IN_BLOCK, RULES, Facts, domain_of, keys_of
from accounts.models import Account, AccountKeys, Contact, ContactKeys, ExternalReference

ACCOUNT: Final = "account"
CONTACT: Final = "contact"
AT_ONCE: Final = 2000
# Shorter ones are counted up by every system and say nothing across two of them.
_SHORTEST_REFERENCE: Final = 5
# A reference that we made up where none was given says nothing at all.
_MADE_HERE: Final = re.compile(r"A-\d+")
# A record that was written by a long transaction carries the time at which that began.
_MARGIN: Final = "interval '1 hour'"

_STALE: Final = {
    ACCOUNT: f"""
        SELECT a.id FROM accounts_account a LEFT JOIN accounts_accountkeys k ON k.account_id = a.id
        WHERE a.merged_into_id IS NULL AND a.deleted_at IS NULL AND a.id > %(beyond)s
            AND (k.account_id IS NULL OR k.rules <> %(rules)s
            OR a.updated_at > k.made_at - {_MARGIN}
            OR EXISTS (
                SELECT FROM accounts_contact c WHERE c.account_id = a.id AND c.deleted_at IS NULL
                AND c.updated_at > k.made_at - {_MARGIN}))
        ORDER BY a.id LIMIT %(most)s
    """,
    CONTACT: f"""
        SELECT c.id FROM accounts_contact c LEFT JOIN accounts_contactkeys k ON k.contact_id = c.id
        WHERE c.merged_into_id IS NULL AND c.deleted_at IS NULL AND c.erased_at IS NULL
            AND c.id > %(beyond)s AND (k.contact_id IS NULL OR k.rules <> %(rules)s
            OR c.updated_at > k.made_at - {_MARGIN})
        ORDER BY c.id LIMIT %(most)s
    """,
}
# Each key by itself: one that many share ends its look-up early and is then left out.
_SHARING: Final = {
    kind: f"""
        SELECT found.key, found.id FROM unnest(%(keys)s::bigint[]) AS asked(key) CROSS JOIN LATERAL (
            SELECT asked.key, {kind}_id AS id FROM accounts_{kind}keys WHERE keys @> ARRAY[asked.key] LIMIT %(most)s
        ) AS found
    """
    for kind in (ACCOUNT, CONTACT)
}

# Thousands at once: made of plain text, it takes half the time of objects.
_WRITTEN: Final = {
    kind: f"""
        INSERT INTO accounts_{kind}keys ({kind}_id, keys, rules, made_at)
        SELECT id, keys::bigint[], %s, %s FROM (VALUES {{rows}}) AS found (id, keys)
        ON CONFLICT ({kind}_id) DO UPDATE
        SET keys = excluded.keys, rules = excluded.rules, made_at = excluded.made_at
    """
    for kind in (ACCOUNT, CONTACT)
}


def facts_of_accounts(ids: Collection[int]) -> dict[int, Facts]:
    """What is known of each account, its people's mail domains and phones included."""
    phones: defaultdict[int, set[str]] = defaultdict(set)
    domains: defaultdict[int, set[str]] = defaultdict(set)
    references: defaultdict[int, set[str]] = defaultdict(set)
    people = Contact.objects.filter(account__in=ids).in_sight().exclude(email="", phone="")
    for account, email, phone in people.values_list("account_id", "email", "phone"):
        if phone:
            phones[account].add(str(phone))
        if domain := domain_of(email):
            domains[account].add(domain)
    for account, value in ExternalReference.objects.filter(account__in=ids).values_list("account_id", "value"):
        references[account].add(value.casefold())
    found = {}
    columns = ("id", "ref", "name", "kind", "street", "postcode", "city", "country", "phone", "website")
    for row in Account.objects.filter(pk__in=ids).values(*columns):
        key = row["id"]
        if row["phone"]:
            phones[key].add(str(row["phone"]))
        if domain := domain_of(row["website"]):
            domains[key].add(domain)
        if not _MADE_HERE.fullmatch(row["ref"]):
            references[key].add(row["ref"].casefold())
        found[key] = Facts(
            name=row["name"],
            references=frozenset(value for value in references[key] if len(value) >= _SHORTEST_REFERENCE),
            phones=frozenset(phones[key]),
            domains=frozenset(domains[key]),
            kind=row["kind"],
            street=row["street"],
            postcode=row["postcode"],
            city=row["city"],
            country=row["country"],
        )
    return found


def facts_of_contacts(ids: Collection[int]) -> dict[int, Facts]:
    """What is known of each person: name, mail, phone and where they work."""
    rows = Contact.objects.filter(pk__in=ids).values_list("id", "name", "email", "phone", "account_id")
    return {
        key: Facts(
            name=name,
            is_person=True,
            emails=frozenset({email.casefold()} if email else ()),
            phones=frozenset({str(phone)} if phone else ()),
            employers=frozenset({str(account)}),
        )
        for key, name, email, phone, account in rows
    }


def facts_of(kind: str, ids: Collection[int]) -> dict[int, Facts]:
    return facts_of_accounts(ids) if kind == ACCOUNT else facts_of_contacts(ids)


def typed_account(values: Mapping[str, Any]) -> Facts:
    """A new account as far as it is typed."""
    domain = domain_of(str(values.get("website") or ""))
    phone = str(values.get("phone") or "")

    def text(name: str) -> str:
        return str(values.get(name) or "")

    return Facts(
        name=text("name"),
        phones=frozenset({phone} if phone else ()),
        domains=frozenset({domain} if domain else ()),
        kind=text("kind"),
        street=text("street"),
        postcode=text("postcode"),
        city=text("city"),
        country=text("country"),
    )


def typed_contact(values: Mapping[str, Any], account: Account) -> Facts:
    """A new person at `account` as far as it is typed."""
    email, phone = str(values.get("email") or "").casefold(), str(values.get("phone") or "")
    return Facts(
        name=str(values.get("name") or ""),
        is_person=True,
        emails=frozenset({email} if "@" in email else ()),
        phones=frozenset({phone} if phone else ()),
        employers=frozenset({str(account.pk)}),
    )


def sharing_keys(kind: str, facts: Facts) -> set[int]:
    """Ids of records that share a telling key with `facts`."""
    by_key: defaultdict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_SHARING[kind], {"keys": keys_of(facts), "most": MOST_IN_BLOCK + 1})
        for key, found in cursor.fetchall():
            by_key[key].append(found)
    telling = (ids for key, ids in by_key.items() if len(ids) <= (MOST_BY_SPELLING if key & 1 else MOST_IN_BLOCK))
    return {one for ids in telling for one in ids}


def write_keys(kind: str, ids: Collection[int]) -> int:
    """Make the keys of these records anew."""
    found = {key: keys_of(facts) for key, facts in facts_of(kind, ids).items()}
    if not found:
        return 0
    values: list[Any] = [RULES, timezone.now()]
    for key, keys in found.items():
        values += [key, f"{{{','.join(map(str, keys))}}}"]
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN[kind].format(rows=", ".join(["(%s, %s)"] * len(found))), values)
    return len(found)


def drop_keys(kind: str, ids: Iterable[int]) -> None:
    """Look these records up no more: they are out of sight."""
    if kind == ACCOUNT:
        AccountKeys.objects.filter(account__in=list(ids)).delete()
    else:
        ContactKeys.objects.filter(contact__in=list(ids)).delete()


def stale_ids(kind: str, *, beyond: int = 0, most: int = AT_ONCE) -> list[int]:
    """The next records in order of their id whose keys are missing or older than they are."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE[kind], {"beyond": beyond, "rules": RULES, "most": most})
        return [row[0] for row in cursor.fetchall()]


def refresh_keys(kind: str) -> Iterable[int]:
    """Make stale keys anew, part by part; gives the size of each part as it is written."""
    last = 0
    while ids := stale_ids(kind, beyond=last):
        write_keys(kind, ids)
        last = ids[-1]
        yield len(ids)
