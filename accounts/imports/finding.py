"""How imported rows find their account, shared by every kind whose rows belong to one.

An account is found by (source, reference), else by its reference, else by the one equal normalised name. A reference
that came with an import is the identity of a customer: an account that carries another reference of the same source is
somebody else, however alike the names are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop

from accounts.models import Account, AccountFigures, AccountKeys, AccountPair, AccountTag, ExternalReference
from accounts.models.choices import Kind, Party
from pmcrm.exchange.registry import Batch

REFERENCE_KIND: Final = "account"
_SLICE: Final = 2000

NO_ACCOUNT = gettext_noop("The row names no account.")
SEVERAL_ACCOUNTS = gettext_noop("Several accounts have this name: {refs}. Add the reference of the right one.")
IN_TRASH = gettext_noop(
    "This account is in the trash: {refs}. Restore it from there, or delete it for good, and bring the row in again."
)
SEVERAL_IN_FILE = gettext_noop("Several customers of this file have this name. Add the reference of the right one.")
KEPT = gettext_noop(
    "Accounts of this import that stay, because they were changed or something else refers to them: {count}."
)

# What tells the rows of one customer: the reference where there is one, else the name as written.
ROW_KEY: Final = "coalesce({account_ref}, E'\\x01' || {account_name})"

# One row a customer of the file, told by the first row that names it. A name's key is made only where it is needed.
_CUSTOMERS: Final = f"""
SELECT first.key, s.account_ref AS ref, s.account_name AS name, s.segment, first."row" AS first_row,
       coalesce(e.account_id, a.merged_into_id, a.id) AS account_id, e.account_id IS NOT NULL AS is_remembered,
       NULL::text AS fault, NULL::text AS refs,
       CASE WHEN coalesce(e.account_id, a.id) IS NULL
            THEN pmcrm_normalise(coalesce(s.account_name, s.account_ref)) END AS name_key
FROM (SELECT {ROW_KEY} AS key, coalesce(min("row") FILTER (WHERE {{account_name}} IS NOT NULL), min("row")) AS "row"
      FROM {{staging}} s GROUP BY 1) AS first
JOIN (SELECT s."row", {{account_ref}} AS account_ref, {{account_name}} AS account_name, {{segment}} AS segment
      FROM {{staging}} s) AS s ON s."row" = first."row"
LEFT JOIN accounts_externalreference e
     ON e.source = %(source)s AND e.kind = %(reference)s AND e.value = s.account_ref
LEFT JOIN accounts_account a ON e.account_id IS NULL AND a.ref = s.account_ref
WHERE first.key IS NOT NULL
"""

_NAMED: Final = """
WITH wanted AS ({wanted}), known AS (
    SELECT g.id, n.ref, pmcrm_normalise(n.name) AS name FROM {staging}_good g JOIN {staging}_named n USING ("row")
  UNION SELECT a.id, a.ref, a.normalised_name FROM accounts_account a, wanted w
    WHERE a.merged_into_id IS NULL AND a.deleted_at IS NULL
      AND (a.ref = w.word OR a.normalised_name = pmcrm_normalise(w.word))
  UNION SELECT e.account_id, e.value, NULL FROM accounts_externalreference e, wanted w
    WHERE e.source = %(source)s AND e.kind = %(reference)s AND e.value = w.word)
SELECT w.word, coalesce((SELECT min(k.id) FROM known k WHERE k.ref = w.word),
    (SELECT min(k.id) FROM known k WHERE k.name = pmcrm_normalise(w.word) HAVING count(DISTINCT k.id) = 1)) AS id
FROM wanted w
"""


def state_of_accounts(batch: Batch) -> str:
    """Differs whenever an account or a reference came, went or was written since: every version of a row has the
    number of the transaction that wrote it."""
    versions = "SELECT concat_ws('-', count(*), sum(xmin::text::bigint), sum(xmin::text::bigint %% 65521 * id)) FROM "
    return "/".join(
        str(found) for table in (Account, ExternalReference) for (found,) in batch.rows(versions + table._meta.db_table)
    )


def match_accounts(batch: Batch, *, account_name: str = "{account_name}") -> None:
    """Make {staging}_customers: one row a customer of the file with the account it is, a fault, or neither (new).
    `account_name` is SQL over {staging} s: what names the account of a row."""
    batch.table("customers", _CUSTOMERS.replace("{account_name}", account_name), reference=REFERENCE_KIND)
    # A customer without a reference may be any of those with one.
    batch.execute(
        "UPDATE {staging}_customers SET name_key = pmcrm_normalise(coalesce(name, ref)) WHERE name_key IS NULL"
        " AND EXISTS (SELECT FROM {staging}_customers n WHERE n.ref IS NULL)"
    )
    batch.execute("CREATE INDEX ON {staging}_customers (name_key) WHERE name_key IS NOT NULL")
    batch.execute("ANALYZE {staging}_customers")
    _find_by_name(batch)


def find_accounts(batch: Batch, *, is_needed: bool = True) -> None:
    """Match the customers of the file. Names the rows without an account, where one `is_needed`, and those that could
    be several."""
    match_accounts(batch)
    if is_needed:
        batch.refuse(
            f"SELECT s.\"row\", '', '', %(reason)s, jsonb_build_object() FROM {{staging}} s WHERE {ROW_KEY} IS NULL",
            reason=NO_ACCOUNT,
        )
    refuse_unclear(batch, column=batch.header("account_name"))


def refuse_unclear(batch: Batch, *, column: str, key: str = ROW_KEY, unless: str = "false") -> None:
    """Name the rows whose account could be several; `unless` is SQL: where that does not matter."""
    batch.refuse(
        "SELECT s.\"row\", %(column)s, coalesce(c.name, c.ref), c.fault, jsonb_build_object('refs', c.refs)"
        f" FROM {{staging}} s JOIN {{staging}}_customers c ON c.key = {key}"
        f" WHERE c.fault IS NOT NULL AND NOT ({unless})",
        column=column,
    )


def _find_by_name(batch: Batch) -> None:
    """Customers whose reference is unknown or absent: the one account of that name, unless it is another's."""
    batch.execute(
        """
        WITH open AS (
            SELECT c.key, c.name_key, c.ref,
                   count(*) FILTER (WHERE c.ref IS NOT NULL) OVER (PARTITION BY c.name_key) AS alike
            FROM {staging}_customers c WHERE c.account_id IS NULL AND c.name IS NOT NULL AND c.name_key <> ''
        ), found AS (
            -- The name of an account that went up in another one still means that one.
            -- One in the trash is meant only where nothing else has the name.
            SELECT o.key, greatest(count(DISTINCT coalesce(a.merged_into_id, a.id)) FILTER (WHERE a.deleted_at IS NULL),
                    1) AS accounts,
                coalesce(min(coalesce(a.merged_into_id, a.id)) FILTER (WHERE a.deleted_at IS NULL),
                    min(coalesce(a.merged_into_id, a.id))) AS account_id, string_agg(a.ref, ', ' ORDER BY a.ref) AS refs
            FROM open o JOIN accounts_account a ON a.normalised_name = o.name_key
            WHERE o.ref IS NULL OR (o.alike = 1 AND NOT EXISTS (
                SELECT FROM accounts_externalreference e
                WHERE e.account_id = a.id AND e.source = %(source)s AND e.kind = %(reference)s))
            GROUP BY o.key
        )
        UPDATE {staging}_customers c SET
            account_id = CASE WHEN f.accounts = 1 THEN f.account_id END,
            fault = CASE WHEN f.accounts > 1 THEN %(several)s END,
            refs = left(f.refs, 200)
        FROM found f WHERE f.key = c.key
        """,
        reference=REFERENCE_KIND,
        several=SEVERAL_ACCOUNTS,
    )
    batch.execute(
        "UPDATE {staging}_customers c SET fault = %(in_trash)s, refs = a.ref FROM accounts_account a"
        " WHERE a.id = c.account_id AND a.deleted_at IS NOT NULL",
        in_trash=IN_TRASH,
    )
    # A row without a reference may mean a customer whom another row of the file gives one.
    batch.execute(
        """
        WITH named AS (
            SELECT n.key, count(*) AS customers FROM {staging}_customers n
            JOIN {staging}_customers r ON r.name_key = n.name_key AND r.ref IS NOT NULL
            WHERE n.ref IS NULL AND n.account_id IS NULL AND n.fault IS NULL GROUP BY n.key HAVING count(*) > 1
        )
        UPDATE {staging}_customers c SET fault = %(several)s FROM named n WHERE n.key = c.key
        """,
        several=SEVERAL_IN_FILE,
    )


def find_named(batch: Batch, table: str, wanted: str) -> None:
    """Make {staging}_`table` of (word, id): the account, here or in the same file of accounts, of that reference or
    alone of that name; no id where there is none. `wanted` is a SELECT of the words."""
    batch.table(table, _NAMED.replace("{wanted}", wanted), reference=REFERENCE_KIND)


def new_account_count(batch: Batch) -> int:
    """How many customers of the good rows are not here yet."""
    ((count,),) = batch.rows(
        "SELECT count(DISTINCT coalesce(ref, E'\\x01' || name_key)) FROM {staging}_customers c"
        " WHERE account_id IS NULL AND fault IS NULL AND NOT (ref IS NULL AND EXISTS ("
        "   SELECT FROM {staging}_customers r WHERE r.name_key = c.name_key AND r.ref IS NOT NULL))"
    )
    return int(count)


def make_accounts(batch: Batch, *, state: str = "'customer'") -> None:
    """Create the customers of good rows that are not here yet, without an owner, and remember their references.
    `state` is SQL over {staging}_customers c: what they are to us."""
    wanted = (
        "SELECT min(ref), (array_agg(coalesce(name, ref) ORDER BY first_row))[1], max(segment),"
        " min({state})"
        " FROM {staging}_customers c WHERE account_id IS NULL AND fault IS NULL AND {condition}"
        " AND EXISTS (SELECT FROM {staging}_good g WHERE g.customer = c.first_row)"
        " GROUP BY coalesce(ref, E'\\x01' || name_key) ORDER BY min(first_row)"
    )
    for condition in ("ref IS NOT NULL", "ref IS NULL"):
        if condition == "ref IS NULL":
            _join_namesakes(batch)
        rows = iter(batch.rows(wanted.replace("{condition}", condition).replace("{state}", state)))
        while part := list(islice(rows, _SLICE)):
            _create(batch, part)
        batch.execute(
            "UPDATE {staging}_customers c SET account_id = coalesce(a.merged_into_id, a.id) FROM accounts_account a"
            " WHERE c.account_id IS NULL AND c.fault IS NULL AND c.ref IS NOT NULL AND a.ref = c.ref"
        )
    batch.execute(
        "INSERT INTO accounts_externalreference (source, kind, value, account_id)"
        " SELECT %(source)s, %(reference)s, c.ref, c.account_id FROM {staging}_customers c"
        " WHERE NOT c.is_remembered AND c.ref IS NOT NULL AND c.account_id IS NOT NULL AND length(c.ref) <= 200"
        " ON CONFLICT DO NOTHING",
        reference=REFERENCE_KIND,
    )


def _join_namesakes(batch: Batch) -> None:
    batch.execute(
        "UPDATE {staging}_customers c SET account_id = r.account_id FROM {staging}_customers r"
        " WHERE c.ref IS NULL AND c.account_id IS NULL AND c.fault IS NULL"
        " AND r.ref IS NOT NULL AND r.account_id IS NOT NULL AND r.name_key = c.name_key"
    )


def _create(batch: Batch, customers: list[tuple[str | None, str, str | None, str]]) -> None:
    generated = _free_references(sum(ref is None for ref, *_rest in customers))
    made = Account.objects.bulk_create(
        Account(
            ref=ref or next(generated),
            name=name[:300],
            kind=Kind.EXTERNAL,
            party=Party.CUSTOMER,
            state=state,
            segment=(segment or "")[:100],
        )
        for ref, name, segment, state in customers
    )
    batch.created("accounts.account", [account.pk for account in made])
    batch.execute(
        "UPDATE {staging}_customers c SET account_id = a.id FROM accounts_account a"
        " WHERE a.id = ANY(%(made)s) AND c.ref IS NULL AND c.account_id IS NULL AND c.fault IS NULL"
        " AND a.normalised_name = c.name_key",
        made=[account.pk for account, (ref, *_rest) in zip(made, customers, strict=True) if not ref],
    )


def _free_references(count: int) -> Iterator[str]:
    """References for customers that bring none, in order: A-000001 and on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(substring(ref FROM 3)::bigint), 0) FROM accounts_account WHERE ref ~ '^A-[0-9]{6,15}$'"
        )
        last = int(cursor.fetchone()[0])
    return (f"A-{number:06d}" for number in range(last + 1, last + count + 1))


def forget_accounts(ids: list[int]) -> list[str]:
    """Remove accounts that an import created, except those that somebody edited or that anything refers to by now.
    Returns sentences about those that stay."""
    own = {ExternalReference, AccountFigures}
    left = Account.objects.filter(pk__in=ids, version=1, serves=None)
    for relation in Account._meta.related_objects:
        model = relation.related_model
        if model in own or "pghistory" in {base.__module__.partition(".")[0] for base in model.__mro__}:
            continue
        left = left.filter(~Exists(model._default_manager.filter(**{relation.field.name: OuterRef("pk")})))
    unused = list(left.values_list("pk", flat=True))
    AccountKeys.objects.filter(account__in=unused).delete()
    AccountPair.objects.filter(Q(left__in=unused) | Q(right__in=unused)).delete()
    ExternalReference.objects.filter(account__in=unused).delete()
    AccountFigures.objects.filter(account__in=unused).delete()
    AccountTag.objects.filter(account__in=unused).delete()
    with connection.cursor() as cursor:
        # Nothing else refers to them, so the ORM need not look for dependants of each once more.
        cursor.execute("DELETE FROM accounts_account WHERE id = ANY(%s)", [unused])
    stayed = len(ids) - len(unused)
    return [KEPT.format(count=stayed)] if stayed else []
