"""How much contact is right, and what a talk needs beforehand: the limits of engagement, in one place.

The seed asks for short, agreed and well-spaced contact and names no figures (S0.38 to S0.57); these are our own
defaults. An organisation sets others; they are kept under the same names, beginning with `engagement_`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final, Self

PREFIX: Final = "engagement_"


@dataclass(frozen=True, slots=True)
class Engagement:
    """Days, hours, minutes and numbers are whole; loads are those of `touchpoints.load`; shares fractions of one."""

    # load
    amber: Decimal = Decimal(4)
    red: Decimal = Decimal(6)
    amber_b: Decimal = Decimal(4)
    red_b: Decimal = Decimal(6)
    amber_c: Decimal = Decimal(4)
    red_c: Decimal = Decimal(6)
    """Customers of tier B and C may have limits of their own; all others have the first two."""
    weight_meeting: Decimal = Decimal("1.0")
    weight_call: Decimal = Decimal("0.8")
    weight_mail: Decimal = Decimal("0.1")
    weight_dial: Decimal = Decimal("0.02")
    """A call that reached nobody."""
    incoming_part: Decimal = Decimal("0.5")
    """What counts of a contact that came from them."""
    distance_near: Decimal = Decimal("1.1")
    distance_remote: Decimal = Decimal("1.25")
    """By how much distance raises a load."""
    half_life_days: int = 14
    meetings_allowed: int = 2
    meetings_days: int = 14
    relation_half_life_days: int = 90
    """After so many days half is left of what a talk did for a relation."""
    clash_days: int = 7
    """Another colleague's contact so near to a planned one is a clash."""
    # meetings
    meeting_minutes: int = 60
    meeting_minutes_remote: int = 45
    agenda_items: int = 5
    send_ahead_days: int = 2
    """Working days before the start by which the customer has the agenda."""
    close_days: int = 5
    """Working days after a meeting by which it is scored and its follow-through agreed."""
    escalate_days: int = 7
    """A step agreed in a meeting that is late for so long is told to who leads."""
    meetings_without_progress: int = 3
    # preparation
    business_days: int = 365
    """After so long what we know of their business is stale."""
    sales_notice_days: int = 2
    """Working days after which silence of the relationship owner counts as agreement with the line."""
    talk_share: Decimal = Decimal("0.5")
    """From here on we talked too much for an introduction."""
    # pains
    report_back_days: int = 30
    # calls
    most_attempts: int = 3
    attempt_gap_hours: int = 20
    opens: int = 9
    closes: int = 17
    own_yield_after: int = 100
    pick_up: Decimal = Decimal("0.5")
    decline: Decimal = Decimal("0.2")
    talk: Decimal = Decimal("0.3")
    talk_of_base: Decimal = Decimal("0.15")

    def limits_of(self, tier: str) -> tuple[float, float]:
        """From which loads on a customer of this tier is amber and red."""
        own = {"B": (self.amber_b, self.red_b), "C": (self.amber_c, self.red_c)}
        amber, red = own.get(tier, (self.amber, self.red))
        return float(amber), float(red)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """What the organisation set, else the defaults."""
        kept: dict[str, Any] = {}
        for one in fields(cls):
            if f"{PREFIX}{one.name}" in settings:
                value = Decimal(str(settings[f"{PREFIX}{one.name}"]))
                kept[one.name] = int(value) if isinstance(one.default, int) else value
        return cls(**kept)
