"""The customer's own clock: what time it is there, and whether one may call."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

OFFICE_OPENS: Final = dt.time(9)
OFFICE_CLOSES: Final = dt.time(17)
LAST_WORKING_DAY: Final = 5


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
