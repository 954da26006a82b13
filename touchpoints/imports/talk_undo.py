"""Taking back what an import of interactions brought: what it added goes, what it changed is as before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from accounts.imports import records
from accounts.imports.finding import forget_accounts
from accounts.imports.records import Records
from pmcrm.exchange.registry import Batch
from touchpoints.imports import present
from touchpoints.models import Interaction, InteractionReference
from touchpoints.services.figures import refresh_in_parts

LABEL: Final = "touchpoints.interaction"
TALKS_STAY = gettext_noop(
    "Entries of this import that stay, because they were changed or something else refers to them: {count}."
)


def take_back(batch: Batch, created: Mapping[str, list[int]]) -> list[str]:
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
             "is_private", "author_id", "voice")  # fmt: skip
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
