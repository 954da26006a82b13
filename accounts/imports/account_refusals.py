"""What makes a row of a file of accounts a bad one, each with the sentence that says what would be right."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_noop

from accounts.imports import records
from accounts.imports.custom import refuse_custom
from accounts.imports.finding import IN_TRASH
from accounts.imports.records import said
from accounts.imports.words import (
    NO_COUNTRY,
    YES_OR_NO,
    join_people,
    join_words,
    refuse_unknown_people,
    refuse_unknown_words,
)
from accounts.models.choices import Distance, InternalMode, Kind, Party, SalesForm, Size, State
from accounts.models.custom import Thing
from accounts.permissions import NOT_YOURS
from pmcrm.exchange.registry import Batch
from pmcrm.people.models import Department

NAMELESS = gettext_noop("A new account needs its name.")
NO_ACCOUNT = gettext_noop("The row names no account: give its name or its reference.")
REF_TAKEN = gettext_noop("Another account, {name}, has this reference.")
NOT_YOUR_OWNER = gettext_noop("Only a product lead or the sales VP names who owns an account.")
INTERNAL_OWNER = gettext_noop("An internal account has no owner in sales.")
NO_ADDRESS = gettext_noop("This is no address of a website. Write it as https://example.com.")
NO_PERMISSION = gettext_noop("Say on which day they gave their permission; without a day there is none.")
OUTSIDE = gettext_noop("Only an internal account helps with the product or uses it for others.")
IS_SERVED = gettext_noop("Internal accounts serve this one, so it is external. End that first.")
SERVES = gettext_noop("This account serves external ones or takes part in programmes, so it is internal.")
NO_COUNT = gettext_noop("A number of people is a whole number, 0 or more.")
CHOICES: Final[dict[str, type[TextChoices]]] = {
    "kind": Kind,
    "party": Party,
    "state": State,
    "size": Size,
    "sales_form": SalesForm,
    "distance_class": Distance,
    "internal_mode": InternalMode,
}
YES_NO: Final = ("reference_ok", "speaker_ok")
PEOPLE: Final = ("relationship_owner", "product_manager", "se_owner")


def refuse_rows(batch: Batch) -> None:
    """Name the bad rows of {staging}_named."""
    _refuse_cells(batch)
    _refuse_identities(batch)
    _refuse_what_is_not_theirs(batch)
    _refuse_permission_without_day(batch)
    _refuse_other_side(batch)


def _refuse_cells(batch: Batch) -> None:
    for target, choices in CHOICES.items():
        refuse_unknown_words(batch, target, known=[label for value, label in choices.choices if value])
    for target in YES_NO:
        refuse_unknown_words(batch, target, known=(), reason=YES_OR_NO)
    refuse_unknown_words(batch, "country", known=(), reason=NO_COUNTRY)
    refuse_unknown_words(batch, "time_zone", known=("Europe/Oslo", "America/New_York"))
    refuse_unknown_words(batch, "department", known=Department.objects.values_list("name", flat=True))
    refuse_unknown_people(batch, *PEOPLE)
    refuse_custom(batch, Thing.ACCOUNT)
    if "website" in batch.mapped:
        batch.refuse(
            'SELECT s."row", %(column)s, s.website, %(reason)s, jsonb_build_object() FROM {staging} s'
            f" WHERE {said('website')} !~* '^(https?://)?[^[:space:]/:]+[.][^[:space:]]+$' OR length(s.website) > 190",
            column=batch.header("website"),
            reason=NO_ADDRESS,
        )
    if "employees" in batch.mapped:
        batch.refuse(
            'SELECT s."row", %(column)s, s.employees::text, %(reason)s, jsonb_build_object() FROM {staging} s'
            " WHERE s.employees < 0 OR s.employees <> trunc(s.employees)",
            column=batch.header("employees"),
            reason=NO_COUNT,
        )


def _refuse_identities(batch: Batch) -> None:
    records.refuse_unknown_keys(batch, "accounts_account")
    batch.refuse(
        "SELECT n.\"row\", '', '', %(reason)s, jsonb_build_object() FROM {staging}_named n"
        " WHERE n.object_id IS NULL AND n.ref IS NULL AND n.name IS NULL",
        reason=NO_ACCOUNT,
    )
    batch.refuse(
        "SELECT n.\"row\", %(column)s, '', %(reason)s, jsonb_build_object() FROM {staging}_named n"
        " WHERE n.object_id IS NULL AND n.ref IS NOT NULL AND n.name IS NULL",
        column=batch.header("account_name"),
        reason=NAMELESS,
    )
    batch.refuse(
        "SELECT n.\"row\", %(column)s, coalesce(n.name, n.ref), n.fault, jsonb_build_object('refs', n.refs)"
        " FROM {staging}_named n WHERE n.fault IS NOT NULL AND NOT n.is_keyed",
        column=batch.header("account_name"),
    )
    batch.refuse(
        "SELECT n.\"row\", %(column)s, n.ref, %(reason)s, jsonb_build_object('name', a.name) FROM {staging}_named n"
        " JOIN accounts_account a ON a.ref = n.ref WHERE n.is_keyed AND a.id <> n.object_id",
        column=batch.header("account_ref"),
        reason=REF_TAKEN,
    )
    batch.refuse(
        "SELECT n.\"row\", %(column)s, a.id::text, %(reason)s, jsonb_build_object('refs', a.ref)"
        " FROM {staging}_named n JOIN accounts_account a ON a.id = n.object_id"
        " WHERE n.is_keyed AND a.deleted_at IS NOT NULL",
        column=batch.header("pmcrm_id"),
        reason=IN_TRASH,
    )


def _refuse_what_is_not_theirs(batch: Batch) -> None:
    """What the person may not change by hand does not change by a file either. The operator may do everything."""
    if batch.mapped & {"kind", "relationship_owner"}:
        batch.refuse(
            f'SELECT s."row", %(column)s, {{relationship_owner}}, %(reason)s, jsonb_build_object() FROM {{staging}} s'
            ' JOIN {staging}_named n USING ("row") LEFT JOIN accounts_account t ON t.id = n.object_id'
            f" {join_words('kind')} WHERE coalesce(kind_word.value, t.kind, 'external') = 'internal' AND"
            f" ({said('relationship_owner')} IS NOT NULL OR t.relationship_owner_id IS NOT NULL)",
            column=batch.header("relationship_owner"),
            reason=INTERNAL_OWNER,
        )
    actor = batch.actor
    if actor is None:
        return
    if not actor.may("account.write_all"):
        batch.refuse(
            'SELECT n."row", %(column)s, a.ref, %(reason)s, jsonb_build_object() FROM {staging}_named n'
            " JOIN accounts_account a ON a.id = n.object_id"
            " WHERE %(actor)s IS DISTINCT FROM a.relationship_owner_id"
            " AND %(actor)s IS DISTINCT FROM a.product_manager_id",
            column=batch.header("account_ref") or batch.header("account_name"),
            reason=NOT_YOURS,
            actor=actor.pk,
        )
    if not actor.may("account.set_owner"):
        for target in sorted(batch.mapped & {"relationship_owner", "product_manager"}):
            batch.refuse(
                f'SELECT s."row", %(column)s, s.{target}, %(reason)s, jsonb_build_object() FROM {{staging}} s'
                f' JOIN {{staging}}_named n USING ("row") {join_people(target)}'
                f" LEFT JOIN accounts_account a ON a.id = n.object_id WHERE {target}_person.id <> %(actor)s"
                f" AND {target}_person.id IS DISTINCT FROM a.{target}_id",
                column=batch.header(target),
                reason=NOT_YOUR_OWNER,
                actor=actor.pk,
            )


def _refuse_permission_without_day(batch: Batch) -> None:
    """Who may be named has said so on some day, in the file or here already."""
    if not batch.mapped & {*YES_NO}:
        return
    asked = " OR ".join(
        f"coalesce({name}_word.value::boolean, t.{name})" if name in batch.mapped else f"coalesce(t.{name}, false)"
        for name in YES_NO
    )
    batch.refuse(
        "SELECT s.\"row\", %(column)s, '', %(reason)s, jsonb_build_object() FROM {staging} s"
        ' JOIN {staging}_named n USING ("row") LEFT JOIN accounts_account t ON t.id = n.object_id'
        f" {join_words(*YES_NO)} WHERE ({asked})"
        " AND coalesce({reference_permission_on}, t.reference_permission_on) IS NULL",
        column=batch.header("reference_permission_on") or next(filter(None, map(batch.header, YES_NO))),
        reason=NO_PERMISSION,
    )


def _refuse_other_side(batch: Batch) -> None:
    """What only people inside have, and accounts that cannot change sides as long as something holds them there."""
    both = (
        f'FROM {{staging}} s JOIN {{staging}}_named n USING ("row") LEFT JOIN accounts_account t ON t.id = n.object_id'
        f" {join_words('kind')} WHERE"
    )
    if "internal_mode" in batch.mapped:
        batch.refuse(
            f'SELECT s."row", %(column)s, s.internal_mode, %(reason)s, jsonb_build_object() {both}'
            f" {said('internal_mode')} IS NOT NULL AND coalesce(kind_word.value, t.kind, 'external') <> 'internal'",
            column=batch.header("internal_mode"),
            reason=OUTSIDE,
        )
    if "kind" in batch.mapped:
        for kind, reason, served, enrolled in (
            (Kind.INTERNAL, IS_SERVED, "to_account_id", "paired_with_id"),
            (Kind.EXTERNAL, SERVES, "from_account_id", "account_id"),
        ):
            batch.refuse(
                f'SELECT s."row", %(column)s, s.kind, %(reason)s, jsonb_build_object() {both}'
                " kind_word.value = %(kind)s AND t.kind <> %(kind)s"
                f" AND (EXISTS (SELECT FROM accounts_account_serves v WHERE v.{served} = t.id)"
                f" OR EXISTS (SELECT FROM accounts_enrolment e WHERE e.{enrolled} = t.id))",
                column=batch.header("kind"),
                reason=reason,
                kind=kind.value,
            )
