"""Whom to call now: a campaign's queue by the customers' own clocks.

Zones and countries are few. When each place opens is worked out in Python, place by place; the database then takes the
first few of each place by an index and sorts those. So the queue takes as long for a hundred targets as for a hundred
thousand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.utils import timezone

from accounts.countries import only_zone
from accounts.models import Account
from accounts.services.limits import engagement
from campaigns.models import CallPlace, Campaign, Order, Target
from campaigns.working_day import Hours, Place, Window, window_at
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from accounts.engagement import Engagement
    from pmcrm.people.models import User

SHOWN: Final = 25


@dataclass(frozen=True, slots=True)
class When:
    """When a target can be called. `at` is the next opening, absolute; None where the zone is not known."""

    is_now: bool
    window: Window | None
    zone: str
    agreed_at: dt.datetime | None = None
    rests_until: dt.datetime | None = None
    """Somebody was tried, and is left in peace so long; here only where the zone is not known."""

    @property
    def is_unknown(self) -> bool:
        """Nobody knows what time it is there."""
        return not self.zone

    @property
    def may_be_called(self) -> bool:
        """Now, or at any hour for all that is known of theirs."""
        return self.is_now or (self.is_unknown and self.next_at is None)

    @property
    def next_at(self) -> dt.datetime | None:
        if self.agreed_at is not None:
            return self.agreed_at
        return self.window.opens if self.window else self.rests_until


@dataclass(frozen=True, slots=True)
class Queued:
    """A target in its place in the queue."""

    target: Target
    when: When


def hours_of_calls() -> Hours:
    limits = engagement()
    return Hours(limits.opens, limits.closes)


def place_of(row: CallPlace) -> Place:
    """With the zone of the country where its clocks all show the same."""
    return Place(row.zone or only_zone(row.country), row.country, row.region)


def place_of_target(target: Target) -> Place:
    """Where they are by what is known at this moment."""
    account = target.account
    return Place(target.contact.zone_name or only_zone(account.country), account.country, account.region)


def queue(
    *,
    user: User,
    campaign: Campaign,
    at: dt.datetime | None = None,
    most: int = SHOWN,
    limits: Engagement | None = None,
) -> list[Queued]:
    """The first free targets in the order of the campaign: agreed call-backs that are due, those callable now,
    those whose zone is not known, then the others by their next opening. Nobody is left out for the hour alone."""
    now, limits = at or timezone.now(), limits or engagement()
    hours = Hours(limits.opens, limits.closes)
    windows = {row.pk: window_at(place_of(row), now, hours) for row in campaign.places.all()}
    if not windows:
        return []
    keys = _first_keys(user, campaign, now, windows, most=most, limit=limits.most_attempts)
    targets = Target.objects.with_person().in_bulk(keys)
    return [Queued(targets[key], when(targets[key], now, hours)) for key in keys if key in targets]


def when(target: Target, at: dt.datetime, hours: Hours | None = None) -> When:
    """When this person can be called, by what is known of them at this moment."""
    hours = hours or hours_of_calls()
    place = place_of_target(target)
    window = window_at(place, at, hours)
    if target.is_agreed and target.not_before is not None:
        return When(target.not_before <= at, window, place.zone, target.not_before)
    if target.not_before is not None and target.not_before > at:
        window = window_at(place, target.not_before, hours)
        return When(False, window, place.zone, rests_until=target.not_before)
    return When(window is not None and window.holds(at), window, place.zone)


_WAITING: Final = """
    target.state = 'waiting' AND (target.attempts < %(limit)s OR target.is_agreed
        OR target.last_outcome = 'declined_busy' AND target.attempts = %(limit)s)
    AND (target.claimed_until IS NULL OR target.claimed_until <= %(now)s OR target.claimed_by_id = %(user)s)
    AND target.contact_id NOT IN (
        SELECT id FROM accounts_contact
        WHERE do_not_call_reason <> '' AND (do_not_call_until IS NULL OR do_not_call_until >= %(today)s))
    AND target.account_id NOT IN (SELECT account_id FROM touchpoints_hold WHERE lifted_at IS NULL)
"""

# `grp`: 0 agreed and due, 1 callable now, 2 zone not known, 3 not open now, 4 to be tried again later.
_QUEUE: Final = """
WITH place (id, grp, instant) AS (VALUES {places}),
fresh AS (
    SELECT target.id, place.grp, place.instant, target.tier_rank, target.last_talk_at
    FROM place CROSS JOIN LATERAL (
        SELECT * FROM campaigns_target AS target
        WHERE target.place_id = place.id AND target.not_before IS NULL AND {waiting} {seen}
        ORDER BY target.tier_rank, target.last_talk_at NULLS FIRST, target.id LIMIT %(most)s
    ) AS target
),
again AS (
    SELECT target.id, 0 AS grp, target.not_before AS instant, target.tier_rank, target.last_talk_at
    FROM (
        SELECT * FROM campaigns_target AS target
        WHERE target.campaign_id = %(campaign)s AND target.not_before <= %(now)s AND target.is_agreed
            AND {waiting} {seen}
        ORDER BY target.not_before, target.id LIMIT %(most)s
    ) AS target
    UNION ALL
    SELECT target.id, place.grp, place.instant, target.tier_rank, target.last_talk_at
    FROM place CROSS JOIN LATERAL (
        SELECT * FROM campaigns_target AS target
        WHERE target.place_id = place.id AND target.not_before <= %(now)s AND NOT target.is_agreed
            AND {waiting} {seen}
        ORDER BY target.tier_rank, target.last_talk_at NULLS FIRST, target.id LIMIT %(most)s
    ) AS target
    UNION ALL
    SELECT target.id, 4, target.not_before, target.tier_rank, target.last_talk_at
    FROM (
        SELECT * FROM campaigns_target AS target
        WHERE target.campaign_id = %(campaign)s AND target.not_before > %(now)s AND {waiting} {seen}
        ORDER BY target.not_before, target.id LIMIT %(most)s
    ) AS target
)
SELECT id FROM (SELECT * FROM fresh UNION ALL SELECT * FROM again) AS found
ORDER BY grp, {order} LIMIT %(most)s
"""
_ORDERS: Final[dict[str, str]] = {
    Order.OPENING: "instant, tier_rank, last_talk_at NULLS FIRST, id",
    Order.CLOSING: "instant, tier_rank, last_talk_at NULLS FIRST, id",
    Order.TIER: "CASE WHEN grp IN (0, 4) THEN 0 ELSE tier_rank END, instant, last_talk_at NULLS FIRST, id",
}


def _first_keys(
    user: User, campaign: Campaign, now: dt.datetime, windows: dict[int, Window | None], *, most: int, limit: int
) -> list[int]:
    values: dict[str, Any] = {
        "now": now,
        "today": timezone.localdate(now),
        "user": user.pk,
        "campaign": campaign.pk,
        "most": most,
        "limit": limit,
    }
    rows = []
    for at, (key, group, instant) in enumerate(_ranked(windows, now, campaign.order)):
        rows.append(f"(%(p{at})s::bigint, %(g{at})s::int, %(i{at})s::timestamptz)")
        values |= {f"p{at}": key, f"g{at}": group, f"i{at}": instant}
    seen = ""
    if not may(user, "account.read_all"):
        seen = "AND target.account_id = ANY(%(seen)s)"
        values["seen"] = list(Account.objects.visible_to(user).order_by().values_list("pk", flat=True))
    statement = _QUEUE.format(places=", ".join(rows), waiting=_WAITING, seen=seen, order=_ORDERS[campaign.order])
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [key for (key,) in cursor.fetchall()]


def _ranked(
    windows: dict[int, Window | None], now: dt.datetime, order: str
) -> Iterable[tuple[int, int, dt.datetime | None]]:
    """(place, group, instant to sort by): the opening of its window, or its end where that is the order."""
    for key, window in windows.items():
        if window is None:
            yield key, 2, None
        else:
            is_open = window.holds(now)
            yield key, 1 if is_open else 3, window.closes if order == Order.CLOSING and is_open else window.opens
