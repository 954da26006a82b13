"""Interactions: calls, meetings, mails and notes, from another system's list of activities or from our own export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy, gettext_noop

from accounts.imports import records
from accounts.imports.finding import (
    ROW_KEY,
    forget_accounts,
    make_accounts,
    match_accounts,
    refuse_unclear,
    state_of_accounts,
)
from accounts.imports.records import Records, own_key, said
from accounts.imports.targets import ACCOUNT, PMCRM_ID
from accounts.imports.words import (
    YES_OR_NO,
    choice_words,
    join_people,
    join_words,
    know_people,
    know_words,
    refuse_unknown_people,
    refuse_unknown_words,
    yes_no_words,
)
from accounts.models import Contact, ContactReference
from pmcrm.exchange.records import UnusableFileError
from pmcrm.exchange.registry import Batch, Kind, Target
from pmcrm.people.models import User
from touchpoints.imports import present
from touchpoints.models import Interaction, InteractionKind, InteractionReference, InteractionStatus, Outcome
from touchpoints.services.figures import refresh_in_parts
from touchpoints.services.interactions import LONGEST_MINUTES

LABEL: Final = "touchpoints.interaction"
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
TALKS_STAY = gettext_noop(
    "Entries of this import that stay, because they were changed or something else refers to them: {count}."
)
_MOST_NAMED: Final = 10
_KINDS: Final = {
    "call": ("phone call", "phone", "telephone", "telephone call", "anruf", "telefonat", "звонок", "电话", "appel",
             "llamada", "dial", "voice"),
    "meeting": ("visit", "demo", "demonstration", "appointment", "event", "web meeting", "video call", "on-site",
                "besprechung", "termin", "treffen", "встреча", "会议", "拜访", "réunion", "reunión", "rendez-vous"),
    "mail": ("email", "e-mail", "letter", "e-mail sent", "письмо", "邮件", "courriel", "correo"),
    "note": ("comment", "memo", "notiz", "заметка", "备注", "nota"),
}  # fmt: skip
_STATES: Final = {
    "held": ("yes", "true", "1", "done", "completed", "complete", "closed", "finished", "erledigt", "да", "завершено",
             "是", "已完成"),
    "planned": ("no", "false", "0", "open", "scheduled", "not started", "in progress", "pending", "geplant", "нет",
                "запланировано", "否", "未完成"),
    "cancelled": ("canceled", "cancelled", "abgesagt", "отменено", "已取消"),
}  # fmt: skip
_DIRECTIONS: Final = {
    "true": ("incoming", "in", "inbound", "received", "eingehend", "входящий", "呼入", "yes", "true"),
    "false": ("outgoing", "out", "outbound", "sent", "ausgehend", "исходящий", "呼出", "no", "false"),
}  # fmt: skip
_WORDS: Final = ("kind", "status", "direction", "outcome", "is_private")
_TEXTS: Final = ("subject", "notes", "cancel_reason")
_VOICE: Final = (
    "CASE WHEN EXISTS (SELECT FROM {staging}_inside i WHERE i.\"row\" = n.\"row\") THEN 'own' ELSE 'direct' END"
)
_KIND: Final = f"CASE WHEN {said('kind')} IS NOT NULL THEN coalesce(kind_word.value, 'note') END"


def _check(batch: Batch) -> int:
    _know(batch)
    match_accounts(batch)
    batch.execute("CREATE INDEX ON {staging}_customers (key)")
    refuse_unclear(batch, column=batch.header("account_name") or batch.header("account_ref"))
    present.find_people(batch)
    present.find_places(batch)
    present.find_colleagues(batch)
    _name_rows(batch)
    _refuse_cells(batch)
    _refuse_what_is_not_theirs(batch)
    column = batch.header("interaction_ref") or batch.header("pmcrm_id")
    repeated = records.refuse_doubled(batch, "touchpoints_interaction", column=column)
    present.find_additions(batch)
    return repeated + records.compare(batch, _records(batch))


def _know(batch: Batch) -> None:
    words = [
        *choice_words("kind", InteractionKind),
        *choice_words("status", InteractionStatus),
        *choice_words("outcome", Outcome),
        *yes_no_words("is_private"),
    ]
    for target, meanings in (("kind", _KINDS), ("status", _STATES), ("direction", _DIRECTIONS)):
        words += [(target, word, value) for value, spellings in meanings.items() for word in spellings]
    know_words(batch, words)
    know_people(batch)
    # What was logged by somebody who has left since is theirs all the same.
    batch.execute(
        "INSERT INTO {staging}_people SELECT lower(u.email), u.id FROM people_user u WHERE NOT u.is_active"
        " AND NOT EXISTS (SELECT FROM {staging}_people p WHERE p.word = lower(u.email))"
    )


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


def _refuse_cells(batch: Batch) -> None:
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
        batch.note(AUTHOR_IS, name=_author(batch).name)


def _author(batch: Batch) -> User:
    """Who stands for what names nobody: whoever brings the file in; for the operator the first administrator."""
    if batch.actor is not None:
        return batch.actor
    people = User.objects.active().order_by("pk")
    found: User | None = people.filter(roles__contains=["administrator"]).first() or people.first()
    if found is None:
        raise UnusableFileError(NOBODY_LOGGED)
    return found


def _refuse_what_is_not_theirs(batch: Batch) -> None:
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
    }
    return Records(
        LABEL,
        "touchpoints_interaction",
        values,
        defaults,
        join_words(*_WORDS) + join_people("author"),
        {"is_backdated": "false", "created_at": "now()", "voice": _VOICE},
        {"author": _author(batch).pk},
        stays='NOT EXISTS (SELECT FROM {staging}_added a WHERE a."row" = n."row")',
    )


def _write(batch: Batch) -> int:
    make_accounts(batch, state="'prospect'")
    present.find_insiders(batch)
    written = records.write(batch, _records(batch))
    present.write_links(batch)
    present.tell_voice(batch)
    batch.execute(
        "INSERT INTO touchpoints_interactionreference (source, value, interaction_id)"
        ' SELECT %(source)s, d.ref, g.id FROM {staging}_good g JOIN {staging}_named d USING ("row")'
        " WHERE g.is_new OR left(d.ref, 1) <> '#' ON CONFLICT DO NOTHING"
    )
    batch.table(
        "touched",
        "SELECT DISTINCT a.account_id FROM {staging}_new n JOIN touchpoints_attendance a ON a.interaction_id = n.id",
    )
    refresh_in_parts(account_ids=[pk for (pk,) in batch.rows("SELECT account_id FROM {staging}_touched")])
    return written


def _take_back(batch: Batch, created: Mapping[str, list[int]]) -> list[str]:
    made = created.get(LABEL, [])
    ours = "exchange_changed c WHERE c.batch_id = %(batch)s AND c.label = %(label)s AND c.object_id ="
    touched = [
        pk
        for (pk,) in batch.rows(
            "SELECT DISTINCT a.account_id FROM touchpoints_attendance a"
            f" WHERE a.interaction_id = ANY(%(made)s) OR EXISTS (SELECT FROM {ours} a.interaction_id)",
            made=made,
            label=LABEL,
        )
    ]
    for label in present.LINK_LABELS:
        batch.execute(
            f"DELETE FROM {present.table_of(label)} l USING touchpoints_interaction t, {ours} t.id"
            " AND t.id = l.interaction_id AND t.version = c.version AND l.id = ANY(%(made)s)",
            label=LABEL,
            made=created.get(label, []),
        )
    stayed = records.put_back(batch, _records_to_put_back())
    batch.execute(
        f"UPDATE touchpoints_attendance a SET at = t.at FROM touchpoints_interaction t, {ours} t.id"
        " AND a.interaction_id = t.id AND a.at <> t.at",
        label=LABEL,
    )
    stayed += _forget(batch, made)
    stayed += forget_accounts(created.get("accounts.account", []))
    refresh_in_parts(account_ids=touched)
    return stayed


def _records_to_put_back() -> Records:
    names = ("at", "kind", "status", "minutes", "subject", "notes", "cancel_reason", "outcome", "is_incoming",
             "is_private", "author_id")  # fmt: skip
    return Records(LABEL, "touchpoints_interaction", {}, dict.fromkeys(names, ""))


def _forget(batch: Batch, made: list[int]) -> list[str]:
    """Remove what this import entered, except what somebody edited or something else refers to by now."""
    own = {"touchpoints_attendance", "touchpoints_interaction_contacts", "touchpoints_interaction_colleagues",
           InteractionReference._meta.db_table}  # fmt: skip
    others = [
        (relation.related_model._meta.db_table, relation.field.column)
        for relation in Interaction._meta.related_objects
        if relation.related_model._meta.db_table not in own
    ]
    unused = "".join(f" AND NOT EXISTS (SELECT FROM {table} o WHERE o.{column} = t.id)" for table, column in others)
    batch.table(
        "gone",
        "SELECT t.id FROM touchpoints_interaction t WHERE t.id = ANY(%(made)s) AND t.version = 1" + unused,
        made=made,
    )
    for table in sorted(own):
        batch.execute(f"DELETE FROM {table} o USING {{staging}}_gone g WHERE o.interaction_id = g.id")
    gone = batch.execute("DELETE FROM touchpoints_interaction t USING {staging}_gone g WHERE t.id = g.id")
    batch.execute("DROP TABLE {staging}_gone")
    return [TALKS_STAY.format(count=len(made) - gone)] if gone < len(made) else []


def _state_of_base(batch: Batch) -> str:
    versions = "SELECT concat_ws('-', count(*), sum(xmin::text::bigint)) FROM "
    actor = batch.actor.pk if batch.actor is not None else 0
    tables = (Contact, ContactReference, Interaction, InteractionReference, User)
    found = [batch.rows(versions + table._meta.db_table)[0][0] for table in tables]
    return f"{actor}/{'/'.join(found)}/{state_of_accounts(batch)}"


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
    take_back=_take_back,
    summary=records.sum_up,
    state_of_base=_state_of_base,
    is_personal=True,
)  # fmt: skip
