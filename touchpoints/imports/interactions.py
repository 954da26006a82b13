"""Interactions: calls, meetings, mails and notes, from another system's list of activities or from our own export."""

from __future__ import annotations

from typing import Final

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy

from accounts.imports import records
from accounts.imports.finding import ROW_KEY, make_accounts, match_accounts, refuse_unclear, state_of_accounts
from accounts.imports.records import Records, own_key, said
from accounts.imports.targets import ACCOUNT, PMCRM_ID
from accounts.imports.words import join_people, join_words
from accounts.models import Contact, ContactReference
from pmcrm.exchange.registry import Batch, Kind, Target
from pmcrm.people.models import User
from touchpoints.imports import present, talk_refusals, voices
from touchpoints.imports.talk_undo import LABEL, take_back
from touchpoints.imports.talk_words import know
from touchpoints.models import Interaction
from touchpoints.services.figures import add_to_contact_figures, refresh_in_parts

_WORDS: Final = ("kind", "status", "direction", "outcome", "is_private", "voice")
_TEXTS: Final = ("subject", "notes", "cancel_reason")
_KIND: Final = f"CASE WHEN {said('kind')} IS NOT NULL THEN coalesce(kind_word.value, 'note') END"


def _check(batch: Batch) -> int:
    know(batch)
    match_accounts(batch)
    batch.execute("CREATE INDEX ON {staging}_customers (key)")
    refuse_unclear(batch, column=batch.header("account_name") or batch.header("account_ref"))
    present.find_people(batch)
    present.find_places(batch)
    present.find_colleagues(batch)
    _name_rows(batch)
    voices.find_voices(batch)
    talk_refusals.refuse_cells(batch)
    talk_refusals.refuse_what_is_not_theirs(batch)
    voices.refuse_voices(batch)
    column = batch.header("interaction_ref") or batch.header("pmcrm_id")
    repeated = records.refuse_doubled(batch, "touchpoints_interaction", column=column)
    present.find_additions(batch)
    return repeated + records.compare(batch, _records(batch))


def _name_rows(batch: Batch) -> None:
    """Make {staging}_named: what each row is about, found by our own key or by the source's reference. Without one the
    row itself is its reference, counted where it stands several times."""
    key = "NULL::bigint"
    if "pmcrm_id" in batch.mapped:
        key = f"(SELECT t.id FROM touchpoints_interaction t WHERE t.id = {own_key()})"
    batch.table(
        "named",
        'SELECT f."row", f.fingerprint, f.ref, f.customer, coalesce(f.key, r.interaction_id) AS object_id,'
        " coalesce('#' || coalesce(f.key, r.interaction_id), 'r' || f.ref) AS identity FROM ("
        f'  SELECT s."row", s.fingerprint, {key} AS key, c.first_row AS customer,'
        f"   coalesce({said('interaction_ref')}, '#' || s.fingerprint || '-' ||"
        '    row_number() OVER (PARTITION BY s.fingerprint ORDER BY s."row")) AS ref'
        f"  FROM {{staging}} s LEFT JOIN {{staging}}_customers c ON c.key = {ROW_KEY}) AS f"
        " LEFT JOIN touchpoints_interactionreference r ON r.source = %(source)s AND r.value = f.ref",
    )
    batch.execute("ANALYZE {staging}_named")


def _records(batch: Batch) -> Records:
    mapped = batch.mapped
    values: dict[str, str] = {name: said(name) for name in _TEXTS if name in mapped}
    if "at" in mapped:
        values["at"] = "{at}"
    if "minutes" in mapped:
        values["minutes"] = "({minutes})::integer"
    if "kind" in mapped:
        values["kind"] = _KIND
    if "status" in mapped:
        # What was cancelled here stays so.
        values["status"] = "CASE WHEN t.status = 'cancelled' THEN t.status ELSE status_word.value END"
    if "direction" in mapped:
        values["is_incoming"] = "direction_word.value::boolean"
    if "outcome" in mapped:
        values["outcome"] = f"CASE WHEN coalesce({_KIND}, t.kind) = 'call' THEN outcome_word.value END"
    if "is_private" in mapped:
        # A file makes private, never public.
        values["is_private"] = "coalesce(t.is_private, false) OR coalesce(is_private_word.value::boolean, false)"
    if mapped & {"voice", "told_of"}:
        values["voice"] = voices.SAID
    if "author" in mapped:
        values["author_id"] = "author_person.id"
    defaults = {
        "at": "{at}",
        "kind": "'note'",
        "status": "CASE WHEN {at} > now() + interval '5 minutes' THEN 'planned' ELSE 'held' END",
        "minutes": "0",
        "subject": "''",
        "notes": "''",
        "cancel_reason": "''",
        "outcome": "''",
        "is_incoming": "false",
        "is_private": "false",
        "author_id": "%(author)s",
        "voice": voices.USUAL,
    }
    return Records(
        LABEL,
        "touchpoints_interaction",
        values,
        defaults,
        join_words(*_WORDS) + join_people("author") + voices.JOINS,
        {"is_backdated": "false", "created_at": "now()"},
        {"author": talk_refusals.author_of(batch).pk},
        stays='NOT EXISTS (SELECT FROM {staging}_added a WHERE a."row" = n."row")',
    )


def _write(batch: Batch) -> int:
    make_accounts(batch, state="'prospect'")
    written = records.write(batch, _records(batch))
    present.write_links(batch)
    voices.tell_voice(batch)
    batch.execute(
        "INSERT INTO touchpoints_interactionreference (source, value, interaction_id)"
        ' SELECT %(source)s, d.ref, g.id FROM {staging}_good g JOIN {staging}_named d USING ("row")'
        " WHERE g.is_new OR left(d.ref, 1) <> '#' ON CONFLICT DO NOTHING"
    )
    _tell_accounts(batch)
    return written


def _tell_accounts(batch: Batch) -> None:
    """What accounts keep of their interactions follows here, and only here, for all that the import wrote."""
    # Of what was remembered as made the planner knows nothing yet, of this table all.
    made = RawSQL(f"SELECT id FROM {batch.staging}_new WHERE is_new", [])  # noqa: S611  a name of ours
    add_to_contact_figures(interactions=Interaction.objects.filter(pk__in=made))
    changed = (
        "SELECT DISTINCT a.account_id FROM {staging}_new n JOIN touchpoints_attendance a ON a.interaction_id = n.id"
        " WHERE NOT n.is_new"
    )
    refresh_in_parts(account_ids=[pk for (pk,) in batch.rows(changed)])


def _state_of_base(batch: Batch) -> str:
    """Of the interactions only those that the file speaks of count: a million others come and go meanwhile."""
    actor = batch.actor.pk if batch.actor is not None else 0
    ref, key = said("interaction_ref"), own_key() if "pmcrm_id" in batch.mapped else "NULL::bigint"
    ((spoken_of,),) = batch.rows(
        "WITH meant AS (SELECT r.interaction_id AS id FROM touchpoints_interactionreference r"
        " WHERE r.source = %(source)s AND (split_part(r.value, '-', 1) IN (SELECT '#' || fingerprint FROM {staging})"
        f"  OR r.value IN (SELECT {ref} FROM {{staging}} s))"
        f" UNION SELECT {key} FROM {{staging}} s WHERE {key} IS NOT NULL)"
        " SELECT concat_ws('-', (SELECT count(*) FROM meant), count(*), sum(t.xmin::text::bigint))"
        " FROM touchpoints_interaction t JOIN meant USING (id)"
    )
    found = records.state_of(batch, Contact, ContactReference, User)
    return f"{actor}/{found}/{spoken_of}/{state_of_accounts(batch)}"


INTERACTIONS: Final = Kind(
    name="interactions",
    label=gettext_lazy("Calls, meetings, mails and notes"),
    right="import.interactions",
    read_right="import.interactions",
    targets=(
        PMCRM_ID,
        Target("interaction_ref", gettext_lazy("Reference of the entry"), max_length=190,
            synonyms=(
                "Activity ID", "Interaction ID", "Call ID", "Meeting ID", "Event ID", "Task ID", "Record ID", "ID",
                "ID активности", "活动编号", "Aktivitäts-ID",
            ),
        ),
        Target("at", gettext_lazy("When"), type="instant",
            synonyms=(
                "When", "Date and time", "Date", "Start", "Start date", "Start time", "Started at", "Activity date",
                "Call date", "Meeting date", "Due date", "Datum", "Beginn", "Дата", "Дата и время", "Начало", "日期",
                "时间", "Fecha", "Timestamp",
            ),
        ),
        Target("kind", gettext_lazy("Kind"), max_length=60,
            synonyms=("Type", "Activity type", "Interaction type", "Task type", "Art", "Тип", "类型"),
        ),
        Target("status", gettext_lazy("Planned, held or cancelled"), max_length=40,
            synonyms=("Completed", "Status", "Activity status", "Done", "State", "Erledigt", "Статус", "状态"),
        ),
        Target("direction", gettext_lazy("Incoming or outgoing"), max_length=40,
            synonyms=("Call direction", "Is incoming", "Inbound", "Richtung", "Направление", "方向"),
        ),
        Target("minutes", gettext_lazy("Minutes"), type="number",
            synonyms=("Duration (minutes)", "Duration in minutes", "Dauer (Minuten)", "Минуты", "分钟"),
        ),
        *ACCOUNT,
        Target("other_accounts", gettext_lazy("More accounts (references)"), max_length=2000),
        Target("contact_ids", gettext_lazy("People on their side (our own keys)"), max_length=2000),
        Target("contact_ref", gettext_lazy("Contact reference"), max_length=2000,
            synonyms=("Contact ID", "Person ID", "Contact No", "ID контакта", "联系人编号", "Kontakt-ID"),
        ),
        Target("contact_email", gettext_lazy("E-mail of the person on their side"), max_length=2000,
            synonyms=("Contact email", "Email", "E-mail", "Attendee email", "E-Mail-Adresse", "Эл. почта", "邮箱"),
        ),
        Target("contact_name", gettext_lazy("Person on their side"), max_length=2000,
            synonyms=("Contact", "Contact name", "Person", "Attendee", "With", "Ansprechpartner", "Контакт", "联系人"),
        ),
        Target("author", gettext_lazy("Who logged it (e-mail)"), max_length=254,
            synonyms=("Owner", "Logged by", "Created by", "Assigned to", "User", "Author", "Автор", "负责人"),
        ),
        Target("colleagues", gettext_lazy("People on our side (e-mails)"), max_length=2000,
            synonyms=("Attended by", "Participants", "Teilnehmer", "Участники"),
        ),
        Target("subject", gettext_lazy("Subject"), synonyms=("Title", "Topic", "Betreff", "Тема", "主题", "Objet")),
        Target("outcome", gettext_lazy("Outcome of a call"), max_length=60,
            synonyms=("Call result", "Call outcome", "Result", "Ergebnis", "Результат", "结果"),
        ),
        Target("notes", gettext_lazy("Notes"), max_length=50_000,
            synonyms=("Note", "Description", "Comment", "Comments", "Body", "Notizen", "Заметки", "描述", "备注"),
        ),
        Target("cancel_reason", gettext_lazy("Why it was cancelled")),
        Target("voice", gettext_lazy("Whose experience was heard"), max_length=40,
            synonyms=("Whose voice", "Voice", "Perspective"),
        ),
        Target("told_of", gettext_lazy("Customer that was told of (reference)"), max_length=200,
            synonyms=("On behalf of", "Spoken for"),
        ),
        Target("is_private", gettext_lazy("Private"), max_length=20, synonyms=("Confidential", "Privat", "Личное")),
    ),
    needs_one_of=(
        ("at", "pmcrm_id", "interaction_ref"),
        ("kind", "pmcrm_id", "interaction_ref"),
        ("account_name", "account_ref", "contact_ids", "contact_ref", "contact_email", "contact_name", "pmcrm_id",
         "interaction_ref"),
    ),
    check=_check,
    write=_write,
    take_back=take_back,
    summary=records.sum_up,
    state_of_base=_state_of_base,
    is_personal=True,
)  # fmt: skip
