"""The customer's own clock: what time it is there, and whether one may call."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

OFFICE_OPENS: Final = dt.time(9)
OFFICE_CLOSES: Final = dt.time(17)
LAST_WORKING_DAY: Final = 5
HOURS_REMOTE: Final = 3


@dataclass(frozen=True, slots=True)
class LocalTime:
    """The time of day at a place. Office hours are Monday to Friday, 9 to 17, until a place says otherwise."""

    time: dt.time
    is_office_hours: bool
    closes_at: dt.time = OFFICE_CLOSES


def local_time(zone_name: str, at: dt.datetime | None = None) -> LocalTime | None:
    """The time in the zone of that IANA name, now or at an instant; None where no zone is known."""
    if not zone_name:
        return None
    there = (at or dt.datetime.now(dt.UTC)).astimezone(ZoneInfo(zone_name))
    is_open = there.isoweekday() <= LAST_WORKING_DAY and OFFICE_OPENS <= there.time() < OFFICE_CLOSES
    return LocalTime(there.time().replace(second=0, microsecond=0), is_open)


def hours_ahead(there: str, here: str, at: dt.datetime | None = None) -> Decimal | None:
    """By how many hours the clock in the zone `there` is ahead of the one `here`, now or at an instant; half hours
    and quarters count. None where a zone is not known."""
    if not (there and here):
        return None
    now = at or dt.datetime.now(dt.UTC)
    offsets = [now.astimezone(ZoneInfo(zone)).utcoffset() or dt.timedelta() for zone in (there, here)]
    return Decimal((offsets[0] - offsets[1]) // dt.timedelta(minutes=1)) / 60


def distance_class(chosen: str, there: str, here: str, at: dt.datetime | None = None) -> str:
    """How far apart two places work: what a person chose, else worked out from their zones.

    Remote is another continent, or more than three hours apart; a zone alone never tells the same city. Empty where
    nothing is known.
    """
    if chosen:
        return chosen
    apart = hours_ahead(there, here, at)
    if apart is None:
        return ""
    same_continent = there.partition("/")[0] == here.partition("/")[0]
    return "same_country" if same_continent and abs(apart) <= HOURS_REMOTE else "remote"
