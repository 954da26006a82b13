"""Whose experience a row tells: the customer's own word, that of people inside or of partners, or a customer's told by
them. As when somebody logs it: where nothing is said, it follows from who was there."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from accounts.imports.records import said
from accounts.imports.words import join_words
from pmcrm.exchange.registry import Batch
from touchpoints.imports.present import NO_SUCH_ACCOUNT

NO_CUSTOMER = gettext_noop("Only a customer can be told of; this is none.")
WAS_THERE = gettext_noop("This customer was there: that is their own word.")
IS_PROXY = gettext_noop("Only what is told second-hand has a customer that it is told of. Write proxy.")
OF_WHOM = gettext_noop("Say which customer's experience it is, by its reference.")
NOBODY_SPEAKS = gettext_noop("Only an internal account or a partner speaks for itself here or for a customer.")
OTHER_CUSTOMER = gettext_noop("This is told of a customer already. Change it on its page.")
_IS_CUSTOMER: Final = "a.kind = 'external' AND a.party = 'customer'"

# What joins each row {staging} s with the customer that it is told of and with who was there.
JOINS: Final = """
    LEFT JOIN {staging}_told told ON told."row" = s."row"
    LEFT JOIN {staging}_speakers speakers ON speakers."row" = s."row"
"""
USUAL: Final = "CASE WHEN speakers.all_speak THEN 'own' ELSE 'direct' END"
SAID: Final = (
    "CASE WHEN told.account_id IS NOT NULL THEN 'proxy'"
    f" WHEN voice_word.value = 'direct' AND t.voice IS DISTINCT FROM 'direct' THEN {USUAL} ELSE voice_word.value END"
)


def find_voices(batch: Batch) -> None:
    """Make {staging}_told of (row, word, account_id): the customer whom each row tells of; and {staging}_speakers of
    (row, all_speak, one_speaks): whether those present are inside or partners. Whom the file brings is a customer."""
    batch.table(
        "told",
        f'SELECT s."row", o.word, o.id AS account_id FROM {{staging}} s JOIN {{staging}}_others o ON o.word = '
        f"btrim({said('told_of')})",
    )
    batch.execute('CREATE INDEX ON {staging}_told ("row")')
    batch.table(
        "speakers",
        f'SELECT w."row", bool_and(coalesce(NOT ({_IS_CUSTOMER}), false)) AS all_speak,'
        f" bool_or(coalesce(NOT ({_IS_CUSTOMER}), false)) AS one_speaks FROM ("
        '  SELECT p."row", p.account_id FROM {staging}_places p'
        '  UNION ALL SELECT n."row", t.account_id FROM {staging}_named n JOIN touchpoints_attendance t'
        "   ON t.interaction_id = n.object_id AND NOT t.is_second_hand"
        " ) AS w LEFT JOIN accounts_account a ON a.id = w.account_id GROUP BY 1",
    )
    batch.execute('CREATE INDEX ON {staging}_speakers ("row")')
    batch.execute("ANALYZE {staging}_speakers")


def refuse_voices(batch: Batch) -> None:
    """Name the rows that say what nobody present can have said. What stands here already may be said again."""
    if not batch.mapped & {"voice", "told_of"}:
        return
    told_of, voice = batch.header("told_of"), batch.header("voice")
    _refuse(batch, told_of, NO_SUCH_ACCOUNT, "told.word IS NOT NULL AND told.account_id IS NULL")
    _refuse(
        batch,
        told_of,
        NO_CUSTOMER,
        f"EXISTS (SELECT FROM accounts_account a WHERE a.id = told.account_id AND NOT ({_IS_CUSTOMER}))",
    )
    there = (
        'EXISTS (SELECT FROM {staging}_places p WHERE p."row" = s."row" AND p.account_id = told.account_id)'
        " OR EXISTS (SELECT FROM touchpoints_attendance p WHERE p.interaction_id = t.id"
        "  AND p.account_id = told.account_id AND NOT p.is_second_hand)"
    )
    _refuse(batch, told_of, WAS_THERE, there)
    _refuse(batch, voice or told_of, IS_PROXY, "told.account_id IS NOT NULL AND voice_word.value <> 'proxy'")
    _refuse(
        batch,
        told_of or voice,
        OF_WHOM,
        "voice_word.value = 'proxy' AND told.word IS NULL AND t.voice IS DISTINCT FROM 'proxy'",
    )
    _refuse(
        batch,
        voice or told_of,
        OTHER_CUSTOMER,
        "t.voice = 'proxy' AND (voice_word.value <> 'proxy' OR EXISTS (SELECT FROM touchpoints_attendance p"
        " WHERE p.interaction_id = t.id AND p.is_second_hand AND p.account_id <> told.account_id))",
    )
    _refuse(
        batch,
        voice or told_of,
        NOBODY_SPEAKS,
        f"{SAID} <> 'direct' AND {SAID} IS DISTINCT FROM t.voice AND NOT coalesce(speakers.one_speaks, false)",
    )


def _refuse(batch: Batch, column: str, reason: str, condition: str) -> None:
    batch.refuse(
        'SELECT s."row", %(column)s, coalesce(told.word, {voice}), %(reason)s, jsonb_build_object() FROM {staging} s'
        ' JOIN {staging}_named n ON n."row" = s."row" LEFT JOIN touchpoints_interaction t ON t.id = n.object_id'
        f"{join_words('voice')}{JOINS} WHERE ({condition})"
        ' AND NOT EXISTS (SELECT FROM {errors} e WHERE e."row" = s."row")',
        column=column,
        reason=reason,
    )


def tell_voice(batch: Batch) -> None:
    """Of interactions that were here, everybody who is there by now counts."""
    batch.execute(
        "UPDATE touchpoints_interaction t SET voice = 'own' FROM {staging}_new n WHERE t.id = n.id AND NOT n.is_new"
        " AND t.voice = 'direct' AND EXISTS (SELECT FROM touchpoints_attendance a WHERE a.interaction_id = t.id)"
        " AND NOT EXISTS (SELECT FROM touchpoints_attendance w JOIN accounts_account a ON a.id = w.account_id"
        f"  WHERE w.interaction_id = t.id AND {_IS_CUSTOMER})"
    )
