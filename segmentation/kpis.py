"""Every figure of this room, defined once: label, unit, base, meaning and formula. Page, API and README read this."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from pmcrm.kpi import Kpi

from .curve import Note
from .sentence import Figure, Form, Sentence, Sign, Unit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MONEY, SHARE, TIMES, COUNT, RATIO, SCORE, PER_QUARTER = "money", "share", "times", "count", "ratio", "score", "slope"

_ALL = (
    Kpi(
        "contribution",
        _("Contribution"),
        MONEY,
        _("per account, in the window"),
        _("What an account earns after all costs traced to it, with people's time at the rate of their pool."),
        "π = R - direct costs - Σ rate × hours",
    ),
    Kpi(
        "total",
        _("Profit of the base"),
        MONEY,
        _("all external accounts with revenue or cost in the window"),
        _("The sum of all contributions; company-sustaining cost is not spread over accounts."),
        "Π = Σ π",
    ),
    Kpi(
        "peak",
        _("Peak profit"),
        MONEY,
        _("accounts above zero"),
        _("What we would earn if no account lost money: the highest point of the whale curve."),
        "Π⁺ = Σ max(π, 0)",
    ),
    Kpi(
        "peak_at",
        _("Accounts that earn"),
        COUNT,
        _("accounts in the base"),
        _("How many accounts lie above zero; the curve reaches its peak there."),
        "k⁺ = #{π > 0}",
    ),
    Kpi(
        "peak_ratio",
        _("Peak over profit"),
        TIMES,
        _("of total"),
        _("How many times the present profit the earners bring before the loss-makers eat their part."),
        "Π⁺ / Π, where Π > 0",
    ),
    Kpi(
        "hidden_loss",
        _("Hidden loss"),
        MONEY,
        _("accounts below zero"),
        _("Profit that is earned by some accounts and eaten by others."),
        "L = Π⁺ - Π = Σ max(-π, 0)",
    ),
    Kpi(
        "loss_makers",
        _("Loss-makers"),
        COUNT,
        _("accounts in the base"),
        _("Accounts below zero; some of them lie so close to zero that they are called about zero."),
        "#{π < 0}",
    ),
    Kpi(
        "about_zero",
        _("About zero"),
        COUNT,
        _("accounts in the base"),
        _("Accounts whose contribution lies inside their break-even band."),
        "#{|π| ≤ max(1 % of R, floor)}",
    ),
    Kpi(
        "best",
        _("Best tenth or fifth"),
        SHARE,
        _("of total"),
        _("What the best part of the accounts earns, read off the curve by linear interpolation."),
        "C(q) / Π",
    ),
    Kpi(
        "worst",
        _("Worst tenth or fifth"),
        SHARE,
        _("of total"),
        _("What the worst part of the accounts earns or costs."),
        "(Π - C(1 - q)) / Π",
    ),
    Kpi(
        "multiple",
        _("Profit without the worst"),
        TIMES,
        _("of total"),
        _("Profit if the worst part left and all its cost with it. People become free, they do not fall away."),
        "C(1 - q) / Π",
    ),
    Kpi(
        "avoidable",
        _("Short-term effect of losing the worst"),
        MONEY,
        _("worst tenth or fifth"),
        _("Revenue that would go, less the direct cost that would go with it; people stay and become free."),
        "Σ (direct costs - R) over the worst part",
    ),
    Kpi(
        "share_80",
        _("Accounts that bring 80 percent"),
        SHARE,
        _("of all accounts"),
        _("The smallest part of the base that together reaches 80 percent of the profit."),
        "min k with C_k ≥ 0.8 Π, over N",
    ),
    Kpi(
        "attention_ratio",
        _("Attention ratio"),
        RATIO,
        _("share of effort over share of value"),
        _("How much of our scarce people an account takes beside what it is worth; 1 is parity."),
        "Σ w × hours share / max(revenue share, market-value share)",
    ),
    Kpi(
        "modified_z",
        _("Modified z-score"),
        SCORE,
        _("all accounts with effort and value"),
        _("How far an attention ratio lies from the middle of the base, by a measure that outliers cannot stretch."),
        "0.6745 × (log2 AR - median) / MAD",
    ),
    Kpi(
        "trend",
        _("Trend"),
        PER_QUARTER,
        _("the last four to eight closed quarters"),
        _("The usual change of contribution from one quarter to the next."),
        "median of (π_j - π_i) / (j - i) over all pairs of quarters",
    ),
    Kpi(
        "hours_coverage",
        _("Hours coverage"),
        SHARE,
        _("of practical hours of all pools"),
        _("How much of the working time of scarce people was logged at all."),
        "Σ min(logged, practical) / Σ practical, per pool and month",
    ),
    Kpi(
        "data_quality",
        _("Data quality"),
        SHARE,
        _("of full knowledge"),
        _("How far the figures can be trusted; under 0.7 the data is thin."),
        "0.5 × hours coverage + 0.3 × explained cost + 0.2 × entries with a rate",
    ),
)
KPIS: Mapping[str, Kpi] = {kpi.slug: kpi for kpi in _ALL}

NOTES: Mapping[Note, StrOrPromise] = {
    Note.NO_DATA: _("There is no revenue or cost in this window yet."),
    Note.ONLY_ONE: _("There is only one account: shares and outliers have no meaning."),
    Note.BASE_EARNS_NOTHING: _("The base as a whole earns nothing; percentages of total have no meaning."),
    Note.BASE_NEAR_ZERO: _(
        "The base is near zero, so percentages of total are exaggerated. Read the shares of the peak."
    ),
    Note.NO_ACCOUNT_EARNS: _("No account earns."),
    Note.NOTHING_TO_REMOVE: _("There is no gain from removing the worst group."),
    Note.FEWER_THAN_TEN: _("There are fewer than ten accounts, so a tenth of them is less than one."),
    Note.FEW_ACCOUNTS_RULE_OF_THUMB: _("With fewer than eight accounts a rule of thumb stands in for statistics."),
}

_SENTENCES: Mapping[Form, StrOrPromise] = {
    Form.NO_DATA: _("There is no revenue or cost in this window yet."),
    Form.ONLY_ONE: _("There is only one account; it contributes %(total)s."),
    Form.NO_ACCOUNT_EARNS: _("No account earns: the base as a whole contributes %(total)s."),
    Form.BASE_EARNS_NOTHING: _(
        "The base as a whole earns nothing; percentages of total have no meaning. "
        "Earners bring %(peak)s (%(earners)s of %(accounts)s accounts), loss-makers take %(hidden)s (%(loss_makers)s)."
    ),
    Form.BASE_NEAR_ZERO: _(
        "Nearly all that our customers earn is eaten again: earners bring %(peak)s (%(earners)s of %(accounts)s "
        "accounts), loss-makers take %(hidden)s (%(loss_makers)s), and %(total)s is left."
    ),
    Form.FEWER_THAN_TEN: _(
        "Earners bring %(peak)s (%(earners)s of %(accounts)s accounts), "
        "loss-makers take %(hidden)s (%(loss_makers)s), and %(total)s is left."
    ),
    Form.NOTHING_TO_REMOVE: _(
        "The best tenth earns %(best)s of our profit and the worst tenth contributes %(worst)s: "
        "there is no gain from removing it."
    ),
    Form.TWICE: _(
        "The best tenth earns %(best)s of our profit, the worst tenth contributes %(worst)s; "
        "without it profit would be twice as high, provided the freed people find other paid work."
    ),
    Form.MULTIPLE: _(
        "The best tenth earns %(best)s of our profit, the worst tenth contributes %(worst)s; "
        "without it profit would be %(times)s times as high, provided the freed people find other paid work."
    ),
}
_SIGNS: Mapping[Sign, StrOrPromise] = {Sign.PLUS: _("plus"), Sign.MINUS: _("minus")}


def exact(text: str) -> Decimal:
    """An amount as a run stores it, back as an exact decimal."""
    return Decimal(text)


_FIGURE_EDGE = "\x1f"


def read_aloud_parts(said: Sentence, currency: str) -> list[tuple[str, bool]]:
    """The sentence in pieces, each with whether it is a figure, so that a page can set the figures apart."""
    words = {
        name: f"{_FIGURE_EDGE}{_in_words(figure, currency)}{_FIGURE_EDGE}" for name, figure in said.figures.items()
    }
    pieces = (str(_SENTENCES[said.form]) % words).split(_FIGURE_EDGE)
    return [(piece, bool(place % 2)) for place, piece in enumerate(pieces) if piece]


def read_aloud(said: Sentence, currency: str) -> str:
    """The sentence in words of the language at hand, its signs written out, money with its currency's code."""
    return "".join(piece for piece, _is_figure in read_aloud_parts(said, currency))


def _in_words(figure: Figure, currency: str) -> str:
    number = format(figure.magnitude, ",f" if figure.magnitude >= Decimal(1000) else "f")
    sign = f"{_SIGNS[figure.sign]} " if figure.sign in _SIGNS else ""
    if figure.unit is Unit.PERCENT:
        return str(_("%(sign)s%(number)s percent")) % {"sign": sign, "number": number}
    if figure.unit is Unit.MONEY:
        return f"{sign}{number} {currency}"
    return number
