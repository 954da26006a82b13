"""Accounts: who we serve, from another system's list of customers or from our own export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext_lazy, gettext_noop

from accounts.countries import only_zone, zone_choices
from accounts.imports import inside, records, tags
from accounts.imports.account_refusals import CHOICES, PEOPLE, YES_NO, refuse_rows
from accounts.imports.custom import custom_targets, custom_value, custom_words
from accounts.imports.finding import (
    REFERENCE_KIND,
    ROW_KEY,
    find_named,
    forget_accounts,
    match_accounts,
    state_of_accounts,
)
from accounts.imports.records import Records, own_key, said
from accounts.imports.targets import ACCOUNT_NAME, ACCOUNT_REF, PLACE, PMCRM_ID
from accounts.imports.words import (
    choice_words,
    country_words,
    join_people,
    join_phones,
    join_words,
    know_people,
    know_phones,
    know_words,
    yes_no_words,
)
from accounts.models import Account, AccountTag, CustomField, Tag
from accounts.models.custom import Thing
from pmcrm.exchange.registry import Batch, Kind, Target
from pmcrm.people.models import Department, User

LABEL: Final = "accounts.account"
REFERENCE_LABEL: Final = "accounts.externalreference"
NO_PARENT = gettext_noop("No account, here or in this file, has this reference or, alone, this name.")
OWN_PARENT = gettext_noop("An account cannot be its own parent.")
_TEXTS: Final = (
    "industry", "segment", "region", "street", "postcode", "city", "business_summary", "business_model",
    "incumbent_competitor", "first_heard_source", "first_impression",
)  # fmt: skip
_DAYS: Final = ("first_heard_on", "reference_permission_on")
_COUNTRY: Final = "country_word.value"


def _region(batch: Batch) -> str:
    return _COUNTRY if "country" in batch.mapped else "NULL::text"


def _check(batch: Batch) -> int:
    _know(batch)
    match_accounts(batch)
    batch.execute("CREATE INDEX ON {staging}_customers (key)")
    _name_rows(batch)
    refuse_rows(batch)
    if "tags" in batch.mapped:
        tags.find_tags(batch)
    column = batch.header("account_ref") or batch.header("account_name")
    repeated = records.refuse_doubled(batch, "accounts_account", column=column)
    _find_kin(batch)
    if "tags" in batch.mapped:
        tags.find_retagged(batch)
    if "serves" in batch.mapped:
        inside.find_more_served(batch)
    return repeated + records.compare(batch, _records(batch))


def _know(batch: Batch) -> None:
    words = [word for target, choices in CHOICES.items() for word in choice_words(target, choices)]
    words += [word for target in YES_NO for word in yes_no_words(target)]
    words += [("department", department.name, str(department.pk)) for department in Department.objects.all()]
    words += [("time_zone", zone, zone) for zone, _label in zone_choices()]
    places = country_words(batch)
    codes = {code for _target, _word, code in places}
    words += [("zone", code, zone) for code in codes if (zone := only_zone(code))]
    know_words(batch, [*words, *places, *custom_words(Thing.ACCOUNT)])
    know_people(batch)
    know_phones(batch, _region(batch))


def _name_rows(batch: Batch) -> None:
    """Make {staging}_named: each row with the account it is about, and what tells the accounts of the file apart."""
    key = "NULL::bigint"
    if "pmcrm_id" in batch.mapped:
        key = f"(SELECT coalesce(a.merged_into_id, a.id) FROM accounts_account a WHERE a.id = {own_key()})"
    batch.table(
        "named",
        'SELECT f."row", f.fingerprint, f.object_id, f.ref, f.name, f.fault, f.refs, f.is_keyed,'
        " coalesce('#' || f.object_id, 'r' || coalesce(f.ref, f.namesake), 'n' || f.name_key, f.\"row\"::text)"
        " AS identity, NULL::integer AS customer FROM ("
        f'  SELECT s."row", s.fingerprint, coalesce({key}, c.account_id) AS object_id, {key} IS NOT NULL AS is_keyed,'
        "   {account_ref} AS ref, {account_name} AS name, c.fault, c.refs, c.name_key,"
        "   (SELECT min(r.ref) FROM {staging}_customers r WHERE c.ref IS NULL AND r.name_key = c.name_key) AS namesake"
        f"  FROM {{staging}} s LEFT JOIN {{staging}}_customers c ON c.key = {ROW_KEY}) AS f",
    )


def _find_parents(batch: Batch) -> None:
    """Make {staging}_parents: the account, here or in the same file, of that reference or alone of that name."""
    find_named(
        batch, "parents", f"SELECT DISTINCT s.parent AS word FROM {{staging}} s WHERE {said('parent')} IS NOT NULL"
    )


def _refuse_parents(batch: Batch) -> int:
    return batch.refuse(
        'SELECT g."row", %(column)s, {parent}, CASE WHEN p.id = g.id THEN %(own)s ELSE %(unknown)s END,'
        ' jsonb_build_object() FROM {staging}_good g JOIN {staging} s USING ("row")'
        " JOIN {staging}_parents p ON p.word = {parent} WHERE p.id IS NULL OR p.id = g.id"
        " OR NOT EXISTS (SELECT FROM {staging}_good o WHERE o.id = p.id UNION ALL"
        "  SELECT FROM accounts_account a WHERE a.id = p.id)",
        column=batch.header("parent"),
        own=OWN_PARENT,
        unknown=NO_PARENT,
    )


def _find_kin(batch: Batch) -> None:
    """Find the other accounts that rows name. A row that names a bad row of this file is bad too, and so may be those
    that name it."""
    refusals = []
    if "parent" in batch.mapped:
        _find_parents(batch)
        refusals.append(_refuse_parents)
    if "serves" in batch.mapped:
        inside.find_served(batch)
        refusals.append(inside.refuse_served)
    while sum([refuse(batch) for refuse in refusals]):
        batch.execute(
            'DELETE FROM {staging}_good g WHERE EXISTS (SELECT FROM {errors} e WHERE e."row" = g."row" AND e.of_set)'
        )


def _values(mapped: frozenset[str]) -> dict[str, str]:
    """What the file says, by column."""
    values: dict[str, str] = {name: said(name) for name in _TEXTS if name in mapped}
    values |= {name: f"{name}_word.value" for name in ("country", "time_zone", *CHOICES) if name in mapped}
    if "kind" in mapped:
        # How somebody inside stands to customers means nothing outside.
        mode = values.get("internal_mode", "NULL")
        values["internal_mode"] = f"CASE WHEN kind_word.value = 'external' THEN '' ELSE {mode} END"
    if "account_name" in mapped:
        values["name"] = said("account_name")
    if "pmcrm_id" in mapped and "account_ref" in mapped:
        values["ref"] = f"CASE WHEN {own_key()} IS NOT NULL THEN {said('account_ref')} END"
    if "employees" in mapped and "size" not in mapped:
        values["size"] = (
            "CASE WHEN {employees} < 50 THEN 'small' WHEN {employees} < 250 THEN 'medium'"
            " WHEN {employees} < 5000 THEN 'large' WHEN {employees} >= 5000 THEN 'very_large' END"
        )
    if "website" in mapped:
        site = said("website")
        values["website"] = f"CASE WHEN {site} ~* '^https?://' THEN {site} ELSE 'https://' || {site} END"
    if "phone" in mapped:
        values["phone"] = "phone_number.number"
    for owner in PEOPLE:
        if owner in mapped:
            values[f"{owner}_id"] = f"{owner}_person.id"
    values |= {name: f"{name}_word.value::boolean" for name in YES_NO if name in mapped}
    values |= {name: f"{{{name}}}" for name in _DAYS if name in mapped}
    if "department" in mapped:
        values["department_id"] = "department_word.value::bigint"
    if "parent" in mapped:
        values["parent_id"] = "parent_account.id"
    if own := custom_value(Thing.ACCOUNT, mapped):
        values["custom"] = own
    return values


def _records(batch: Batch) -> Records:
    """How the targets become columns."""
    mapped = batch.mapped
    manager = "NULL::bigint"
    if batch.actor is not None and not batch.actor.may("account.set_owner"):
        manager = str(int(batch.actor.pk))
    zone = "(SELECT z.value FROM {staging}_words z WHERE z.target = 'zone' AND z.word = pmcrm_fold(country_word.value))"
    blank = (*_TEXTS, "country", "size", "website", "phone", "time_zone", "sales_form", "distance_class",
             "internal_mode")  # fmt: skip
    defaults: dict[str, str] = dict.fromkeys(blank, "''") | {
        "ref": f"coalesce({said('account_ref')}, 'A-' || lpad(g.id::text, 6, '0'))",
        "name": said("account_name"),
        "kind": "'external'",
        "party": "'customer'",
        "state": "'customer'",
        "custom": "'{{}}'::jsonb",
        "relationship_owner_id": "NULL::bigint",
        "product_manager_id": f"CASE WHEN g.is_new THEN {manager} END",
        "se_owner_id": "NULL::bigint",
        **dict.fromkeys(YES_NO, "false"),
        **dict.fromkeys(_DAYS, "NULL::date"),
        "department_id": "NULL::bigint",
        "parent_id": "NULL::bigint",
        "time_zone": f"CASE WHEN g.is_new THEN {zone} END, ''" if "country" in mapped else "''",
    }
    joins = join_words("country", "time_zone", "department", *CHOICES, *YES_NO) + join_phones(_region(batch))
    joins += join_people(*PEOPLE)
    if "parent" in mapped:
        joins += " LEFT JOIN {staging}_parents parent_account ON parent_account.word = {parent}"
    stamps = {"tier": "''", "created_at": "now()", "updated_at": "now()"}
    stays = [part.STAYS for target, part in (("tags", tags), ("serves", inside)) if target in mapped]
    return Records(
        LABEL, "accounts_account", _values(mapped), defaults, joins, stamps, stays=" AND ".join(stays) or "true"
    )


def _write(batch: Batch) -> int:
    written = records.write(batch, _records(batch))
    if "tags" in batch.mapped:
        tags.write_tags(batch)
    if "serves" in batch.mapped:
        inside.write_served(batch)
    # What this source calls the account, also where the account was here already.
    insert = (
        "INSERT INTO accounts_externalreference (source, kind, value, account_id)"
        f" SELECT %(source)s, %(reference)s, {said('account_ref')}, g.id FROM {{staging}}_good g"
        f' JOIN {{staging}} s USING ("row") WHERE {said("account_ref")} IS NOT NULL AND '
    )
    batch.execute(f"{insert} g.is_new ON CONFLICT DO NOTHING", reference=REFERENCE_KIND)
    # That of an account which was here before goes again when the import is taken back.
    batch.create(
        REFERENCE_LABEL, f"{insert} NOT g.is_new ON CONFLICT DO NOTHING RETURNING id", reference=REFERENCE_KIND
    )
    return written


def _take_back(batch: Batch, created: Mapping[str, list[int]]) -> list[str]:
    tags.put_tags_back(batch, created, label=LABEL)
    inside.take_served_back(batch, created, label=LABEL)
    stayed = records.put_back(batch, _records(batch))
    batch.execute(
        "DELETE FROM accounts_externalreference WHERE id = ANY(%(made)s)", made=created.get(REFERENCE_LABEL, [])
    )
    # Parents among them go together with their subsidiaries.
    batch.execute(
        "UPDATE accounts_account SET parent_id = NULL WHERE id = ANY(%(made)s) AND version = 1"
        " AND parent_id IS NOT NULL",
        made=created.get(LABEL, []),
    )
    stayed += forget_accounts(created.get(LABEL, []))
    tags.forget_tags(batch, created)
    return stayed


def _state_of_base(batch: Batch) -> str:
    actor = batch.actor.pk if batch.actor is not None else 0
    tables = (User, Department, CustomField, Tag, AccountTag, Account.serves.through)
    return f"{actor}/{records.state_of(batch, *tables)}/{state_of_accounts(batch)}"


ACCOUNTS: Final = Kind(
    name="accounts",
    label=gettext_lazy("Accounts"),
    right="import.accounts",
    read_right="account.read_all",
    targets=(
        PMCRM_ID,
        replace(ACCOUNT_REF, synonyms=(*ACCOUNT_REF.synonyms, "Ref", "Reference")),
        replace(ACCOUNT_NAME, synonyms=(*ACCOUNT_NAME.synonyms, "Name")),
        Target("kind", gettext_lazy("Inside or outside"), max_length=60, synonyms=("Account kind",)),
        Target("party", gettext_lazy("Party"), max_length=60, synonyms=("Account type", "Relationship")),
        Target("state", gettext_lazy("State of the relationship"), max_length=60,
            synonyms=("Account state", "Account status", "Lifecycle stage", "Lifecycle"),
        ),
        Target("industry", gettext_lazy("Industry"), max_length=100,
            synonyms=("Sector", "Branch", "Branche", "Отрасль", "行业", "Secteur", "Sector de actividad"),
        ),
        Target("segment", gettext_lazy("Segment"), max_length=100, synonyms=("Customer segment", "Сегмент", "细分")),
        Target("size", gettext_lazy("Size"), max_length=60, synonyms=("Company size", "Größe", "Размер", "规模")),
        Target("employees", gettext_lazy("Number of employees"), type="number",
            synonyms=("Employees", "Employee count", "Headcount", "Staff", "Mitarbeiter", "Сотрудников", "员工人数"),
        ),
        *PLACE,
        Target("website", gettext_lazy("Website"), synonyms=("Web", "URL", "Homepage", "Webseite", "Сайт", "网站")),
        Target("business_summary", gettext_lazy("Their business"), max_length=4000,
            synonyms=("Description", "About", "Summary", "Beschreibung", "Описание", "简介"),
        ),
        Target("business_model", gettext_lazy("Business model"), max_length=100, synonyms=("Geschäftsmodell",)),
        Target("incumbent_competitor", gettext_lazy("Rival in place"), max_length=200,
            synonyms=("Competitor", "Incumbent", "Incumbent competitor", "Wettbewerber", "Конкурент", "竞争对手"),
        ),
        Target("first_heard_on", gettext_lazy("First heard of us on"), type="date", synonyms=("First heard",)),
        Target("first_heard_source", gettext_lazy("First heard of us through"), max_length=200,
            synonyms=("Lead source", "Origin", "Источник", "来源"),
        ),
        Target("first_impression", gettext_lazy("First impression"), max_length=4000),
        Target("sales_form", gettext_lazy("Inside or outside sales"), max_length=60, synonyms=("Sales form",)),
        Target("distance_class", gettext_lazy("Distance"), max_length=60),
        Target("reference_ok", gettext_lazy("May be named as a reference"), max_length=20,
            synonyms=("Reference", "Referenceable", "Referenz"),
        ),
        Target("speaker_ok", gettext_lazy("Speaks at events"), max_length=20),
        Target("reference_permission_on", gettext_lazy("Permission given on"), type="date"),
        Target("relationship_owner", gettext_lazy("Owner in sales (e-mail)"), max_length=254,
            synonyms=("Owner", "Account owner", "Account manager", "Sales owner", "Betreuer", "Менеджер", "负责人"),
        ),
        Target("product_manager", gettext_lazy("Product manager (e-mail)"), max_length=254,
            synonyms=("Product owner", "Produktmanager", "Менеджер продукта", "产品经理"),
        ),
        Target("se_owner", gettext_lazy("Systems engineer (e-mail)"), max_length=254, synonyms=("Sales engineer",)),
        Target("department", gettext_lazy("Department, of an internal account"), max_length=100),
        Target("internal_mode", gettext_lazy("How people inside use the product"), max_length=60),
        Target("serves", gettext_lazy("External accounts served (references)"), max_length=20_000),
        Target("parent", gettext_lazy("Parent account"), max_length=300,
            synonyms=(
                "Parent", "Parent account", "Subsidiary of", "Parent company", "Parent ID", "Muttergesellschaft",
                "Konzernmutter", "Материнская компания", "母公司", "Société mère",
            ),
        ),
        Target("tags", gettext_lazy("Tags"), max_length=2000,
            synonyms=("Labels", "Keywords", "Schlagwörter", "Теги", "标签", "Étiquettes", "Etiquetas"),
        ),
    ),
    own_targets=lambda: custom_targets(Thing.ACCOUNT),
    needs_one_of=(("account_ref", "account_name", "pmcrm_id"),),
    check=_check,
    write=_write,
    take_back=_take_back,
    summary=records.sum_up,
    state_of_base=_state_of_base,
)  # fmt: skip
