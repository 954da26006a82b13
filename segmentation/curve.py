"""The whale curve and what is read off it: who earns the profit, who eats it.

Contributions are ranked from the highest to the lowest and added up; the running total is the curve.
Method: customer profitability by cumulative contribution (R. Kaplan and V. G. Narayanan, 2001); best and
worst tenths after P. Kotler; the 80 percent point after V. Pareto and J. Juran.

The figures need only a handful of running totals. `CurveSums` carries them, whether they were summed from a
list (`sums_of`) or by the database: `positions_needed` names the places that the database has to look up.
Money is exact; a share is a fraction of one, rounded half-even to six places, and None where it means nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from itertools import accumulate

ZERO = Decimal(0)
SIX_PLACES = Decimal("0.000001")
TENTH = Decimal("0.1")
FIFTH = Decimal("0.2")
QUANTILES = (TENTH, FIFTH)
PARETO_REFERENCE = Decimal("0.8")
NEAR_ZERO = Decimal("0.1")
POINTS_DRAWN = 400


class Note(StrEnum):
    """Why a figure is absent or must be read with care; pages word it, the API prints the code."""

    NO_DATA = "no_data"
    ONLY_ONE = "only_one"
    BASE_EARNS_NOTHING = "base_earns_nothing"
    BASE_NEAR_ZERO = "base_near_zero"
    NO_ACCOUNT_EARNS = "no_account_earns"
    NOTHING_TO_REMOVE = "nothing_to_remove"
    FEWER_THAN_TEN = "fewer_than_ten"
    FEW_ACCOUNTS_RULE_OF_THUMB = "few_accounts_rule_of_thumb"


class Standing(StrEnum):
    """The three groups of the base, by the break-even band."""

    EARNER = "earner"
    ABOUT_ZERO = "about_zero"
    LOSS_MAKER = "loss_maker"


def share(part: Decimal, whole: Decimal) -> Decimal:
    """`part` as a fraction of `whole`, six places, half-even. The caller makes sure that `whole` is not zero."""
    return (part / whole).quantize(SIX_PLACES, ROUND_HALF_EVEN)


def break_even_band(revenue: Decimal, of_revenue: Decimal = Decimal("0.01"), floor: Decimal = ZERO) -> Decimal:
    """How far from zero a contribution may lie and still be called *about zero*, in money."""
    return max(of_revenue * revenue, floor)


def standing(contribution: Decimal, band: Decimal) -> Standing:
    """The group of one account. A contribution on the edge of its band is still about zero."""
    if abs(contribution) <= band:
        return Standing.ABOUT_ZERO
    return Standing.EARNER if contribution > 0 else Standing.LOSS_MAKER


@dataclass(frozen=True, slots=True)
class CurveSums:
    """What the figures are made of. `cumulative(k)` is the sum of the k highest contributions, for 0 <= k <= count."""

    count: int
    total: Decimal
    peak: Decimal
    """Sum of all contributions above zero: the highest point of the curve."""
    peak_at: int
    """Number of accounts above zero: the first place at which the curve reaches its peak."""
    loss_makers: int
    """Number of accounts below zero, however little."""
    cumulative: Callable[[int], Decimal]
    about_zero: int = 0
    """Accounts inside their break-even band, of either sign."""
    losses_about_zero: int = 0
    """Those of the loss-makers that lie inside their break-even band."""
    reach_80: int | None = None
    """Fewest accounts that together reach 80 percent of the total; absent where the total is not above zero."""

    def at(self, part: Decimal) -> Decimal:
        """The curve at `part` of the base (0 to 1), linear between accounts.

        Interpolation instead of a rounded number of accounts: the figure does not jump when one account joins,
        and the order inside a tie does not matter.
        """
        place = part * self.count
        whole = int(place)
        if whole >= self.count:
            return self.total
        below = self.cumulative(whole)
        rest = place - whole
        return below + rest * (self.cumulative(whole + 1) - below) if rest else below


def sums_of(contributions: Sequence[Decimal], bands: Sequence[Decimal] | None = None) -> CurveSums:
    """The sums of a list in any order. `bands` are the break-even bands in the same order as the contributions."""
    ranked = sorted(contributions, reverse=True)
    running = [ZERO, *accumulate(ranked)]
    total = running[-1]
    peak_at = sum(1 for value in ranked if value > 0)
    groups = [(value, standing(value, band)) for value, band in zip(contributions, bands or (), strict=bool(bands))]
    near = [value for value, group in groups if group is Standing.ABOUT_ZERO]
    return CurveSums(
        count=len(ranked),
        total=total,
        peak=running[peak_at],
        peak_at=peak_at,
        loss_makers=sum(1 for value in ranked if value < 0),
        cumulative=running.__getitem__,
        about_zero=len(near),
        losses_about_zero=sum(1 for value in near if value < 0),
        # the curve only rises up to its peak, so the first place that reaches a height can be bisected
        reach_80=bisect_left(running, PARETO_REFERENCE * total, hi=peak_at) if total > 0 else None,
    )


def positions_needed(count: int, quantiles: Iterable[Decimal] = QUANTILES) -> list[int]:
    """Every place k whose running total the figures ask for: the neighbours of each quantile, from both ends."""
    places: set[int] = {0, count}
    for part in quantiles:
        for place in (part * count, (1 - part) * count):
            places.update((int(place), min(int(place) + 1, count)))
    return sorted(places)


@dataclass(frozen=True, slots=True)
class Group:
    """What one part of the base contributes: money, and its shares of the total and of the peak."""

    amount: Decimal
    share: Decimal | None
    share_of_peak: Decimal | None


@dataclass(frozen=True, slots=True)
class CurveFigures:
    """All figures of one curve. Groups are keyed by the part of the base they take: "0.1" is a tenth."""

    accounts: int
    total: Decimal
    peak: Decimal
    peak_at: int
    peak_place: Decimal | None
    peak_ratio: Decimal | None
    hidden_loss: Decimal
    """Profit earned and then eaten by the loss-makers: peak less total."""
    loss_makers: int
    about_zero: int
    losses_about_zero: int
    best: Mapping[str, Group]
    middle: Mapping[str, Group]
    worst: Mapping[str, Group]
    multiple: Mapping[str, Decimal | None]
    """Profit without the worst group, as a multiple of profit, before any cost is asked whether it would fall away."""
    nothing_to_remove: Mapping[str, bool]
    reach_80: int | None
    share_80: Decimal | None
    notes: tuple[Note, ...]


def figures_of(sums: CurveSums, quantiles: Iterable[Decimal] = QUANTILES) -> CurveFigures:
    """Peak, hidden loss, best, middle and worst groups, multiple and the 80 percent point of one curve."""
    has_shares = sums.total > 0 and sums.count > 1

    def group(amount: Decimal) -> Group:
        of_peak = share(amount, sums.peak) if sums.peak > 0 and sums.count > 1 else None
        return Group(amount, share(amount, sums.total) if has_shares else None, of_peak)

    best: dict[str, Group] = {}
    middle: dict[str, Group] = {}
    worst: dict[str, Group] = {}
    multiple: dict[str, Decimal | None] = {}
    nothing: dict[str, bool] = {}
    for part in quantiles:
        top, rest = sums.at(part), sums.at(1 - part)
        key = str(part)
        best[key], middle[key], worst[key] = group(top), group(rest - top), group(sums.total - rest)
        multiple[key] = share(rest, sums.total) if has_shares else None
        nothing[key] = sums.total - rest >= 0
    reach = sums.reach_80 if has_shares else None
    return CurveFigures(
        accounts=sums.count,
        total=sums.total,
        peak=sums.peak,
        peak_at=sums.peak_at,
        peak_place=share(Decimal(sums.peak_at), Decimal(sums.count)) if sums.count > 1 else None,
        peak_ratio=share(sums.peak, sums.total) if has_shares else None,
        hidden_loss=sums.peak - sums.total,
        loss_makers=sums.loss_makers,
        about_zero=sums.about_zero,
        losses_about_zero=sums.losses_about_zero,
        best=best,
        middle=middle,
        worst=worst,
        multiple=multiple,
        nothing_to_remove=nothing,
        reach_80=reach,
        share_80=share(Decimal(reach), Decimal(sums.count)) if reach is not None else None,
        notes=tuple(_notes(sums, nothing)),
    )


def _notes(sums: CurveSums, nothing: Mapping[str, bool]) -> Iterator[Note]:
    if sums.count == 0:
        yield Note.NO_DATA
        return
    if sums.count == 1:
        yield Note.ONLY_ONE
    if sums.total <= 0:
        yield Note.BASE_EARNS_NOTHING
    elif sums.total < NEAR_ZERO * sums.peak:
        yield Note.BASE_NEAR_ZERO
    if sums.peak == 0:
        yield Note.NO_ACCOUNT_EARNS
    if sums.loss_makers == 0 or any(nothing.values()):
        yield Note.NOTHING_TO_REMOVE
    if sums.count < 10:
        yield Note.FEWER_THAN_TEN
    if sums.count < 8:
        yield Note.FEW_ACCOUNTS_RULE_OF_THUMB


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One drawn point: the k-th place, how far along the base it lies, and the money earned up to it."""

    position: int
    place: Decimal
    cumulative: Decimal
    share: Decimal | None
    share_of_peak: Decimal | None


def point(sums: CurveSums, position: int, cumulative: Decimal) -> CurvePoint:
    """The point at `position`, with its shares where they mean something."""
    has_shares = sums.count > 1
    return CurvePoint(
        position=position,
        place=share(Decimal(position), Decimal(sums.count)),
        cumulative=cumulative,
        share=share(cumulative, sums.total) if sums.total > 0 and has_shares else None,
        share_of_peak=share(cumulative, sums.peak) if sums.peak > 0 and has_shares else None,
    )


def positions_drawn(sums: CurveSums, crossing: int | None = None, points: int = POINTS_DRAWN) -> list[int]:
    """The places a chart draws: about `points` of them, evenly spread, and all that carry meaning.

    Kept in any case: both ends, the peak, the end of its plateau, the quantiles, and `crossing`, the first place
    at which the curve lies below zero, with the place before it.
    """
    if sums.count == 0:
        return []
    kept = {0, 1, sums.peak_at, sums.count - sums.loss_makers, sums.count, *positions_needed(sums.count)}
    if sums.reach_80 is not None:
        kept.add(sums.reach_80)
    if crossing is not None:
        kept.update((crossing - 1, crossing))
    spread = max(points - len(kept), 1)
    kept.update(range(sums.count + 1) if sums.count <= spread else (sums.count * i // spread for i in range(spread)))
    return sorted(kept)


def zero_crossing(sums: CurveSums) -> int | None:
    """The first place at which the curve lies below zero, if it ever does. It can cross only once, after its peak."""
    if sums.count == 0 or sums.total >= 0:
        return None
    low, high = sums.peak_at, sums.count
    while low < high:
        half = (low + high) // 2
        if sums.cumulative(half) < 0:
            high = half
        else:
            low = half + 1
    return low


def chart(sums: CurveSums, points: int = POINTS_DRAWN) -> list[CurvePoint]:
    """The drawn points of a curve whose running totals are all at hand."""
    return [point(sums, k, sums.cumulative(k)) for k in positions_drawn(sums, zero_crossing(sums), points)]


def competition_ranks(ranked: Sequence[Decimal]) -> list[int]:
    """Ranks of values sorted from high to low: equal values share a rank, the next one skips (1, 2, 2, 4)."""
    ranks: list[int] = []
    for index, value in enumerate(ranked):
        ranks.append(ranks[-1] if index and value == ranked[index - 1] else index + 1)
    return ranks
