"""Tags in a file of accounts: several in one cell with commas or semicolons between them. A row that names some says
all that its account shall carry; those that are not here yet are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from accounts.imports.records import said
from accounts.models import Account
from accounts.models.tag import LONGEST_TAG, MOST_ON_ACCOUNT, MOST_TAGS
from pmcrm.exchange.registry import Batch
from pmcrm.trail.services import record_set

TAG_LABEL: Final = "accounts.tag"
LINK_LABEL: Final = "accounts.accounttag"
TOO_LONG = gettext_noop("A tag has at most {most} characters.")
TOO_MANY = gettext_noop("An account carries at most {most} tags.")
NO_PLACE = gettext_noop("There can be {most} tags in all. Use one that is here, or merge some first.")
# A row that does not say otherwise than what its account carries.
STAYS: Final = 'NOT EXISTS (SELECT FROM {staging}_retagged r WHERE r."row" = n."row")'
# As the database folds the name of a tag: two that it takes for one are one here.
_PLAIN: Final = "btrim(regexp_replace(normalize(part, NFC), '\\s+', ' ', 'g'))"


def find_tags(batch: Batch) -> None:
    """Make {staging}_tagged of (row, name, folded): the tags that each row names. Names the bad rows."""
    batch.table(
        "tagged",
        'SELECT DISTINCT ON (p."row", pmcrm_normalise(p.name)) p."row", p.name, pmcrm_normalise(p.name) AS folded'
        f' FROM (SELECT s."row", {_PLAIN} AS name FROM {{staging}} s,'
        f" regexp_split_to_table({said('tags')}, '[,;]') AS part) AS p"
        " WHERE p.name <> '' ORDER BY p.\"row\", pmcrm_normalise(p.name), p.name",
    )
    batch.execute('CREATE INDEX ON {staging}_tagged ("row")')
    batch.execute("ANALYZE {staging}_tagged")
    column = batch.header("tags")
    batch.refuse(
        'SELECT DISTINCT ON (w."row") w."row", %(column)s, w.name, %(reason)s,'
        " jsonb_build_object('most', %(most)s::integer) FROM {staging}_tagged w WHERE length(w.name) > %(most)s"
        ' ORDER BY w."row", w.folded',
        column=column,
        reason=TOO_LONG,
        most=LONGEST_TAG,
    )
    batch.refuse(
        "SELECT w.\"row\", %(column)s, '', %(reason)s, jsonb_build_object('most', %(most)s::integer)"
        ' FROM {staging}_tagged w GROUP BY w."row" HAVING count(*) > %(most)s',
        column=column,
        reason=TOO_MANY,
        most=MOST_ON_ACCOUNT,
    )
    # New ones take their places in the order of the file; a bad row takes none.
    batch.refuse(
        "WITH fresh AS ("
        '  SELECT w.folded, row_number() OVER (ORDER BY min(w."row"), w.folded) AS place FROM {staging}_tagged w'
        "  WHERE NOT EXISTS (SELECT FROM accounts_tag t WHERE t.folded = w.folded)"
        '   AND NOT EXISTS (SELECT FROM {errors} e WHERE e."row" = w."row") GROUP BY w.folded)'
        ' SELECT DISTINCT ON (w."row") w."row", %(column)s, w.name, %(reason)s,'
        " jsonb_build_object('most', %(most)s::integer) FROM {staging}_tagged w JOIN fresh f USING (folded)"
        ' WHERE f.place + (SELECT count(*) FROM accounts_tag) > %(most)s ORDER BY w."row", w.folded',
        column=column,
        reason=NO_PLACE,
        most=MOST_TAGS,
    )


def find_retagged(batch: Batch) -> None:
    """Make {staging}_retagged of the good rows whose account carries other tags than those they name."""
    batch.table(
        "retagged",
        'SELECT g."row", g.id FROM {staging}_good g JOIN ('
        '  SELECT w."row", array_agg(w.folded ORDER BY w.folded) AS folded FROM {staging}_tagged w GROUP BY 1'
        ' ) AS said USING ("row") LEFT JOIN ('
        "  SELECT x.account_id, array_agg(t.folded ORDER BY t.folded) AS folded FROM accounts_accounttag x"
        "  JOIN accounts_tag t ON t.id = x.tag_id GROUP BY 1"
        " ) AS carried ON carried.account_id = g.id"
        " WHERE NOT g.is_new AND carried.folded IS DISTINCT FROM said.folded",
    )
    batch.execute('CREATE INDEX ON {staging}_retagged ("row")')


def write_tags(batch: Batch) -> None:
    """Make the tags that are new and let each account carry those of its row. What changes on an account that was here
    is remembered; the rest goes with its own."""
    batch.execute("SELECT pg_advisory_xact_lock(hashtextextended('accounts tags', 0))")
    batch.create(
        TAG_LABEL,
        "INSERT INTO accounts_tag (name, created_at, version)"
        " SELECT DISTINCT ON (w.folded) w.name, now(), 1 FROM {staging}_tagged w"
        ' JOIN {staging}_new n USING ("row") WHERE NOT EXISTS (SELECT FROM accounts_tag t WHERE t.folded = w.folded)'
        ' ORDER BY w.folded, w."row" ON CONFLICT DO NOTHING RETURNING id',
    )
    _record(
        batch,
        "SELECT r.id, (SELECT string_agg(coalesce(t.name, w.name), ', ' ORDER BY w.folded)"
        f' FROM {batch.staging}_tagged w LEFT JOIN accounts_tag t USING (folded) WHERE w."row" = r."row")'
        f" FROM {batch.staging}_retagged r",
    )
    no_longer = (
        "FROM {staging}_retagged r, accounts_tag t WHERE x.account_id = r.id AND t.id = x.tag_id AND NOT EXISTS"
        ' (SELECT FROM {staging}_tagged w WHERE w."row" = r."row" AND w.folded = t.folded)'
    )
    kept = f"SELECT x.id, to_jsonb(x), 0 FROM accounts_accounttag x WHERE EXISTS (SELECT {no_longer})"
    if batch.keep_before(LINK_LABEL, kept):
        batch.execute(f"DELETE FROM accounts_accounttag x WHERE EXISTS (SELECT {no_longer})")
    links = (
        "INSERT INTO accounts_accounttag (tag_id, account_id) SELECT t.id, n.id FROM {staging}_new n"
        ' JOIN {staging}_tagged w USING ("row") JOIN accounts_tag t ON t.folded = w.folded WHERE'
    )
    batch.execute(f"{links} n.is_new ON CONFLICT DO NOTHING")
    batch.create(LINK_LABEL, f"{links} NOT n.is_new ON CONFLICT DO NOTHING RETURNING id")


def _record(batch: Batch, becomes: str, **values: object) -> None:
    """Say in the trail of each account which tags it carried and carries from now on: `becomes` is SQL that yields the
    account and the new ones in one line. Before they change; only what changes."""
    carried = (
        "(SELECT coalesce(string_agg(t.name, ', ' ORDER BY t.folded, t.id), '') FROM accounts_accounttag x"
        " JOIN accounts_tag t ON t.id = x.tag_id WHERE x.account_id = a.id)"
    )
    record_set(
        actor=batch.actor,
        verb="account.edited",
        model=Account,
        rows="SELECT a.id, a.name, a.id, jsonb_build_object('changes', jsonb_build_object('tags',"
        " jsonb_build_array(c.was, c.tags)), 'import', %(batch)s)"
        f" FROM (SELECT a.id, {carried} AS was, coalesce(n.tags, '') AS tags FROM ({becomes}) AS n (id, tags)"
        "  JOIN accounts_account a USING (id)) AS c JOIN accounts_account a USING (id) WHERE c.was <> c.tags",
        values={"batch": batch.pk, **values},
    )


def put_tags_back(batch: Batch, created: Mapping[str, list[int]], *, label: str) -> None:
    """Let the accounts (`label`) that this import changed and nobody edited since carry what they carried. Before
    their own values are put back: that is told by their version."""
    ours = (
        "accounts_account a JOIN exchange_changed c ON c.batch_id = %(batch)s AND c.label = %(label)s"
        " AND c.object_id = a.id AND c.version = a.version"
    )
    made = created.get(LINK_LABEL, [])
    stays = (
        "SELECT x.account_id, x.tag_id FROM accounts_accounttag x WHERE x.id <> ALL(%(made)s) UNION"
        " SELECT (k.before->>'account_id')::bigint, (k.before->>'tag_id')::bigint FROM exchange_changed k"
        " WHERE k.batch_id = %(batch)s AND k.label = %(link)s"
    )
    _record(
        batch,
        f"SELECT a.id, string_agg(t.name, ', ' ORDER BY t.folded, t.id) FROM {ours}"
        f" LEFT JOIN ({stays}) AS s ON s.account_id = a.id LEFT JOIN accounts_tag t ON t.id = s.tag_id GROUP BY a.id",
        label=label,
        link=LINK_LABEL,
        made=made,
    )
    batch.execute(
        f"DELETE FROM accounts_accounttag x WHERE x.id = ANY(%(made)s) AND x.account_id IN (SELECT a.id FROM {ours})",
        made=made,
        label=label,
    )
    # A tag that somebody deleted or merged since does not come back.
    batch.execute(
        "INSERT INTO accounts_accounttag (tag_id, account_id) SELECT t.id, a.id"
        " FROM exchange_changed k JOIN accounts_tag t ON t.id = (k.before->>'tag_id')::bigint"
        f" JOIN ({ours}) ON a.id = (k.before->>'account_id')::bigint"
        " WHERE k.batch_id = %(batch)s AND k.label = %(link)s ON CONFLICT DO NOTHING",
        label=label,
        link=LINK_LABEL,
    )


def forget_tags(batch: Batch, created: Mapping[str, list[int]]) -> None:
    """Remove the tags that this import made and nothing carries."""
    batch.execute(
        "DELETE FROM accounts_tag t WHERE t.id = ANY(%(made)s) AND t.version = 1"
        " AND NOT EXISTS (SELECT FROM accounts_accounttag x WHERE x.tag_id = t.id)",
        made=created.get(TAG_LABEL, []),
    )
