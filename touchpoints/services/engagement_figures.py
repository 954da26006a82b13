"""What contact brought and where the time went, by month and quarter, of one person or of all. The formulas stand in
`touchpoints.kpis`; private talks count, nobody is named."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.db import connection
from django.db.models import Count
from django.db.models.functions import TruncMonth, TruncQuarter
from django.utils import timezone

from accounts.models.choices import State
from pmcrm.people.models import User
from touchpoints.models import Brought as OutcomeOf
from touchpoints.models import Interaction
from touchpoints.services.kept_figures import are_many, figures_as_of, keep_figures

MONTHS: Final = 12
BUSIEST: Final = 10
TAGGED: Final = 120
_PRESENT: Final = (State.CUSTOMER, State.EXITING)
_COMING: Final = (State.SUSPECT, State.PROSPECT, State.IN_SALES_CYCLE)
_HUNDREDTH: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Brought:
    """Outcomes noted on meetings, and the hours of these meetings, each meeting once however many of us came."""

    outcomes: int
    hours: Decimal

    @property
    def per_hour(self) -> Decimal | None:
        return (self.outcomes / self.hours).quantize(_HUNDREDTH) if self.hours else None


@dataclass(frozen=True, slots=True)
class Spent:
    """Hours of ours with those who are customers, and with those who may become one."""

    customers: Decimal
    prospects: Decimal


@dataclass(frozen=True, slots=True)
class Learnt:
    learnings: int
    talks: int

    @property
    def per_talk(self) -> Decimal | None:
        return (Decimal(self.learnings) / self.talks).quantize(_HUNDREDTH) if self.talks else None


@dataclass(frozen=True, slots=True)
class EngagementFigures:
    """By the first day of each month, or quarter, the newest last; `tags` how often each of the four
    outcomes was noted; `busiest` by account, the most hours first; `tagged` the outcomes by
    month and account, the newest month first, at most TAGGED rows and private talks left out."""

    brought: dict[dt.date, Brought]
    tags: dict[dt.date, dict[str, int]]
    busiest: list[tuple[int, str, Brought]]
    tagged: list[tuple[dt.date, int, str, dict[str, int]]]
    spent: dict[dt.date, Spent]
    learnt: dict[dt.date, Learnt]
    customers: dict[dt.date, int]

    @property
    def brought_in_all(self) -> Brought:
        found = self.brought.values()
        return Brought(sum(one.outcomes for one in found), sum((one.hours for one in found), Decimal(0)))

    @property
    def tags_in_all(self) -> dict[str, int]:
        return {slug: sum(month[slug] for month in self.tags.values()) for slug in OutcomeOf.values}

    @property
    def spent_in_all(self) -> Spent:
        found = self.spent.values()
        return Spent(
            sum((one.customers for one in found), Decimal(0)), sum((one.prospects for one in found), Decimal(0))
        )

    @property
    def learnt_in_all(self) -> Learnt:
        found = self.learnt.values()
        return Learnt(sum(one.learnings for one in found), sum(one.talks for one in found))


def figures_read(*, person: User | None) -> tuple[EngagementFigures, dt.datetime | None]:
    """The figures of a person or of all, and of when they are: None is now, where they are over few talks."""
    return figures_as_of(_key(person), _talked(person, *_span(_months())), partial(figures_of, person=person))


def keep_figures_of_all() -> int:
    """Work out anew what is kept: the figures of all, and of each person with many talks. Returns how many."""
    whose = [None, *User.objects.active()]
    span = _span(_months())
    many = [person for person in whose if are_many(_talked(person, *span))]
    for person in many:
        keep_figures(_key(person), partial(figures_of, person=person))
    return len(many)


def _key(person: User | None) -> str:
    return f"engagement-figures-2-{person.pk if person else 'all'}-{_months()[-1]}"


def _months(today: dt.date | None = None) -> list[dt.date]:
    day = today or timezone.localdate()
    return [_month_before(day, number) for number in range(MONTHS - 1, -1, -1)]


def _span(months: list[dt.date], today: dt.date | None = None) -> tuple[dt.datetime, dt.datetime]:
    zone, tomorrow = timezone.get_current_timezone(), (today or timezone.localdate()) + dt.timedelta(days=1)
    start, end = (dt.datetime.combine(day, dt.time.min, tzinfo=zone) for day in (months[0], tomorrow))
    return start, end


def figures_of(*, person: User | None, today: dt.date | None = None) -> EngagementFigures:
    """Of the person, who took part, or of all, over the last twelve months up to and with this one."""
    months, zone = _months(today), timezone.get_current_timezone()
    start, end = _span(months, today)
    values = {
        "start": start,
        "end": end,
        "zone": str(zone),
        "person": person.pk if person else None,
        "present": list(_PRESENT),
        "coming": list(_COMING),
    }
    meetings = {month: Brought(tags, hours) for month, tags, hours in _asked(_BROUGHT, values)}
    spent = {month: Spent(there, coming) for month, there, coming in _asked(_SPENT, values)}
    learnt = {month: Learnt(learnings, talks) for month, learnings, talks in _learnt(person, start, end)}
    # Whole quarters, the first one from its beginning.
    begins = dt.datetime.combine(_quarter_of(months[0]), dt.time.min, tzinfo=zone)
    quarters = dict(_customers(person, begins, end))
    return EngagementFigures(
        brought={month: meetings.get(month, Brought(0, Decimal(0))) for month in months},
        tags=_by_tag(months, _asked(_BY_TAG, values)),
        busiest=[(key, name, Brought(tags, hours)) for key, name, tags, hours in _asked(_BUSIEST, values)],
        tagged=[
            (month, key, name, dict(zip(OutcomeOf.values, counts, strict=True)))
            for month, key, name, *counts in _asked(_TAGGED, values)
        ],
        spent={month: spent.get(month, Spent(Decimal(0), Decimal(0))) for month in months},
        learnt={month: learnt.get(month, Learnt(0, 0)) for month in months},
        customers={quarter: quarters.get(quarter, 0) for quarter in dict.fromkeys(map(_quarter_of, months))},
    )


_TALKS: Final = """
    FROM touchpoints_interaction AS talk
    CROSS JOIN LATERAL (
        SELECT count(*) AS number FROM touchpoints_interaction_colleagues AS came
        WHERE came.interaction_id = talk.id AND (%(person)s IS NULL OR came.user_id = %(person)s)
    ) AS ours
    WHERE talk.deleted_at IS NULL AND talk.status = 'held' AND talk.at >= %(start)s AND talk.at < %(end)s
    AND ours.number > 0 AND talk.minutes > 0
"""
_MONTH: Final = "date_trunc('month', talk.at AT TIME ZONE %(zone)s)::date"
_TAGS: Final = "(SELECT count(*) FROM touchpoints_outcometag AS tag WHERE tag.interaction_id = talk.id)"
_BROUGHT: Final = f"""
    SELECT {_MONTH}, sum({_TAGS})::int, sum(talk.minutes)::numeric / 60 {_TALKS} AND talk.kind = 'meeting' GROUP BY 1
"""
_BY_TAG: Final = f"""
    SELECT had.month, tag.brought, count(*)::int
    FROM (SELECT talk.id, {_MONTH} AS month {_TALKS} AND talk.kind = 'meeting') AS had
    JOIN touchpoints_outcometag AS tag ON tag.interaction_id = had.id GROUP BY 1, 2
"""  # noqa: S608  as above
_BUSIEST: Final = f"""
    SELECT account.id, account.name, sum(had.tags)::int, sum(had.minutes)::numeric / 60
    FROM (SELECT talk.id, talk.minutes, {_TAGS} AS tags {_TALKS}
        AND talk.kind = 'meeting' AND NOT talk.is_private) AS had
    JOIN touchpoints_attendance AS present ON present.interaction_id = had.id AND NOT present.is_second_hand
    JOIN accounts_account AS account ON account.id = present.account_id AND account.deleted_at IS NULL
    GROUP BY account.id ORDER BY 4 DESC, account.name LIMIT {BUSIEST}
"""  # noqa: S608  as above
_COUNTS: Final = ", ".join(f"count(*) FILTER (WHERE tag.brought = '{slug}')::int" for slug in OutcomeOf.values)
_TAGGED: Final = f"""
    SELECT had.month, account.id, account.name, {_COUNTS}
    FROM (SELECT talk.id, {_MONTH} AS month {_TALKS} AND talk.kind = 'meeting' AND NOT talk.is_private) AS had
    JOIN touchpoints_outcometag AS tag ON tag.interaction_id = had.id
    JOIN touchpoints_attendance AS present ON present.interaction_id = had.id AND NOT present.is_second_hand
    JOIN accounts_account AS account ON account.id = present.account_id AND account.deleted_at IS NULL
    GROUP BY had.month, account.id ORDER BY had.month DESC, account.name, account.id LIMIT {TAGGED}
"""  # noqa: S608  as above
_SPENT: Final = f"""
    SELECT spent.month, coalesce(sum(spent.hours) FILTER (WHERE account.state = ANY(%(present)s)), 0),
        coalesce(sum(spent.hours) FILTER (WHERE account.state = ANY(%(coming)s)), 0)
    FROM (
        SELECT talk.id, {_MONTH} AS month, talk.minutes::numeric / 60 * ours.number / (
            SELECT count(*) FROM touchpoints_attendance AS all_there
            WHERE all_there.interaction_id = talk.id AND NOT all_there.is_second_hand
        ) AS hours
        {_TALKS} AND talk.kind IN ('call', 'meeting') AND EXISTS (
            SELECT FROM touchpoints_attendance AS any_there
            WHERE any_there.interaction_id = talk.id AND NOT any_there.is_second_hand
        )
    ) AS spent
    JOIN touchpoints_attendance AS present ON present.interaction_id = spent.id AND NOT present.is_second_hand
    JOIN accounts_account AS account ON account.id = present.account_id AND account.kind = 'external'
    GROUP BY spent.month
"""  # noqa: S608  as above


def _by_tag(months: list[dt.date], rows: list[tuple[Any, ...]]) -> dict[dt.date, dict[str, int]]:
    found = {(month, slug): number for month, slug, number in rows}
    return {month: {slug: found.get((month, slug), 0) for slug in OutcomeOf.values} for month in months}


def _asked(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _talked(person: User | None, start: dt.datetime, end: dt.datetime) -> Any:
    talks = Interaction.objects.kept().two_way().between(start, end).order_by()
    return talks if person is None else talks.filter(colleagues=person)


def _learnt(person: User | None, start: dt.datetime, end: dt.datetime) -> Any:
    talks = _talked(person, start, end).annotate(month=TruncMonth("at")).values("month")
    counted = talks.annotate(learnings=Count("learnings"), talks=Count("pk", distinct=True))
    return [(row["month"].date(), row["learnings"], row["talks"]) for row in counted]


def _customers(person: User | None, start: dt.datetime, end: dt.datetime) -> Any:
    talks = _talked(person, start, end).filter(attendances__is_second_hand=False, attendances__account__kind="external")
    counted = talks.annotate(quarter=TruncQuarter("at")).values("quarter")
    rows = counted.annotate(number=Count("attendances__account", distinct=True))
    return [(row["quarter"].date(), row["number"]) for row in rows]


def _quarter_of(month: dt.date) -> dt.date:
    return dt.date(month.year, (month.month - 1) // 3 * 3 + 1, 1)


def _month_before(day: dt.date, number: int) -> dt.date:
    years, month = divmod(day.year * 12 + day.month - 1 - number, 12)
    return dt.date(years, month + 1, 1)
