"""Whom we neglect and whom we crowd: the picture, its zones, and the accounts of one of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

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

DRAWN_SINGLY: Final = 400


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of the picture: one account, or the cell in which several stand."""

    point: Point
    zone: Zone
    account: Account | None = None
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """The picture: how many accounts there are in each zone, the points, and where the limits lie."""

    number: int
    zones: dict[Zone, int]
    spots: list[Spot]
    amber: Mark
    red: Mark
    silence: list[Mark]
    at: dt.datetime
    limits: Engagement

    @property
    def has_limits_by_tier(self) -> bool:
        return len({self.limits.limits_of(tier) for tier in ("", "B", "C")}) > 1


def accounts_in_view(user: User, *, all_of_them: bool) -> AccountQuerySet:
    """The person's own accounts, or all that they see."""
    return Account.objects.visible_to(user) if all_of_them else Account.objects.own_of(user)


def begins_with_own(user: User) -> bool:
    """Who looks after accounts begins with those; who leads or only reads, with all."""
    return may(user, "account.write") and not may(user, "account.write_all")


def balance_of(accounts: AccountQuerySet) -> Balance:
    """Draw the accounts that we want to hear from: each by itself where they are few, else in heaps."""
    now, limits = timezone.now(), engagement()
    amber, red = limits.limits_of("")
    heaps = list(in_heaps(accounts, now, limits))
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
