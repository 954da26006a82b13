"""Whom internal accounts serve, in a file of accounts: references or names with semicolons between them.

Whom a file names is added; nobody is taken off, as who wrote the file out may not have seen them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from accounts.imports.finding import find_named
from accounts.imports.records import said
from accounts.imports.words import join_words
from pmcrm.exchange.registry import Batch

LINK_LABEL: Final = "accounts.account_serves"
NOT_OUTSIDE = gettext_noop(
    "No external account, here or in this file, has this reference or, alone, this name: {word}."
)
NOT_INSIDE = gettext_noop("Only an internal account serves others.")
# A row that names nobody whom its account does not serve already.
STAYS: Final = 'NOT EXISTS (SELECT FROM {staging}_served_more r WHERE r."row" = n."row")'


def find_served(batch: Batch) -> None:
    """Make {staging}_served of (row, word, id): each account that a good row names, without id where there is none;
    and {staging}_sides of (id, kind): what the accounts of the file will be."""
    batch.table(
        "sides",
        "SELECT g.id, coalesce(kind_word.value, t.kind, 'external') AS kind FROM {staging}_good g"
        ' JOIN {staging} s USING ("row") LEFT JOIN accounts_account t ON t.id = g.id' + join_words("kind"),
    )
    batch.table(
        "serving",
        'SELECT DISTINCT g."row", btrim(part) AS word FROM {staging}_good g JOIN {staging} s USING ("row"),'
        f" unnest(string_to_array({said('serves')}, ';')) AS part WHERE btrim(part) <> ''",
    )
    find_named(batch, "outside", "SELECT DISTINCT word FROM {staging}_serving")
    batch.table("served", 'SELECT v."row", v.word, o.id FROM {staging}_serving v JOIN {staging}_outside o USING (word)')
    batch.execute('CREATE INDEX ON {staging}_served ("row")')
    batch.execute("ANALYZE {staging}_served")


def refuse_served(batch: Batch) -> int:
    """Name the good rows that serve nobody outside, or are no account inside. Returns how many faults there are."""
    column = batch.header("serves")
    outside = (
        "EXISTS (SELECT FROM {staging}_good o JOIN {staging}_sides x ON x.id = o.id"
        "  WHERE o.id = v.id AND x.kind = 'external')"
        " OR EXISTS (SELECT FROM accounts_account a WHERE a.id = v.id AND a.kind = 'external'"
        "  AND NOT EXISTS (SELECT FROM {staging}_good o WHERE o.id = a.id))"
    )
    named = 'FROM {staging}_served v JOIN {staging}_good g USING ("row")'
    return batch.refuse(
        f"SELECT v.\"row\", %(column)s, v.word, %(reason)s, jsonb_build_object('word', v.word) {named}"
        f" WHERE NOT ({outside})",
        column=column,
        reason=NOT_OUTSIDE,
    ) + batch.refuse(
        f"SELECT DISTINCT v.\"row\", %(column)s, '', %(reason)s, jsonb_build_object() {named}"
        " JOIN {staging}_sides x ON x.id = g.id WHERE x.kind <> 'internal'",
        column=column,
        reason=NOT_INSIDE,
    )


def find_more_served(batch: Batch) -> None:
    """Make {staging}_served_more of the rows about accounts that are here and name somebody new."""
    batch.table(
        "served_more",
        'SELECT DISTINCT g."row" FROM {staging}_good g JOIN {staging}_served v USING ("row") WHERE NOT g.is_new'
        " AND NOT EXISTS (SELECT FROM accounts_account_serves x"
        "  WHERE x.from_account_id = g.id AND x.to_account_id = v.id)",
    )


def write_served(batch: Batch) -> None:
    batch.create(
        LINK_LABEL,
        "INSERT INTO accounts_account_serves (from_account_id, to_account_id) SELECT DISTINCT n.id, v.id"
        ' FROM {staging}_new n JOIN {staging}_served v USING ("row") ON CONFLICT DO NOTHING RETURNING id',
    )


def take_served_back(batch: Batch, created: Mapping[str, list[int]], *, label: str) -> None:
    """The links that this import made go, where nobody edited the account (`label`) since. Before its own values are
    put back: that is told by its version."""
    batch.execute(
        "DELETE FROM accounts_account_serves x USING accounts_account a WHERE x.id = ANY(%(links)s)"
        " AND a.id = x.from_account_id AND (a.id = ANY(%(made)s) AND a.version = 1 OR EXISTS ("
        "  SELECT FROM exchange_changed c WHERE c.batch_id = %(batch)s AND c.label = %(label)s"
        "  AND c.object_id = a.id AND c.version = a.version))",
        links=created.get(LINK_LABEL, []),
        made=created.get(label, []),
        label=label,
    )
