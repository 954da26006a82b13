"""Runs: what they sum, which state they end in and what they publish."""

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, connection

from accounts.models import Account, AccountFigures
from pmcrm.people.models import Organisation
from segmentation.curve import Note
from segmentation.models import (
    AccountPoolShare,
    AccountProfit,
    ExchangeRate,
    Flag,
    LedgerLine,
    RunState,
)
from segmentation.sentence import Form
from segmentation.services.figures import figures_of_run, sentence_of_run
from segmentation.services.publishing import publish_run
from segmentation.services.runs import (
    has_input,
    points_of,
)
from tests import build
from tests.segmentation.run_cast import FIRST, LAST, done, line, rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("a_day_in_spring")]


@pytest.mark.real_input
def test_the_real_order_file_gives_its_known_run(shared_data: Path) -> None:
    orders = shared_data / "data/superstore/raw/timlafferty_mdy_utf8bom_2018dates.csv"
    with orders.open(encoding="utf-8-sig", newline="") as file:
        orders_read = list(csv.DictReader(file))
    names = {order["Customer ID"]: order["Customer Name"] for order in orders_read}
    accounts = Account.objects.bulk_create(Account(ref=ref, name=name, kind="external") for ref, name in names.items())
    by_ref = {account.ref: account for account in accounts}
    LedgerLine.objects.bulk_create(
        LedgerLine(
            account=by_ref[order["Customer ID"]],
            date=dt.datetime.strptime(order["Order Date"], "%m/%d/%Y").replace(tzinfo=dt.UTC).date(),
            revenue=Decimal(order["Sales"]),
            cost=Decimal(order["Sales"]) - Decimal(order["Profit"]),
            currency="USD",
            category=order["Category"],
        )
        for order in orders_read
    )

    run = done(dt.date(2016, 1, 1), dt.date(2019, 12, 1))
    figures = figures_of_run(run)

    assert (run.state, run.account_count, run.line_count) == (RunState.DONE, 793, 9994)
    assert figures.total == Decimal("286397.0217")
    assert (figures.peak, figures.peak_at) == (Decimal("357621.4961"), 638)
    assert figures.hidden_loss == Decimal("71224.4744")
    assert (figures.loss_makers, figures.losses_about_zero) == (155, 9)
    assert (figures.best["0.1"].amount, figures.best["0.1"].share) == (Decimal("164424.31172"), Decimal("0.574113"))
    assert (figures.worst["0.1"].amount, figures.worst["0.1"].share) == (Decimal("-65810.11983"), Decimal("-0.229786"))
    assert figures.multiple["0.1"] == Decimal("1.229786")
    assert figures.best["0.2"].share == Decimal("0.815692")
    assert run.data_quality == 1
    assert run.figures["is_people_time_included"] is False
    flags = Flag.objects.of_run(run)
    assert {flag.level for flag in flags} == {"watch"}
    assert sorted(flag.account.ref for flag in flags.select_related("account")) == [
        "CP-12340",
        "CS-12505",
        "GT-14635",
        "HG-14965",
        "LF-17185",
        "NC-18415",
        "SB-20290",
        "SM-20320",
        "SR-20425",
    ]
    points = points_of(run)
    assert (points[0], points[-1]) == ((0, 0), (793, Decimal("286397.0217")))
    assert (638, Decimal("357621.4961")) in points
    assert len(points) <= 400
    assert len(points_of(run, wanted=60)) <= 60


def test_a_run_ranks_cumulates_and_reconciles() -> None:
    for ref, revenue, cost in (("B", "100", "40"), ("A", "90", "30"), ("C", "10", "35"), ("D", "100", "99.5")):
        line(build.account(ref=ref), revenue, cost)
    inside = build.account(ref="IN", kind="internal")
    line(inside, "7", "2")
    line(build.account(ref="CH", party="channel_partner"), "50", "0")
    line(build.account(ref="PR", state="prospect"), "0", "12")

    run = done()

    assert rows(run) == [
        ("A", "60.000000", 1, 1),
        ("B", "60.000000", 1, 2),
        ("D", "0.500000", 3, 3),
        ("C", "-25.000000", 4, 4),
    ]
    assert [f"{row.cumulative:f}" for row in AccountProfit.objects.filter(run=run).along_curve()] == [
        "60.000000",
        "120.000000",
        "120.500000",
        "95.500000",
    ]
    assert [row.is_about_zero for row in AccountProfit.objects.filter(run=run).along_curve()] == [
        False,
        False,
        True,
        False,
    ]
    assert [row.revenue_rank for row in AccountProfit.objects.filter(run=run).along_curve()] == [3, 1, 1, 4]
    assert run.state == RunState.DONE
    assert [(part["kind"], part["accounts"], part["revenue"]) for part in run.figures["left_out"]] == [
        ("channel_partner", 1, "50.000000"),
        ("internal", 1, "7.000000"),
        ("prospect", 1, "0.000000"),
    ]
    assert run.figures["reconciliation"] == {
        "ledger": "138.500000",
        "base": "95.500000",
        "left_out": "43.000000",
        "rounding": "0.000000",
        "difference": "0.000000",
    }
    assert run.figures["groups"]["loss_maker"]["contribution"] == "-25.000000"
    assert run.figures["revenue_curve"]["0.2"]["amount"] == "80.0000000"


def test_hours_of_entries_and_of_calls_cost_what_their_pool_costs() -> None:
    account = build.account(ref="A")
    other = build.account(ref="B")
    line(account, "1000", "100")
    support = build.pool("support", rate="50")
    build.pool("product", rate="90")
    build.hours(pool=support, account=account, hours="3.50", date=dt.date(2025, 6, 3))
    build.hours(pool=support, account=None, hours="20", date=dt.date(2025, 6, 3))
    build.hours(pool=support, account=account, hours="8", date=dt.date(2026, 1, 3))
    manager = build.user("product_manager", department=build.department(pool="product"))
    build.interaction(account, other, author=manager, at=dt.datetime(2025, 6, 4, 9, tzinfo=dt.UTC), minutes=40)
    build.interaction(
        account, author=manager, at=dt.datetime(2025, 6, 5, 9, tzinfo=dt.UTC), minutes=60, status="planned"
    )

    run = done()

    assert rows(run) == [("A", "695.000000", 1, 1), ("B", "-30.000000", 2, 2)]
    shares = AccountPoolShare.objects.filter(run=run).order_by("account__ref", "pool")
    assert [(s.account.ref, s.pool, f"{s.hours:f}", f"{s.cost:f}") for s in shares.select_related("account")] == [
        ("A", "product", "0.33", "30.000000"),
        ("A", "support", "3.50", "175.000000"),
        ("B", "product", "0.33", "30.000000"),
    ]
    assert run.figures["people_cost"] == "235.000000"
    assert run.figures["is_people_time_included"] is True
    # 23.5 h of support and 40 minutes of product management, of 100 practical hours a month and pool
    assert run.figures["hours_coverage"] == "0.010069"


def test_a_call_belongs_to_the_month_of_the_organisations_own_clock() -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"name": "Borea", "time_zone": "Asia/Tokyo"})
    account = build.account(ref="A")
    line(account, "1000")
    build.pool("product", rate="60")
    manager = build.user("product_manager", department=build.department(pool="product"))
    build.interaction(account, author=manager, at=dt.datetime(2025, 12, 31, 16, tzinfo=dt.UTC), minutes=60)

    assert rows(done()) == [("A", "1000.000000", 1, 1)]
    assert rows(done(FIRST, dt.date(2026, 1, 1))) == [("A", "940.000000", 1, 1)]


def test_another_currency_is_converted_at_the_rate_of_its_own_month() -> None:
    account = build.account(ref="A")
    line(account, "100", "40", month=5, currency="EUR")
    line(account, "100", "40", month=6, currency="EUR")
    line(account, "10", currency="USD")
    for month, rate in ((5, "1.1"), (6, "1.2")):
        ExchangeRate.objects.create(
            month=dt.date(2025, month, 1), from_currency="EUR", to_currency="USD", rate=Decimal(rate)
        )

    run = done()

    assert (run.state, rows(run)) == (RunState.DONE, [("A", "148.000000", 1, 1)])
    assert Decimal(run.figures["reconciliation"]["difference"]) == 0


def test_a_missing_exchange_rate_leaves_the_entry_out_and_marks_the_account() -> None:
    account = build.account(ref="A")
    line(account, "100", "40")
    line(account, "100", "40", currency="EUR")
    line(build.account(ref="B"), "5")

    run = done()

    assert (run.state, rows(run)) == (RunState.PARTIAL, [("A", "60.000000", 1, 1), ("B", "5.000000", 2, 2)])
    marked = AccountProfit.objects.filter(run=run).along_curve()
    assert [row.is_missing_rate for row in marked] == [True, False]
    assert run.figures["missing_rates"] == [
        {"currency": "EUR", "month": "2025-06-01", "lines": 1, "revenue": "100.000000", "cost": "40.000000"}
    ]
    # no line has a category and a third of them no rate: 0.2 x 2/3 over 0.5
    assert run.data_quality == Decimal("0.266667")


def test_converted_amounts_are_rounded_once_half_even() -> None:
    for ref, revenue in (("A", "0.000005"), ("B", "0.000015"), ("C", "-0.000005"), ("D", "-0.000015")):
        line(build.account(ref=ref), revenue, currency="EUR")
    ExchangeRate.objects.create(month=dt.date(2025, 6, 1), from_currency="EUR", to_currency="USD", rate=Decimal("0.1"))

    run = done()

    assert [(ref, amount) for ref, amount, *_ in rows(run)] == [
        ("B", "0.000002"),
        ("A", "0.000000"),
        ("C", "0.000000"),
        ("D", "-0.000002"),
    ]
    assert run.state == RunState.DONE


def test_hours_without_a_rate_make_the_run_partial() -> None:
    account = build.account(ref="A")
    line(account, "100")
    support = build.pool("support", rate="50", from_month=dt.date(2025, 9, 1))
    build.hours(pool=support, account=account, hours="2", date=dt.date(2025, 3, 3))

    run = done()

    assert (run.state, rows(run)) == (RunState.PARTIAL, [("A", "100.000000", 1, 1)])
    assert run.figures["without_rate_share"] == "1"


def test_cost_without_a_category_is_unexplained() -> None:
    account = build.account()
    line(account, "100", "30", category="Goods")
    line(account, "0", "10")

    run = done()

    # 0.3 x 3/4 + 0.2, over 0.5
    assert (run.figures["unexplained_cost_share"], run.data_quality) == ("0.25", Decimal("0.850000"))


def test_an_empty_window_has_no_data_and_no_failure() -> None:
    assert not has_input()
    run = done()

    assert (run.state, run.account_count, run.curve_points) == (RunState.NO_DATA, 0, [])
    assert figures_of_run(run).notes == (Note.NO_DATA,)
    assert sentence_of_run(run).form is Form.NO_DATA


def test_a_losing_base_has_money_and_no_shares() -> None:
    for ref, cost in (("A", "0"), ("B", "500")):
        line(build.account(ref=ref), "100", cost)

    run = done()

    assert (run.figures["total"], run.figures["best"]["0.1"]["share"]) == ("-300.000000", None)
    assert run.figures["multiple"] == {"0.1": None, "0.2": None}


def test_cost_without_revenue_is_on_the_curve() -> None:
    line(build.account(ref="A"), "0", "12")

    assert rows(done()) == [("A", "-12.000000", 1, 1)]


def test_an_account_with_rows_in_a_run_cannot_be_deleted() -> None:
    account = build.account()
    line(account, "1").delete()
    line(account, "1")
    done()
    LedgerLine.objects.all().delete()

    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="has rows in profit runs"):
        cursor.execute("DELETE FROM accounts_account WHERE id = %s", [account.pk])
    assert Account.objects.filter(pk=account.pk).exists()


def test_the_newest_run_is_published_and_takes_the_place_of_the_one_before() -> None:
    gone, stays = build.account(ref="GONE"), build.account(ref="STAYS")
    line(gone, "10", month=1)
    for month, revenue in ((1, "50"), (4, "40"), (8, "30"), (11, "20")):
        line(stays, revenue, month=month)
    old = done()
    assert publish_run(run_id=old.pk) == 2
    loaded = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    AccountFigures.objects.update(load_is_one_at=loaded)
    new = done(dt.date(2025, 2, 1), LAST)

    assert publish_run(run_id=old.pk) == 0
    assert publish_run(run_id=new.pk) == 1

    figures = AccountFigures.objects.get(account=stays)
    assert (figures.revenue_12m, figures.contribution_12m, figures.contribution_rank) == (90, 90, 1)
    assert (figures.trend, figures.run_id, figures.load_is_one_at) == (-1, new.pk, loaded)
    left = AccountFigures.objects.get(account=gone)
    assert (left.revenue_12m, left.contribution_rank, left.run_id, left.load_is_one_at) == (None, None, None, loaded)
