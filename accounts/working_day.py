"""Working days: those of a country and of its part with their public holidays, Monday to Friday where none is known;
and what must be done some of them before something else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

WORKING_WEEK: Final = 5


def working_days_before(moment: dt.datetime, days: int, zone: ZoneInfo, *countries: str) -> dt.datetime:
    """The same time of day so many working days earlier: for two days Monday 10:00 gives Thursday 10:00.

    A moment on a weekend counts from the Monday after it. Clocks are those of `zone`; a day counts where people work in
    each of the `countries`, or from Monday to Friday where none is given.
    """
    local = moment.astimezone(zone)
    day = local.date()
    while not _all_work(countries, day):
        day += dt.timedelta(days=1)
    for _number in range(days):
        day -= dt.timedelta(days=1)
        while not _all_work(countries, day):
            day -= dt.timedelta(days=1)
    return dt.datetime.combine(day, local.time(), tzinfo=zone)


def working_days_after(moment: dt.datetime, days: int, zone: ZoneInfo, *countries: str) -> dt.datetime:
    """The same time of day so many working days later, those of all `countries`: for two days Thursday 10:00 gives
    Monday 10:00."""
    local = moment.astimezone(zone)
    day = local.date()
    for _number in range(days):
        day += dt.timedelta(days=1)
        while not _all_work(countries, day):
            day += dt.timedelta(days=1)
    return dt.datetime.combine(day, local.time(), tzinfo=zone)


def _all_work(countries: Collection[str], day: dt.date) -> bool:
    return all(is_working_day(country, "", day) for country in countries or [""])


@lru_cache(maxsize=100_000)
def is_working_day(country: str, region: str, day: dt.date) -> bool:
    """Whether people there work on that day: neither their weekend nor a public holiday."""
    calendar = _calendar(country, subdivision(country, region), day.year)
    if calendar is None:
        return day.isoweekday() <= WORKING_WEEK
    return bool(calendar.is_working_day(day))


@lru_cache(maxsize=2_000)
def subdivision(country: str, region: str) -> str:
    """The code of a part of a country that has holidays of its own, by its code or its name; else nothing."""
    wanted = region.strip().casefold()
    known = holidays.list_supported_countries(include_aliases=False)
    if not wanted or country not in known:
        return ""
    codes = {code.casefold(): code for code in known[country]}
    names = {
        name.casefold(): code
        for code, all_names in holidays.country_holidays(country).get_subdivision_aliases().items()
        for name in all_names
    }
    return codes.get(wanted) or names.get(wanted) or ""


def name_of_holiday(country: str, region: str, day: dt.date) -> str:
    """What is kept there on that day, in English where the list of holidays has it; else nothing."""
    calendar = _calendar(country, subdivision(country, region), day.year)
    return "" if calendar is None else str(calendar.get(day) or "")


@lru_cache(maxsize=2_000)
def _calendar(country: str, part: str, year: int) -> holidays.HolidayBase | None:
    if country not in holidays.list_supported_countries(include_aliases=False):
        return None
    return holidays.country_holidays(country, subdiv=part or None, years=year, language="en_US")
