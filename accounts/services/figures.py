"""Figures from the rooms above, published to where lists of accounts can sort by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction

from accounts.models import AccountFigures
from accounts.services.value import recompute_tiers

PUBLISHED: Final = frozenset(
    field.attname for field in AccountFigures._meta.concrete_fields if field.attname != "account_id"
)


@transaction.atomic
def publish_figures(rows: Iterable[Mapping[str, Any]], *, columns: Iterable[str]) -> int:
    """Write `columns` of the given accounts; other columns stay. Each row holds `account_id` and the columns.

    Returns how many accounts were written.
    """
    names = sorted(columns)
    if unknown := set(names) - PUBLISHED:
        raise LookupError(f"AccountFigures has no {sorted(unknown)}")
    objects = [AccountFigures(account_id=row["account_id"], **{name: row[name] for name in names}) for row in rows]
    AccountFigures.objects.bulk_create(
        objects, update_conflicts=True, unique_fields=["account"], update_fields=names, batch_size=5000
    )
    if "revenue_12m" in names:
        recompute_tiers()
    return len(objects)


# What a run published of an account. What follows from talks, its own room works out anew.
_OF_A_RUN: Final = ("revenue_12m", "contribution_12m", "contribution_rank", "trend", "run_id", "figures_at")


def join_figures(winner: int, loser: int) -> dict[str, dict[str, Any]]:
    """Add up what the newest run said of two accounts that become one. Rank and trend are known after the next run.

    Gives both rows as they were, for `part_figures`.
    """
    rows = AccountFigures.objects.select_for_update().in_bulk([winner, loser])
    before = {str(key): {name: getattr(row, name) for name in _OF_A_RUN} for key, row in rows.items()}
    kept, gone = rows[winner], rows[loser]
    if gone.run_id is not None:
        is_sum = kept.run_id == gone.run_id
        for name in ("revenue_12m", "contribution_12m"):
            mine, theirs = getattr(kept, name), getattr(gone, name)
            setattr(kept, name, mine + theirs if is_sum and None not in (mine, theirs) else mine or theirs)
        kept.run_id = kept.run_id or gone.run_id
        kept.figures_at = kept.figures_at or gone.figures_at
        kept.contribution_rank = kept.trend = None
        for name in _OF_A_RUN:
            setattr(gone, name, None)
        AccountFigures.objects.bulk_update([kept, gone], _OF_A_RUN)
    return before


def part_figures(before: Mapping[str, Mapping[str, Any]]) -> None:
    """Put back what `join_figures` found, unless a newer run has spoken since: its figures wait for the next one."""
    rows = AccountFigures.objects.select_for_update().in_bulk([int(key) for key in before])
    runs = {values["run_id"] for values in before.values()}
    if any(row.run_id not in runs | {None} for row in rows.values()):
        return
    for key, values in before.items():
        for name, value in values.items():
            field: Any = AccountFigures._meta.get_field(name)
            setattr(rows[int(key)], name, field.to_python(value))
    AccountFigures.objects.bulk_update(rows.values(), _OF_A_RUN)
