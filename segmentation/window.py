"""Calendar months, which of them are closed, and the quarters they make. A month is named by its first day."""

from __future__ import annotations

from datetime import date, timedelta

MONTHS_SHOWN = 12


def first_of_month(day: date) -> date:
    """The month that `day` lies in."""
    return day.replace(day=1)


def plus_months(month: date, count: int) -> date:
    """The month `count` months later, or earlier where it is negative."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def last_day(month: date) -> date:
    """The last day of a month."""
    return plus_months(month, 1) - timedelta(days=1)


def months(first: date, last: date) -> list[date]:
    """All months from first to last, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [plus_months(first, step) for step in range(count)]


def is_closed(month: date, today: date, closes_after: int) -> bool:
    """Whether a month counts: its books close `closes_after` days after its end."""
    return today >= last_day(month) + timedelta(days=closes_after)


def last_closed(today: date, closes_after: int) -> date:
    """The newest closed month."""
    month = first_of_month(today)
    while not is_closed(month, today, closes_after):
        month = plus_months(month, -1)
    return month


def default_window(today: date, closes_after: int) -> tuple[date, date]:
    """First and last of the twelve newest closed months."""
    last = last_closed(today, closes_after)
    return plus_months(last, 1 - MONTHS_SHOWN), last


def quarter(month: date, year_start: int = 1) -> date:
    """The first month of the fiscal quarter that `month` lies in; the fiscal year starts in month `year_start`."""
    return plus_months(month, -((month.month - year_start) % 3))


def closed_quarters(last_month: date, count: int, year_start: int = 1) -> list[date]:
    """The `count` newest whole quarters that end no later than `last_month`, oldest first, by their first months."""
    newest = quarter(plus_months(last_month, 1), year_start)
    return [plus_months(newest, -3 * step) for step in range(count, 0, -1)]
