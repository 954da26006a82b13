"""The one sentence that can be read out to the CFO, as choices and numbers; the pages and the API put it in words.

Each figure is rounded as the tables show it, so that the sentence never differs from them. A sign is a word, never
only a mark: it has to survive being read aloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from .curve import TENTH, CurveFigures, Note

PERCENT_STEP = Decimal("0.1")
MULTIPLE_STEP = Decimal("0.01")
CENT = Decimal("0.01")


class Sign(StrEnum):
    """The word before a figure."""

    PLUS = "plus"
    MINUS = "minus"
    NONE = "none"


class Form(StrEnum):
    """Which sentence the figures allow."""

    NO_DATA = "no_data"
    ONLY_ONE = "only_one"
    NO_ACCOUNT_EARNS = "no_account_earns"
    BASE_EARNS_NOTHING = "base_earns_nothing"
    BASE_NEAR_ZERO = "base_near_zero"
    FEWER_THAN_TEN = "fewer_than_ten"
    NOTHING_TO_REMOVE = "nothing_to_remove"
    TWICE = "twice"
    MULTIPLE = "multiple"


class Unit(StrEnum):
    """What a figure counts."""

    PERCENT = "percent"
    MONEY = "money"
    TIMES = "times"
    ACCOUNTS = "accounts"


@dataclass(frozen=True, slots=True)
class Figure:
    """A magnitude without sign, its unit, and the word for its sign. Money carries no currency: the run has it."""

    magnitude: Decimal
    unit: Unit
    sign: Sign = Sign.NONE


@dataclass(frozen=True, slots=True)
class Sentence:
    """The form to be worded and the figures to be set into it, by name."""

    form: Form
    figures: Mapping[str, Figure]


def sentence(figures: CurveFigures, part: Decimal = TENTH) -> Sentence:
    """The sentence for the best and the worst `part` of the base; another form where shares would mean nothing."""
    if Note.NO_DATA in figures.notes:
        return Sentence(Form.NO_DATA, {})
    money = {
        "accounts": _count(figures.accounts),
        "total": _money(figures.total),
        "peak": _money(figures.peak),
        "hidden": _money(-figures.hidden_loss),
        "earners": _count(figures.peak_at),
        "loss_makers": _count(figures.loss_makers),
    }
    for note, form in (
        (Note.ONLY_ONE, Form.ONLY_ONE),
        (Note.NO_ACCOUNT_EARNS, Form.NO_ACCOUNT_EARNS),
        (Note.BASE_EARNS_NOTHING, Form.BASE_EARNS_NOTHING),
        (Note.BASE_NEAR_ZERO, Form.BASE_NEAR_ZERO),
        (Note.FEWER_THAN_TEN, Form.FEWER_THAN_TEN),
    ):
        if note in figures.notes:
            return Sentence(form, money)
    key = str(part)
    best, worst, multiple = figures.best[key].share, figures.worst[key].share, figures.multiple[key]
    if best is None or worst is None or multiple is None:
        raise ValueError("A base that earns has shares of its total.")
    parts = {"best": _percent(best), "worst": _percent(worst)}
    if figures.nothing_to_remove[key]:
        return Sentence(Form.NOTHING_TO_REMOVE, parts)
    times = multiple.quantize(MULTIPLE_STEP, ROUND_HALF_EVEN)
    return Sentence(Form.TWICE if times == 2 else Form.MULTIPLE, parts | {"times": Figure(_short(times), Unit.TIMES)})


def _short(value: Decimal) -> Decimal:
    """Without trailing zeros, and never in powers of ten."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _sign(value: Decimal) -> Sign:
    if value == 0:
        return Sign.NONE
    return Sign.PLUS if value > 0 else Sign.MINUS


def _percent(part: Decimal) -> Figure:
    value = (part * 100).quantize(PERCENT_STEP, ROUND_HALF_EVEN)
    return Figure(_short(abs(value)), Unit.PERCENT, _sign(value))


def _money(amount: Decimal) -> Figure:
    value = amount.quantize(CENT, ROUND_HALF_EVEN)
    return Figure(abs(value), Unit.MONEY, _sign(value))


def _count(number: int) -> Figure:
    return Figure(Decimal(number), Unit.ACCOUNTS)
