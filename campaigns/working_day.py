"""When people at a place can be called: their own office hours, on working days of their country.

Every instant in or out is absolute (UTC); what a clock shows there follows from the IANA zone, so that a
change to or from summer time moves the hours as it does there. Weekends and public holidays are those of the country
and, where its name is known, of its part; without a country Monday to Friday count.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from accounts.working_day import is_working_day, name_of_holiday

LOOKED_AHEAD: Final = 40
"""Days within which every country has a working day."""
OTHER_HOUR: Final = dt.timedelta(hours=2)
"""A further try comes at least so much earlier or later in the day."""


@dataclass(frozen=True, slots=True)
class Place:
    """A zone by its IANA name (empty: not known), a country by its two letters, and a part of it by name or code."""

    zone: str
    country: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when one may call, in full hours of the customer's clock."""

    opens: int = 9
    closes: int = 17


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch in which a place can be called. It holds `opens`, not `closes`."""

    opens: dt.datetime
    closes: dt.datetime

    def holds(self, at: dt.datetime) -> bool:
        return self.opens <= at < self.closes


USUAL: Final = Hours()


def window_at(place: Place, at: dt.datetime, hours: Hours = USUAL) -> Window | None:
    """The window that is open at that instant, else the next one; None where the zone is not known."""
    if not place.zone:
        return None
    zone = ZoneInfo(place.zone)
    today = at.astimezone(zone).date()
    for ahead in range(LOOKED_AHEAD):
        day = today + dt.timedelta(days=ahead)
        if not is_working_day(place.country, place.region, day):
            continue
        window = Window(_instant(day, hours.opens, zone), _instant(day, hours.closes, zone))
        if at < window.closes:
            return window
    return None


def retry_at(place: Place, at: dt.datetime, gap: dt.timedelta, hours: Hours = USUAL) -> dt.datetime:
    """When to try again after nobody answered at `at`: not before the gap is over, in office hours there, and at
    another hour of their day. Without a known zone, when the gap is over."""
    earliest = at + gap
    for _day in range(LOOKED_AHEAD):
        window = window_at(place, earliest, hours)
        if window is None:
            return at + gap
        start = max(earliest, window.opens)
        if not _same_hour(place, at, start):
            return start
        if start + OTHER_HOUR < window.closes:
            return start + OTHER_HOUR
        earliest = window.closes
    return earliest


def holiday_name(place: Place, day: dt.date) -> str:
    """What is kept there on that day, in English where the list of holidays has it; else nothing."""
    return name_of_holiday(place.country, place.region, day)


def _instant(day: dt.date, hour: int, zone: ZoneInfo) -> dt.datetime:
    """A full hour of a day there; 24 is the midnight at its end."""
    whole, rest = divmod(hour, 24)
    there = dt.datetime.combine(day + dt.timedelta(days=whole), dt.time(rest), tzinfo=zone)
    return there.astimezone(dt.UTC)


def _same_hour(place: Place, one: dt.datetime, other: dt.datetime) -> bool:
    zone = ZoneInfo(place.zone)
    return one.astimezone(zone).hour == other.astimezone(zone).hour
