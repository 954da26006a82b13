"""Our own working days, Monday to Friday: what must be done some of them before something else."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

WORKING_WEEK = 5


def working_days_before(moment: dt.datetime, days: int, zone: ZoneInfo) -> dt.datetime:
    """The same time of day so many working days earlier: for two days Monday 10:00 gives Thursday 10:00.

    A moment on a weekend counts from the Monday after it. Clocks are those of `zone`.
    """
    local = moment.astimezone(zone)
    day = local.date()
    while day.isoweekday() > WORKING_WEEK:
        day += dt.timedelta(days=1)
    for _number in range(days):
        day -= dt.timedelta(days=1)
        while day.isoweekday() > WORKING_WEEK:
            day -= dt.timedelta(days=1)
    return dt.datetime.combine(day, local.time(), tzinfo=zone)


def working_days_after(moment: dt.datetime, days: int, zone: ZoneInfo) -> dt.datetime:
    """The same time of day so many working days later: for two days Thursday 10:00 gives Monday 10:00."""
    local = moment.astimezone(zone)
    day = local.date()
    for _number in range(days):
        day += dt.timedelta(days=1)
        while day.isoweekday() > WORKING_WEEK:
            day += dt.timedelta(days=1)
    return dt.datetime.combine(day, local.time(), tzinfo=zone)
