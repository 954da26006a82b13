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
