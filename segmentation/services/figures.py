"""The figures of a run: read off its rows once, kept with it as exact text, read back by every screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import Count, Min, Q, Sum

from segmentation.curve import (
    PARETO_REFERENCE,
    CurveFigures,
    CurveSums,
    Group,
    Note,
    Standing,
    figures_of,
    positions_drawn,
    positions_needed,
)
from segmentation.facts import plain
from segmentation.models import AccountProfit, ProfitRun
from segmentation.sentence import Sentence, sentence

if TYPE_CHECKING:
    from segmentation.models import AccountProfitQuerySet

ZERO: Final = Decimal(0)
_LOSS, _EARNS, _NEAR = Q(contribution__lt=0), Q(contribution__gt=0), Q(is_about_zero=True)
_GROUPS: Final = {Standing.EARNER: _EARNS & ~_NEAR, Standing.ABOUT_ZERO: _NEAR, Standing.LOSS_MAKER: _LOSS & ~_NEAR}
_SUMMED: Final = ("revenue", "direct_cost", "people_cost", "hours", "contribution")

REVENUE_CURVE = """
SELECT width_bucket(revenue_rank - 1, %(places)s::integer[]), count(*), sum(revenue), min(revenue)
FROM segmentation_accountprofit WHERE run_id = %(run)s AND revenue_rank <= %(last)s GROUP BY 1 ORDER BY 1
"""
CONTENT_HASH = """
SELECT encode(sha256(convert_to(%(parameters)s || coalesce(string_agg(
    concat_ws(E'\\x1f', ref, revenue, direct_cost, people_cost, hours), E'\\n' ORDER BY position), ''), 'UTF8')), 'hex')
FROM segmentation_accountprofit WHERE run_id = %(run)s
"""


def measure(run: ProfitRun) -> tuple[CurveSums, dict[str, Any]]:
    """Sum the rows of `run` and word them as plain data: curve, groups of the base, and the same curve on revenue."""
    rows = AccountProfit.objects.filter(run=run)
    asked: dict[str, Any] = {f"all_{name}": Sum(name, default=ZERO) for name in _SUMMED}
    asked |= {
        "count": Count("pk"),
        "earned": Sum("revenue", filter=Q(revenue__gt=0), default=ZERO),
        "peak": Sum("contribution", filter=_EARNS, default=ZERO),
        "peak_at": Count("pk", filter=_EARNS),
        "loss_makers": Count("pk", filter=_LOSS),
        "near_zero": Count("pk", filter=_NEAR),
        "losses_about_zero": Count("pk", filter=_NEAR & _LOSS),
    }
    for group, condition in _GROUPS.items():
        asked[f"{group}_accounts"] = Count("pk", filter=condition)
        asked |= {f"{group}_{name}": Sum(name, filter=condition, default=ZERO) for name in _SUMMED}
    found = rows.aggregate(**asked)
    total = found["all_contribution"]
    reached = rows.filter(cumulative__gte=PARETO_REFERENCE * total).aggregate(place=Min("position"))["place"]
    sums = CurveSums(
        count=found["count"],
        total=total,
        peak=found["peak"],
        peak_at=found["peak_at"],
        loss_makers=found["loss_makers"],
        cumulative=cumulative_at(rows, positions_needed(found["count"])).__getitem__,
        about_zero=found["near_zero"],
        losses_about_zero=found["losses_about_zero"],
        reach_80=reached if total > 0 else None,
    )
    figures: dict[str, Any] = plain(asdict(figures_of(sums)))
    figures |= plain({name: found[f"all_{name}"] for name in ("revenue", "direct_cost", "people_cost", "hours")})
    figures["revenue_without_credits"] = plain(found["earned"])
    figures["groups"] = plain(
        {group: {name: found[f"{group}_{name}"] for name in ("accounts", *_SUMMED)} for group in _GROUPS}
    )
    figures["revenue_curve"] = _revenue_curve(run, found["count"], found["all_revenue"])
    return sums, figures


def cumulative_at(rows: AccountProfitQuerySet, positions: Iterable[int]) -> dict[int, Decimal]:
    """The curve's heights at these places; the first place is the origin."""
    return {0: ZERO} | dict(rows.filter(position__in=list(positions)).values_list("position", "cumulative"))


def _revenue_curve(run: ProfitRun, count: int, revenue: Decimal) -> dict[str, Any]:
    """How much of revenue its own best tenth and fifth bring: the gap to the shares of profit is the message."""
    heights = _revenue_heights(run, sorted(place for place in positions_needed(count) if place))
    sums = CurveSums(count, revenue, revenue, count, 0, heights.__getitem__)
    best: dict[str, Any] = plain({part: asdict(group) for part, group in figures_of(sums).best.items()})
    return {part: {"amount": group["amount"], "share": group["share"]} for part, group in best.items()}


def _revenue_heights(run: ProfitRun, places: list[int]) -> dict[int, Decimal]:
    """What the accounts with the most revenue bring together, for so many of them.

    Accounts of one rank have one revenue: where a rank reaches beyond a place, what is too many is taken off again.
    """
    heights, taken, together, least = {0: ZERO}, 0, ZERO, ZERO
    if not places:
        return heights
    with connection.cursor() as cursor:
        cursor.execute(REVENUE_CURVE, {"run": run.pk, "places": places, "last": places[-1]})
        parts = {bucket: rest for bucket, *rest in cursor.fetchall()}
    for bucket, place in enumerate(places):
        if bucket in parts:
            number, revenue, least = parts[bucket]
            taken, together = taken + number, together + revenue
        heights[place] = together - (taken - place) * least
    return heights


def drawn_points(run: ProfitRun, sums: CurveSums, wanted: int) -> list[tuple[int, Decimal]]:
    """About `wanted` places of the curve and their heights, from the origin to the end."""
    rows = AccountProfit.objects.filter(run=run)
    crossing = rows.filter(position__gt=sums.peak_at, cumulative__lt=0).aggregate(place=Min("position"))["place"]
    found = cumulative_at(rows, positions_drawn(sums, crossing, wanted))
    return sorted(found.items()) if sums.count else []


def content_hash(run: ProfitRun) -> str:
    """Equal for equal parameters, references and amounts, and for nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(CONTENT_HASH, {"run": run.pk, "parameters": run.parameters_hash})
        return str(cursor.fetchone()[0])


def figures_of_run(run: ProfitRun) -> CurveFigures:
    """The curve's figures of a finished run, exactly as they were computed."""
    kept = run.figures
    values: dict[str, Any] = {item.name: kept[item.name] for item in fields(CurveFigures)}
    for name in ("total", "peak", "peak_place", "peak_ratio", "hidden_loss", "share_80"):
        values[name] = _decimal(values[name])
    for name in ("best", "middle", "worst"):
        values[name] = {part: _group(group) for part, group in values[name].items()}
    values["multiple"] = {part: _decimal(text) for part, text in values["multiple"].items()}
    values["notes"] = tuple(Note(note) for note in values["notes"])
    return CurveFigures(**values)


def sums_of_run(run: ProfitRun) -> CurveSums:
    """What the chart needs of a finished run, without looking at its rows."""
    figures = figures_of_run(run)
    return CurveSums(
        figures.accounts,
        figures.total,
        figures.peak,
        figures.peak_at,
        figures.loss_makers,
        dict(run.curve_points).__getitem__,
        reach_80=figures.reach_80,
    )


def sentence_of_run(run: ProfitRun) -> Sentence:
    """The sentence for the CFO, made of the run's own figures."""
    return sentence(figures_of_run(run))


def _group(kept: Mapping[str, str | None]) -> Group:
    return Group(Decimal(kept["amount"] or 0), _decimal(kept["share"]), _decimal(kept["share_of_peak"]))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
