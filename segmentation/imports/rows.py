"""What lines and hours have in common on their way in: pools, identity, writing in slices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from accounts.imports.finding import ROW_KEY, forget_accounts, state_of_accounts
from pmcrm.exchange.registry import Batch
from pmcrm.people.models import Organisation, Pool

NEGATIVE_HOURS = gettext_noop("Hours cannot be below zero.")
HOURS_WITHOUT_POOL = gettext_noop("Hours need the pool whose time it was.")
UNKNOWN_POOL = gettext_noop("This pool is not in use here. In use: {known}.")
REF_TWICE = gettext_noop("This line reference stands in row {row} already, with other values.")
IN_RUNS = gettext_noop("Accounts of this import that stay, because profit runs hold their figures: {count}.")
ROUNDED_HOURS = gettext_noop("Hours with more than 2 decimal places, rounded: {count}.")


_SLICE: Final = 50_000
OF_SLICE: Final = 'g."row" >= %(start)s AND g."row" < %(end)s AND s."row" >= %(start)s AND s."row" < %(end)s'
"""Which rows of {staging}_good g and {staging} s belong to the slice that is being written."""


def check_hours(batch: Batch) -> None:
    """Hours above zero and a pool in use. A pool may be written as its word or its name."""
    known = dict(batch.rows("SELECT slug, slug FROM segmentation_costpool"))
    names = {str(label).casefold(): slug for slug, label in Pool.choices if slug in known} | {
        slug.replace("_", " "): slug for slug in known
    }
    batch.table(
        "pools",
        "SELECT * FROM unnest(%(names)s::text[], %(slugs)s::text[]) AS pool (name, slug)",
        names=list(names),
        slugs=list(names.values()),
    )
    batch.refuse(
        'SELECT s."row", %(column)s, ({hours})::text, %(reason)s, jsonb_build_object() FROM {staging} s'
        " WHERE {hours} < 0",
        column=batch.header("hours"),
        reason=NEGATIVE_HOURS,
    )
    batch.refuse(
        'SELECT s."row", %(column)s, {pool}, CASE WHEN {pool} IS NULL THEN %(missing)s ELSE %(unknown)s END,'
        " jsonb_build_object('known', %(known)s) FROM {staging} s WHERE {hours} IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM {staging}_pools p WHERE p.name = lower({pool}))",
        column=batch.header("pool"),
        missing=HOURS_WITHOUT_POOL,
        unknown=UNKNOWN_POOL,
        known=", ".join(sorted(str(Pool(slug).label) for slug in known)) or "–",
    )


def note_rounded_hours(batch: Batch) -> None:
    ((count,),) = batch.rows("SELECT count(*) FROM {staging} s WHERE {hours} <> round({hours}, 2)")
    if count and ROUNDED_HOURS not in {note["template"] for note in batch.notes}:
        batch.note(ROUNDED_HOURS, count=count)


def state_of_base(batch: Batch) -> str:
    """Differs whenever anything that the checks of lines and hours read has changed."""
    marks = batch.rows(
        'SELECT count(*), max(id) FROM segmentation_inputchange WHERE "table" = ANY(%(tables)s)',
        tables=["segmentation_ledgerline", "segmentation_hourentry", "segmentation_costpool", "people_user"],
    )
    return f"{marks[0]}/{Organisation.current().currency}/{state_of_accounts(batch)}"


def is_sourced(batch: Batch) -> bool:
    return bool(batch.source) and "line_ref" in batch.mapped


def check_references(batch: Batch) -> None:
    """With a named source the line reference is the identity: twice with other values is an error."""
    if is_sourced(batch):
        batch.refuse(
            'SELECT s."row", %(column)s, s.line_ref, %(reason)s, jsonb_build_object(\'row\', first."row")'
            " FROM {staging} s"
            ' JOIN (SELECT DISTINCT ON (line_ref) line_ref, "row", fingerprint FROM {staging}'
            '       WHERE line_ref IS NOT NULL ORDER BY line_ref, "row") AS first USING (line_ref)'
            " WHERE s.fingerprint <> first.fingerprint",
            column=batch.header("line_ref"),
            reason=REF_TWICE,
        )


def take_good(batch: Batch) -> None:
    """Make {staging}_good: the rows without a fault, each with its customer (by its first row) and its identity.

    Without a source that is the fingerprint of all values and how often they stood in the file before.
    """
    nth = "'-' || row_number() OVER (PARTITION BY s.fingerprint ORDER BY s.\"row\")"
    identity = f"s.fingerprint || {nth}"
    if is_sourced(batch):
        identity = f"CASE WHEN s.line_ref IS NULL THEN {identity} ELSE '' END"
    batch.table(
        "good",
        f'SELECT s."row", c.first_row AS customer, {identity} AS fingerprint FROM {{staging}} s'
        f" LEFT JOIN {{staging}}_customers c ON c.key = {ROW_KEY}"
        ' WHERE NOT EXISTS (SELECT FROM {errors} e WHERE e."row" = s."row")',
    )
    batch.execute('CREATE INDEX ON {staging}_good ("row")')
    batch.execute("ANALYZE {staging}_good")


def leave_out_known(batch: Batch, table: str) -> int:
    """Drop good rows that are here already; returns how many."""
    known = batch.execute(
        f"DELETE FROM {{staging}}_good g USING {table} t WHERE t.fingerprint = g.fingerprint AND t.fingerprint <> ''"
    )
    if is_sourced(batch):
        known += batch.execute(
            f'DELETE FROM {{staging}}_good g USING {{staging}} s, {table} t WHERE s."row" = g."row"'
            " AND t.source = %(source)s AND t.line_ref = s.line_ref"
        )
        known += batch.execute(
            'DELETE FROM {staging}_good g USING {staging} s, (SELECT line_ref, min("row") AS "row" FROM {staging}'
            " WHERE line_ref IS NOT NULL GROUP BY line_ref HAVING count(*) > 1) AS first"
            ' WHERE s."row" = g."row" AND s.line_ref = first.line_ref AND s."row" > first."row"'
        )
    return known


def write_in_slices(batch: Batch, insert: str, **params: object) -> int:
    """Run an INSERT ... SELECT over the good rows, a slice of row numbers at a time, telling how far it is."""
    ((last,),) = batch.rows('SELECT max("row") FROM {staging}_good')
    written = 0
    for start in range(0, (last or 0) + 1, _SLICE):
        written += batch.execute(insert, start=start, end=start + _SLICE, **params)
        batch.report_written(written)
    return written


INSERT_HOURS: Final = (
    "INSERT INTO segmentation_hourentry"
    " (pool_id, account_id, person_id, date, hours, note, source, line_ref, fingerprint, batch_id)"
    " SELECT p.slug, c.account_id, {person}, {{date}}, round({{hours}}, 2), {note}, %(source)s,"
    " coalesce({{line_ref}}, ''), g.fingerprint, %(batch)s"
    ' FROM {{staging}}_good g JOIN {{staging}} s USING ("row")'
    " JOIN {{staging}}_pools p ON p.name = lower({{pool}})"
    " LEFT JOIN {{staging}}_customers c ON c.first_row = g.customer {join}"
    f" WHERE {OF_SLICE} AND {{{{hours}}}} IS NOT NULL {{condition}} ON CONFLICT DO NOTHING"
)


def forget_created(batch: Batch, created: Mapping[str, list[int]]) -> list[str]:
    """Remove the accounts that this import made, except those in a run: its rows never change, and name them."""
    ids = created.get("accounts.account", [])
    in_runs = {
        account_id
        for (account_id,) in batch.rows(
            "SELECT made.id FROM unnest(%(ids)s::bigint[]) AS made (id)"
            " WHERE EXISTS (SELECT FROM segmentation_accountprofit p WHERE p.account_id = made.id)",
            ids=ids,
        )
    }
    stayed = [IN_RUNS.format(count=len(in_runs))] if in_runs else []
    return [*stayed, *forget_accounts([account_id for account_id in ids if account_id not in in_runs])]
