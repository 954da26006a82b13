"""Attention ratios and outliers against worked examples."""

from decimal import Decimal

import pytest

from segmentation.attention import (
    Effort,
    Method,
    OutlierLimits,
    attention,
    classic_z,
    greatest_z,
    outlier,
    quantile,
    rescaled,
    spread,
)

REVENUE = {"a": 400, "b": 200, "c": 120, "d": 80, "e": 60, "f": 40, "g": 40, "h": 30, "i": 20, "j": 10}
MARKET = {"a": 300, "b": 200, "c": 150, "d": 100, "e": 50, "f": 50, "g": 50, "h": 50, "i": 30, "j": 20}
HOURS = {"a": 90, "b": 70, "c": 50, "d": 30, "e": 25, "f": 20, "g": 160, "h": 20, "i": 20, "j": 15}
TEN = [Effort(ref, {"support": Decimal(HOURS[ref])}, Decimal(REVENUE[ref]), Decimal(MARKET[ref])) for ref in REVENUE]


def effort(ref: str, *, support: int = 0, engineering: int = 0, revenue: int = 100) -> Effort:
    hours = {"support": Decimal(support), "engineering": Decimal(engineering)}
    return Effort(ref, hours, Decimal(revenue))


def test_ten_accounts_have_their_known_ratios_and_one_outlier() -> None:
    base = attention(TEN)

    assert {ref: account.ratio for ref, account in base.accounts.items()} == {
        "a": Decimal("0.450000"),
        "b": Decimal("0.700000"),
        "c": Decimal("0.666667"),
        "d": Decimal("0.600000"),
        "e": Decimal("0.833333"),
        "f": Decimal("0.800000"),
        "g": Decimal("6.400000"),
        "h": Decimal("0.800000"),
        "i": Decimal("1.333333"),
        "j": Decimal("1.500000"),
    }
    assert base.spread.method is Method.MODIFIED_Z
    assert base.spread.median == pytest.approx(-0.3219, abs=5e-5)
    assert base.spread.deviation == pytest.approx(0.339, abs=5e-4)
    assert base.spread.fence == pytest.approx(1.4648, abs=5e-5)
    assert [ref for ref in base.accounts if outlier(base.accounts[ref], base).is_outlier] == ["g"]
    found = outlier(base.accounts["g"], base)
    assert found.score == pytest.approx(5.968, abs=5e-4)
    assert (found.is_confirmed, found.weight_gate, found.passes_weight_gate) == (True, Decimal("0.200000"), True)


def test_the_classic_score_of_the_same_outlier_would_stay_under_three() -> None:
    base = attention(TEN)
    logs = [account.log_ratio for account in base.accounts.values() if account.log_ratio is not None]
    log_of_g = base.accounts["g"].log_ratio

    assert log_of_g is not None
    assert classic_z(logs, log_of_g) == pytest.approx(2.507, abs=5e-4)


def test_no_classic_score_can_exceed_its_bound() -> None:
    assert [round(greatest_z(count), 3) for count in (5, 8, 10, 11, 12, 20)] == [
        1.789,
        2.475,
        2.846,
        3.015,
        3.175,
        4.249,
    ]


def test_where_most_are_equal_the_mean_deviation_takes_over() -> None:
    found = spread([1, 1, 1, 1, 1, 1, 1, 8])

    assert (found.method, found.median, found.deviation) == (Method.MEAN_DEVIATION, 1.0, 0.875)
    assert found.score(8) == pytest.approx(6.383, abs=5e-4)


def test_where_all_are_equal_nobody_stands_out() -> None:
    found = spread([2.0] * 9)

    assert (found.method, found.score(2.0)) == (Method.ALL_ALIKE, None)


def test_quartiles_are_interpolated() -> None:
    ordered = sorted([-1.152, -0.5146, -0.585, -0.737, -0.263, -0.3219, 2.6781, -0.3219, 0.415, 0.585])

    assert quantile(ordered, 0.25) == pytest.approx(-0.5674, abs=5e-5)
    assert quantile(ordered, 0.75) == pytest.approx(0.2455, abs=5e-5)


def test_fewer_than_eight_accounts_are_held_to_a_rule_of_thumb() -> None:
    base = attention([effort("a", support=90, revenue=30), *(effort(ref, support=2) for ref in "bcdef")])

    assert base.spread.method is Method.RULE_OF_THUMB
    assert base.accounts["a"].ratio == Decimal("15.900000")
    found = outlier(base.accounts["a"], base)
    assert (found.is_outlier, found.method, found.score) == (True, Method.RULE_OF_THUMB, None)
    assert not outlier(base.accounts["b"], base).is_outlier


def test_a_light_account_is_no_outlier_however_large_its_ratio() -> None:
    base = attention([*TEN_PLAIN, Effort("dwarf", {"support": Decimal(1)}, Decimal("0.01"))])
    found = outlier(base.accounts["dwarf"], base)

    assert found.score is not None
    assert found.score > 3.5
    assert (found.is_outlier, found.passes_weight_gate) == (False, False)


TEN_PLAIN = [effort(str(n), support=10 + n) for n in range(10)]


def test_effort_without_value_has_no_ratio() -> None:
    base = attention([effort("free", support=50, revenue=0), *TEN_PLAIN])

    assert base.accounts["free"].ratio is None
    assert base.accounts["free"].effort > Decimal("0.2")
    assert not outlier(base.accounts["free"], base).is_outlier


def test_an_account_without_effort_is_counted_but_has_no_logarithm() -> None:
    base = attention([effort("idle"), *TEN_PLAIN])

    assert (base.accounts["idle"].ratio, base.accounts["idle"].log_ratio) == (0, None)
    assert (base.spread.left_out, base.spread.count) == (1, 10)


def test_pools_without_hours_drop_out_and_the_rest_is_rescaled() -> None:
    base = attention([effort("a", support=3, engineering=1), effort("b", support=1, engineering=1)])

    assert base.dropped == ("product", "roadmap")
    assert base.weights == {"support": Decimal("0.5"), "engineering": Decimal("0.5")}
    assert base.accounts["a"].effort == Decimal("0.625000")
    assert rescaled({"support": Decimal(1)}, ["sales"]) == {}


def test_without_any_hours_nobody_is_judged() -> None:
    base = attention([effort("a"), effort("b")])

    assert (base.accounts["a"].effort, base.spread.count, base.spread.left_out) == (0, 0, 2)
    assert not outlier(base.accounts["a"], base, OutlierLimits()).is_outlier


def test_credits_do_not_make_a_negative_share_of_value() -> None:
    base = attention([effort("credit", support=1, revenue=-50), effort("b", support=1, revenue=100)])

    assert (base.accounts["credit"].value, base.accounts["b"].value) == (0, 1)


def test_the_larger_share_counts_and_is_named() -> None:
    hours = {"support": Decimal(10)}
    found = attention(
        [
            Effort("A1", hours, Decimal(100), market_value=Decimal(900)),
            Effort("A2", hours, Decimal(300), market_value=Decimal(100)),
        ]
    ).accounts
    assert [(one.value, one.yardstick, one.by_revenue, one.by_market) for one in found.values()] == [
        (Decimal("0.900000"), "market_value", Decimal("0.250000"), Decimal("0.900000")),
        (Decimal("0.750000"), "revenue", Decimal("0.750000"), Decimal("0.100000")),
    ]
    assert found["A1"].ratio == Decimal("0.555556")
