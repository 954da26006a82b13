"""Where the whale curve's lines and words stand."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from segmentation.chart import Chart, Frame, base_of, nice_step, whale_curve


def drawn(*amounts: int) -> Chart:
    """The curve of accounts that contribute `amounts`, best first."""
    points, total, peak, peak_at = [], Decimal(0), Decimal(0), 0
    for rank, amount in enumerate(amounts, start=1):
        total += amount
        points.append((rank, total))
        if total > peak:
            peak, peak_at = total, rank
    chart = whale_curve(points, accounts=len(amounts), total=total, peak=peak, peak_at=peak_at)
    assert chart is not None
    return chart


def wide(chart: Chart) -> Frame:
    return next(frame for frame in chart.frames if frame.name == "wide")


TEN = (40, 30, 20, 15, 10, 5, 3, 2, -5, -20)


def test_without_accounts_there_is_no_chart() -> None:
    assert whale_curve([], accounts=0, total=Decimal(0), peak=Decimal(0), peak_at=0) is None


@pytest.mark.parametrize(
    ("total", "peak", "base"),
    [
        ("100", "125", "total"),
        ("12.5", "125", "total"),
        ("12.4", "125", "peak"),
        ("-3", "125", "peak"),
        ("-3", "0", "money"),
    ],
)
def test_percentages_are_of_the_total_unless_it_is_near_or_below_zero(total: str, peak: str, base: str) -> None:
    assert base_of(Decimal(total), Decimal(peak)) == base


def test_the_curve_starts_at_nothing_and_ends_at_the_total() -> None:
    chart = drawn(*TEN)
    assert chart.points[0] == (0, 0.0)
    assert chart.points[-1] == (10, 1.0)
    assert chart.peak == 1.25
    assert chart.peak_at == 8


def test_the_peak_is_drawn_even_where_the_sample_leaves_it_out() -> None:
    chart = whale_curve(
        [(5, Decimal(90)), (10, Decimal(100))], accounts=10, total=Decimal(100), peak=Decimal(125), peak_at=8
    )
    assert chart is not None
    assert chart.points == ((0, 0.0), (5, 0.9), (8, 1.25), (10, 1.0))


def test_the_fall_after_the_peak_is_a_line_of_its_own_and_hatched() -> None:
    chart = drawn(*TEN)
    assert chart.line_up.count("L") == 8
    assert chart.line_down.count("L") == 2
    frame = wide(chart)
    assert frame.peak is not None
    assert frame.hatch.endswith(f"V{frame.peak.y}Z")


def test_without_loss_makers_nothing_is_hatched() -> None:
    chart = drawn(40, 30, 20, 10)
    assert chart.line_down == ""
    assert [frame.hatch for frame in chart.frames] == ["", "", "", ""]


def test_where_all_lose_the_chart_shows_money_and_no_peak() -> None:
    chart = drawn(-10, -20, -30)
    assert chart.base == "money"
    assert chart.area == ""
    assert chart.line_up == ""
    assert wide(chart).peak is None
    assert chart.points[-1] == (3, -60.0)


def test_fewer_than_ten_accounts_have_no_tenths() -> None:
    frame = wide(drawn(40, 30, -10))
    assert (frame.best, frame.worst, frame.best_note, frame.worst_note) == (None, None, None, None)


def test_one_account_is_a_curve_of_two_points() -> None:
    assert drawn(40).points == ((0, 0.0), (1, 1.0))


def test_the_horizontal_axis_runs_over_the_whole_plot() -> None:
    frame = wide(drawn(*TEN))
    assert (frame.x_ticks[0].at, frame.x_ticks[-1].at) == (frame.left, frame.right)
    assert [tick.value for tick in frame.y_ticks] == [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]


@pytest.mark.parametrize(("span", "steps", "step"), [(1.375, 6, 0.25), (1.0, 5, 0.2), (80_000, 5, 20_000), (0, 5, 1)])
def test_axes_are_marked_at_round_values(span: float, steps: int, step: float) -> None:
    assert nice_step(span or 1 * steps, steps) == pytest.approx(step)


@pytest.mark.parametrize("amounts", [TEN, (300, *[1] * 40), tuple(range(30, -12, -1)), (50, *[5] * 10, *[-11] * 10)])
def test_labels_keep_clear_of_each_other(amounts: tuple[int, ...]) -> None:
    for frame in drawn(*amounts).frames:
        notes = [note for note in (frame.peak_note, frame.best_note, frame.worst_note) if note is not None]
        heights = sorted((note.y, note.x) for note in notes)
        assert all(b[0] - a[0] >= 14 or abs(b[1] - a[1]) >= 100 for a, b in itertools.pairwise(heights))


def test_points_travel_as_short_numbers() -> None:
    assert drawn(40, 20, -30).points_json == "[[0,0.0],[1,1.33333],[2,2.0],[3,1.0]]"
