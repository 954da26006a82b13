"""Earlier troubles of an account that are like the one being told: shown while it is typed, so that none is kept twice.

Each word of either text is looked for in the other by trigrams, so that other forms, another order and slips of the
pen do not hide it; pairs of letters do the same for scripts without spaces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from pmcrm.lists.text import folded_text, pieces_of
from touchpoints.likeness import LIKE, same_words, words_to_compare
from touchpoints.models import Pain

if TYPE_CHECKING:
    from accounts.models import Account
    from pmcrm.people.models import User

MOST_SHOWN: Final = 5
# The newest of an account that are compared; nobody has told more and still hopes.
MOST_COMPARED: Final = 500
FEWEST_TYPED: Final = 4

# Of each text the share of its words that stand in the other; a word counts by its length.
_ALIKE: Final = """
    WITH typed AS (SELECT word FROM unnest(%(words)s::text[]) AS word),
    theirs AS (
        SELECT id, told_on, folded FROM touchpoints_pain
        WHERE account_id = %(account)s AND merged_into_id IS NULL
        ORDER BY told_on DESC, id DESC LIMIT %(most)s
    )
    SELECT p.id, greatest(
        (SELECT sum(length(word) * word_similarity(word, p.folded)) / nullif(sum(length(word)), 0) FROM typed),
        (SELECT sum(length(word) * word_similarity(word, %(folded)s)) / nullif(sum(length(word)), 0)
         FROM regexp_split_to_table(p.folded, '[^[:alnum:]]+') AS word WHERE length(word) > 2) * %(enough)s,
        (SELECT count(*) FILTER (WHERE pmcrm_pieces(p.folded) @> ARRAY[piece]) / nullif(count(*), 0)::real
         FROM unnest(%(pieces)s::text[]) AS piece)
    ) AS likeness
    FROM theirs AS p
"""


def similar_pains(*, user: User, account: Account, words: str) -> list[Pain]:
    """Earlier troubles of the account that the person sees and that read like these words, the most alike first."""
    folded = folded_text(words.strip())
    spaceless = [piece for word in folded.split() for piece in pieces_of(word)]
    if len(folded) < (2 if spaceless else FEWEST_TYPED):
        return []
    typed = [word for word in words_to_compare(folded) if not pieces_of(word)]
    # A few words stand in every telling: only a text of some length says that an earlier one is in it.
    enough = min(1.0, len(typed) / 4)
    values: dict[str, Any] = {
        "words": typed,
        "folded": folded,
        "pieces": spaceless,
        "account": account.pk,
        "most": MOST_COMPARED,
        "enough": enough,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, likeness FROM ({_ALIKE}) AS a WHERE likeness >= %(like)s", {**values, "like": LIKE})  # noqa: S608  SQL of ours, its values apart
        likeness = dict(cursor.fetchall())
    if not likeness:
        return []
    found = Pain.objects.visible_to(user).told().filter(pk__in=likeness).with_names()
    return sorted(found, key=lambda pain: (-likeness[pain.pk], -pain.pk))[:MOST_SHOWN]


def same_pain(*, user: User, account: Account, words: str) -> Pain | None:
    """The trouble that was told in just these words before; marks, case, accents and spaces aside."""
    asked = same_words(folded_text(words))
    rows = Pain.objects.visible_to(user).told().of(account).newest_first()
    return next((pain for pain in rows[:MOST_COMPARED] if same_words(pain.folded) == asked), None)
