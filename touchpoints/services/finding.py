"""Which calls and meetings hold the words of a text: the newest of them that a person sees.

They are read from the newest back, and only where too few of so many have the words, these are looked up: a word in
every second note and a word in one of ten million cost the same, and neither has to sort millions. What the person sees
is part of the statement: it says the same as `Interaction.objects.visible_to`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection

from accounts.services.sight import Sight, sight_of
from pmcrm.lists.text import words_of

if TYPE_CHECKING:
    from pmcrm.people.models import User

NEWEST_LOOKED_AT: Final = 2000
# Who sees a part of all sees a part of the newest; who sees few accounts has other newest ones.
NEWEST_OF_MANY: Final = 3000
NEWEST_OF_OWN: Final = 1000
MOST_COMPARED: Final = 3000


class InteractionLine(NamedTuple):
    """What a line of search says of a call or meeting; `accounts` are the first two that took part themselves."""

    pk: int
    kind: str
    at: dt.datetime
    subject: str
    accounts: list[str]


_HAS_WORDS: Final = "i.words @@ pmcrm_query(%(words)s)"
# The same, which no index is asked for.
_READS_WORDS: Final = "ts_match_vq(i.words, pmcrm_query(%(words)s))"
_NEWEST_FIRST: Final = "ORDER BY i.at DESC, i.id DESC LIMIT"
# Each row is asked by itself: what EXISTS asks might be gathered for all of them first.
_SEEN_BY_ALL: Final = """
    i.deleted_at IS NULL AND i.status <> 'cancelled' AND (NOT i.is_private OR i.author_id = %(person)s OR (
        SELECT TRUE FROM touchpoints_interaction_colleagues AS c
        WHERE c.interaction_id = i.id AND c.user_id = %(person)s LIMIT 1))
"""
_SEEN_AT: Final = f"""
    {_SEEN_BY_ALL} AND (i.author_id = %(person)s OR (
        SELECT TRUE FROM touchpoints_attendance AS t JOIN accounts_account AS a ON a.id = t.account_id
        WHERE t.interaction_id = i.id AND {{condition}} LIMIT 1))
"""
# What is younger than this is read from the top, what is older looked up by its words.
_EDGE: Final = """
    edge AS MATERIALIZED (SELECT coalesce((
        SELECT at FROM touchpoints_interaction ORDER BY at DESC, id DESC OFFSET %(newest)s LIMIT 1
    ), '-infinity') AS at)
"""
_NEWEST: Final = f"""
    SELECT i.id FROM touchpoints_interaction AS i
    WHERE i.at >= (SELECT at FROM edge) AND {_READS_WORDS} AND {{seen}} {_NEWEST_FIRST} %(limit)s
"""
# Of who sees few accounts, what was said there and what the person logged: mostly that is all there is.
_OWN: Final = f"""
    own AS MATERIALIZED (
        (SELECT t.interaction_id AS id FROM touchpoints_attendance AS t
         WHERE t.account_id = ANY(%(few)s) ORDER BY t.at DESC LIMIT %(newest)s)
        UNION ALL
        (SELECT i.id FROM touchpoints_interaction AS i WHERE i.author_id = %(person)s {_NEWEST_FIRST} %(newest)s)
    )
"""
_AMONG_OWN: Final = f"""
    SELECT i.id FROM touchpoints_interaction AS i
    WHERE i.id IN (SELECT id FROM own) AND {_READS_WORDS} AND {{seen}} {_NEWEST_FIRST} %(limit)s
"""
_KNOWN: Final = f"""
    SELECT i.id FROM (
        SELECT id, at, status, author_id, is_private, deleted_at FROM touchpoints_interaction AS i
        WHERE {_HAS_WORDS} AND {{older}} LIMIT %(compared)s
    ) AS i WHERE {{seen}} {_NEWEST_FIRST} %(limit)s
"""
_OLDER: Final = "i.at < (SELECT at FROM edge)"
_IF_MORE: Final = "(SELECT count(*) FROM own) >= %(newest)s"
_LINES: Final = """
    WITH {start} SELECT i.id, i.kind, i.at, i.subject, ARRAY(
        SELECT a.name FROM touchpoints_attendance AS t JOIN accounts_account AS a ON a.id = t.account_id
        WHERE t.interaction_id = i.id AND NOT t.is_second_hand AND a.deleted_at IS NULL ORDER BY t.id LIMIT 2
    ) FROM touchpoints_interaction AS i
    WHERE i.id IN (SELECT id FROM ({parts} LIMIT %(limit)s) AS found) ORDER BY i.at DESC, i.id DESC
"""


def interaction_lines(text: str, limit: int, *, person: User) -> list[InteractionLine]:
    """The newest that are not cancelled and hold all words of the text, or what begins as they do."""
    sight = sight_of(person)
    newest = NEWEST_LOOKED_AT if sight.is_whole else NEWEST_OF_OWN if sight.few is not None else NEWEST_OF_MANY
    values: dict[str, Any] = {
        **sight.values,
        "words": words_of(text),
        "person": person.pk,
        "limit": limit,
        "newest": newest,
        "compared": MOST_COMPARED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(sight), values)
        return [InteractionLine(*row) for row in cursor.fetchall()]


def _statement(sight: Sight) -> str:
    if sight.few is None:
        start, parts, older = _EDGE, (_NEWEST, _KNOWN), _OLDER
    else:
        start, parts, older = _OWN, (_AMONG_OWN, _KNOWN), _IF_MORE
    seen = _SEEN_BY_ALL if sight.is_whole else _SEEN_AT.format(condition=sight.condition)
    union = " UNION ALL ".join(f"(SELECT id FROM ({part}) AS part)" for part in parts).format(seen=seen, older=older)
    return _LINES.format(start=start, parts=union)
