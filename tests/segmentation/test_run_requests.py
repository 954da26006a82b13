"""Which run a request gets: the present one, the one under way or a new one, over which months."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from accounts.models import Account
from pmcrm.errors import RuleViolation
from segmentation.models import (
    LedgerLine,
    MonthReopening,
    ProfitRun,
)
from segmentation.services.runs import (
    compute,
    default_window,
    has_newer_input,
    refresh,
    request_run,
)
from tests import build
from tests.segmentation.run_cast import FIRST, LAST, done, line, rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("a_day_in_spring")]


def test_an_unchanged_request_gives_the_present_run() -> None:
    account = build.account()
    line(account, "100", "40")
    run = done()

    again, is_new = request_run(actor=None, from_month=FIRST, to_month=LAST)

    assert (again.pk, is_new) == (run.pk, False)
    assert not has_newer_input(run)
    assert ProfitRun.objects.count() == 1


def test_a_changed_input_gives_a_new_run_and_the_old_one_stays() -> None:
    account = build.account(ref="A")
    first_line = line(account, "100", "40")
    old = done()
    line(account, "1")

    assert has_newer_input(old)
    new = done()

    assert (rows(old), rows(new)) == ([("A", "60.000000", 1, 1)], [("A", "61.000000", 1, 1)])
    assert new.content_hash != old.content_hash
    assert LedgerLine.objects.filter(pk=first_line.pk).exists()


def test_the_same_content_has_the_same_hash() -> None:
    account = build.account()
    line(account, "100", "40")
    old = done()
    line(account, "5")
    line(account, "-5")

    assert done().content_hash == old.content_hash


@pytest.mark.parametrize("change", ["kind", "name", "state"])
def test_an_account_renamed_or_sorted_anew_is_a_changed_input(change: str) -> None:
    account = build.account()
    line(account, "100")
    run = done()
    Account.objects.filter(pk=account.pk).update(city="Bergen", tier="A")
    assert not has_newer_input(run)

    Account.objects.filter(pk=account.pk).update(**{change: {"kind": "internal", "state": "former"}.get(change, "New")})

    assert has_newer_input(run)


def test_open_and_reopened_months_are_left_out() -> None:
    account = build.account(ref="A")
    for month in (10, 11):
        line(account, "10", month=month)
    build.ledger_line(account=account, revenue="5", date=dt.date(2026, 1, 20))
    build.ledger_line(account=account, revenue="3", date=dt.date(2026, 2, 1))
    finance = build.user("finance")
    MonthReopening.objects.create(month=dt.date(2025, 10, 1), reopened_by=finance, reason="A late bill.")

    run = done(dt.date(2025, 3, 1), dt.date(2026, 2, 1))

    assert rows(run) == [("A", "15.000000", 1, 1)]
    assert run.parameters["left_out_months"] == ["2025-10-01", "2026-02-01"]


def test_a_window_without_a_closed_month_is_refused() -> None:
    with pytest.raises(RuleViolation, match=r"the last closed one is 2026-01\."):
        request_run(actor=None, from_month=dt.date(2026, 2, 1), to_month=dt.date(2026, 5, 1))

    assert not ProfitRun.objects.exists()


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ({"from_month": LAST, "to_month": FIRST}, "The last month lies before the first one."),
        ({"currency": "dollar"}, "A currency is three capital letters"),
    ],
)
def test_a_wrong_request_is_refused_in_words(window: dict[str, Any], words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        request_run(actor=None, **window)


def test_the_default_window_is_the_twelve_newest_closed_months() -> None:
    assert default_window() == (dt.date(2025, 2, 1), dt.date(2026, 1, 1))
    with time_machine.travel(dt.datetime(2026, 2, 4, 9, tzinfo=dt.UTC)):
        assert default_window() == (dt.date(2025, 1, 1), dt.date(2025, 12, 1))


def test_a_second_request_for_the_same_window_joins_the_one_under_way() -> None:
    line(build.account(), "1")
    run, is_new = request_run(actor=None, from_month=FIRST, to_month=LAST)
    other, other_is_new = request_run(actor=None, from_month=FIRST, to_month=LAST)

    assert (other.pk, is_new, other_is_new) == (run.pk, True, False)
    assert compute(run.pk) is not None
    assert compute(run.pk) is None


def test_the_clock_computes_anew_only_where_something_changed() -> None:
    assert refresh() is None
    line(build.account(), "1")
    run = refresh()
    assert run is not None
    compute(run.pk)

    assert refresh() is None
    assert ProfitRun.objects.count() == 1
