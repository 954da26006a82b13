"""Old runs lose their rows by account, never their figures; what somebody needs or cites stays whole."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from segmentation.models import AccountPoolShare, AccountProfit, Flag, ProfitRun
from segmentation.services.flags import dismiss_flag
from segmentation.services.retention import thin_out_runs
from segmentation.services.runs import request_run
from segmentation.window import plus_months
from tests import build
from tests.segmentation import exit_cast

pytestmark = pytest.mark.django_db
NEWEST = dt.date(2026, 2, 1)


@pytest.fixture
def of() -> exit_cast.Company:
    return exit_cast.company()


def run(of: exit_cast.Company, *, days_ago: int, last: dt.date = NEWEST, months: int = 12) -> ProfitRun:
    """A finished run over so many months with one row, one pool's share and one flag."""
    made = exit_cast.run(of)
    made.from_month, made.to_month = plus_months(last, 1 - months), last
    made.finished_at = timezone.now() - dt.timedelta(days=days_ago)
    made.figures, made.curve_points = {"total": "-500.000000"}, [[0, "0"], [8, "-500"]]
    made.save()
    exit_cast.flag(of, made)
    return made


def whole(runs: list[ProfitRun]) -> list[bool]:
    """For each run whether it has its row, share and flag; all three go or stay together."""
    found = []
    for one in runs:
        counts = {model.objects.filter(run=one).count() for model in (AccountProfit, AccountPoolShare, Flag)}
        assert len(counts) == 1
        found.append(counts == {1})
    return found


def test_the_newest_seven_stay_and_older_ones_of_the_same_month_keep_figures_and_points(of: exit_cast.Company) -> None:
    runs = [run(of, days_ago=day) for day in range(9)]

    assert sorted(thin_out_runs()) == sorted(one.pk for one in runs[7:])

    assert whole(runs) == [True] * 7 + [False] * 2
    old = ProfitRun.objects.get(pk=runs[8].pk)
    assert old.figures == {"total": "-500.000000"}
    assert old.curve_points == [[0, "0"], [8, "-500"]]
    assert old.thinned_at is not None
    assert thin_out_runs() == []


def test_the_last_run_of_each_of_24_month_ends_stays(of: exit_cast.Company) -> None:
    newest = [run(of, days_ago=0) for _ in range(7)]
    ends = [run(of, days_ago=30 * back, last=plus_months(NEWEST, -back)) for back in range(1, 26)]
    earlier_in_its_month = run(of, days_ago=31, last=plus_months(NEWEST, -1))
    quarter = run(of, days_ago=29, last=plus_months(NEWEST, -1), months=3)

    thin_out_runs()

    assert whole(newest) == [True] * 7
    # The newest seven end in the 24th month, so 23 others are left.
    assert whole(ends) == [True] * 23 + [False] * 2
    assert whole([earlier_in_its_month, quarter]) == [False, False]


def test_runs_that_a_plan_or_a_dismissal_cites_stay(of: exit_cast.Company) -> None:
    dismissed, planned, flagged, forgotten = (run(of, days_ago=day) for day in (40, 41, 42, 43))
    newest_flag = Flag.objects.get(run=dismissed)
    dismiss_flag(actor=of.lead, flag=newest_flag, reason="The port ends in May.")
    plan = exit_cast.draft(of)
    plan.run, plan.flag = planned, Flag.objects.get(run=flagged)
    plan.save()
    for _ in range(7):
        run(of, days_ago=0)

    assert thin_out_runs() == [forgotten.pk]

    assert whole([dismissed, planned, flagged, forgotten]) == [True, True, True, False]


def test_runs_that_did_not_reconcile_never_push_out_those_that_screens_read(of: exit_cast.Company) -> None:
    read = run(of, days_ago=9, months=3)
    ProfitRun.objects.filter(pk__in=[run(of, days_ago=0).pk for _ in range(8)]).update(state="does_not_reconcile")

    assert len(thin_out_runs()) == 1
    assert whole([read]) == [True]
    assert AccountProfit.objects.get(run=read).contribution == Decimal(-500)


def test_a_run_asked_for_again_after_its_rows_went_is_computed_anew() -> None:
    build.ledger_line(account=build.account(ref="A"), revenue="100", cost="40", date=dt.date(2025, 6, 1))
    first, _is_new = request_run(actor=None, from_month=dt.date(2025, 1, 1), to_month=dt.date(2025, 12, 1))
    ProfitRun.objects.filter(pk=first.pk).update(state="done", finished_at=timezone.now(), thinned_at=timezone.now())

    again, is_new = request_run(actor=None, from_month=dt.date(2025, 1, 1), to_month=dt.date(2025, 12, 1))

    assert is_new
    assert again.pk != first.pk
