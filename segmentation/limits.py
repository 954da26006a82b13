"""Every limit that an organisation can set: what it does, in words, and between which bounds.

The values themselves, with their defaults, are those of `facts` and `attention`; a run keeps the ones it was made with.
Those of engagement are declared in `accounts.limits`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from accounts import tiers
from accounts.limits import ENGAGEMENT, MONEY, SHARE, UNITS, Group, Limit, faults_together
from accounts.tiers import REFERENCE_REST_DAYS

from .attention import WEIGHTS
from .facts import ExitLimits, Thresholds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

WEIGHTS_KEY: Final = "attention_weights"
_LARGEST_SUM: Final = 1_000_000_000


_DEFAULTS: Final[dict[str, Decimal]] = {
    **{name: Decimal(str(getattr(Thresholds(), name))) for name in Thresholds.__dataclass_fields__},
    **{name: Decimal(str(getattr(ExitLimits(), name))) for name in ExitLimits.__dataclass_fields__},
    **WEIGHTS,
    **{f"tier_{name}": weight for name, weight in tiers.WEIGHTS.items()},
    "tier_a_from": tiers.TIER_A_FROM,
    "tier_b_from": tiers.TIER_B_FROM,
    "tier_manual_days": Decimal(tiers.MANUAL_TIER_DAYS),
    "tier_score_days": Decimal(tiers.SCORE_DAYS),
    "reference_rest_days": Decimal(REFERENCE_REST_DAYS),
}
TIER_WEIGHTS: Final = tuple(f"tier_{name}" for name in tiers.WEIGHTS)


def _limit(name: str, label: Text, meaning: Text, unit: str, least: str, most: str | int) -> Limit:
    return Limit(name, label, meaning, unit, Decimal(least), Decimal(most), _DEFAULTS[name])


GROUPS: Final = (
    Group(
        "loss",
        _("When a loss counts"),
        (
            _limit(
                "band_of_revenue",
                _("Break-even band, of revenue"),
                _("A contribution this near to zero groups an account under “about zero”."),
                SHARE,
                *("0", "0.2"),
            ),
            _limit(
                "band_floor", _("Break-even band, at least"), _("The band is never narrower."), MONEY, "0", _LARGEST_SUM
            ),
            _limit(
                "material_of_peak",
                _("Loss that matters, of the peak"),
                _("A smaller loss on one account raises no flag: it would not show in the whole."),
                SHARE,
                *("0", "0.5"),
            ),
            _limit(
                "material_floor",
                _("Loss that matters, at least"),
                _("No loss below this sum raises a flag."),
                MONEY,
                *("0", _LARGEST_SUM),
            ),
        ),
    ),
    Group(
        "gates",
        _("Who is judged, and on how much"),
        (
            _limit(
                "months_since_first_revenue",
                _("Months since first revenue"),
                _("A younger account is not held to loss, attention and trend."),
                "months",
                *("0", 60),
            ),
            _limit(
                "months_since_onboarding",
                _("Or months since onboarding"),
                _("Whichever is reached first makes an account old enough."),
                "months",
                *("0", 60),
            ),
            _limit(
                "closed_months",
                _("Closed months in the window"),
                _("With fewer, no flag goes beyond “watch”."),
                "months",
                *("1", 36),
            ),
            _limit(
                "hours_coverage",
                _("Hours coverage"),
                _("With a smaller part of people’s hours logged, no flag goes beyond “watch”."),
                SHARE,
                *("0", "1"),
            ),
            _limit(
                "rate_swing",
                _("Swing of hourly rates"),
                _("If rates this much higher or lower turn a loss into a profit, the sign counts as uncertain."),
                SHARE,
                *("0", "1"),
            ),
        ),
    ),
    Group(
        "attention",
        _("Weight of attention"),
        tuple(
            _limit(
                pool,
                label,
                _("How much of the attention share comes from these hours. The four add to 100 %."),
                SHARE,
                *("0", "1"),
            )
            for pool, label in (
                ("support", _("Support hours")),
                ("product", _("Product management hours")),
                ("engineering", _("Engineering hours")),
                ("roadmap", _("Place on the roadmap")),
            )
        ),
    ),
    Group(
        "people",
        _("What people say"),
        (
            _limit(
                "symptom_score",
                _("Symptom score"),
                _("From this score on, symptoms count as felt."),
                "points",
                *("0", 100),
            ),
            _limit("symptom_raters", _("People who rated"), _("With fewer, symptoms are unknown."), "count", "1", 20),
            _limit("class_days", _("A class holds"), _("Then it is due for review."), "days", "30", 730),
        ),
    ),
    Group(
        "guards",
        _("What protects an account"),
        (
            _limit(
                "guard_score",
                _("Score of brand, market or country"),
                _("From here on an approver from outside product has to agree."),
                "points",
                *("0", 100),
            ),
            _limit(
                "guard_revenue_share",
                _("Share of all revenue"),
                _("An account that brings more is guarded."),
                SHARE,
                *("0", "1"),
            ),
        ),
    ),
    Group(
        "sanity",
        _("Too many hits, and dismissals"),
        (
            _limit(
                "sanity_floor",
                _("Candidates that are never too many"),
                _("With more, costs and prices are to be looked at before customers."),
                "count",
                *("0", 50),
            ),
            _limit(
                "sanity_of_base",
                _("Or of the base"),
                _("The larger of the two is the number of candidates that makes a run stop and say so."),
                SHARE,
                *("0", "0.5"),
            ),
            _limit("dismissal_days", _("A dismissal silences"), _("Then the flag may speak again."), "days", "1", 730),
            _limit(
                "dismissal_worsening",
                _("Unless figures worsen by"),
                _("So much worse than on the day of the dismissal, and the flag speaks before its time."),
                SHARE,
                *("0.01", "1"),
            ),
        ),
    ),
    Group(
        "tier",
        _("Tier: what an account is worth to us"),
        (
            *(
                _limit(
                    f"tier_{name}",
                    label,
                    _("How much of the tier’s score comes from it. The five add to 100 %; tiers follow at once."),
                    SHARE,
                    *("0", "1"),
                )
                for name, label in (
                    ("now", _("Revenue now")),
                    ("potential", _("Revenue possible")),
                    ("brand", _("Brand")),
                    ("market", _("Foothold in a new market")),
                    ("geography", _("Foothold in a new country")),
                )
            ),
            _limit("tier_a_from", _("Tier A from"), _("A score from here on is tier A."), "points", "1", 100),
            _limit("tier_b_from", _("Tier B from"), _("From here on B, below it C."), "points", "0", 99),
            _limit(
                "tier_manual_days",
                _("A tier set by hand holds"),
                _("At most so long; then the computed one counts again."),
                "days",
                *("1", 730),
            ),
            _limit(
                "tier_score_days",
                _("A score is renewed after"),
                _("An older one still counts, and its account’s people are reminded."),
                "days",
                *("30", 1825),
            ),
        ),
    ),
    Group(
        "references",
        _("References"),
        (
            _limit(
                "reference_rest_days",
                _("Who spoke for us rests"),
                _("Within this time the list of references warns before they are asked again."),
                "days",
                *("0", 730),
            ),
        ),
    ),
    Group(
        "exits",
        _("Exit plans"),
        (
            _limit(
                "refund_limit",
                _("Refund that the CFO signs alone"),
                _("A larger one asks a second approver beside the CFO."),
                MONEY,
                *("0", _LARGEST_SUM),
            ),
            _limit(
                "draft_days",
                _("A private draft is kept"),
                _("Untouched for so long, a draft that only author and sponsor know is removed whole."),
                "days",
                *("30", 3650),
            ),
            _limit(
                "ended_plan_days",
                _("A rejected or withdrawn plan is kept"),
                _(
                    "Then it is removed whole; the trail still says that there was one, and who decided. Approved plans"
                    " stay, with the text and figures that were signed."
                ),
                "days",
                *("90", 3650),
            ),
        ),
    ),
    *ENGAGEMENT,
)
LIMITS: Final[dict[str, Limit]] = {limit.name: limit for group in GROUPS for limit in group.limits}


def values_of(settings: Mapping[str, Any]) -> dict[str, Decimal]:
    """Every limit's present value: what the organisation set, else the default."""
    kept = {**settings, **settings.get(WEIGHTS_KEY, {})}
    return {name: Decimal(str(kept[name])) if name in kept else limit.default for name, limit in LIMITS.items()}


def settings_of(values: Mapping[str, Decimal], settings: Mapping[str, Any]) -> dict[str, Any]:
    """What to keep for `values`: only what differs from the defaults, beside whatever else `settings` holds."""
    kept = {name: value for name, value in settings.items() if name not in LIMITS and name != WEIGHTS_KEY}
    own = {name: format(value.normalize(), "f") for name, value in values.items() if value != LIMITS[name].default}
    weights = {name: own.pop(name) for name in WEIGHTS if name in own}
    return kept | own | ({WEIGHTS_KEY: weights} if weights else {})


def faults(values: Mapping[str, Decimal]) -> dict[str, Text]:
    """What lies outside its bounds, in sentences."""
    found: dict[str, Text] = {}
    for name, value in values.items():
        limit = LIMITS[name]
        if not limit.least <= value <= limit.most:
            least, most = (shown(limit, bound) for bound in (limit.least, limit.most))
            found[name] = _("%(label)s: enter a value from %(least)s to %(most)s.") % {
                "label": limit.label,
                "least": least,
                "most": most,
            }
        elif limit.is_whole and value != value.to_integral_value():
            found[name] = _("%(label)s: enter a whole number.") % {"label": limit.label}
    together = sum((values[pool] for pool in WEIGHTS), Decimal(0))
    if together != 1 and not found.keys() & WEIGHTS.keys():
        found["roadmap"] = _("The four weights add to 100 %%; these add to %(sum)s.") % {
            "sum": shown(LIMITS["roadmap"], together)
        }
    tier_sum = sum((values[name] for name in TIER_WEIGHTS), Decimal(0))
    if tier_sum != 1 and not found.keys() & set(TIER_WEIGHTS):
        found["tier_geography"] = _("The five weights add to 100 %%; these add to %(sum)s.") % {
            "sum": shown(LIMITS["tier_geography"], tier_sum)
        }
    if values["tier_b_from"] >= values["tier_a_from"] and not found.keys() & {"tier_a_from", "tier_b_from"}:
        found["tier_b_from"] = _("Tier B begins below tier A.")
    return faults_together(dict(values)) | found


def shown(limit: Limit, value: Decimal) -> str:
    """A value as people write it: shares in percent, no zeros after the point."""
    number = value * 100 if limit.unit == SHARE else value
    text = format(number.normalize(), "f")
    return f"{text} {UNITS[limit.unit]}".strip()


def shown_all(values: Mapping[str, Decimal]) -> dict[str, str]:
    """All values as people write them, for the trail."""
    return {name: shown(LIMITS[name], value) for name, value in values.items()}
