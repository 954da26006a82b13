"""What makes a row of a file of interactions a bad one, and what a person may want to know of, each in a sentence."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from accounts.imports import records
from accounts.imports.records import said
from accounts.imports.words import YES_OR_NO, join_words, refuse_unknown_people, refuse_unknown_words
from pmcrm.exchange.records import UnusableFileError
from pmcrm.exchange.registry import Batch
from pmcrm.people.models import User
from touchpoints.models import InteractionStatus, Outcome, Voice
from touchpoints.services.interactions import LONGEST_MINUTES

NO_TIME = gettext_noop("Say when it was: a new entry needs its day.")
NO_PLACE = gettext_noop("The row names neither an account nor a person there.")
MINUTES = gettext_noop("Minutes are a whole number from 0 to {most}.")
NOT_YET = gettext_noop("What was held cannot lie ahead.")
TOO_FAR = gettext_noop("This is before 1970 or more than five years ahead. Check the year.")
NOT_YOURS = gettext_noop("This is here already, and only its author and the colleagues who took part change it.")
NOBODY_LOGGED = gettext_noop(
    "Nobody here could have logged these. Name the column of who did, or bring the file in as a person."
)
AUTHOR_IS = gettext_noop("Where no column says who logged it, {name} stands as its author. No hours are counted there.")
OTHER_KINDS = gettext_noop("Kinds that are neither call, meeting, mail nor note come in as notes: {kinds}.")
NEW_ACCOUNTS = gettext_noop("Accounts not here yet, to be created as prospects without an owner: {count}.")
_MOST_NAMED: Final = 10


def refuse_cells(batch: Batch) -> None:
    """Name what cannot be read or cannot be, row by row."""
    records.refuse_unknown_keys(batch, "touchpoints_interaction")
    batch.refuse(
        "SELECT n.\"row\", %(column)s, '', %(reason)s, jsonb_build_object() FROM {staging}_named n"
        ' JOIN {staging} s USING ("row") WHERE n.object_id IS NULL AND {at} IS NULL',
        column=batch.header("at"),
        reason=NO_TIME,
    )
    batch.refuse(
        "SELECT n.\"row\", %(column)s, '', %(reason)s, jsonb_build_object() FROM {staging}_named n"
        ' WHERE n.object_id IS NULL AND NOT EXISTS (SELECT FROM {staging}_places p WHERE p."row" = n."row")'
        ' AND NOT EXISTS (SELECT FROM {errors} e WHERE e."row" = n."row")',
        column=batch.header("account_name") or batch.header("account_ref"),
        reason=NO_PLACE,
    )
    batch.refuse(
        'SELECT s."row", %(column)s, ({at})::text, %(reason)s, jsonb_build_object() FROM {staging} s'
        " WHERE {at} < '1970-01-01+00' OR {at} > now() + interval '1830 days'",
        column=batch.header("at"),
        reason=TOO_FAR,
    )
    batch.refuse(
        f'SELECT s."row", %(column)s, ({{at}})::text, %(reason)s, jsonb_build_object() FROM {{staging}} s'
        f" {join_words('status')} WHERE status_word.value = 'held' AND {{at}} > now() + interval '5 minutes'",
        column=batch.header("at"),
        reason=NOT_YET,
    )
    batch.refuse(
        "SELECT s.\"row\", %(column)s, trim_scale({minutes})::text, %(reason)s, jsonb_build_object('most', %(most)s)"
        " FROM {staging} s WHERE {minutes} NOT BETWEEN 0 AND %(most)s OR {minutes} <> trunc({minutes})",
        column=batch.header("minutes"),
        reason=MINUTES,
        most=LONGEST_MINUTES,
    )
    refuse_unknown_words(batch, "status", known=InteractionStatus.values)
    refuse_unknown_words(batch, "direction", known=("incoming", "outgoing"))
    refuse_unknown_words(batch, "outcome", known=Outcome.values)
    refuse_unknown_words(batch, "voice", known=Voice.values)
    refuse_unknown_words(batch, "is_private", known=(), reason=YES_OR_NO)
    refuse_unknown_people(batch, "author")
    _say(batch)


def _say(batch: Batch) -> None:
    """What is read in a way that a person may want to know of, once."""
    said_already = {note["template"] for note in batch.notes}
    others = batch.rows(
        f"SELECT DISTINCT {said('kind')} FROM {{staging}} s {join_words('kind')}"
        f" WHERE {said('kind')} IS NOT NULL AND kind_word.value IS NULL ORDER BY 1 LIMIT {_MOST_NAMED}"
    )
    if others and OTHER_KINDS not in said_already:
        batch.note(OTHER_KINDS, kinds=", ".join(kind for (kind,) in others))
    ((count,),) = batch.rows("SELECT count(*) FROM {staging}_customers WHERE account_id IS NULL AND fault IS NULL")
    if count and NEW_ACCOUNTS not in said_already:
        batch.note(NEW_ACCOUNTS, count=count)
    if AUTHOR_IS not in said_already and batch.rows(
        f'SELECT FROM {{staging}} s JOIN {{staging}}_named n USING ("row") WHERE n.object_id IS NULL'
        f" AND {said('author')} IS NULL LIMIT 1"
    ):
        batch.note(AUTHOR_IS, name=author_of(batch).name)


def author_of(batch: Batch) -> User:
    """Who stands for what names nobody: whoever brings the file in; for the operator the first administrator."""
    if batch.actor is not None:
        return batch.actor
    people = User.objects.active().order_by("pk")
    found: User | None = people.filter(roles__contains=["administrator"]).first() or people.first()
    if found is None:
        raise UnusableFileError(NOBODY_LOGGED)
    return found


def refuse_what_is_not_theirs(batch: Batch) -> None:
    """What the person may not change by hand does not change by a file either. The operator may do everything."""
    actor = batch.actor
    if actor is None:
        return
    batch.refuse(
        "SELECT n.\"row\", %(column)s, '', %(reason)s, jsonb_build_object() FROM {staging}_named n"
        " JOIN touchpoints_interaction t ON t.id = n.object_id"
        " WHERE t.author_id <> %(actor)s AND (t.is_private OR NOT %(leads)s)"
        " AND NOT EXISTS (SELECT FROM touchpoints_interaction_colleagues c"
        "  WHERE c.interaction_id = t.id AND c.user_id = %(actor)s)",
        column=batch.header("interaction_ref") or batch.header("pmcrm_id"),
        reason=NOT_YOURS,
        actor=actor.pk,
        leads=actor.may("account.write_all"),
    )
