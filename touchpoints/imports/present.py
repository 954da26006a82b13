"""Who was there: the people, companies and colleagues that a row of a file names, found in whole sets.

A cell may name several, with semicolons between them. Whom a file names is added; nobody is taken off.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from accounts.imports.finding import REFERENCE_KIND, ROW_KEY
from accounts.imports.records import said
from pmcrm.exchange.registry import Batch

NOBODY_SO = gettext_noop("Nobody here is known so. Bring in the contacts first, or leave the cell empty.")
SEVERAL_SO = gettext_noop("Several people are known so. Write the e-mail address of the right one.")
NO_SUCH_ACCOUNT = gettext_noop("No account has this reference or, alone, this name.")
NO_SUCH_COLLEAGUE = gettext_noop("Nobody active here has this e-mail address or, alone, this name: {word}.")

# The ways to name somebody, the surest first.
WAYS: Final = ("contact_ids", "contact_ref", "contact_email", "contact_name")
_PARTS: Final = "unnest(string_to_array({cell}, ';')) AS part"


def find_people(batch: Batch) -> None:
    """Make {staging}_persons of (row, contact_id, account_id): whom each row names on their side, by the surest of the
    ways that names them all. Makes {staging}_strangers of the rows where no way does."""
    parts = [
        f'SELECT s."row", {rank} AS rank, pmcrm_normalise(part) AS word, c.account_id FROM {{staging}} s'
        f" LEFT JOIN {{staging}}_customers c ON c.key = {ROW_KEY}, {_PARTS.replace('{cell}', said(way))}"
        " WHERE btrim(part) <> ''"
        for rank, way in enumerate(WAYS)
        if way in batch.mapped
    ]
    empty = "SELECT 0 AS \"row\", 0 AS rank, '' AS word, 0::bigint AS account_id WHERE false"
    batch.table("wanted", " UNION ALL ".join(parts) or empty)
    batch.execute("ANALYZE {staging}_wanted")
    batch.table(
        "met",
        'SELECT w."row", w.rank, w.word, count(DISTINCT f.id) AS people,'
        " count(DISTINCT f.id) FILTER (WHERE f.account_id = w.account_id) AS here,"
        " min(f.id) AS id, min(f.id) FILTER (WHERE f.account_id = w.account_id) AS id_here"
        f" FROM {{staging}}_wanted w LEFT JOIN ({_KNOWN}) AS f ON f.rank = w.rank AND f.word = w.word GROUP BY 1, 2, 3",
    )
    # At the account that the row names one is enough, elsewhere there must be no other.
    batch.table(
        "ways",
        'SELECT DISTINCT ON ("row") "row", rank, is_found, word, several FROM ('
        ' SELECT "row", rank, bool_and(here = 1 OR people = 1) AS is_found,'
        "  min(word) FILTER (WHERE NOT (here = 1 OR people = 1)) AS word,"
        "  bool_or(people > 1 AND here <> 1) AS several"
        ' FROM {staging}_met GROUP BY 1, 2) AS way ORDER BY "row", is_found DESC, rank',
    )
    batch.table(
        "persons",
        'SELECT DISTINCT m."row", p.id AS contact_id, p.account_id FROM {staging}_ways w'
        ' JOIN {staging}_met m USING ("row", rank)'
        " JOIN accounts_contact p ON p.id = CASE WHEN m.here = 1 THEN m.id_here ELSE m.id END WHERE w.is_found",
    )
    batch.execute('CREATE INDEX ON {staging}_persons ("row")')
    batch.execute("ANALYZE {staging}_persons")
    for rank, way in enumerate(WAYS):
        batch.refuse(
            'SELECT w."row", %(column)s, w.word, CASE WHEN w.several THEN %(several)s ELSE %(nobody)s END,'
            " jsonb_build_object() FROM {staging}_ways w WHERE NOT w.is_found AND w.rank = %(rank)s",
            rank=rank,
            column=batch.header(way),
            several=SEVERAL_SO,
            nobody=NOBODY_SO,
        )


# Everybody whom a way of the file could mean, each under the word of that way.
_KNOWN: Final = """
    SELECT 0 AS rank, w.word, coalesce(p.merged_into_id, p.id) AS id, p.account_id
    FROM (SELECT DISTINCT word FROM {staging}_wanted WHERE rank = 0 AND word ~ '^[0-9]{{1,18}}$') AS w
    JOIN accounts_contact p ON p.id = w.word::bigint AND p.deleted_at IS NULL AND p.erased_at IS NULL
  UNION ALL
    SELECT 1, w.word, coalesce(p.merged_into_id, p.id), p.account_id
    FROM (SELECT DISTINCT word FROM {staging}_wanted WHERE rank = 1) AS w
    JOIN accounts_contactreference e ON e.source = %(source)s AND pmcrm_normalise(e.value) = w.word
    JOIN accounts_contact p ON p.id = e.contact_id AND p.deleted_at IS NULL AND p.erased_at IS NULL
  UNION ALL
    SELECT 2, w.word, p.id, p.account_id FROM (SELECT DISTINCT word FROM {staging}_wanted WHERE rank = 2) AS w
    JOIN accounts_contact p ON lower(p.email) = w.word AND p.email <> '' AND p.merged_into_id IS NULL
        AND p.deleted_at IS NULL AND p.erased_at IS NULL
  UNION ALL
    SELECT 3, w.word, p.id, p.account_id FROM (SELECT DISTINCT word FROM {staging}_wanted WHERE rank = 3) AS w
    JOIN accounts_contact p ON pmcrm_normalise(p.name) = w.word AND p.merged_into_id IS NULL
        AND p.deleted_at IS NULL AND p.erased_at IS NULL
"""


def find_places(batch: Batch) -> None:
    """Make {staging}_others of (word, id): accounts that rows name beside their own, here or as told of; and
    {staging}_places of (row, account_id, customer): the companies present. The one that the row names, or that
    of each person; and whoever else it names. A `customer` is told by its first row and may be new."""
    batch.table(
        "beside",
        'SELECT DISTINCT s."row", btrim(part) AS word FROM {staging} s, '
        + _PARTS.replace("{cell}", said("other_accounts"))
        + " WHERE btrim(part) <> ''",
    )
    batch.table(
        "others",
        "SELECT w.word, coalesce("
        " (SELECT coalesce(a.merged_into_id, a.id) FROM accounts_account a WHERE a.ref = w.word"
        "  AND a.deleted_at IS NULL),"
        " (SELECT e.account_id FROM accounts_externalreference e WHERE e.source = %(source)s"
        "  AND e.kind = %(reference)s AND e.value = w.word),"
        " (SELECT min(a.id) FROM accounts_account a WHERE a.normalised_name = pmcrm_normalise(w.word)"
        "  AND a.merged_into_id IS NULL AND a.deleted_at IS NULL HAVING count(*) = 1)) AS id"
        " FROM (SELECT word FROM {staging}_beside"
        f"  UNION SELECT btrim({said('told_of')}) FROM {{staging}} s WHERE btrim({said('told_of')}) <> '') AS w",
        reference=REFERENCE_KIND,
    )
    batch.refuse(
        'SELECT b."row", %(column)s, b.word, %(reason)s, jsonb_build_object() FROM {staging}_beside b'
        " JOIN {staging}_others o USING (word) WHERE o.id IS NULL",
        column=batch.header("other_accounts"),
        reason=NO_SUCH_ACCOUNT,
    )
    batch.table(
        "places",
        'SELECT s."row", c.account_id, c.first_row AS customer FROM {staging} s'
        f" JOIN {{staging}}_customers c ON c.key = {ROW_KEY}"
        ' UNION SELECT b."row", o.id, NULL FROM {staging}_beside b JOIN {staging}_others o USING (word)'
        ' UNION SELECT p."row", p.account_id, NULL FROM {staging}_persons p'
        f' JOIN {{staging}} s USING ("row") WHERE {ROW_KEY} IS NULL',
    )
    batch.execute('CREATE INDEX ON {staging}_places ("row")')
    batch.execute("ANALYZE {staging}_places")


def find_colleagues(batch: Batch) -> None:
    """Make {staging}_attended of (row, user_id, is_said): whom the row names on our side, else who logged it."""
    batch.table(
        "attending",
        'SELECT s."row", pmcrm_normalise(part) AS word FROM {staging} s, unnest(string_to_array(translate('
        + said("colleagues")
        + ", ',', ';'), ';')) AS part WHERE btrim(part) <> ''",
    )
    batch.refuse(
        "SELECT a.\"row\", %(column)s, a.word, %(reason)s, jsonb_build_object('word', a.word)"
        " FROM {staging}_attending a"
        " WHERE NOT EXISTS (SELECT FROM {staging}_people p WHERE p.word = a.word)",
        column=batch.header("colleagues"),
        reason=NO_SUCH_COLLEAGUE,
    )
    batch.table(
        "attended",
        'SELECT DISTINCT a."row", p.id AS user_id, true AS is_said FROM {staging}_attending a'
        " JOIN {staging}_people p USING (word)"
        ' UNION ALL SELECT s."row", p.id, false FROM {staging} s'
        f" JOIN {{staging}}_people p ON p.word = pmcrm_normalise({said('author')})"
        ' WHERE NOT EXISTS (SELECT FROM {staging}_attending a WHERE a."row" = s."row")',
    )
    batch.execute('CREATE INDEX ON {staging}_attended ("row")')
    batch.execute("ANALYZE {staging}_attended")


def find_additions(batch: Batch) -> None:
    """Make {staging}_added of the rows about interactions that are here, which name somebody who is not there yet."""
    batch.table(
        "added",
        'SELECT g."row" FROM {staging}_good g JOIN {staging}_places w USING ("row") WHERE NOT g.is_new'
        " AND NOT EXISTS (SELECT FROM touchpoints_attendance a"
        "  WHERE a.interaction_id = g.id AND a.account_id = w.account_id)"
        ' UNION SELECT g."row" FROM {staging}_good g JOIN {staging}_told w USING ("row") WHERE NOT g.is_new'
        " AND NOT EXISTS (SELECT FROM touchpoints_attendance a"
        "  WHERE a.interaction_id = g.id AND a.account_id = w.account_id)"
        ' UNION SELECT g."row" FROM {staging}_good g JOIN {staging}_persons w USING ("row") WHERE NOT g.is_new'
        " AND NOT EXISTS (SELECT FROM touchpoints_interaction_contacts a"
        "  WHERE a.interaction_id = g.id AND a.contact_id = w.contact_id)"
        ' UNION SELECT g."row" FROM {staging}_good g JOIN {staging}_attended w USING ("row")'
        " WHERE NOT g.is_new AND w.is_said AND NOT EXISTS (SELECT FROM touchpoints_interaction_colleagues a"
        "  WHERE a.interaction_id = g.id AND a.user_id = w.user_id)",
    )
    batch.execute('CREATE INDEX ON {staging}_added ("row")')


_LINKS: Final = {
    "touchpoints.attendance": (
        "touchpoints_attendance (interaction_id, account_id, at, is_second_hand)",
        """SELECT DISTINCT n.id, coalesce(w.account_id, c.account_id), n.at, false FROM {staging}_new n
        JOIN {staging}_places w USING ("row") LEFT JOIN {staging}_customers c ON c.first_row = w.customer
        WHERE [those] UNION ALL SELECT n.id, told.account_id, n.at, true FROM {staging}_new n
        JOIN {staging}_told told USING ("row") WHERE [those]""",
    ),
    "touchpoints.presence": (
        "touchpoints_interaction_contacts (interaction_id, contact_id)",
        'SELECT DISTINCT n.id, w.contact_id FROM {staging}_new n JOIN {staging}_persons w USING ("row") WHERE [those]',
    ),
    "touchpoints.share": (
        "touchpoints_interaction_colleagues (interaction_id, user_id)",
        """SELECT DISTINCT n.id, w.user_id FROM {staging}_new n JOIN {staging}_attended w USING ("row")
        WHERE (n.is_new OR w.is_said) AND [those]""",
    ),
}
LINK_LABELS: Final = tuple(_LINKS)


def write_links(batch: Batch) -> None:
    """Who was there. What is added to an interaction that was here is remembered; the rest goes with its own."""
    for label, (into, select) in _LINKS.items():
        new, known = (select.replace("[those]", those) for those in ("n.is_new", "NOT n.is_new"))
        batch.execute(f"INSERT INTO {into} {new} ON CONFLICT DO NOTHING")
        batch.create(label, f"INSERT INTO {into} {known} ON CONFLICT DO NOTHING RETURNING id")
    batch.execute(
        "UPDATE touchpoints_attendance a SET at = n.at FROM {staging}_new n"
        " WHERE NOT n.is_new AND a.interaction_id = n.id AND a.at <> n.at"
    )


def table_of(label: str) -> str:
    """The table whose rows `write_links` remembers under this label."""
    return _LINKS[label][0].partition(" ")[0]
