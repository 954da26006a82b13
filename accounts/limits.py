"""What a limit is that an organisation can set, and the limits of engagement in words and between bounds.

The values, with their defaults, are the fields of `accounts.engagement.Engagement`; each has its line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from accounts.engagement import PREFIX, Engagement

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

SHARE: Final = "share"
MONEY: Final = "money"
LOAD: Final = "load"
UNITS: Final[dict[str, Text]] = {
    SHARE: _("%"),
    MONEY: "",
    LOAD: "",
    "months": "",
    "days": _("days"),
    "hours": _("hours"),
    "minutes": _("minutes"),
    "clock": _("o’clock"),
    "points": _("of 100"),
    "count": "",
}


@dataclass(frozen=True)
class Limit:
    """One limit. Shares are fractions of one and shown in percent, money is in the organisation's currency, loads and
    their weights have places after the point."""

    name: str
    label: Text
    meaning: Text
    unit: str
    least: Decimal
    most: Decimal
    default: Decimal

    @property
    def is_whole(self) -> bool:
        return self.unit not in {SHARE, MONEY, LOAD}


@dataclass(frozen=True)
class Group:
    """Limits that belong together on the page."""

    slug: str
    title: Text
    limits: tuple[Limit, ...]


def _limit(name: str, label: Text, meaning: Text, unit: str, least: str, most: str | int) -> Limit:
    default = Decimal(str(getattr(Engagement(), name)))
    return Limit(f"{PREFIX}{name}", label, meaning, unit, Decimal(least), Decimal(most), default)


ENGAGEMENT: Final = (
    Group(
        "load",
        _("How much contact is too much"),
        (
            _limit("amber", _("Amber from"), _("From this load on, keep talks short or join one."), LOAD, "1", 50),
            _limit("red", _("Red from"), _("From here on planning a contact takes a reason."), LOAD, "1", 100),
            _limit("amber_b", _("Amber from, tier B"), _("The same for customers of tier B."), LOAD, "1", 50),
            _limit("red_b", _("Red from, tier B"), _("The same for customers of tier B."), LOAD, "1", 100),
            _limit("amber_c", _("Amber from, tier C"), _("The same for customers of tier C."), LOAD, "1", 50),
            _limit("red_c", _("Red from, tier C"), _("The same for customers of tier C."), LOAD, "1", 100),
            _limit(
                "half_life_days", _("Half is forgotten after"), _("So fast a load falls by itself."), "days", "1", 90
            ),
            _limit(
                "meetings_allowed",
                _("Meetings allowed"),
                _("One more within the days beside is warned of."),
                "count",
                *("1", 20),
            ),
            _limit("meetings_days", _("Within"), _("The stretch in which meetings are counted."), "days", "1", 90),
            _limit(
                "clash_days",
                _("Colleagues clash within"),
                _("Who plans a talk sees what others have planned or held with the account so near to it."),
                "days",
                *("0", 60),
            ),
        ),
    ),
    Group(
        "weights",
        _("What contact weighs"),
        (
            _limit("weight_meeting", _("A meeting of half an hour"), _("Longer ones weigh more."), LOAD, "0", 10),
            _limit("weight_call", _("A call of half an hour"), _("Shorter ones weigh less."), LOAD, "0", 10),
            _limit("weight_mail", _("A mail"), _("Each one."), LOAD, "0", 10),
            _limit("weight_dial", _("A call that reached nobody"), _("However long it rang."), LOAD, "0", 10),
            _limit("incoming_part", _("What came from them"), _("So much of the weight counts."), SHARE, "0", "1"),
            _limit("distance_near", _("Same country, or near"), _("The load is multiplied by this."), LOAD, "1", 3),
            _limit("distance_remote", _("Remote"), _("Over a distance contact tires sooner."), LOAD, "1", 3),
            _limit(
                "relation_half_life_days",
                _("Half of a relation is gone after"),
                _("Who knows somebody best is told by talks, the older ones counting less."),
                "days",
                *("7", 730),
            ),
        ),
    ),
    Group(
        "meetings",
        _("Meetings"),
        (
            _limit("meeting_minutes", _("Not longer than"), _("A longer one takes a reason."), "minutes", "5", 480),
            _limit("meeting_minutes_remote", _("Over a distance"), _("Not longer than this."), "minutes", "5", 480),
            _limit("agenda_items", _("Items of the agenda"), _("More are too many."), "count", "1", 30),
            _limit("send_ahead_days", _("Agenda sent ahead"), _("Working days before the start."), "days", "0", 30),
            _limit(
                "close_days", _("Closed within"), _("Working days in which what follows is agreed."), "days", "1", 60
            ),
            _limit("escalate_days", _("Late steps told on"), _("After so many days who leads hears."), "days", "1", 90),
            _limit(
                "meetings_without_progress",
                _("Meetings without progress"),
                _("After so many without a note on the goal they serve, its owner is asked what they are for."),
                "count",
                *("1", 20),
            ),
        ),
    ),
    Group(
        "preparation",
        _("Preparation, pains"),
        (
            _limit(
                "business_days",
                _("Their business is known for"),
                _("Older knowledge counts as stale."),
                "days",
                *("30", 1825),
            ),
            _limit(
                "sales_notice_days",
                _("Sales agrees by silence after"),
                _("Working days that the relationship owner has to object to the line."),
                "days",
                *("0", 30),
            ),
            _limit(
                "talk_share", _("We talked too much from"), _("Share of the time, in an introduction."), SHARE, "0.1", 1
            ),
            _limit(
                "report_back_days",
                _("Report back on a pain within"),
                _("Unless another day was agreed."),
                "days",
                *("1", 365),
            ),
        ),
    ),
    Group(
        "calls",
        _("Calls of campaigns"),
        (
            _limit("most_attempts", _("Attempts at most"), _("Then the customer is left in peace."), "count", "1", 20),
            _limit("attempt_gap_hours", _("Between two attempts"), _("At least so long."), "hours", "0", 720),
            _limit("opens", _("Calls from"), _("By the customer’s own clock."), "clock", "0", 23),
            _limit("closes", _("Calls until"), _("By the customer’s own clock."), "clock", "1", 24),
            _limit(
                "own_yield_after",
                _("Own yield counts after"),
                _("Attempts; until then the planner uses the benchmark below."),
                "count",
                *("10", 10_000),
            ),
            _limit("pick_up", _("Benchmark: pick up"), _("Of those attempted."), SHARE, "0.01", 1),
            _limit("decline", _("Benchmark: decline"), _("Of those reached."), SHARE, "0", 1),
            _limit("talk", _("Benchmark: talk"), _("Of those reached."), SHARE, "0.01", 1),
            _limit("talk_of_base", _("Benchmark: talk, of all"), _("Of the whole audience."), SHARE, "0.01", 1),
        ),
    ),
)


def faults_together(values: dict[str, Decimal]) -> dict[str, Text]:
    """What does not fit together, in sentences, by the name of the limit. Each is within its bounds already."""
    found: dict[str, Text] = {}
    for tier in ("", "_b", "_c"):
        if values[f"{PREFIX}amber{tier}"] > values[f"{PREFIX}red{tier}"]:
            found[f"{PREFIX}red{tier}"] = _("Red begins at amber or above it.")
    if values[f"{PREFIX}opens"] >= values[f"{PREFIX}closes"]:
        found[f"{PREFIX}closes"] = _("The day of calls ends after it begins.")
    if values[f"{PREFIX}distance_near"] > values[f"{PREFIX}distance_remote"]:
        found[f"{PREFIX}distance_remote"] = _("What is remote weighs at least as much as what is near.")
    return found
