"""How much contact a customer carries, and how long we have been silent.

The plain rule comes first: at most two meetings in fourteen days. Beside it a load that halves every fourteen days,
over all contacts by all colleagues, also planned ones up to the moment asked about. Weights and limits are settings
(`accounts.engagement`); load is a statistic and may be a float, rounded to six places.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HALF_LIFE_DAYS = 14.0
USUAL_MINUTES = 30
MEETINGS_ALLOWED = 2
MEETINGS_DAYS = 14.0
AMBER = 4.0
RED = 6.0
HOURS_REMOTE = 3
INCOMING_PART = 0.5
HALF_LIVES_LOOKED_BACK: Final = 10
"""After ten half-lives a thousandth is left of a contact; it counts no longer."""
# What is logged as a talk weighs, and nothing beside it: a document goes out with a mail or a talk, and a workshop or a
# webinar is a meeting. An answer to a survey is the customer's own word, and takes them a minute.
WEIGHTS: Mapping[str, float] = {
    "meeting": 1.0,
    "call": 0.8,
    "mail": 0.1,
    "dial": 0.02,
}
DIALS: Final = ("no_answer", "voicemail", "wrong_number", "gatekeeper")
"""Outcomes of a call that did not reach the person: a dial, however long it rang."""
TURNED_AWAY: Final = ("declined_busy", "not_suitable", "declined_no_contact")
"""Somebody picked up and did not talk: a short call, where nobody wrote down how long."""
TURNED_AWAY_MINUTES: Final = 3


class Distance(StrEnum):
    """How far apart the two sides work; distance makes frequent contact harder to follow."""

    SAME_CITY = "same_city"
    NEAR = "near"
    """The same country, or another one of the same continent within three hours."""
    REMOTE = "remote"
    """Another continent, or more than three hours apart."""


DISTANCE_FACTORS: Mapping[Distance, float] = {Distance.SAME_CITY: 1.0, Distance.NEAR: 1.1, Distance.REMOTE: 1.25}


class Light(StrEnum):
    """What a load asks for: nothing, care, or a reason for the next contact."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact: how many days ago (negative: still ahead), its kind, minutes where known, and who came to whom."""

    days_ago: float
    kind: str
    minutes: int | None = None
    is_incoming: bool = False


def distance(*, same_city: bool, same_continent: bool, hours_apart: float) -> Distance:
    """The distance class of two places, by city, continent and the difference of their clocks in hours."""
    if same_city:
        return Distance.SAME_CITY
    return Distance.REMOTE if abs(hours_apart) > HOURS_REMOTE or not same_continent else Distance.NEAR


def contact_load(
    touches: Iterable[Touch],
    factor: float = 1.0,
    *,
    weights: Mapping[str, float] = WEIGHTS,
    half_life: float = HALF_LIFE_DAYS,
) -> float:
    """The load of one contact: weight of the kind x minutes / 30, halved every half-life, times distance.

    A touch without minutes counts as thirty of them; a customer who comes to us counts half; what lies still ahead
    does not count yet. Raises KeyError for a kind that has no weight.
    """
    load = 0.0
    for touch in touches:
        if touch.days_ago < 0:
            continue
        minutes = USUAL_MINUTES if touch.minutes is None else touch.minutes
        part = INCOMING_PART if touch.is_incoming else 1.0
        load += part * weights[touch.kind] * minutes / USUAL_MINUTES * 2 ** (-touch.days_ago / half_life)
    return round(factor * load, 6)


def account_load(loads: Sequence[float], people: int | None = None) -> float:
    """The load of an account: mean over its people, and never below half of its most loaded one.

    `people` is the number of its active contacts, at least one. A talk in which nobody was named weighs as one
    person's would, without being one more to share it.
    """
    number = len(loads) if people is None else people
    return round(spread(sum(loads), max(loads, default=0.0), number), 6)


def spread(total: float, most: float, people: int) -> float:
    """The same from the sum of the loads, the largest of them and the number of people; not rounded."""
    return max(total / people, most / 2) if people else 0.0


def light(load: float, amber: float = AMBER, red: float = RED) -> Light:
    """Green, amber or red. At red a new contact needs a reason or becomes a document."""
    if load >= red:
        return Light.RED
    return Light.AMBER if load >= amber else Light.GREEN


def days_until_below(load: float, limit: float, half_life: float = HALF_LIFE_DAYS) -> float:
    """In how many days a load that nothing is added to falls below the limit; 0 where it is below already."""
    return half_life * math.log2(load / limit) if load >= limit > 0 else 0.0


def too_many_meetings(touches: Iterable[Touch], allowed: int = MEETINGS_ALLOWED, days: float = MEETINGS_DAYS) -> bool:
    """Whether more meetings than allowed fall into any stretch of `days`, past and planned ones alike."""
    held = sorted(touch.days_ago for touch in touches if touch.kind == "meeting")
    return any(later - first < days for first, later in zip(held, held[allowed:], strict=False))


def is_due(silent_days: int | None, cadence_days: int, load: float, red: float = RED) -> bool:
    """Whether to get in touch: silent for the agreed time (or always), unless the load is red."""
    return load < red and (silent_days is None or silent_days >= cadence_days)
