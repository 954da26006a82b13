"""Time zones as calendar files name them: IANA names, Windows names, and what vendors put before them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

UTC: Final = ZoneInfo("UTC")
_WINDOWS: Final = {name.casefold(): iana for name, iana in WINDOWS_TO_OLSON.items()}
_UNIVERSAL: Final = frozenset({"z", "utc", "gmt", "etc/utc", "etc/gmt", "coordinated universal time"})


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def zone_named(name: str, answers: Mapping[str, str] | None = None) -> str | None:
    """The IANA name that `name` means, or None. `answers` tells what a person said about names nobody knows."""
    if answers and name in answers:
        return answers[name] if answers[name] in available_timezones() else None
    plain = name.strip().strip('"')
    folded = plain.strip("/").casefold()
    if folded in _UNIVERSAL:
        return "UTC"
    if found := _known().get(folded) or _WINDOWS.get(folded):
        return found
    # "/vendor/20240101/Europe/Berlin": the longest known end of it, which has at least a region and a place.
    parts = folded.split("/")
    for start in range(1, len(parts) - 1):
        if found := _known().get("/".join(parts[start:])):
            return found
    return None


def zone_defined(lines: list[str]) -> tzinfo | None:
    """The zone that a file defines by itself (the lines of a VTIMEZONE), for names that nobody else knows."""
    # Without its name the library does not remember it beyond this file.
    text = "\r\n".join(line for line in lines if not line.upper().startswith("TZID"))
    try:
        component = Timezone.from_ical((text + "\r\n").encode())
        if not isinstance(component, Timezone):
            return None
        component.add("TZID", "of-this-file")
        zone: tzinfo = component.to_tz(lookup_tzid=False)
        zone.utcoffset(datetime(2026, 1, 1))  # noqa: DTZ001  a wall time is what zones are asked with
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None  # the library has no common error for broken definitions; the caller then says "unknown"
    return zone


def is_like(zone: tzinfo, name: str, around: datetime) -> bool:
    """Whether `zone` told the same offsets as the named one through the two years around a wall time."""
    known = ZoneInfo(name)
    days = (around + timedelta(days=15 * step) for step in range(-24, 25))
    return all(zone.utcoffset(day) == known.utcoffset(day) for day in days)
