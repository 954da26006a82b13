"""What is read column by column is what reading cell by cell gives."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmcrm.exchange import columns, instants, values
from pmcrm.exchange.values import Cell, DecimalSign, ErrorCell

SIGNS = st.text("0123456789.,- +$€()'\n\u00a0\u2212e%A", max_size=9)
PLAIN = st.from_regex(r"\A-?[0-9]{1,6}(\.[0-9]{1,6})?\Z")
WORDS = st.text("aé\u0301 \t\n\u00a0\u200bTotalSum:,Ж中\x00\u202e", max_size=8)


def one_by_one(cells: list[str], decimal: DecimalSign) -> list[str] | None:
    try:
        return ["" if values.is_blank(cell) else values.number_text(cell, decimal) for cell in cells]
    except values.BadValueError:
        return None


# The first values take seconds on a busy machine.
PATIENT = settings(suppress_health_check=[HealthCheck.too_slow])


@PATIENT
@given(st.lists(SIGNS | PLAIN, min_size=1, max_size=5), st.sampled_from((".", ",")))
def test_numbers_of_a_column_are_those_of_its_cells(cells: list[str], decimal: DecimalSign) -> None:
    found = columns.numbers(cells, decimal)
    assert found is None or found == one_by_one(cells, decimal)


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_texts_of_a_column_are_those_of_its_cells(cells: list[str]) -> None:
    found = columns.texts(cells, max_length=6, is_name=True)
    if found is not None:
        assert found == ["" if values.is_blank(cell) else values.text(cell) for cell in cells]
        assert all(len(value) <= 6 and not values.is_total_word(value) for value in found)


@pytest.mark.parametrize("cell", ["0", "-0", "-0.00", "12.50", "100", "0.10", "-7.000001", ""])
def test_plain_numbers_are_read_at_once(cell: str) -> None:
    decided = columns.numbers([cell, "1.5"], ".")
    is_plain = cell not in ("-0", "-0.00")
    assert decided == ([values.number_text(cell) if cell else "", "1.5"] if is_plain else None)


def test_a_negative_zero_is_zero() -> None:
    assert [values.number_text(cell) for cell in ("-0", "-0.00", "-0.0", "0.000")] == ["0", "0", "0", "0"]


def test_decimal_commas_become_points() -> None:
    assert columns.numbers(["1,50", "-3", ""], ",") == ["1.5", "-3", ""]
    assert columns.numbers(["1.50"], ",") is None


def test_an_open_decimal_sign_is_left_to_the_cells() -> None:
    assert columns.numbers(["12", "7"], None) == ["12", "7"]
    assert columns.numbers(["12.5"], None) is None
    assert columns.numbers(["12,5"], None) is None


@pytest.mark.parametrize("cell", [None, 12.5, True, ErrorCell("#N/A"), "two\nlines", "\u00a0edge", "e\u0301", "Total"])
def test_what_needs_a_closer_look_is_left_to_the_cells(cell: Cell) -> None:
    assert columns.texts(["plain", cell], max_length=20, is_name=True) is None


def test_a_word_too_long_is_left_to_the_cells() -> None:
    assert columns.texts(["abc", "abcd"], max_length=3, is_name=False) is None


@given(SIGNS | PLAIN)
def test_what_proves_a_decimal_sign_quickly_proves_it_slowly(cell: str) -> None:
    quick = values.decimal_evidence(cell)
    assert quick == values.decimal_evidence(f" {cell} ") or not cell.strip()


TIMES = ("2026-01-15T09:30:00+01:00", "2026-01-15 09:30Z", "2026-01-15T09:30:00.250Z")


def test_times_that_leave_nothing_open_are_read_at_once() -> None:
    one_by_one = [instants.instant(cell, ZoneInfo("Europe/Oslo"))[0].isoformat() for cell in TIMES]
    assert columns.instants(TIMES) == one_by_one
    for cell in ("2026-01-15 09:30", "2026-02-30T09:30:00Z", "2026-01-15", "0001-01-15T09:30:00Z", "", 46022.5):
        assert columns.instants([*TIMES, cell]) is None
