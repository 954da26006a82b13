"""How much contact an account and its people carry: over all talks by all colleagues, worked out by the database."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Account, AccountFigures, Contact
from accounts.services.figures import PublishedLoad, publish_load
from accounts.services.limits import engagement
from touchpoints import load as rule
from touchpoints.load import Light, light, spread
from touchpoints.models import LoadChange

if TYPE_CHECKING:
    from accounts.engagement import Engagement
    from touchpoints.models import Interaction

_PART: Final = 20_000
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody or an account carries at a moment, its light by these limits, the factor by which distance raised
    it, and how many meetings the last days held (0 for a person)."""

    load: float
    light: Light
    factor: float
    amber: float = rule.AMBER
    red: float = rule.RED
    meetings: int = 0

    @property
    def is_red(self) -> bool:
        return self.light is Light.RED

    @property
    def is_amber(self) -> bool:
        return self.light is Light.AMBER


# One talk, as it weighed when it was held and as much as is left of it. Private ones count, too: the customer sat
# through them. Nobody learns from a sum who spoke with whom.
_WEIGHT: Final = """
    CASE WHEN talk.kind = 'call' AND talk.outcome = ANY(%(dials)s) THEN %(dial)s::float8
    ELSE CASE talk.kind WHEN 'meeting' THEN %(meeting)s::float8 WHEN 'call' THEN %(call)s::float8
        ELSE %(mail)s::float8 END
        * coalesce(nullif(talk.minutes, 0),
            CASE WHEN talk.outcome = ANY(%(turned_away)s) THEN %(short)s ELSE %(usual)s END) / %(usual)s::float8 END
    * CASE WHEN talk.is_incoming THEN %(incoming)s::float8 ELSE 1 END
    * exp(date_part('epoch', talk.at - %(at)s) * %(decay)s::float8)
"""
_COUNTS: Final = """
    talk.deleted_at IS NULL AND talk.status <> 'cancelled' AND talk.kind <> 'note'
    AND talk.at >= %(since)s AND talk.at <= %(at)s AND talk.id <> %(apart)s
"""
_OF_CONTACTS: Final = f"""
    SELECT named.contact_id, sum({_WEIGHT})
    FROM touchpoints_interaction_contacts AS named
    JOIN touchpoints_interaction AS talk ON talk.id = named.interaction_id
    WHERE named.contact_id = ANY(%(ids)s) AND {_COUNTS} GROUP BY named.contact_id
"""  # noqa: S608  SQL of ours, its values apart
# What is not of a person named there weighs on the account as one person's would; who left takes theirs along.
_OF_ACCOUNTS: Final = f"""
    WITH touch AS (
        SELECT present.account_id, talk.id, talk.kind, talk.at, {_WEIGHT} AS weight
        FROM touchpoints_attendance AS present JOIN touchpoints_interaction AS talk ON talk.id = present.interaction_id
        WHERE present.account_id = ANY(%(ids)s) AND NOT present.is_second_hand
        AND present.at >= %(since)s AND present.at <= %(at)s AND {_COUNTS}
    ), person AS (
        SELECT touch.account_id, sum(touch.weight) AS load
        FROM touch LEFT JOIN (touchpoints_interaction_contacts AS named JOIN accounts_contact AS who
            ON who.id = named.contact_id AND who.account_id = ANY(%(ids)s) AND who.merged_into_id IS NULL
            AND who.deleted_at IS NULL AND who.erased_at IS NULL
        ) ON named.interaction_id = touch.id AND who.account_id = touch.account_id
        WHERE who.is_active IS NOT FALSE GROUP BY touch.account_id, who.id
    ), met AS (
        SELECT account_id, count(*) AS number FROM touch
        WHERE kind = 'meeting' AND at > %(met_since)s GROUP BY account_id
    ), carried AS (
        SELECT account_id, sum(load) AS total, max(load) AS most FROM person GROUP BY account_id
    )
    SELECT account_id, total, most, (
        SELECT greatest(count(*), 1) FROM accounts_contact AS who
        WHERE who.account_id = carried.account_id AND who.is_active
        AND who.merged_into_id IS NULL AND who.deleted_at IS NULL AND who.erased_at IS NULL
    ), coalesce(met.number, 0)
    FROM carried LEFT JOIN met USING (account_id)
"""  # noqa: S608  as above
# What was published, where it is exact still, and the meetings of the last days, of which the load knows nothing.
_PUBLISHED: Final = """
    SELECT load_is_one_at, (
        SELECT count(*) FROM touchpoints_attendance AS present
        JOIN touchpoints_interaction AS talk ON talk.id = present.interaction_id
        WHERE present.account_id = %(id)s AND NOT present.is_second_hand
        AND present.at > %(met_since)s AND present.at <= %(at)s
        AND talk.kind = 'meeting' AND talk.status <> 'cancelled' AND talk.deleted_at IS NULL
    ) FROM accounts_accountfigures
    WHERE account_id = %(id)s AND load_holds_until > greatest(%(at)s, %(now)s) AND load_rules = %(rules)s
    AND NOT EXISTS (SELECT FROM touchpoints_loadchange WHERE account_id = %(id)s)
    AND NOT EXISTS (
        SELECT FROM touchpoints_attendance WHERE account_id = %(id)s AND at > %(at)s AND at <= %(now)s
    )
"""
# Until when a load stands if nothing changes: what is planned next, or the day from which the oldest talk counts no
# longer.
_HOLDS: Final = """
    SELECT account_id, least(
        min(at) FILTER (WHERE at > %(at)s),
        date_trunc('day', min(at) FILTER (WHERE at <= %(at)s), 'UTC') + %(looked_back)s + interval '1 day'
    ) FROM touchpoints_attendance
    WHERE account_id = ANY(%(ids)s) AND NOT is_second_hand AND at >= %(since)s GROUP BY account_id
"""
_LATELY_TOUCHED: Final = """
    SELECT DISTINCT account_id FROM touchpoints_attendance WHERE at >= %(since)s AND at <= %(at)s
    UNION SELECT account_id FROM accounts_accountfigures WHERE load_is_one_at IS NOT NULL
"""


def load_of(
    account: Account,
    *,
    at: dt.datetime | None = None,
    apart_from: Interaction | None = None,
    limits: Engagement | None = None,
) -> Load:
    """What the account carries now or at a moment: the mean over its people, at least half of the most loaded one.

    Over all talks by all colleagues, planned ones up to then included, but for the one talk `apart_from`.
    """
    now, limits = timezone.now(), limits or engagement()
    factor = factor_of(account, limits)
    then = at or now
    # A moment ago may be asked as well as what is ahead, if the same talks count.
    if apart_from is None and (then >= now or _since(then, limits) == _since(now, limits)):
        known = _known(account, then, now, limits, factor)
        if known is not None:
            return known
    rows = _asked(_OF_ACCOUNTS, [account.pk], then, limits, apart_from)
    total, most, people, meetings = rows[0][1:] if rows else (0.0, 0.0, 0, 0)
    return _judged(factor * spread(total, most, people), account.tier, factor, limits, meetings)


def loads_of(
    contacts: Iterable[Contact],
    *,
    at: dt.datetime | None = None,
    apart_from: Interaction | None = None,
    limits: Engagement | None = None,
) -> dict[int, Load]:
    """What each of these people carries now or at a moment, at whatever account we spoke with them; by their key."""
    asked = {contact.pk: contact.account_id for contact in contacts}
    if not asked:
        return {}
    now, limits = at or timezone.now(), limits or engagement()
    accounts = Account.objects.filter(pk__in=set(asked.values())).select_related("product_manager").in_bulk()
    found = dict(_asked(_OF_CONTACTS, list(asked), now, limits, apart_from))
    loads = {}
    for contact, account_id in asked.items():
        account = accounts[account_id]
        factor = factor_of(account, limits)
        loads[contact] = _judged(factor * found.get(contact, 0.0), account.tier, factor, limits)
    return loads


def factor_of(account: Account, limits: Engagement) -> float:
    """By how much the account's distance raises its load; nothing where the distance is not known."""
    factors = {"same_country": limits.distance_near, "remote": limits.distance_remote}
    return float(factors.get(account.distance, 1))


def still_felt_since() -> dt.datetime:
    """What was held before then counts no longer today."""
    return _since(timezone.now(), engagement())


def publish_loads(*, account_ids: Iterable[int] | None = None, are_locked: bool = False) -> int:
    """Work the load of these accounts, or of all, out anew and publish it. Returns how many accounts changed.
    `are_locked` says that this transaction holds them already."""
    now, limits = timezone.now(), engagement()
    if account_ids is None:
        with connection.cursor() as cursor:
            cursor.execute(_LATELY_TOUCHED, _values([], now, limits))
            account_ids = [row[0] for row in cursor.fetchall()]
    ids = sorted(set(account_ids))
    parts = [ids[at : at + _PART] for at in range(0, len(ids), _PART)]
    return sum(_publish_part(part, now, limits, are_locked=are_locked) for part in parts)


def publish_loads_that_changed() -> int:
    """The same for accounts of which somebody noted a change, and for those whose load no longer stands as it was
    published: the time of a plan has come, or an old talk counts no longer. Returns how many accounts changed."""
    passed = AccountFigures.objects.filter(load_holds_until__lte=timezone.now()).values_list("account_id", flat=True)
    noted = LoadChange.objects.values_list("account_id", flat=True).distinct()
    return publish_loads(account_ids=[*passed, *noted])


@transaction.atomic(savepoint=False)
def _publish_part(ids: Sequence[int], now: dt.datetime, limits: Engagement, *, are_locked: bool) -> int:
    # One after the other, so that the last to write has seen the most. A change noted after this is not in the load, or
    # is in it as well; either way its note stays.
    if not are_locked:
        list(Account.objects.filter(pk__in=ids).select_for_update(no_key=True).order_by("pk").values_list("pk"))
    LoadChange.objects.filter(account_id__in=ids).delete()
    holds = dict(_asked(_HOLDS, ids, now, limits))
    rows = {key: spread(total, most, people) for key, total, most, people, _n in _asked(_OF_ACCOUNTS, ids, now, limits)}
    known = Account.objects.filter(pk__in=holds).select_related("product_manager")
    known = known.only("distance_class", "time_zone", "product_manager__time_zone")
    loads = dict.fromkeys(ids, PublishedLoad(None, None, ""))
    for account in known:
        factor = factor_of(account, limits)
        one_at = falls_to_one_at(factor * rows.get(account.pk, 0.0), now, limits)
        loads[account.pk] = PublishedLoad(one_at, holds[account.pk], _rules(limits, factor))
    return publish_load(loads)


def _known(account: Account, at: dt.datetime, now: dt.datetime, limits: Engagement, factor: float) -> Load | None:
    """What was published, if it tells the load at that moment exactly."""
    values: dict[str, Any] = {
        "id": account.pk,
        "at": at,
        "now": now,
        "met_since": at - limits.meetings_days * _DAY,
        "rules": _rules(limits, factor),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISHED, values)
        found = cursor.fetchone()
    if found is None:
        return None
    return _judged(load_from(found[0], at, limits), account.tier, factor, limits, found[1])


def _rules(limits: Engagement, factor: float) -> str:
    """All by which a load is weighed, in a line: what was published by others tells nothing."""
    weights = (limits.weight_meeting, limits.weight_call, limits.weight_mail, limits.weight_dial, limits.incoming_part)
    return " ".join(str(value) for value in (*weights, limits.half_life_days, factor))


def falls_to_one_at(load: float, at: dt.datetime, limits: Engagement) -> dt.datetime | None:
    """When a load as of `at` falls to one, or fell to it. None where there is none."""
    return at + limits.half_life_days * math.log2(load) * _DAY if load > 0 else None


def load_from(load_is_one_at: dt.datetime | None, at: dt.datetime, limits: Engagement) -> float:
    """The load at a moment, from what was published."""
    if load_is_one_at is None:
        return 0.0
    return round(math.exp2((load_is_one_at - at) / _DAY / limits.half_life_days), 6)


def mark_loads(accounts: Iterable[Any]) -> None:
    """Give each of these accounts, asked with their figures, `load` as of now, whether it `is_red`, and `calm_at`, when
    a red one falls below red if nothing is added. Silence of a red one is not due."""
    rows, now = list(accounts), timezone.now()
    # Most carry less than one, and then no limit is asked for.
    limits = engagement() if any(_is_above_one(row, now) for row in rows) else None
    for row in rows:
        row.load, row.is_red, row.calm_at = 0.0, False, None
        if limits is not None and _is_above_one(row, now):
            red = limits.limits_of(row.tier)[1]
            row.load = load_from(row.figures.load_is_one_at, now, limits)
            row.is_red = row.load >= red
            row.calm_at = now + rule.days_until_below(row.load, red, limits.half_life_days) * _DAY


def _is_above_one(account: Any, now: dt.datetime) -> bool:
    one = account.figures.load_is_one_at
    return one is not None and one > now


def _judged(load: float, tier: str, factor: float, limits: Engagement, meetings: int = 0) -> Load:
    amber, red = limits.limits_of(tier)
    found = round(load, 6)
    return Load(found, light(found, amber, red), factor, amber, red, meetings)


def _asked(
    statement: str, ids: Sequence[int], at: dt.datetime, limits: Engagement, apart_from: Interaction | None = None
) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(ids, at, limits) | {"apart": apart_from.pk if apart_from else 0})
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _values(ids: Sequence[int], at: dt.datetime, limits: Engagement) -> dict[str, Any]:
    weights: dict[str, Any] = {
        kind: float(getattr(limits, f"weight_{kind}")) for kind in ("meeting", "call", "mail", "dial")
    }
    return weights | {
        "ids": list(ids),
        "at": at,
        "since": _since(at, limits),
        "looked_back": _looked_back(limits),
        "met_since": at - limits.meetings_days * _DAY,
        # A load halves every half-life: by so much its logarithm falls in a second.
        "decay": math.log(2) / (limits.half_life_days * _DAY.total_seconds()),
        "incoming": float(limits.incoming_part),
        "dials": list(rule.DIALS),
        "turned_away": list(rule.TURNED_AWAY),
        "short": rule.TURNED_AWAY_MINUTES,
        "usual": rule.USUAL_MINUTES,
    }


def _looked_back(limits: Engagement) -> dt.timedelta:
    return rule.HALF_LIVES_LOOKED_BACK * limits.half_life_days * _DAY


def _since(at: dt.datetime, limits: Engagement) -> dt.datetime:
    """Whole days, so that a load stands for a day though old talks leave it one by one."""
    return (at - _looked_back(limits)).astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
