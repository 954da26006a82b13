"""Contacts: the people at accounts, also from a list of leads. One without an account gets one of their own name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.countries import zone_choices
from accounts.imports import records
from accounts.imports.custom import custom_targets, custom_value, custom_words, refuse_custom
from accounts.imports.finding import (
    ROW_KEY,
    forget_accounts,
    make_accounts,
    match_accounts,
    refuse_unclear,
    state_of_accounts,
)
from accounts.imports.records import Records, own_key, said
from accounts.imports.targets import ACCOUNT, COUNTRY, PHONE, PMCRM_ID, TIME_ZONE
from accounts.imports.words import (
    NO_COUNTRY,
    YES_OR_NO,
    choice_words,
    country_words,
    join_phones,
    join_words,
    know_phones,
    know_words,
    refuse_unknown_words,
    yes_no_words,
)
from accounts.models import Contact, ContactKeys, ContactPair, ContactReference, CustomField
from accounts.models.contact import ContactRole
from accounts.models.custom import Thing
from pmcrm.exchange.registry import Batch, Kind, Target

LABEL: Final = "accounts.contact"
REFERENCE_LABEL: Final = "accounts.contactreference"
NAMELESS = gettext_noop("A new contact needs a name.")
PEOPLE_STAY = gettext_noop(
    "People of this import that stay, because they were changed or something else refers to them: {count}."
)
PERSON_IN_TRASH = gettext_noop(
    "This person is in the trash. Restore them from there, or delete them for good, and bring the row in again."
)
ERASED = gettext_noop("This person asked to be erased and was. Take the row out of the file.")
NO_EMAIL = gettext_noop("This is no e-mail address. Write it as name@example.com.")
NOT_YOURS = gettext_noop("The account {name} is not yours to change; its owner or a product lead can.")
ELSEWHERE = gettext_noop("This person is at {name} here. Move them there by hand, so that what was said stays with it.")
_TEXTS: Final = ("job_title", "email", "previous_employers", "background")
NAME: Final = (
    "coalesce(nullif({contact_name}, 'NULL'), nullif(concat_ws(' ', nullif({first_name}, 'NULL'),"
    " nullif({last_name}, 'NULL')), ''))"
)
_NO_ACCOUNT: Final = "({account_ref} IS NULL AND {account_name} IS NULL)"
ACCOUNT_NAME: Final = f"CASE WHEN {_NO_ACCOUNT} THEN {NAME} ELSE {{account_name}} END"
_KEY: Final = ROW_KEY.replace("{account_name}", ACCOUNT_NAME)
# What makes two rows about one person agree; a person may stand in a list of leads several times.
_OF_THE_PERSON: Final = ("contact_name", "first_name", "last_name", "account_ref", "account_name", "phone",
                         "joined_company_on", "time_zone", "is_active", "contact_role", *_TEXTS)  # fmt: skip


def _region(batch: Batch) -> str:
    return "country_word.value" if "country" in batch.mapped else "NULL::text"


def _check(batch: Batch) -> int:
    words = [("time_zone", zone, zone) for zone, _label in zone_choices()]
    words += choice_words("contact_role", ContactRole)
    know_words(batch, [*words, *yes_no_words("is_active"), *country_words(batch), *custom_words(Thing.CONTACT)])
    know_phones(batch, _region(batch))
    match_accounts(batch, account_name=ACCOUNT_NAME)
    batch.execute("CREATE INDEX ON {staging}_customers (key)")
    _name_rows(batch)
    refuse_unclear(
        batch,
        key=_KEY,
        column=batch.header("account_name") or _name_column(batch),
        unless='EXISTS (SELECT FROM {staging}_named n WHERE n."row" = s."row" AND n.is_alone'
        " AND n.object_id IS NOT NULL)",
    )
    _refuse_cells(batch)
    _refuse_misplaced(batch)
    repeated = records.refuse_doubled(
        batch, "accounts_contact", column=batch.header("contact_ref") or _name_column(batch)
    )
    return repeated + records.compare(batch, _records(batch))


def _are_leads(batch: Batch) -> bool:
    return "lead_status" in batch.mapped


def _name_column(batch: Batch) -> str:
    return next(filter(None, map(batch.header, ("contact_name", "last_name", "first_name", "email"))), "")


def _name_rows(batch: Batch) -> None:
    """Make {staging}_named: who each row is about. Found by our own key, else by the source's reference, else at the
    account by e-mail address, else there by name; without an account by an address that one person alone has."""
    compared = [
        name for name in _OF_THE_PERSON if name in batch.mapped and not (name == "background" and _are_leads(batch))
    ]
    of_person = ", ".join(f"({{{name}}})::text" for name in compared) or "''"
    key = "NULL::bigint"
    if "pmcrm_id" in batch.mapped:
        key = f"(SELECT coalesce(p.merged_into_id, p.id) FROM accounts_contact p WHERE p.id = {own_key()})"
    alone = (
        "SELECT min(p.id) FROM accounts_contact p WHERE p.merged_into_id IS NULL"
        " AND p.deleted_at IS NULL AND p.erased_at IS NULL AND "
    )
    batch.table(
        "emails",
        "SELECT w.word, min(p.id) AS id"
        f" FROM (SELECT DISTINCT lower({said('email')}) AS word FROM {{staging}} s WHERE {_NO_ACCOUNT}) AS w"
        " JOIN accounts_contact p ON lower(p.email) = w.word WHERE w.word <> '' AND p.merged_into_id IS NULL"
        " AND p.deleted_at IS NULL AND p.erased_at IS NULL GROUP BY 1 HAVING count(*) = 1",
    )
    batch.execute("CREATE INDEX ON {staging}_emails (word)")
    batch.table(
        "named",
        'SELECT f."row", f.fingerprint, f.object_id, f.name, f.account_id,'
        " CASE WHEN f.object_id IS NULL OR NOT f.is_alone THEN f.customer END AS customer, f.is_alone,"
        " coalesce('#' || f.object_id, 'r' || f.ref, 'p' || coalesce(f.account_id::text, 'new ' || f.customer) || ' '"
        '  || coalesce(f.email, pmcrm_normalise(f.name)), f."row"::text) AS identity FROM ('
        f"  SELECT s.\"row\", md5(concat_ws(E'\\x1f', {of_person})) AS fingerprint, {NAME} AS name,"
        f"   {said('contact_ref')} AS ref, lower({said('email')}) AS email, c.account_id, c.first_row AS customer,"
        f"   {_NO_ACCOUNT} AS is_alone, coalesce({key},"
        "    (SELECT coalesce(p.merged_into_id, p.id) FROM accounts_contactreference e"
        "     JOIN accounts_contact p ON p.id = e.contact_id"
        f"     WHERE e.source = %(source)s AND e.value = {said('contact_ref')}),"
        f"    CASE WHEN {_NO_ACCOUNT}"
        f"    THEN (SELECT e.id FROM {{staging}}_emails e WHERE e.word = lower({said('email')}))"
        f"    ELSE ({alone} p.account_id = c.account_id AND lower(p.email) = lower({said('email')})"
        "     HAVING count(*) = 1) END,"
        f"    ({alone} p.account_id = c.account_id AND pmcrm_normalise(p.name) = pmcrm_normalise({NAME})"
        f"     AND ({said('email')} IS NULL OR p.email = '') AND NOT ({said('contact_ref')} IS NOT NULL AND EXISTS"
        "      (SELECT FROM accounts_contactreference e WHERE e.source = %(source)s AND e.contact_id = p.id))"
        "     HAVING count(*) = 1)) AS object_id"
        f"  FROM {{staging}} s LEFT JOIN {{staging}}_customers c ON c.key = {_KEY}) AS f",
    )


def _refuse_cells(batch: Batch) -> None:
    records.refuse_unknown_keys(batch, "accounts_contact")
    batch.refuse(
        "SELECT n.\"row\", %(column)s, '', %(reason)s, jsonb_build_object() FROM {staging}_named n"
        " WHERE n.object_id IS NULL AND n.name IS NULL",
        column=_name_column(batch),
        reason=NAMELESS,
    )
    for column, reason in (("deleted_at", PERSON_IN_TRASH), ("erased_at", ERASED)):
        batch.refuse(
            "SELECT n.\"row\", %(column)s, '', %(reason)s, jsonb_build_object() FROM {staging}_named n"
            f" JOIN accounts_contact p ON p.id = n.object_id WHERE p.{column} IS NOT NULL",
            column=_name_column(batch),
            reason=reason,
        )
    batch.refuse(
        'SELECT s."row", %(column)s, {email}, %(reason)s, jsonb_build_object() FROM {staging} s'
        f" WHERE {said('email')} !~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$'",
        column=batch.header("email"),
        reason=NO_EMAIL,
    )
    refuse_unknown_words(batch, "country", known=(), reason=NO_COUNTRY)
    refuse_unknown_words(batch, "time_zone", known=("Europe/Oslo", "America/New_York"))
    refuse_unknown_words(batch, "is_active", known=(), reason=YES_OR_NO)
    refuse_unknown_words(batch, "contact_role", known=[label for value, label in ContactRole.choices if value])
    refuse_custom(batch, Thing.CONTACT)


def _refuse_misplaced(batch: Batch) -> None:
    """A person who is elsewhere is moved by hand; and only whose account one may change."""
    column = batch.header("account_ref") or batch.header("account_name") or _name_column(batch)
    batch.refuse(
        "SELECT n.\"row\", %(column)s, '', %(reason)s, jsonb_build_object('name', a.name) FROM {staging}_named n"
        " JOIN accounts_contact p ON p.id = n.object_id JOIN accounts_account a ON a.id = p.account_id"
        " WHERE NOT n.is_alone AND n.account_id IS DISTINCT FROM p.account_id",
        column=column,
        reason=ELSEWHERE,
    )
    actor = batch.actor
    if actor is not None and not actor.may("account.write_all"):
        batch.refuse(
            "SELECT n.\"row\", %(column)s, '', %(reason)s, jsonb_build_object('name', a.name) FROM {staging}_named n"
            " LEFT JOIN accounts_contact p ON p.id = n.object_id"
            " JOIN accounts_account a ON a.id = coalesce(p.account_id, n.account_id)"
            " WHERE %(actor)s IS DISTINCT FROM a.relationship_owner_id"
            " AND %(actor)s IS DISTINCT FROM a.product_manager_id",
            column=column,
            reason=NOT_YOURS,
            actor=actor.pk,
        )


def _records(batch: Batch) -> Records:
    mapped = batch.mapped
    values: dict[str, str] = {name: said(name) for name in _TEXTS if name in mapped}
    if mapped & {"contact_name", "first_name", "last_name"}:
        values["name"] = NAME
    if "phone" in mapped:
        values["phone"] = "phone_number.number"
    if "contact_role" in mapped:
        values["role"] = "contact_role_word.value"
    if "time_zone" in mapped:
        values["time_zone"] = "time_zone_word.value"
    if "is_active" in mapped:
        values["is_active"] = "is_active_word.value::boolean"
    if "joined_company_on" in mapped:
        values["joined_company_on"] = "{joined_company_on}"
    if "background" in mapped and _are_leads(batch):
        # Each lead of a person has notes of its own: all of them are kept, one below the other.
        values["background"] = (
            "(SELECT string_agg(DISTINCT nullif(l.background, 'NULL'), E'\\n') FROM {staging} l"
            ' JOIN {staging}_named o USING ("row") WHERE o.identity = (SELECT n.identity FROM {staging}_named n'
            ' WHERE n."row" = g."row"))'
        )
    if own := custom_value(Thing.CONTACT, mapped):
        values["custom"] = own
    defaults = dict.fromkeys((*_TEXTS, "phone", "time_zone", "role"), "''") | {
        "account_id": "c.account_id",
        "name": NAME,
        "is_active": "true",
        "joined_company_on": "NULL::date",
        "custom": "'{{}}'::jsonb",
    }
    joins = join_words("country", "time_zone", "is_active", "contact_role") + join_phones(_region(batch))
    joins += f" LEFT JOIN {{staging}}_customers c ON c.key = {_KEY}"
    stamps = {"temperament": "''", "temperament_note": "''", "created_at": "now()", "updated_at": "now()"}
    return Records(LABEL, "accounts_contact", values, defaults, joins, stamps)


def _write(batch: Batch) -> int:
    is_lead = f's."row" = c.first_row AND {said("lead_status")} IS NOT NULL'
    make_accounts(
        batch,
        state=f"CASE WHEN EXISTS (SELECT FROM {{staging}} s WHERE {is_lead}) THEN 'prospect' ELSE 'customer' END",
    )
    batch.execute(
        "UPDATE {staging}_new n SET account_id = c.account_id FROM {staging}_good g, {staging}_customers c"
        ' WHERE n.is_new AND g."row" = n."row" AND c.first_row = g.customer'
    )
    written = records.write(batch, _records(batch))
    insert = (
        "INSERT INTO accounts_contactreference (source, value, contact_id)"
        f' SELECT %(source)s, {said("contact_ref")}, g.id FROM {{staging}}_good g JOIN {{staging}} s USING ("row")'
        f" WHERE {said('contact_ref')} IS NOT NULL AND"
    )
    batch.execute(f"{insert} g.is_new ON CONFLICT DO NOTHING")
    batch.create(REFERENCE_LABEL, f"{insert} NOT g.is_new ON CONFLICT DO NOTHING RETURNING id")
    return written


def _take_back(batch: Batch, created: Mapping[str, list[int]]) -> list[str]:
    stayed = records.put_back(batch, _records(batch))
    batch.execute(
        "DELETE FROM accounts_contactreference WHERE id = ANY(%(made)s)", made=created.get(REFERENCE_LABEL, [])
    )
    stayed += _forget_contacts(created.get(LABEL, []))
    return [*stayed, *forget_accounts(created.get("accounts.account", []))]


def _forget_contacts(ids: list[int]) -> list[str]:
    """Remove people that an import made, except those that somebody edited or spoke with by now."""
    left = Contact.objects.filter(pk__in=ids, version=1)
    for relation in Contact._meta.related_objects:
        model = relation.related_model
        if "pghistory" in {base.__module__.partition(".")[0] for base in model.__mro__}:
            continue
        left = left.filter(~Exists(model._default_manager.filter(**{relation.field.name: OuterRef("pk")})))
    unused = list(left.values_list("pk", flat=True))
    ContactKeys.objects.filter(contact__in=unused).delete()
    ContactPair.objects.filter(Q(left__in=unused) | Q(right__in=unused)).delete()
    Contact.objects.filter(pk__in=unused).delete()
    stayed = len(ids) - len(unused)
    return [PEOPLE_STAY.format(count=stayed)] if stayed else []


def _state_of_base(batch: Batch) -> str:
    actor = batch.actor.pk if batch.actor is not None else 0
    found = records.state_of(batch, Contact, ContactReference, CustomField)
    return f"{actor}/{found}/{state_of_accounts(batch)}"


CONTACTS: Final = Kind(
    name="contacts",
    label=gettext_lazy("Contacts"),
    right="import.accounts",
    read_right="account.read_all",
    targets=(
        PMCRM_ID,
        Target("contact_ref", gettext_lazy("Contact reference"), max_length=200,
            synonyms=("Contact ID", "Person ID", "Contact No", "ID контакта", "联系人编号", "Kontakt-ID"),
        ),
        Target("contact_name", gettext_lazy("Name"),
            synonyms=(
                "Full name", "Contact name", "Contact", "Name", "Person", "Display name", "Kontakt", "Ansprechpartner",
                "Имя", "ФИО", "Контактное лицо", "联系人", "姓名", "Nom", "Nombre",
            ),
        ),
        Target("first_name", gettext_lazy("First name"), max_length=100,
            synonyms=("Given name", "Forename", "Vorname", "Prénom"),
        ),
        Target("last_name", gettext_lazy("Last name"), max_length=100,
            synonyms=("Surname", "Family name", "Nachname", "Фамилия", "姓"),
        ),
        *ACCOUNT,
        Target("job_title", gettext_lazy("Position"),
            synonyms=("Job title", "Position", "Title", "Contact title", "Role", "Funktion", "Должность", "职位"),
        ),
        Target("email", gettext_lazy("E-mail"), max_length=254,
            synonyms=("Email address", "E-mail address", "Mail", "E-Mail-Adresse", "Эл. почта", "邮箱", "Courriel"),
        ),
        PHONE,
        COUNTRY,
        TIME_ZONE,
        Target("contact_role", gettext_lazy("Role towards us"), max_length=60, synonyms=("Buying role",)),
        Target("joined_company_on", gettext_lazy("With the company since"), type="date", synonyms=("Joined", "Since")),
        Target("previous_employers", gettext_lazy("Earlier employers"), max_length=4000),
        Target("background", gettext_lazy("Background"), max_length=20_000,
            synonyms=("Notes", "Note", "Notiz", "Comment", "Заметки", "备注"),
        ),
        Target("is_active", gettext_lazy("Still there"), max_length=20, synonyms=("Active", "Aktiv")),
        Target("lead_status", gettext_lazy("State of the lead"), max_length=60, synonyms=("Lead status", "Lead state")),
    ),
    takes_vcards=True,
    own_targets=lambda: custom_targets(Thing.CONTACT),
    needs_one_of=(("contact_name", "first_name", "last_name", "contact_ref", "pmcrm_id"),),
    check=_check,
    write=_write,
    take_back=_take_back,
    summary=records.sum_up,
    state_of_base=_state_of_base,
)  # fmt: skip
