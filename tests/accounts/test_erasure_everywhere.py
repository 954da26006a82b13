"""Somebody who is erased stands in every table and every file that there is, and is found in all of them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pytest
from django.db import Error, connection, transaction
from psycopg2 import sql

from accounts.models import Account, Contact, Erasure
from accounts.services.erasure import erase_contact, look_through, redact_mention
from pmcrm.people.models import User
from pmcrm.trail.services import words_may_go
from tests import build
from tests.rows import Rows, all_models
from touchpoints.models import Interaction

NAME: Final = "Solveig Aaberg"
# Written once and never changed by anybody: the database refuses it, so that a test cannot write a name there either.
# Who finds one there is told so, and reverses the row where it was entered.
NEVER_CHANGED: Final = {"segmentation_ledgerline", "segmentation_exitsignature", "segmentation_exitsnapshot"}
# Numbers, and codes of three letters.
NO_WORDS: Final = {
    "accounts_accountkeys",
    "accounts_contactkeys",
    "segmentation_exchangerate",
    "segmentation_poolrate",
}
# What the erasure keeps of itself.
OWN: Final = {"accounts_erasure", "accounts_mention"}
_BY_TYPE: Final = {"ARRAY": "ARRAY[%s]", "jsonb": "jsonb_build_object('who', %s)", "bytea": "convert_to(%s, 'UTF8')"}


def columns_of(table: str) -> dict[str, str]:
    """Columns in which words can stand, with their type."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY', 'bytea') AND is_generated = 'NEVER'",
            [table],
        )
        return dict(cursor.fetchall())


def places_naming(word: str) -> set[str]:
    """Every column of the whole database that holds the word, as "table.column"."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea')"
        )
        found = set()
        for table, column, kind in cursor.fetchall():
            says = "SELECT 1 FROM {} WHERE {}::text ILIKE %s LIMIT 1"
            if kind == "bytea":
                says = "SELECT 1 FROM {} WHERE encode({}, 'escape') ILIKE %s LIMIT 1"
            cursor.execute(sql.SQL(says).format(sql.Identifier(table), sql.Identifier(column)), [f"%{word}%"])
            if cursor.fetchone():
                found.add(f"{table}.{column}")
    return found


def open_columns(model: Any) -> dict[str, str]:
    """Those that hold no key and no choice from a list."""
    fields = model._meta.concrete_fields
    closed = {field.column for field in fields if field.choices or field.primary_key or field.is_relation}
    return {column: kind for column, kind in columns_of(model._meta.db_table).items() if column not in closed}


def write_everywhere(model: Any) -> set[str]:
    """Put the name into each column of the first row that takes it, twice so that a history holds it as well."""
    table, written = model._meta.db_table, set()
    for column, kind in open_columns(model).items():
        value = sql.SQL(_BY_TYPE.get(kind, "%s"))
        statement = sql.SQL(
            "UPDATE {table} SET {column} = {value} WHERE ctid = (SELECT min(ctid) FROM {table})"
        ).format(table=sql.Identifier(table), column=sql.Identifier(column), value=value)
        try:
            with transaction.atomic(), words_may_go(), connection.cursor() as cursor:
                for text in (NAME, f"{NAME}."):
                    cursor.execute(statement, [text])
        except Error:
            continue  # the database keeps words out of this column
        written.add(column)
    return written


def erase(lead: User, person: Contact) -> Erasure:
    person.refresh_from_db()
    made = erase_contact(
        actor=lead,
        contact=person,
        version=person.version,
        requested_on=dt.date(2026, 1, 10),
        reason="Asked by letter",
        typed=person.name,
    )
    look_through(made.pk)
    made.refresh_from_db()
    return made


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


@pytest.fixture
def person(lead: User) -> Contact:
    return build.contact(account=build.account(), name=NAME, email="solveig@nordlys.example", phone="+4722345678")


@pytest.mark.django_db
def test_no_table_is_forgotten(lead: User, person: Contact) -> None:
    talk = build.interaction(person.account, author=lead)
    rows = Rows({User: lead, Account: person.account, Contact: person, Interaction: talk})
    untold = set[str]()
    for model in all_models():
        table = model._meta.db_table
        if table in OWN or model is Contact or not open_columns(model):
            continue
        if not model._base_manager.exists():
            rows.make(model)
        if not write_everywhere(model):
            untold.add(table)
    assert untold == NEVER_CHANGED | NO_WORDS
    assert len(places_naming(NAME)) > 150

    made = erase(lead, person)

    tables = {model._meta.db_table: model._meta.label_lower for model in all_models()}
    places = [place.split(".") for place in places_naming(NAME)]
    # What the database computes follows what it is computed from.
    left = [(table, column) for table, column in places if column in columns_of(table)]
    listed = set(made.mentions.filter(state="open").values_list("label", "column"))
    assert {(tables.get(table, table), column) for table, column in left} - listed == set()
    for mention in made.mentions.all():
        redact_mention(actor=lead, mention=mention)
    assert places_naming(NAME) == set()
