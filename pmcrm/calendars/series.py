"""Repeating entries, laid out one by one inside a window of time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

from pmcrm.calendars.event import Event

MOST: Final = 400
_UNTIL: Final = re.compile(r";?UNTIL=([0-9TZ]+)", re.IGNORECASE)
# More than daily, or by day and week with what may never come: those would be searched for until the year 9999.
_TOO_OFTEN: Final = re.compile(r"FREQ=(SECONDLY|MINUTELY|HOURLY)|BYHOUR|BYMINUTE|BYSECOND", re.IGNORECASE)
_BY_DAY_OR_WEEK: Final = re.compile(r"FREQ=(DAILY|WEEKLY)", re.IGNORECASE)
_MAY_NEVER_COME: Final = re.compile(r"BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYSETPOS", re.IGNORECASE)


class NoSeries(ValueError):
    """The rule cannot be understood, or it repeats more often than daily."""


def occurrences(event: Event, since: datetime, until: datetime, *, most: int = MOST) -> Iterator[Event]:
    """The entry itself, or for a series each of its occurrences that starts from `since` to before `until`.

    An occurrence keeps the UID and has `instance`; the hour is that of the zone's own clock, so a meeting at nine stays
    at nine when summer time begins. At most `most`. A rule that cannot be followed raises `NoSeries`.
    """
    if not event.repeats:
        yield event
        return
    zone = ZoneInfo(event.zone or "UTC")
    left_out = {_wall(moment, zone) for moment in event.left_out}
    first, length = _wall(event.start, zone), event.length
    begin, end = since.astimezone(zone).replace(tzinfo=None), until.astimezone(zone).replace(tzinfo=None)
    found = 0
    rule = _rule(event.recurrence, first, end, zone)
    for moment in event.added:
        rule.rdate(_wall(moment, zone))
    for wall in rule:
        if wall >= end or found == most:
            return
        if wall < begin or wall in left_out:
            continue
        found += 1
        start: datetime | date = wall.date() if event.is_all_day else wall.replace(tzinfo=zone)
        over: datetime | date
        if isinstance(start, datetime):
            # So many minutes later on a watch, even where the clock is set in between.
            over = (start.astimezone(ZoneInfo("UTC")) + length).astimezone(zone)
        else:
            over = start + length
        yield replace(event, start=start, end=over, instance=start, recurrence="", left_out=(), added=())


def _wall(moment: datetime | date, zone: ZoneInfo) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(zone).replace(tzinfo=None)
    return datetime.combine(moment, time())


def _rule(text: str, first: datetime, end: datetime, zone: ZoneInfo) -> rruleset:
    """The first time and the rule, over wall times and never beyond `end`: one that nothing fulfils would be searched
    for long."""
    both = rruleset()
    both.rdate(first)
    if not text:
        return both
    if _TOO_OFTEN.search(text) or (_BY_DAY_OR_WEEK.search(text) and _MAY_NEVER_COME.search(text)):
        raise NoSeries(text)
    last = end
    if stop := _UNTIL.search(text):
        last = min(last, _until(stop[1], zone))
        text = _UNTIL.sub("", text).lstrip(";")
    elif "COUNT=" in text.upper():
        # dateutil takes either an end or a count: the loop above stops at the window's end.
        last = end
    try:
        rule = rrulestr(text, dtstart=first)
        bounded = rule if "COUNT=" in text.upper() else rule.replace(until=last)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoSeries(text) from error
    both.rrule(bounded)
    return both


def _until(text: str, zone: ZoneInfo) -> datetime:
    try:
        if len(text) == 8:
            return datetime.strptime(text, "%Y%m%d") + timedelta(days=1, seconds=-1)  # noqa: DTZ007  a wall time
        moment = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007  the zone follows
    except ValueError as error:
        raise NoSeries(text) from error
    return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) if text[-1] == "Z" else moment
