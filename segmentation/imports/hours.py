"""Hours that a pool spent on an account, or on none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy, gettext_noop

from accounts.imports.finding import find_accounts, make_accounts, new_account_count
from accounts.imports.targets import ACCOUNT
from pmcrm.exchange.registry import Batch, Kind, Target
from segmentation.imports.rows import (
    INSERT_HOURS,
    check_hours,
    check_references,
    forget_created,
    is_sourced,
    leave_out_known,
    note_rounded_hours,
    state_of_base,
    take_good,
    write_in_slices,
)
from segmentation.imports.targets import DATE, HOURS_TARGET, LINE_REF, POOL

HOURS_CHANGED = gettext_noop("This line reference came in before with other values: {date}, {hours} hours, {pool}.")
UNKNOWN_PERSON = gettext_noop("Nobody here has this e-mail address.")


def _check_hour_entries(batch: Batch) -> int:
    find_accounts(batch, is_needed=False)
    check_hours(batch)
    note_rounded_hours(batch)
    batch.refuse(
        'SELECT s."row", %(column)s, {person_email}, %(reason)s, jsonb_build_object() FROM {staging} s'
        " WHERE {person_email} IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM people_user u WHERE lower(u.email) = lower({person_email}))",
        column=batch.header("person_email"),
        reason=UNKNOWN_PERSON,
    )
    check_references(batch)
    if is_sourced(batch):
        batch.refuse(
            'SELECT s."row", %(column)s, s.line_ref, %(reason)s,'
            " jsonb_build_object('date', h.date, 'hours', h.hours::text, 'pool', h.pool_id) FROM {staging} s"
            " JOIN segmentation_hourentry h ON h.source = %(source)s AND h.line_ref = s.line_ref"
            " LEFT JOIN {staging}_pools p ON p.name = lower({pool})"
            " WHERE (h.date, h.hours, h.pool_id) IS DISTINCT FROM ({date}, round({hours}, 2), p.slug)",
            column=batch.header("line_ref"),
            reason=HOURS_CHANGED,
        )
    take_good(batch)
    return leave_out_known(batch, "segmentation_hourentry")


def _write_hour_entries(batch: Batch) -> int:
    make_accounts(batch)
    insert = INSERT_HOURS.format(
        person="u.id",
        note="coalesce({note}, '')",
        join="LEFT JOIN people_user u ON lower(u.email) = lower({person_email})",
        condition="",
    )
    return write_in_slices(batch, insert)


def _take_back_hours(batch: Batch, created: Mapping[str, list[int]]) -> list[str]:
    batch.execute("DELETE FROM segmentation_hourentry WHERE batch_id = %(batch)s")
    return forget_created(batch, created)


def _sum_up_hours(batch: Batch) -> dict[str, str | int]:
    ((first, last, hours, customers),) = batch.rows(
        "SELECT min({date}), max({date}), sum(round({hours}, 2)), (SELECT count(*) FROM {staging}_customers)"
        ' FROM {staging}_good g JOIN {staging} s USING ("row")'
    )
    if first is None:
        return {}
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "hours": f"{hours:f}",
        "accounts": customers,
        "new_accounts": new_account_count(batch),
    }


HOURS: Final = Kind(
    name="hours",
    label=gettext_lazy("Hours"),
    right="import.hours",
    read_right="ledger.read_all",
    targets=(
        *ACCOUNT,
        Target("person_email", gettext_lazy("Person’s e-mail"), max_length=254,
            synonyms=("Person", "E-mail", "Email", "User", "Employee", "Mitarbeiter", "Сотрудник", "员工"),
        ),
        DATE,
        HOURS_TARGET,
        POOL,
        Target("note", gettext_lazy("Note"), max_length=300,
            synonyms=("Notes", "Comment", "Description", "Notiz", "Комментарий", "备注"),
        ),
        LINE_REF,
    ),
    needs_one_of=(("date",), ("hours",), ("pool",)),
    needed_cells=lambda _mapped: frozenset({"date", "hours"}),
    check=_check_hour_entries,
    write=_write_hour_entries,
    take_back=_take_back_hours,
    summary=_sum_up_hours,
    state_of_base=state_of_base,
)  # fmt: skip
