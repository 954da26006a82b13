"""Times in a file: with an offset, by the clocks of a zone, as a day alone; what no clock showed is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pmcrm.exchange import reasons
from pmcrm.exchange.instants import date_evidence, instant, needs_zone
from pmcrm.exchange.values import BadValueError

OSLO = ZoneInfo("Europe/Oslo")


def _as_stored(*parts: int) -> dt.datetime:
    """A spreadsheet's time, which knows no zone."""
    year, month, day, hour, minute = (*parts, 0, 0)[:5]
    return dt.datetime.combine(dt.date(year, month, day), dt.time(hour, minute))


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2017-01-01T09:30:00+02:00", "2017-01-01T07:30:00"),
        ("2017-01-01 09:30:00.250Z", "2017-01-01T09:30:00.250000"),
        ("2017-01-01 09:30 UTC", "2017-01-01T09:30:00"),
        ("2017-01-01 09:30 GMT-05", "2017-01-01T14:30:00"),
        ("2026-07-01 09:30", "2026-07-01T07:30:00"),
        ("31.12.2025, 18:05", "2025-12-31T17:05:00"),
        ("12/31/2025 6:05 PM", "2025-12-31T17:05:00"),
        ("12/31/2025 12:05 a.m.", "2025-12-30T23:05:00"),
        ("Dec 31, 2025 18:05", "2025-12-31T17:05:00"),
        (_as_stored(2025, 12, 31, 18, 5), "2025-12-31T17:05:00"),
        (46022.75, "2025-12-31T17:00:00"),
    ],
)
def test_a_time_is_read(cell: Any, utc: str) -> None:
    assert instant(cell, OSLO, "mdy") == (dt.datetime.fromisoformat(f"{utc}+00:00"), True)


@pytest.mark.parametrize("cell", ["2025-12-31", "12/31/2025", dt.date(2025, 12, 31), _as_stored(2025, 12, 31), 46022])
def test_a_day_alone_stands_at_noon(cell: Any) -> None:
    assert instant(cell, OSLO, "mdy") == (dt.datetime(2025, 12, 31, 11, tzinfo=dt.UTC), False)
    assert not needs_zone(cell)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2026-03-29 02:30", reasons.TIME_SKIPPED),
        ("2026-10-25 02:30", reasons.TIME_TWICE),
        ("2026-03-28 25:30", reasons.NOT_A_TIME),
        ("2026-03-28 14:30 PM", reasons.NOT_A_TIME),
        ("2026-03-28 14:30 +19:00", reasons.NOT_A_TIME),
        ("2026-02-30 14:30", reasons.IMPOSSIBLE_DATE),
        ("2026-02-30T14:30:00Z", reasons.IMPOSSIBLE_DATE),
        ("half past nine", reasons.NOT_A_DATE),
        ("2026-03-28 14:30 CEST", reasons.NOT_A_DATE),
    ],
)
def test_what_no_clock_showed_is_refused(cell: str, reason: str) -> None:
    with pytest.raises(BadValueError) as refused:
        instant(cell, OSLO)
    assert refused.value.reason == reason


def test_the_offset_tells_which_of_two_alike_times_is_meant() -> None:
    assert instant("2026-10-25 02:30 +01:00", OSLO)[0] == dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)


def test_a_time_shows_what_it_leaves_open() -> None:
    cells = ("2026-01-01 10:00", "2026-01-01 10:00Z", "2026-01-01", "", None, 46022.5)
    assert [needs_zone(cell) for cell in cells] == [True, False, False, False, False, True]
    assert [date_evidence(cell) for cell in ("3/4/2026 10:00", "27/4/2026 10:00 UTC", "2026-01-01 10:00")] == [
        "either", "dmy", None,
    ]  # fmt: skip
