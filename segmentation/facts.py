"""What the flag rule is told and what it answers: limits, facts, and results that a person can redo by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

from .attention import Attention, Outlier

ZERO = Decimal(0)


class Level(IntEnum):
    """What a run asks for. Stored and shown by name, compared by number."""

    NONE = 0
    WATCH = 1
    REVIEW = 2
    CANDIDATE = 3

    @property
    def slug(self) -> str:
        """The name as stored and printed by the API."""
        return self.name.lower()


class Outcome(StrEnum):
    """The answer of one test. *Unknown* is never taken for *no*."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every limit of the rule. Shares are fractions of one, floors are money in the run's currency."""

    band_of_revenue: Decimal = Decimal("0.01")
    band_floor: Decimal = ZERO
    material_of_peak: Decimal = Decimal("0.005")
    material_floor: Decimal = ZERO
    months_since_first_revenue: int = 12
    months_since_onboarding: int = 6
    closed_months: int = 6
    hours_coverage: Decimal = Decimal("0.70")
    rate_swing: Decimal = Decimal("0.20")
    symptom_score: Decimal = Decimal(50)
    symptom_raters: int = 3
    guard_score: int = 60
    guard_revenue_share: Decimal = Decimal("0.10")
    class_days: int = 180
    sanity_floor: int = 2
    sanity_of_base: Decimal = Decimal("0.03")
    dismissal_worsening: Decimal = Decimal("0.20")
    dismissal_days: int = 180

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Thresholds:
        """The defaults, overridden by name; texts and numbers are read as the field's own type.

        Raises ValueError for a name that is not a limit of the rule.
        """
        known = {item.name: type(getattr(cls(), item.name)) for item in fields(cls)}
        if unknown := sorted(set(settings) - set(known)):
            raise ValueError(f"Not a limit of the rule: {', '.join(unknown)}.")
        return replace(cls(), **{name: known[name](str(value)) for name, value in settings.items()})


@dataclass(frozen=True, slots=True)
class ExitLimits:
    """Limits of exit plans. Money in the organisation's currency."""

    refund_limit: Decimal = Decimal(10000)
    """A refund above it asks a second approver beside the CFO."""
    draft_days: int = 365
    """A draft that only author and sponsor know goes when nobody has touched it for so long."""
    ended_plan_days: int = 1095
    """A rejected or withdrawn plan goes so long after its end."""

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> ExitLimits:
        """The defaults, overridden by what `settings` names; other names are somebody else's."""
        known = {item.name: type(getattr(cls(), item.name)) for item in fields(cls)}
        return cls(**{name: kind(str(settings[name])) for name, kind in known.items() if name in settings})


@dataclass(frozen=True, slots=True)
class BaseFacts:
    """What is true of the whole run. Money in the run's currency."""

    accounts: int
    peak: Decimal
    revenue: Decimal
    window_end: date
    """Last day of the window."""
    judged_on: date
    """The day on which deadlines and review dates are held against the calendar."""
    closed_months: int
    hours_coverage: Decimal | None
    """None where no pool is set up."""
    reconciles: bool = True


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What is known of one account at the end of the window. What a person has not set stays at its default."""

    ref: str
    revenue: Decimal
    contribution: Decimal
    people_cost: Decimal = ZERO
    is_external: bool = True
    is_customer: bool = True
    is_exiting: bool = False
    first_revenue_on: date | None = None
    onboarded_on: date | None = None
    has_missing_rate: bool = False
    rescue_until: date | None = None
    has_turnaround_plan: bool = False
    """An approved plan shows a contribution above zero within four quarters."""
    attention: Attention | None = None
    outlier: Outlier | None = None
    set_class: int | None = None
    class_set_on: date | None = None
    suggested_class: int | None = None
    quarters: Sequence[Decimal] = ()
    """Contribution of the closed quarters since first revenue, oldest first."""
    symptom_score: Decimal | None = None
    symptom_raters: int = 0
    brand_score: int = 0
    market_score: int = 0
    geography_score: int = 0
    strategic_review_by: date | None = None
    tier: str | None = None
    is_sole_reference: bool = False
    has_legal_duty: bool = False
    linked_party: str | None = None


@dataclass(frozen=True, slots=True)
class GateResult:
    """Whether the rule may speak. `effect` says what a failed gate does: not judged, silent, or at most watch."""

    code: str
    passed: bool
    effect: str
    numbers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """One test: its answer, the value, the limit it was held against, and the numbers behind both."""

    code: str
    outcome: Outcome
    value: Decimal | float | int | None
    limit: Decimal | float | int | None
    numbers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guard:
    """A reason for which an approver outside product has to agree as well. It never hides or clears a flag."""

    code: str
    numbers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The level of one account with everything that led to it."""

    ref: str
    level: Level
    is_guarded: bool
    gates: tuple[GateResult, ...]
    tests: tuple[Answer, ...]
    guards: tuple[Guard, ...]
    notes: tuple[str, ...]

    @property
    def yes(self) -> frozenset[str]:
        """The codes of the tests answered *yes*."""
        return frozenset(test.code for test in self.tests if test.outcome is Outcome.YES)

    def as_json(self) -> dict[str, Any]:
        """The verdict for storage and the API: decimals as exact strings, dates as ISO 8601."""
        told: dict[str, Any] = plain(asdict(self))
        return told | {"level": self.level.slug}


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: decimals as exact strings, dates as ISO 8601, containers all the way down."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
