"""When something happened: a day with a time of day, in a time zone that is said or asked for. Pure: no Django.

A time with an offset ("+02:00", "Z") is an instant as it stands. One without is told by the clocks of a zone, which
somebody has to name. A time that those clocks skipped, or showed twice, is refused: nobody guesses which was meant.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pmcrm.exchange import reasons, values
from pmcrm.exchange.values import BadValueError, Cell, DateOrder, ErrorCell

NOON: Final = dt.time(12)
_TIME_OF_DAY: Final = re.compile(
    r"(?P<day>.*[^\s,])(?:,?\s+|[T,])"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<half>[AP]\.?M\.?)?"
    r"\s*(?P<offset>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)

_WRITTEN_OUT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{3}(?:\d{3})?)?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII
).fullmatch


def written_out(cell: Cell) -> dt.datetime | None:
    """The instant in UTC of a time as programs write it: nothing is left open, and nothing has to be taken apart."""
    if not isinstance(cell, str) or not _WRITTEN_OUT(cell):
        return None
    try:
        said = dt.datetime.fromisoformat(cell)
    except ValueError:  # a day or an hour that no calendar has: read part by part, which names it
        return None
    return said.astimezone(dt.UTC) if 1900 < said.year < 2100 else None


def _taken_apart(cell: Cell) -> tuple[Cell, re.Match[str] | None]:
    """The day and the time of day that stands behind it, where one does."""
    if not isinstance(cell, str) or isinstance(cell, ErrorCell):
        return cell, None
    found = _TIME_OF_DAY.fullmatch(unicodedata.normalize("NFKC", cell).replace("−", "-").strip())
    return (cell, None) if found is None else (found["day"], found)


def needs_zone(cell: Cell) -> bool:
    """Whether it has a time of day that only the clocks of a zone can tell."""
    if isinstance(cell, dt.datetime):
        return cell.time() != dt.time.min
    if isinstance(cell, float) and not isinstance(cell, bool):
        return not cell.is_integer()
    if written_out(cell) is not None:
        return False
    _day, clock = _taken_apart(cell)
    return clock is not None and not clock["offset"]


def date_evidence(cell: Cell) -> Literal["mdy", "dmy", "either"] | None:
    """Which order of the day's parts this cell proves, as `values.date_evidence` says it of a day."""
    return None if written_out(cell) is not None else values.date_evidence(_taken_apart(cell)[0])


def zone_evidence(cell: Cell) -> Literal["either"] | None:
    """ "either" where the cell leaves open which clocks told its time."""
    return "either" if needs_zone(cell) else None


def instant(
    cell: Cell, zone: ZoneInfo, order: DateOrder = "ymd", *, epoch_1904: bool = False
) -> tuple[dt.datetime, bool]:
    """The instant in UTC, and whether a time of day was said; a day alone stands at noon of `zone`. Raises
    BadValueError for what is no time, or none or two by the clocks of `zone`."""
    if (said := written_out(cell)) is not None:
        return said, True
    day, clock = _taken_apart(cell)
    date = values.date(day, order, epoch_1904=epoch_1904)
    if clock is not None:
        told = dt.datetime.combine(date, _time_of_day(clock))
        if clock["offset"]:
            return (told - _offset(clock["offset"])).replace(tzinfo=dt.UTC), True
        return _by_clocks(told, zone), True
    if isinstance(cell, dt.datetime) and cell.time() != dt.time.min:
        return _by_clocks(cell.replace(tzinfo=None), zone), True
    if isinstance(cell, float) and not cell.is_integer():
        # A spreadsheet's number: its fraction is the part of the day that has gone by.
        seconds = round((cell - int(cell)) * 86_400)
        return _by_clocks(dt.datetime.combine(date, dt.time.min) + dt.timedelta(seconds=seconds), zone), True
    return dt.datetime.combine(date, NOON, tzinfo=zone).astimezone(dt.UTC), False


def _time_of_day(clock: re.Match[str]) -> dt.time:
    hour, half = int(clock["hour"]), (clock["half"] or "").replace(".", "").upper()
    if half and not 1 <= hour <= 12:
        raise BadValueError(reasons.NOT_A_TIME)
    if half:
        hour = hour % 12 + 12 * (half == "PM")
    try:
        return dt.time(
            hour, int(clock["minute"]), int(clock["second"] or 0), int((clock["part"] or "0")[:6].ljust(6, "0"))
        )
    except ValueError:
        raise BadValueError(reasons.NOT_A_TIME) from None


def _offset(written: str) -> dt.timedelta:
    digits = re.sub(r"\D", "", written)
    if not digits:
        return dt.timedelta()
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 14 or minutes > 59:
        raise BadValueError(reasons.NOT_A_TIME)
    return dt.timedelta(hours=hours, minutes=minutes) * (-1 if "-" in written else 1)


def _by_clocks(told: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    first, second = (told.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    found = first.astimezone(dt.UTC)
    if first.utcoffset() != second.utcoffset():
        was_shown = found.astimezone(zone).replace(tzinfo=None) == told
        raise BadValueError(reasons.TIME_TWICE if was_shown else reasons.TIME_SKIPPED, zone=str(zone))
    return found
