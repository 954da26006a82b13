"""The databases of the benchmarks: one company a size, made once and kept, and copies of it to write in."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg2
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg2 import sql

from benchmarks import company

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "bench_"


def provide(accounts: int, *, fresh: bool = False) -> str:
    """Connect to the company with so many accounts, made where it is not there yet, with the newest tables."""
    name = f"{PREFIX}{accounts}"
    made_of = f"company {company.VERSION}, whole"
    if fresh or _comment(name) != made_of:
        _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _administer("CREATE DATABASE {}", name)
        _connect(name)
        call_command("migrate", verbosity=0, interactive=False)
        company.fill(accounts=accounts)
        _administer("COMMENT ON DATABASE {} IS %s", name, made_of)
    else:
        _connect(name)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
    return name


@contextmanager
def copy(name: str) -> Iterator[None]:
    """A copy of the company to write in; gone at the end."""
    draft = f"{name}_copy"
    connection.close()
    _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", draft)
    _administer("CREATE DATABASE {} STRATEGY file_copy TEMPLATE {}", draft, name)
    _connect(draft)
    try:
        yield
    finally:
        _connect(name)
        _administer("DROP DATABASE {} WITH (FORCE)", draft)


def counts() -> str:
    """What there is, as the database estimates it."""
    tables = {
        "accounts_account": "accounts",
        "accounts_contact": "contacts",
        "touchpoints_interaction": "interactions",
        "segmentation_ledgerline": "ledger lines",
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples::bigint FROM pg_class WHERE relname = ANY(%s)", [list(tables)])
        found = dict(cursor.fetchall())
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        size = cursor.fetchone()[0]
    return ", ".join(f"{found[table]:,} {word}" for table, word in tables.items()) + f", {size}"


def drop_all() -> None:
    with _server() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        _administer("DROP DATABASE {} WITH (FORCE)", name)
        print(f"dropped {name}")


def _connect(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    # What pages keep belongs to the database it was read from.
    cache.clear()


def _comment(name: str) -> str | None:
    with _server() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        found = cursor.fetchone()
    return str(found[0]) if found else None


def _administer(statement: str, *words: str) -> None:
    """Names stand for `{}`; what is left of the words are values."""
    number = statement.count("{}")
    names = [sql.Identifier(word) for word in words[:number]]
    with _server() as cursor:
        cursor.execute(sql.SQL(statement).format(*names), list(words[number:]))


@contextmanager
def _server() -> Iterator[psycopg2.extensions.cursor]:
    found = psycopg2.connect(**{**connection.get_connection_params(), "dbname": "postgres", "cursor_factory": None})
    found.autocommit = True
    try:
        with found.cursor() as cursor:
            yield cursor
    finally:
        found.close()
