"""A large invented company, made inside the database: accounts, contacts, interactions, ledger lines and hours."""

from __future__ import annotations

from typing import Final

from django.db import connection

from pmcrm.people.models import Organisation, User

LINES_PER_ACCOUNT: Final = 20

ACCOUNTS = """
INSERT INTO accounts_account (
    ref, name, kind, party, state, industry, segment, size, country, region, city, time_zone, website,
    business_summary, relationship_owner_id, product_manager_id, tier, created_at, updated_at, version)
SELECT 'B-' || lpad(i::text, 8, '0'),
       (ARRAY['Halden', 'Borea', 'Quillon', 'Söderbukt', 'Тавра', '海联', 'Orvane', 'Lumeta'])[1 + i %% 8]
           || ' ' || (ARRAY['Maritime', 'Foods', 'Works', 'Health', 'Energy', 'Freight', 'Optics'])[1 + i %% 7]
           || ' ' || i,
       'external', 'customer', (ARRAY['customer', 'customer', 'customer', 'former'])[1 + i %% 4],
       (ARRAY['Shipping', 'Food', 'Machinery', 'Health'])[1 + i %% 4], '', '',
       (ARRAY['NO', 'DE', 'US', 'JP', 'BR'])[1 + i %% 5], '', '', 'Europe/Oslo', '', '',
       %(owner)s, CASE WHEN i %% 50 = 0 THEN %(manager)s END, '', now(), now(), 1
FROM generate_series(1, %(accounts)s) AS i
"""

CONTACTS = """
INSERT INTO accounts_contact (
    account_id, name, job_title, previous_employers, background, email, phone, time_zone, temperament,
    temperament_note, is_active, created_at, updated_at, version)
SELECT id, 'Kari Lund ' || id || '-' || n, 'Head of planning', '', '', 'kari' || id || n || '@example.com', '', '',
       '', '', true, now(), now(), 1
FROM accounts_account, generate_series(1, 3) AS n
"""

INTERACTIONS = """
WITH made AS (
    INSERT INTO touchpoints_interaction (
        kind, status, at, minutes, subject, outcome, notes, is_incoming, is_private, is_backdated, author_id,
        created_at, version)
    SELECT 'call', 'held', now() - (i %% 700) * interval '1 day', 30, 'Call ' || i, 'conversation', 'Spoke of berths.',
           false, false, false, %(manager)s, now(), 1
    FROM generate_series(1, %(accounts)s * 2) AS i
    RETURNING id, at
)
INSERT INTO touchpoints_attendance (interaction_id, account_id, at)
SELECT made.id, first.id + made.id %% %(accounts)s, made.at
FROM made, (SELECT min(id) AS id FROM accounts_account) AS first
"""

LEDGER = """
INSERT INTO segmentation_ledgerline (
    account_id, date, revenue, cost, currency, category, product, region, source, line_ref, fingerprint, created_at)
SELECT first.id + i %% %(accounts)s,
       (date_trunc('month', now()) - interval '2 months')::date - (i %% 350)::integer,
       round((100 + (i * 7919) %% 1000)::numeric / 7, 6),
       round((50 + (i * 104729) %% 1200)::numeric / 7, 6),
       'USD', '', '', '', 'bench', 'L' || i, '', now()
FROM generate_series(1, %(lines)s::bigint) AS i, (SELECT min(id) AS id FROM accounts_account) AS first
"""

# The database gave every account its empty row.
FIGURES = """
UPDATE accounts_accountfigures
SET revenue_12m = (account_id * 7919) %% 100000, contribution_12m = (account_id * 104729) %% 90000 - 20000,
    contribution_rank = 1 + (account_id * 31) %% 100000,
    last_contact_at = now() - (account_id %% 900) * interval '1 day'
WHERE account_id %% 10 <> 0
"""


WRITTEN_WITHOUT = """
SELECT format('DROP INDEX %%I', indexname), indexdef FROM pg_indexes
WHERE tablename = %(table)s AND indexname NOT IN (SELECT conname FROM pg_constraint)
UNION ALL
SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', %(table)s, conname),
       format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', %(table)s, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype = 'f'
"""


def _without_indexes(table: str, statement: str, values: dict[str, int]) -> None:
    """Run `statement`, which fills `table`, before its indexes and references are there: many times faster."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN_WITHOUT, {"table": table})
        parts = cursor.fetchall()
        for drop, _make in parts:
            cursor.execute(drop)
        cursor.execute(statement, values)
        for _drop, make in parts:
            cursor.execute(make)


def fill(*, accounts: int) -> User:
    """Make the company with `accounts` accounts and return the product lead who looks at it."""
    Organisation.current()
    lead = User.objects.create_user("lead@example.com", name="Lena Lead", roles=["product_lead", "finance"])
    owner = User.objects.create_user("owner@example.com", name="Olav Owner", roles=["sales_owner"])
    manager = User.objects.create_user("manager@example.com", name="Mina Manager", roles=["product_manager"])
    values = {
        "accounts": accounts,
        "lines": accounts * LINES_PER_ACCOUNT,
        "owner": owner.pk,
        "manager": manager.pk,
    }
    with connection.cursor() as cursor:
        for statement in (ACCOUNTS, CONTACTS, INTERACTIONS, FIGURES):
            cursor.execute(statement, values)
        _without_indexes("segmentation_ledgerline", LEDGER, values)
        cursor.execute("VACUUM ANALYZE")
    return lead
