"""When people at a place can be called, by their own clock and calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.working_day import is_working_day, subdivision
from campaigns.working_day import Hours, Place, Window, holiday_name, retry_at, window_at

BERLIN = Place("Europe/Berlin", "DE")
TOKYO = Place("Asia/Tokyo", "JP")
NEW_YORK = Place("America/New_York", "US")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_three_in_the_morning_is_not_callable() -> None:
    window = window_at(BERLIN, at("2026-11-24T02:00"))
    assert window == Window(at("2026-11-24T08:00"), at("2026-11-24T16:00"))
    assert not window.holds(at("2026-11-24T02:00"))


def test_the_window_holds_its_opening_and_not_its_end() -> None:
    window = window_at(BERLIN, at("2026-11-24T08:00"))
    assert window is not None
    assert window.holds(at("2026-11-24T08:00"))
    assert window_at(BERLIN, at("2026-11-24T16:00")) == Window(at("2026-11-25T08:00"), at("2026-11-25T16:00"))


def test_the_day_goes_from_east_to_west() -> None:
    opens = [
        window.opens for place in (TOKYO, BERLIN, NEW_YORK) if (window := window_at(place, at("2026-11-23T23:00")))
    ]
    assert opens == [at("2026-11-24T00:00"), at("2026-11-24T08:00"), at("2026-11-24T14:00")]


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-27T12:00", "2026-03-27T08:00"),  # Friday, winter time
        ("2026-03-27T18:00", "2026-03-30T07:00"),  # Monday after summer time began
        ("2026-10-23T18:00", "2026-10-26T08:00"),  # Monday after it ended
    ],
)
def test_the_change_of_the_clock_moves_the_hours(now: str, opens: str) -> None:
    window = window_at(BERLIN, at(now))
    assert window is not None
    assert window.opens == at(opens)
    assert window.closes - window.opens == dt.timedelta(hours=8)


def test_clocks_change_on_other_days_elsewhere() -> None:
    """Between the American and the European change New York is five hours behind Berlin, not six."""
    both = [window_at(place, at("2026-03-16T03:00")) for place in (BERLIN, NEW_YORK)]
    assert [window.opens for window in both if window] == [at("2026-03-16T08:00"), at("2026-03-16T13:00")]


def test_half_hours_count() -> None:
    window = window_at(Place("Asia/Kolkata", "IN"), at("2026-11-25T00:00"))
    assert window is not None
    assert window.opens == at("2026-11-25T03:30")


@pytest.mark.parametrize(
    ("place", "day", "works"),
    [
        (TOKYO, "2026-11-23", False),  # Labour Thanksgiving Day, a Monday
        (BERLIN, "2026-11-23", True),
        (NEW_YORK, "2026-11-26", False),  # Thanksgiving
        (Place("Europe/Berlin", "DE", "Bayern"), "2026-01-06", False),  # Epiphany, in Bavaria only
        (Place("Europe/Berlin", "DE", "BY"), "2026-01-06", False),
        (Place("Europe/Berlin", "DE", "Berlin"), "2026-01-06", True),
        (Place("Europe/Berlin", "DE", "somewhere"), "2026-01-06", True),
        (Place("Asia/Riyadh", "SA"), "2026-11-27", False),  # a Friday is their weekend
        (Place("Asia/Riyadh", "SA"), "2026-11-29", True),  # a Sunday is not
        (Place("Europe/Oslo", ""), "2026-12-25", True),  # no country, no holidays
        (Place("Europe/Oslo", ""), "2026-11-28", False),
    ],
)
def test_working_days_are_those_of_the_country(place: Place, day: str, works: bool) -> None:
    assert is_working_day(place.country, place.region, dt.date.fromisoformat(day)) is works


def test_a_holiday_is_skipped_to_the_next_working_day() -> None:
    window = window_at(TOKYO, at("2026-11-22T15:00"))
    assert window is not None
    assert window.opens == at("2026-11-24T00:00")
    assert holiday_name(TOKYO, dt.date(2026, 11, 23)) == "Labor Thanksgiving Day"


def test_no_zone_no_window() -> None:
    assert window_at(Place("", "US"), at("2026-11-24T12:00")) is None


def test_hours_are_settings() -> None:
    window = window_at(BERLIN, at("2026-11-24T02:00"), Hours(7, 24))
    assert window == Window(at("2026-11-24T06:00"), at("2026-11-24T23:00"))


def test_parts_of_countries_by_name_and_code() -> None:
    assert [
        subdivision("DE", "Bayern"),
        subdivision("DE", "by"),
        subdivision("US", "Texas"),
        subdivision("DE", "x"),
    ] == [
        "BY",
        "BY",
        "TX",
        "",
    ]


@pytest.mark.parametrize(
    ("tried", "again"),
    [
        ("2026-11-24T10:15", "2026-11-25T08:00"),  # 11:15 there, then at 9 the next day
        ("2026-11-24T08:30", "2026-11-25T10:00"),  # 9:30 there: at 9 is the same hour, so two hours later
        ("2026-11-27T13:00", "2026-11-30T08:00"),  # Friday, then Monday
        ("2026-11-24T15:30", "2026-11-25T11:30"),  # 16:30 there: twenty hours later is 12:30
    ],
)
def test_a_retry_comes_at_another_hour_of_their_day(tried: str, again: str) -> None:
    assert retry_at(BERLIN, at(tried), dt.timedelta(hours=20)) == at(again)


def test_a_retry_without_a_zone_waits_out_the_gap() -> None:
    assert retry_at(Place(""), at("2026-11-24T10:00"), dt.timedelta(hours=20)) == at("2026-11-25T06:00")
