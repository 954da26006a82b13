"""Hours from calls and meetings: minutes / 60 of each colleague, to the pool of the department, split over accounts."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from pmcrm.people.models import User
from tests import build
from touchpoints.models import Attendance

pytestmark = pytest.mark.django_db

UTC = ZoneInfo("UTC")
JANUARY = (dt.date(2026, 1, 1), dt.date(2026, 1, 31))


def hours_of(first: dt.date, last: dt.date, zone: ZoneInfo = UTC) -> list[tuple[int, str, dt.date, Decimal]]:
    rows = Attendance.objects.between(first, last, zone).hours_by_month(zone)
    found = [(row["account_id"], row["pool"], row["month"], row["hours"]) for row in rows]
    return sorted(found)


def colleague(pool: str) -> User:
    return build.user(department=build.department(pool=pool))


def test_a_call_counts_half_an_hour_for_the_pool_of_the_caller() -> None:
    account, caller = build.account(), colleague("product")
    build.interaction(account, author=caller, minutes=30)
    assert hours_of(*JANUARY) == [(account.pk, "product", dt.date(2026, 1, 1), Decimal("0.5"))]


def test_each_colleague_counts_and_the_accounts_share_evenly() -> None:
    one, other = build.account(), build.account()
    caller, engineer = colleague("product"), colleague("engineering")
    meeting = build.interaction(one, other, author=caller, minutes=45)
    meeting.colleagues.add(engineer, colleague("product"))
    month = dt.date(2026, 1, 1)
    assert hours_of(*JANUARY) == [
        (one.pk, "engineering", month, Decimal("0.375")),
        (one.pk, "product", month, Decimal("0.75")),
        (other.pk, "engineering", month, Decimal("0.375")),
        (other.pk, "product", month, Decimal("0.75")),
    ]


def test_planned_and_cancelled_ones_and_people_without_a_pool_count_nothing() -> None:
    account, caller = build.account(), colleague("product")
    build.interaction(account, author=caller, status="planned")
    build.interaction(account, author=caller, status="cancelled")
    build.interaction(account, author=build.user())
    build.interaction(account, author=build.user(department=build.department(name="Legal", pool="")))
    assert hours_of(*JANUARY) == []


def test_a_month_begins_by_the_clock_of_the_zone() -> None:
    account, caller = build.account(), colleague("product")
    build.interaction(account, author=caller, at=dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC), minutes=60)
    oslo = ZoneInfo("Europe/Oslo")
    assert hours_of(*JANUARY) == [(account.pk, "product", dt.date(2026, 1, 1), Decimal(1))]
    assert hours_of(*JANUARY, oslo) == []
    february = (dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert hours_of(*february, oslo) == [(account.pk, "product", dt.date(2026, 2, 1), Decimal(1))]


def test_behind_the_sum_stand_the_interactions() -> None:
    account, caller = build.account(), colleague("support")
    call = build.interaction(account, author=caller, minutes=15)
    rows = list(Attendance.objects.between(*JANUARY, UTC).hours_by_interaction(UTC))
    assert rows == [
        {
            "interaction_id": call.pk,
            "account_id": account.pk,
            "pool": "support",
            "date": dt.date(2026, 1, 15),
            "hours": Decimal("0.25"),
        }
    ]


def test_a_colleague_without_a_pool_does_not_take_the_hours_of_the_others() -> None:
    account, caller = build.account(), colleague("product")
    call = build.interaction(account, author=caller, minutes=30)
    call.colleagues.add(build.user())
    assert hours_of(*JANUARY) == [(account.pk, "product", dt.date(2026, 1, 1), Decimal("0.5"))]
