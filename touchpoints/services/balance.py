"""Whom we neglect and whom we crowd: the picture, its zones, and the accounts of one of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.cache import cache
from django.utils import timezone

from accounts.models import Account
from accounts.services.limits import engagement
from pmcrm.people.permissions import may
from touchpoints import chart
from touchpoints.chart import Mark, Point, Zone
from touchpoints.models.balance import in_cell, in_heaps, in_zone, with_balance

if TYPE_CHECKING:
    from accounts.engagement import Engagement
    from accounts.models import AccountQuerySet
    from pmcrm.people.models import User

    _Kept = tuple[str, dt.datetime, list[dict[str, Any]]]

DRAWN_SINGLY: Final = 400
KEPT_FROM: Final = 1000
"""From so many accounts on the picture of all is kept, drawn anew every few minutes, instead of read for each look."""
_KEPT: Final = "balance-of-all"
_KEPT_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of the picture: one account, or the cell in which several stand."""

    point: Point
    zone: Zone
    account: Account | None = None
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """The picture: how many accounts there are in each zone, the points, and where the limits lie. `drawn_at` says of
    what moment a kept picture is; lists are always of now."""

    number: int
    zones: dict[Zone, int]
    spots: list[Spot]
    amber: Mark
    red: Mark
    silence: list[Mark]
    at: dt.datetime
    limits: Engagement
    drawn_at: dt.datetime | None = None

    @property
    def has_limits_by_tier(self) -> bool:
        return len({self.limits.limits_of(tier) for tier in ("", "B", "C")}) > 1


def accounts_in_view(user: User, *, all_of_them: bool) -> AccountQuerySet:
    """The person's own accounts, or all that they see."""
    return Account.objects.visible_to(user) if all_of_them else Account.objects.own_of(user)


def begins_with_own(user: User) -> bool:
    """Who looks after accounts begins with those; who leads or only reads, with all."""
    return may(user, "account.write") and not may(user, "account.write_all")


def balance_in_view(user: User, accounts: AccountQuerySet, *, all_of_them: bool) -> Balance:
    """The picture of these accounts; for who sees all, of many, the one that is kept for everybody."""
    if not (all_of_them and may(user, "account.read_all")):
        return balance_of(accounts)
    limits = engagement()
    kept: _Kept | None = cache.get(_KEPT)
    if kept is not None and kept[0] == _rules(limits):
        return _drawn(accounts, kept[2], timezone.now(), limits, kept[1])
    _by_rules, now, heaps = _keep_picture(accounts, limits)
    return _drawn(accounts, heaps, now, limits)


def keep_picture() -> None:
    """Draw the picture of all accounts anew where they are many; called after their loads were published."""
    _keep_picture(Account.objects.in_sight(), engagement())


def _keep_picture(accounts: AccountQuerySet, limits: Engagement) -> _Kept:
    now = timezone.now()
    made = (_rules(limits), now, list(in_heaps(accounts, now, limits)))
    if sum(heap["number"] for heap in made[2]) >= KEPT_FROM:
        cache.set(_KEPT, made, _KEPT_SECONDS)
    else:
        cache.delete(_KEPT)
    return made


def _rules(limits: Engagement) -> str:
    """By what accounts fall into zones: a picture drawn by others is none."""
    return f"{[limits.limits_of(tier) for tier in ('', 'B', 'C')]} {limits.half_life_days}"


def balance_of(accounts: AccountQuerySet, limits: Engagement | None = None) -> Balance:
    """Draw the accounts that we want to hear from: each by itself where they are few, else in heaps."""
    now, limits = timezone.now(), limits or engagement()
    return _drawn(accounts, list(in_heaps(accounts, now, limits)), now, limits)


def _drawn(
    accounts: AccountQuerySet,
    heaps: list[dict[str, Any]],
    now: dt.datetime,
    limits: Engagement,
    drawn_at: dt.datetime | None = None,
) -> Balance:
    amber, red = limits.limits_of("")
    zones = {zone: sum(heap["number"] for heap in heaps if heap["zone"] == zone) for zone in Zone}
    number = sum(zones.values())
    if number <= DRAWN_SINGLY:
        spots = _singly(accounts, now, limits)
    else:
        spots = [_heap(heap, red) for heap in sorted(heaps, key=lambda heap: (heap["column"], heap["row"]))]
    return Balance(
        number,
        zones,
        spots,
        Mark(chart.up(amber, red), amber),
        Mark(chart.up(red, red), red),
        chart.silence_marks(),
        now,
        limits,
        drawn_at,
    )


def accounts_of_zone(accounts: AccountQuerySet, zone: Zone, balance: Balance) -> Any:
    """The accounts of one zone with `silence` and `load`."""
    return with_balance(in_zone(accounts, zone, balance.at, balance.limits), balance.at, balance.limits)


def accounts_of_cell(accounts: AccountQuerySet, cell: str, balance: Balance) -> Any:
    """The accounts of one cell, named `column-row`; None where there is no such cell."""
    column, _dash, row = cell.partition("-")
    if not (column.isdecimal() and row.isdecimal() and len(cell) < 8):
        return None
    return in_cell(accounts, int(column), int(row), balance.at, balance.limits)


def _singly(accounts: AccountQuerySet, now: dt.datetime, limits: Engagement) -> list[Spot]:
    red = limits.limits_of("")[1]
    spots = []
    rows: Any = with_balance(accounts, now, limits).select_related("figures")
    for account in rows.order_by("figures__silent_from", "pk"):
        amber = limits.limits_of(account.tier)[0]
        zone = chart.zone_of(is_silent=account.figures.silent_from <= now, is_crowded=account.load >= amber)
        spots.append(Spot(chart.point(account.silence, account.load, red), zone, account))
    return spots


def _heap(heap: dict[str, Any], red: float) -> Spot:
    column, row = max(int(heap["column"]), 0), int(heap["row"])
    return Spot(chart.heap(column, row, red, heap["number"]), Zone(heap["zone"]), None, f"{column}-{row}")
