"""A large invented company, made inside the database: people, accounts, contacts, interactions, ledger lines, files.

Names are put together from syllables and given names of several languages and scripts, so that some words are in every
fifth name, some in one only, and search has to do its work.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db import connection

from benchmarks.words import ARRAYS, COLLEAGUES
from pmcrm.people.models import Organisation, User

if TYPE_CHECKING:
    from django.db.models import Model

CONTACTS_PER_ACCOUNT: Final = 3
INTERACTIONS_PER_ACCOUNT: Final = 10
LINES_PER_ACCOUNT: Final = 20
MOST_LINES: Final = 2_000_000
OWNS_FEW: Final = 20
VERSION: Final = 3
"""Raised when the company comes out differently, so that one that was kept is made anew."""

LEAD: Final = "lead@example.com"
FEW: Final = "few@example.com"
MANY: Final = "owner0@example.com"

# `n` runs from 1; `r` is n in another order, so that neighbours differ. The digits of `r` choose the parts of a name.
SHUFFLED: Final = "SELECT n, (n * 48271) %% 1000003 AS r FROM generate_series(1, %(accounts)s::bigint) AS n"

ACCOUNT_NAME: Final = """
CASE WHEN r %% 10 = 0 THEN {cyrillic_form:1} || ' «' || {cyrillic_stem:10} || {cyrillic_end:300} || '»'
     WHEN r %% 10 = 1 THEN {chinese_city:10} || {chinese_stem:200} || {chinese_end:7000}
          || {chinese_trade:3} || '有限公司'
     WHEN r %% 10 = 2 THEN {given:10} || ' ' || {family:400} || ' ' || {trade:7}
     ELSE {syllable:10} || {middle:410} || {end:17000} || ' ' || {trade:3} || ' ' || {form:7} END
"""

ACCOUNTS: Final = {
    "ref": "'B-' || lpad(n::text, 8, '0')",
    "name": ACCOUNT_NAME,
    "kind": "CASE WHEN r %% 100 = 99 THEN 'internal' ELSE 'external' END",
    "party": "CASE r %% 100 WHEN 95 THEN 'channel_partner' WHEN 96 THEN 'supplier' WHEN 97 THEN 'supplier' "
    "WHEN 98 THEN 'analyst_press' ELSE 'customer' END",
    "state": "{state:13}",
    "industry": "{industry:11}",
    "country": "{country:17}",
    "city": "{city:23}",
    "website": "'https://www.firm' || n || '.example'",
    "phone": "CASE WHEN r %% 3 = 0 THEN '+' || {dialling:17} || (20000000 + (n * 7919) %% 70000000) ELSE '' END",
    "time_zone": "'Europe/Oslo'",
    "tier": "CASE r %% 20 WHEN 1 THEN 'A' WHEN 2 THEN 'B' WHEN 3 THEN 'B' WHEN 4 THEN 'C' ELSE '' END",
    "tier_score": "CASE WHEN r %% 20 BETWEEN 1 AND 4 THEN (r * 31) %% 100 END",
    "relationship_owner_id": "CASE WHEN n <= %(few)s THEN %(few_owner)s "
    "ELSE %(first_owner)s + (n * 31) %% %(owners)s END",
    "product_manager_id": "CASE WHEN n %% 5 = 0 THEN %(first_manager)s + (n * 37) %% %(managers)s END",
    "created_at": "now() - (r %% 2000) * interval '1 day'",
    "updated_at": "now()",
}

CONTACTS: Final = {
    "account_id": "%(first_account)s + n - 1",
    "name": "CASE WHEN n %% 10 = 0 THEN {cyrillic_given:1} || ' ' || {cyrillic_family:40} "
    "WHEN n %% 10 = 1 THEN {chinese_family:1} || {chinese_given:30} || {chinese_given:1100} "
    "ELSE {given:1} || ' ' || {syllable:71} || {family_end:2900} END",
    "job_title": "{position:7}",
    "email": "'p' || k || '.' || lower({mail:13}) || (r %% 9999) || '@firm' || n || '.example'",
    "phone": "'+' || {dialling:17} || (20000000 + ((n * 3 + k) * 104729) %% 70000000)",
    "is_active": "r %% 12 <> 0",
    "created_at": "now() - (r %% 1500) * interval '1 day'",
    "updated_at": "now()",
}
CONTACTS_FROM: Final = (
    "SELECT n, k, ((n * 3 + k) * 69621) %% 3000017 AS r "
    f"FROM generate_series(1, %(accounts)s::bigint) AS n, generate_series(1, {CONTACTS_PER_ACCOUNT}) AS k"
)

# In the order of time, as a timeline grows: account n speaks with us ten times, spread over two years.
INTERACTIONS: Final = {
    "kind": "CASE r %% 10 WHEN 0 THEN 'meeting' WHEN 1 THEN 'meeting' WHEN 2 THEN 'mail' WHEN 3 THEN 'note' "
    "ELSE 'call' END",
    "status": "CASE WHEN n > %(interactions)s - %(accounts)s / 50 THEN 'planned' "
    "WHEN r %% 50 = 0 THEN 'cancelled' ELSE 'held' END",
    "at": "now() - interval '700 days' + (n::float8 / %(interactions)s) * interval '714 days'",
    "minutes": "CASE WHEN r %% 10 = 3 THEN 0 ELSE 5 * (1 + r %% 12) END",
    "subject": "{subject:3} || ' ' || {topic:100}",
    "outcome": "CASE WHEN r %% 10 BETWEEN 4 AND 8 THEN 'conversation' WHEN r %% 10 = 9 THEN 'no_answer' ELSE '' END",
    "notes": "{opening:1} || ' ' || {topic:30} || '. ' || {sentence:500} || ' ' || {sentence:9000} || ' ' || "
    "{syllable:7} || {middle:410} || {end:17000} || '.'",
    "is_private": "r %% 50 = 7",
    "author_id": "%(first_owner)s + (n * 31) %% %(owners)s",
    "created_at": "now() - interval '1 day'",
}
INTERACTIONS_FROM: Final = (
    "SELECT n, (n * 48271) %% 10000019 AS r FROM generate_series(1, %(interactions)s::bigint) AS n"
)
OF_INTERACTIONS: Final = "SELECT id, at, author_id, 1 + (id * 7919) %% %(accounts)s AS n FROM touchpoints_interaction"
ATTENDANCES: Final = {"interaction_id": "id", "account_id": "%(first_account)s + n - 1", "at": "at"}
COLLEAGUES_THERE: Final = {"interaction_id": "id", "user_id": "author_id"}
CONTACTS_THERE: Final = {
    "interaction_id": "id",
    "contact_id": f"%(first_contact)s + (n - 1) * {CONTACTS_PER_ACCOUNT} + id %% {CONTACTS_PER_ACCOUNT}",
}

LEDGER: Final = {
    "account_id": "%(first_account)s + n %% %(accounts)s",
    "date": "(date_trunc('month', now()) - interval '2 months')::date - (n %% 350)::integer",
    "revenue": "round((100 + (n * 7919) %% 1000)::numeric / 7, 6)",
    "cost": "round((50 + (n * 104729) %% 1200)::numeric / 7, 6)",
    "currency": "'USD'",
    "source": "'bench'",
    "line_ref": "'L' || n",
    "created_at": "now()",
}
LEDGER_FROM: Final = "SELECT n FROM generate_series(1, %(lines)s::bigint) AS n"

FILES: Final = {
    "account_id": "%(first_account)s + n - 1",
    "name": "{topic:1} || ' ' || n || '.pdf'",
    "media_type": "'application/pdf'",
    "size": "1000 + n",
    "key": "md5(n::text)",
    "uploaded_by_id": "%(first_owner)s",
    "created_at": "now() - (n %% 700) * interval '1 day'",
}
TENTH_FROM: Final = "SELECT n, n AS r FROM generate_series(1, %(accounts)s::bigint / 10) AS n"

PROMISES: Final = {
    "account_id": "%(first_account)s + (n * 7) %% %(accounts)s",
    "text": "{sentence:1}",
    "owner_id": "%(first_owner)s + n %% %(owners)s",
    "due_on": "current_date + (n %% 60)::integer - 20",
    "state": "CASE n %% 3 WHEN 0 THEN 'kept' ELSE 'open' END",
    "created_at": "now()",
}

# The database gave every account its empty row.
FIGURES: Final = """
UPDATE accounts_accountfigures
SET revenue_12m = (account_id * 7919) %% 100000, contribution_12m = (account_id * 104729) %% 90000 - 20000,
    contribution_rank = 1 + (account_id * 31) %% 100000,
    last_contact_at = now() - (account_id %% 900) * interval '1 day'
WHERE account_id %% 10 <> 0
"""

WRITTEN_WITHOUT: Final = """
SELECT format('DROP INDEX %%I', indexname), indexdef FROM pg_indexes
WHERE tablename = %(table)s AND indexname NOT IN (SELECT conname FROM pg_constraint)
UNION ALL
SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', %(table)s, conname),
       format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', %(table)s, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype IN ('f', 'u')
"""


_CUSTOMERS: Final = [
    ("accounts.Account", ACCOUNTS, SHUFFLED),
    ("accounts.Contact", CONTACTS, CONTACTS_FROM),
    ("accounts.Promise", PROMISES, TENTH_FROM),
]
_TALKS: Final = [("touchpoints.Interaction", INTERACTIONS, INTERACTIONS_FROM)]
_BETWEEN: Final = [
    ("touchpoints.Attendance", ATTENDANCES, OF_INTERACTIONS),
    ("touchpoints.Interaction_colleagues", COLLEAGUES_THERE, OF_INTERACTIONS),
    ("touchpoints.Interaction_contacts", CONTACTS_THERE, OF_INTERACTIONS),
    ("segmentation.LedgerLine", LEDGER, LEDGER_FROM),
    ("files.Attachment", FILES, TENTH_FROM),
]


def lines_of(accounts: int) -> int:
    return min(accounts * LINES_PER_ACCOUNT, MOST_LINES)


def fill(*, accounts: int) -> None:
    """Make the company with `accounts` accounts, three contacts and ten interactions each."""
    values = {
        "accounts": accounts,
        "interactions": accounts * INTERACTIONS_PER_ACCOUNT,
        "lines": lines_of(accounts),
        "few": OWNS_FEW,
        "first_account": 1,
        "first_contact": 1,
        **_people(),
    }
    # Two at a time: in a new database the keys are known before there are rows, and references come last.
    with ThreadPoolExecutor(2) as two:
        customers = two.submit(_one_after_another, _CUSTOMERS, values)
        talks = two.submit(_one_after_another, _TALKS, values)
        customers.result()
        talks.result()
        for made in [two.submit(_one_after_another, [one], values) for one in _BETWEEN]:
            made.result()
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [])
        cursor.execute("VACUUM ANALYZE")


def _one_after_another(tables: list[tuple[str, dict[str, str], str]], values: dict[str, int]) -> None:
    """Fill these tables, on a connection of this thread's own."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'")
        for name, columns, source in tables:
            start = perf_counter()
            write(name, columns, source, values)
            print(f"   {name}: {perf_counter() - start:,.0f} s", flush=True)
    finally:
        connection.close()


def _people() -> dict[str, int]:
    Organisation.current()
    make = User.objects.create_user
    make(LEAD, name="Lena Lead", roles=["product_lead", "finance"])
    owners = [make(f"owner{one}@example.com", name=name, roles=["sales_owner"]) for one, name in enumerate(COLLEAGUES)]
    managers = [make(f"manager{one}@example.com", name=f"Mina {one}", roles=["product_manager"]) for one in range(20)]
    few = make(FEW, name="Fia Few", roles=["sales_owner"])
    return {
        "few_owner": few.pk,
        "first_owner": owners[0].pk,
        "owners": len(owners),
        "first_manager": managers[0].pk,
        "managers": len(managers),
    }


def _model(name: str) -> type[Model]:
    return apps.get_model(name)


def write(name: str, columns: dict[str, str], source: str, values: dict[str, int]) -> None:
    """Fill the table of a model before its indexes and references are there: many times faster.

    Columns that are not named get what the model gives them.
    """
    model = _model(name)
    table = model._meta.db_table
    given: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        known = field.primary_key or field.column in columns or field.generated or field.null or field.has_db_default()
        if not known:
            assert field.column is not None
            given[field.column] = field.get_db_prep_save(field.get_default(), connection)
    chosen = [*(_spelt_out(one) for one in columns.values()), *(f"%(given_{column})s" for column in given)]
    statement = (
        f"INSERT INTO {table} ({', '.join([*columns, *given])}) SELECT {', '.join(chosen)} FROM ({source}) AS made"
    )
    everything = {**values, **{f"given_{column}": value for column, value in given.items()}}
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN_WITHOUT, {"table": table})
        parts = cursor.fetchall()
        for drop, _make in parts:
            cursor.execute(drop)
        cursor.execute(statement, everything)
        for _drop, make in parts:
            cursor.execute(make)
        cursor.execute(f"ANALYZE {table}")


def _spelt_out(expression: str) -> str:
    """`{city:23}` becomes the city that the digit of `r` above 23 chooses."""
    for name, words in ARRAYS.items():
        before, found, after = expression.partition("{" + name + ":")
        while found:
            step, _brace, rest = after.partition("}")
            chosen = "(ARRAY[" + ", ".join(f"'{word}'" for word in words) + f"])[1 + (r / {step}) %% {len(words)}]"
            expression = before + chosen + rest
            before, found, after = expression.partition("{" + name + ":")
    return expression
