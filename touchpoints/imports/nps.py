"""Answers to the question of the net promoter score, from a survey's list of responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy, gettext_noop

from accounts.imports import records
from accounts.imports.finding import ROW_KEY, match_accounts, refuse_unclear, state_of_accounts
from accounts.imports.records import Records, said
from accounts.imports.targets import ACCOUNT_NAME, ACCOUNT_REF
from accounts.models import Contact, ContactReference
from pmcrm.exchange.registry import Batch, Kind, Target
from touchpoints.models import NpsAnswer

LABEL: Final = "touchpoints.nps_answer"
SCORE = gettext_noop("An answer is a whole number from 0 to 10.")
NOT_YET = gettext_noop("An answer cannot lie ahead.")
NO_ACCOUNT = gettext_noop("No account is called so. Bring in the accounts first, or leave the cell empty.")
UNKNOWN_PEOPLE = gettext_noop("Answers of people who are not known here, kept under their name: {count}.")
_TEXTS: Final[tuple[str, ...]] = ("comment", "market", "touchpoint", "respondent")


def _check(batch: Batch) -> int:
    match_accounts(batch)
    batch.execute("CREATE INDEX ON {staging}_customers (key)")
    refuse_unclear(batch, column=batch.header("account_name") or batch.header("account_ref"))
    _find_people(batch)
    batch.table(
        "named",
        'SELECT f."row", f.fingerprint, f.ref, t.id AS object_id, NULL::integer AS customer,'
        " coalesce('#' || t.id, 'r' || f.ref) AS identity FROM ("
        f"  SELECT s.\"row\", s.fingerprint, coalesce({said('answer_ref')}, '#' || s.fingerprint || '-' ||"
        '    row_number() OVER (PARTITION BY s.fingerprint ORDER BY s."row")) AS ref FROM {staging} s) AS f'
        " LEFT JOIN touchpoints_npsanswer t ON t.source = %(source)s AND t.ref = f.ref",
    )
    batch.execute("ANALYZE {staging}_named")
    _refuse_cells(batch)
    repeated = records.refuse_doubled(batch, "touchpoints_npsanswer", column=batch.header("answer_ref"))
    return repeated + records.compare(batch, _records(batch))


def _find_people(batch: Batch) -> None:
    """Make {staging}_who of (row, contact_id, account_id): found by the source's reference, the e-mail address, or the
    name, there where the row names the account; a name alone may also be that of one account."""
    known = "p.merged_into_id IS NULL AND p.deleted_at IS NULL AND p.erased_at IS NULL"
    alone = f"{known} GROUP BY 1 HAVING count(*) = 1"
    person = "min(p.id) AS contact_id, min(p.account_id) AS account_id FROM accounts_contact p"
    batch.table("emails", f"SELECT lower(p.email) AS word, {person} WHERE p.email <> '' AND {alone}")
    batch.table("names", f"SELECT pmcrm_normalise(p.name) AS word, {person} WHERE {alone}")
    batch.table(
        "here",
        'SELECT s."row", min(p.id) AS contact_id, min(p.account_id) AS account_id FROM {staging} s'
        f" JOIN {{staging}}_customers c ON c.key = {ROW_KEY} JOIN accounts_contact p ON p.account_id = c.account_id"
        f" AND {known} AND pmcrm_normalise(p.name) = pmcrm_normalise({said('respondent')})"
        " GROUP BY 1 HAVING count(*) = 1",
    )
    batch.table(
        "namesakes",
        "SELECT a.normalised_name AS word, min(a.id) AS account_id FROM accounts_account a"
        " WHERE a.merged_into_id IS NULL AND a.deleted_at IS NULL GROUP BY 1 HAVING count(*) = 1",
    )
    for table in ("emails", "names", "namesakes"):
        batch.execute(f"ANALYZE {{staging}}_{table}")
    batch.table(
        "who",
        'SELECT s."row", coalesce(r.contact_id, m.contact_id, h.contact_id, n.contact_id) AS contact_id,'
        " coalesce(c.account_id, r.account_id, m.account_id, n.account_id, a.account_id) AS account_id"
        f" FROM {{staging}} s LEFT JOIN {{staging}}_customers c ON c.key = {ROW_KEY}"
        " LEFT JOIN (SELECT e.value, p.id AS contact_id, p.account_id FROM accounts_contactreference e"
        f"  JOIN accounts_contact p ON p.id = e.contact_id WHERE e.source = %(source)s AND {known}) AS r"
        f" ON r.value = {said('contact_ref')}"
        f" LEFT JOIN {{staging}}_emails m ON m.word = lower({said('contact_email')})"
        ' LEFT JOIN {staging}_here h ON h."row" = s."row"'
        f" LEFT JOIN {{staging}}_names n ON c.key IS NULL AND n.word = pmcrm_normalise({said('respondent')})"
        f" LEFT JOIN {{staging}}_namesakes a ON c.key IS NULL AND a.word = pmcrm_normalise({said('respondent')})",
    )
    batch.execute('CREATE INDEX ON {staging}_who ("row")')
    ((count,),) = batch.rows("SELECT count(*) FROM {staging}_who WHERE contact_id IS NULL AND account_id IS NULL")
    if count and UNKNOWN_PEOPLE not in {note["template"] for note in batch.notes}:
        batch.note(UNKNOWN_PEOPLE, count=count)


def _refuse_cells(batch: Batch) -> None:
    batch.refuse(
        'SELECT s."row", %(column)s, trim_scale({score})::text, %(reason)s, jsonb_build_object() FROM {staging} s'
        " WHERE {score} NOT BETWEEN 0 AND 10 OR {score} <> trunc({score})",
        column=batch.header("score"),
        reason=SCORE,
    )
    batch.refuse(
        'SELECT s."row", %(column)s, ({answered_on})::text, %(reason)s, jsonb_build_object() FROM {staging} s'
        " WHERE {answered_on} > current_date + 1",
        column=batch.header("answered_on"),
        reason=NOT_YET,
    )
    batch.refuse(
        'SELECT s."row", %(column)s, coalesce(c.name, c.ref), %(reason)s, jsonb_build_object() FROM {staging} s'
        f" JOIN {{staging}}_customers c ON c.key = {ROW_KEY} WHERE c.account_id IS NULL AND c.fault IS NULL",
        column=batch.header("account_name") or batch.header("account_ref"),
        reason=NO_ACCOUNT,
    )


def _records(batch: Batch) -> Records:
    values: dict[str, str] = {name: said(name) for name in _TEXTS if name in batch.mapped}
    if not batch.mapped & {"respondent"} and "contact_email" in batch.mapped:
        values["respondent"] = said("contact_email")
    values |= {"score": "({score})::integer", "answered_on": "{answered_on}"}
    values |= {"account_id": "w.account_id", "contact_id": "w.contact_id"}
    defaults: dict[str, str] = dict.fromkeys(_TEXTS, "''") | {
        "account_id": "NULL::bigint", "contact_id": "NULL::bigint", "source": "%(source)s", "ref": "d.ref",
    }  # fmt: skip
    joins = ' JOIN {staging}_who w ON w."row" = g."row" JOIN {staging}_named d ON d."row" = g."row"'
    return Records(LABEL, "touchpoints_npsanswer", values, defaults, joins, {"created_at": "now()"})


def _write(batch: Batch) -> int:
    return records.write(batch, _records(batch))


def _take_back(batch: Batch, created: Mapping[str, list[int]]) -> list[str]:
    own = _records(batch)
    return [*records.put_back(batch, own), *records.forget(batch, own, created)]


def _state_of_base(batch: Batch) -> str:
    return f"{records.state_of(batch, Contact, ContactReference, NpsAnswer)}/{state_of_accounts(batch)}"


_ACCOUNT_NAME: Final = Target(
    "account_name", ACCOUNT_NAME.label, max_length=300, is_name=True,
    synonyms=("Account", "Account name", "Company", "Company name", "Firma", "公司名称", "Организация"),
)  # fmt: skip

NPS: Final = Kind(
    name="nps",
    label=gettext_lazy("Answers to “would you recommend us?” (NPS)"),
    right="import.interactions",
    read_right="account.read_all",
    targets=(
        Target("answer_ref", gettext_lazy("Reference of the answer"), max_length=190,
            synonyms=("ID", "Response ID", "Answer ID", "Survey response ID", "Record ID", "Номер ответа", "编号"),
        ),
        Target("score", gettext_lazy("Score, 0 to 10"), type="number",
            synonyms=(
                "NPS", "NPS score", "Rating", "Likelihood to recommend", "Bewertung", "Оценка", "评分",
            ),
        ),
        Target("answered_on", gettext_lazy("Answered on"), type="date",
            synonyms=(
                "Survey date", "Date", "Response date", "Submitted", "Submitted at", "Answer date", "Datum", "Дата",
                "日期",
            ),
        ),
        Target("respondent", gettext_lazy("Who answered"),
            synonyms=(
                "Customer Name", "Respondent", "Name", "Full name", "Contact name", "Contact", "Customer",
                "Kundenname", "Имя", "姓名",
            ),
        ),
        Target("contact_email", gettext_lazy("E-mail"), max_length=200,
            synonyms=("Email", "Email address", "Contact email", "E-Mail-Adresse", "Эл. почта", "邮箱"),
        ),
        Target("contact_ref", gettext_lazy("Contact reference"), max_length=200,
            synonyms=("Contact ID", "Person ID", "Contact No", "Kontakt-ID", "联系人编号"),
        ),
        ACCOUNT_REF,
        _ACCOUNT_NAME,
        Target("comment", gettext_lazy("Why"), max_length=20_000,
            synonyms=("Comment", "Reason", "Feedback", "Verbatim", "Kommentar", "Комментарий", "评论"),
        ),
        Target("market", gettext_lazy("Market"), max_length=100, synonyms=("Segment", "Region", "Country", "Markt")),
        Target("touchpoint", gettext_lazy("Asked after"), max_length=100,
            synonyms=("Touchpoint", "Survey", "Campaign", "Channel", "Survey name", "Umfrage"),
        ),
    ),
    needs_one_of=(("score",), ("answered_on",)),
    needed_cells=lambda _mapped: frozenset({"score", "answered_on"}),
    check=_check,
    write=_write,
    take_back=_take_back,
    summary=records.sum_up,
    state_of_base=_state_of_base,
)  # fmt: skip
