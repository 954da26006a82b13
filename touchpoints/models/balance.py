"""Accounts between silence and load, as the database keeps both: nothing is worked out anew to list or draw them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Floor, Least

from accounts import cadence
from touchpoints.chart import CELLS, Zone, columns, rows
from touchpoints.load import days_until_below

if TYPE_CHECKING:
    from accounts.engagement import Engagement
    from accounts.models import AccountQuerySet

_SILENCE = (
    "(1 + extract(epoch FROM %s - accounts_accountfigures.silent_from) / 86400"
    f" / ({cadence.days_of('accounts_account')}))::float8"
)
_LOAD = (
    "coalesce(power(2::float8,"
    " (extract(epoch FROM accounts_accountfigures.load_is_one_at - %s) / 86400 / %s)::float8), 0)"
)


def load_at_least(limit: float, at: dt.datetime, limits: Engagement) -> models.Q:
    """Accounts whose load is so high at that moment: those that fall to one at a certain moment or later."""
    moment = at + dt.timedelta(days=days_until_below(limit, 1, limits.half_life_days))
    return models.Q(figures__load_is_one_at__gte=moment)


def is_red(at: dt.datetime, limits: Engagement) -> models.Q:
    """Red by the limit of the account's tier."""
    return _by_tier(at, limits, 1)


def is_crowded(at: dt.datetime, limits: Engagement) -> models.Q:
    """Amber or red."""
    return _by_tier(at, limits, 0)


def _by_tier(at: dt.datetime, limits: Engagement, which: int) -> models.Q:
    usual = limits.limits_of("")[which]
    own = {tier: limits.limits_of(tier)[which] for tier in ("B", "C")}
    others = {tier: limit for tier, limit in own.items() if limit != usual}
    found = load_at_least(usual, at, limits)
    if not others:
        return found
    found &= ~models.Q(tier__in=others)
    for tier, limit in others.items():
        found |= models.Q(tier=tier) & load_at_least(limit, at, limits)
    return found


def in_balance(accounts: AccountQuerySet) -> AccountQuerySet:
    """Those that we want to hear from: for others silence says nothing."""
    return accounts.filter(figures__silent_from__isnull=False)


def in_zone(accounts: AccountQuerySet, zone: Zone, at: dt.datetime, limits: Engagement) -> AccountQuerySet:
    silent = models.Q(figures__silent_from__lte=at)
    crowded = is_crowded(at, limits) & models.Q(figures__load_is_one_at__isnull=False)
    wants_silent = zone in {Zone.NEGLECTED, Zone.BOTH}
    wants_crowded = zone in {Zone.CROWDED, Zone.BOTH}
    found = accounts.filter(silent if wants_silent else models.Q(figures__silent_from__gt=at))
    if wants_crowded:
        return found.filter(crowded)
    # Not "NOT crowded": where there is no load, that would be neither yes nor no.
    return found.filter(models.Q(figures__load_is_one_at=None) | ~is_crowded(at, limits))


def with_balance(accounts: AccountQuerySet, at: dt.datetime, limits: Engagement) -> Any:
    """With `silence`, in times of the cadence, and `load`, both as of that moment."""
    return in_balance(accounts).annotate(
        silence=RawSQL(_SILENCE, [at], output_field=models.FloatField()),  # noqa: S611  SQL of ours
        load=RawSQL(_LOAD, [at, limits.half_life_days], output_field=models.FloatField()),  # noqa: S611  SQL of ours
    )


def in_heaps(accounts: AccountQuerySet, at: dt.datetime, limits: Engagement) -> Any:
    """How many stand in each cell of the picture, by zone."""
    red = limits.limits_of("")[1]
    silent = models.Q(figures__silent_from__lte=at)
    crowded = models.Q(figures__load_is_one_at__isnull=False) & is_crowded(at, limits)
    zone = models.Case(
        models.When(silent & crowded, then=models.Value(Zone.BOTH.value)),
        models.When(silent, then=models.Value(Zone.NEGLECTED.value)),
        models.When(crowded, then=models.Value(Zone.CROWDED.value)),
        default=models.Value(Zone.HEALTHY.value),
    )
    return (
        with_balance(accounts, at, limits)
        .annotate(zone=zone)
        .annotate(
            column=Least(Floor(models.F("silence") * CELLS), models.Value(float(columns() - 1))),
            row=Least(Floor(models.F("load") / red * CELLS), models.Value(float(rows() - 1))),
        )
        .order_by()
        .values("zone", "column", "row")
        .annotate(number=models.Count("pk"))
    )


def in_cell(accounts: AccountQuerySet, column: int, row: int, at: dt.datetime, limits: Engagement) -> Any:
    """The accounts of one cell of the picture."""
    red = limits.limits_of("")[1]
    # Whatever their cadence is, they are silent from a day between these two: a range of the index, which is looked
    # through from its top.
    longest, shortest = max(cadence.ALL), min(cadence.ALL)
    first, last = column / CELLS - 1, (column + 1) / CELLS - 1
    latest = at - dt.timedelta(days=first * (longest if first < 0 else shortest))
    accounts = accounts.filter(figures__silent_from__lte=latest)
    if column < columns() - 1:
        earliest = at - dt.timedelta(days=last * (shortest if last < 0 else longest))
        accounts = accounts.filter(figures__silent_from__gte=earliest)
    found = with_balance(accounts, at, limits).filter(silence__gte=column / CELLS, load__gte=row * red / CELLS)
    if column < columns() - 1:
        found = found.filter(silence__lt=(column + 1) / CELLS)
    if row < rows() - 1:
        found = found.filter(load__lt=(row + 1) * red / CELLS)
    return found
