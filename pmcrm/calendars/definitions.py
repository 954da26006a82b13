"""VTIMEZONE: the changes of a zone's clock, told so that a client which does not know its name is right all the same.

Clients understand yearly rules best (Outlook hardly anything else), so a rule is written where the changes follow one,
and single days where they do not. The library's own definition names the hour after a change to summer time, not the
one before it, as RFC 5545 asks (3.6.5).
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur


@dataclass(frozen=True)
class Change:
    """The clock goes from one offset to another; `onset` is the wall time just before."""

    onset: datetime
    offset_from: timedelta
    offset_to: timedelta
    name: str
    is_summer: bool


def changes(zone: ZoneInfo, first: datetime, last: datetime) -> list[Change]:
    """All changes between two instants, found day by day and then by halving."""
    found, day = list[Change](), first.astimezone(UTC)
    while day < last:
        following = day + timedelta(days=1)
        before, after = _offset(zone, day), _offset(zone, following)
        if before != after:
            low, high = day, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            instant = high.replace(microsecond=0)
            there = instant.astimezone(zone)
            onset = (instant + before).replace(tzinfo=None)
            found.append(Change(onset, before, after, there.tzname() or "", bool(there.dst())))
        day = following
    return found


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _yearly_rule(onsets: list[datetime]) -> str | None:
    """BYMONTH and BYDAY that yield each of `onsets`, one a year; None where they follow no such rule."""
    first = onsets[0]
    if len(onsets) < 2 or [onset.year - first.year for onset in onsets] != list(range(len(onsets))):
        return None
    for nth in (-1, (first.day - 1) // 7 + 1):
        if all(_nth_weekday(onset.year, first.month, first.weekday(), nth) == onset.date() for onset in onsets):
            weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[first.weekday()]
            return f"FREQ=YEARLY;BYMONTH={first.month};BYDAY={nth}{weekday}"
    return None


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> object:
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    days = [week[weekday] for week in weeks if week[weekday].month == month]
    return days[nth if nth < 0 else nth - 1] if nth <= len(days) else None


@lru_cache(maxsize=64)
def definition(name: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE of an IANA zone that holds from the year before `first_year` to the one after `last_year`."""
    zone, began = ZoneInfo(name), datetime(first_year - 1, 1, 1, tzinfo=UTC)
    component = Timezone()
    component.add("TZID", name)
    component.add("X-LIC-LOCATION", name)
    here = began.astimezone(zone)
    steady = _offset(zone, began)
    start = Change(datetime(first_year - 1, 1, 1), steady, steady, here.tzname() or "", bool(here.dst()))  # noqa: DTZ001  a wall time
    component.add_component(_part([start]))
    alike: dict[tuple[timedelta, timedelta, str, bool], list[Change]] = defaultdict(list)
    for change in changes(zone, began, datetime(last_year + 2, 1, 1, tzinfo=UTC)):
        alike[change.offset_from, change.offset_to, change.name, change.is_summer].append(change)
    for group in alike.values():
        component.add_component(_part(group))
    return component


def _part(group: list[Change]) -> TimezoneStandard | TimezoneDaylight:
    part = TimezoneDaylight() if group[0].is_summer else TimezoneStandard()
    onsets = [change.onset for change in group]
    part.add("DTSTART", onsets[0])
    part.add("TZOFFSETFROM", group[0].offset_from)
    part.add("TZOFFSETTO", group[0].offset_to)
    part.add("TZNAME", group[0].name)
    if rule := _yearly_rule(onsets):
        part.add("RRULE", vRecur.from_ical(rule))
    elif len(onsets) > 1:
        part.add("RDATE", onsets[1:])
    return part


def definitions(zones: Iterable[str], first: datetime, last: datetime) -> list[Timezone]:
    """What the calendar must define: every zone but UTC, in alphabetical order."""
    return [definition(name, first.year, last.year) for name in sorted(set(zones) - {"UTC"})]
