"""How figures, dates and states are written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from pmcrm import figures

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("286397.0217"), "286,397"),
        (Decimal("-71224.4744"), "−71,224"),
        (Decimal("-0.4"), "0"),
        ("0", "0"),
        (None, "–"),
        ("", "–"),
        ("no number", "–"),
    ],
)
def test_money_has_a_true_minus_and_grouped_thousands(value: Any, text: str) -> None:
    assert figures.money(value) == text


def test_halves_go_to_the_even_neighbour() -> None:
    assert [figures.money(value) for value in ("0.5", "1.5", "2.5")] == ["0", "2", "2"]


def test_a_signed_amount_always_shows_its_sign_but_zero_has_none() -> None:
    assert [figures.signed(value) for value in (48210, -6626, 0)] == ["+48,210", "−6,626", "0"]


def test_shares_are_percentages_with_a_space_that_does_not_break() -> None:
    assert figures.percent("0.574113") == "57.4\u00a0%"
    assert figures.signed_percent("-0.229786") == "−23.0\u00a0%"
    assert figures.percent_of("0.125", "revenue") == "12.5\u00a0% of revenue"


def test_large_amounts_fit_a_small_place() -> None:
    assert [figures.short_money(value) for value in (2300000, 48210, -9351, 3 * 10**9)] == [
        "2.30\u00a0M",
        "48\u00a0k",
        "−9,351",
        "3.00\u00a0bn",
    ]


def test_ratios_hours_minutes_and_sizes_carry_their_unit() -> None:
    assert figures.times("1.229786") == "1.23\u00a0×"
    assert figures.hours(2140) == "2,140\u00a0h"
    assert [figures.minutes(value) for value in (45, 60, 90)] == ["45\u00a0min", "1\u00a0h", "1\u00a0h\u00a030"]
    assert figures.file_size(2_345_678) == "2.3\u00a0MB"


def test_the_class_of_an_amount_follows_its_sign() -> None:
    assert [figures.tone(value) for value in (1, 0, -1, None)] == ["gain", "", "loss", ""]
    assert [figures.loss_only(value) for value in (1, -1)] == ["", "loss"]


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (dt.timedelta(seconds=20), "just now"),
        (dt.timedelta(minutes=5), "5 min ago"),
        (dt.timedelta(hours=4), "4 h ago"),
        (dt.timedelta(days=1), "yesterday"),
        (dt.timedelta(days=12), "12 days ago"),
        (dt.timedelta(days=40), "11 Oct"),
        (dt.timedelta(days=400), "16 Oct 2025"),
    ],
)
def test_how_long_ago(passed: dt.timedelta, text: str) -> None:
    with time_machine.travel(NOW, tick=False):
        assert figures.ago(NOW - passed) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [(-2, "2 days late"), (-1, "1 day late"), (0, "today"), (1, "tomorrow"), (3, "in 3 days"), (20, "10 Dec")],
)
def test_how_a_due_day_stands(days: int, text: str) -> None:
    with time_machine.travel(NOW, tick=False):
        assert figures.until(NOW.date() + dt.timedelta(days=days)) == text


def test_instants_are_told_in_the_readers_zone() -> None:
    moment = dt.datetime(2026, 11, 4, 23, 30, tzinfo=dt.UTC)
    with timezone.override(ZoneInfo("Europe/Oslo")):
        assert figures.local_time(moment) == "5 Nov 2026, 00:30"
        assert figures.local_date(moment) == "5 Nov 2026"
        assert figures.clock(moment) == "00:30"
    assert figures.machine_time(moment) == "2026-11-04T23:30:00+00:00"


def test_a_month_is_named() -> None:
    assert figures.month(dt.date(2026, 11, 1)) == "Nov 2026"


@pytest.mark.parametrize(
    ("name", "letters"), [("Ravi Kapoor", "RK"), ("Ravi van den Berg", "RB"), ("Ravi", "R"), ("", "?")]
)
def test_initials(name: str, letters: str) -> None:
    assert figures.initials(name) == letters


def test_a_bar_is_as_long_as_its_share_of_the_largest() -> None:
    assert [figures.share_of_max(value, -6626) for value in (-6626, -3313, None)] == ["100.00", "50.00", "0"]
    assert figures.share_of_max(5, 0) == "0"


def test_a_state_has_a_symbol_besides_its_colour() -> None:
    assert [
        (figures.state_tone(state), figures.state_icon(state)) for state in ("done", "running", "partial", "failed")
    ] == [
        ("brand", "check"),
        ("", "circle"),
        ("warn", "clock"),
        ("loss", "x"),
    ]
