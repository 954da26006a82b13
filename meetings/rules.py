"""The ground rules of a meeting, each a pure function over plain data. Like `kpis`, this takes the translation marker
from Django and nothing else.

A rule that cannot be asked yet is open; one whose time went by unkept is broken; one that somebody set aside with a
reason is overridden, which is not the same as met.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from meetings.states import AHEAD, CLOSED, DRAFT, SENT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ADVANCED: Final = frozenset({"vision", "advanced", "upsell", "roadmap"})
"""Kinds of agenda items that wait until an urgent need is settled."""
NEEDS_EXPECTATION: Final = frozenset({"listening", "roadmap"})
"""Before these something has to be said: what becomes of pains told, and that a roadmap is no promise."""
MOST_CRITERIA: Final = 3


class State(StrEnum):
    MET = "met"
    OPEN = "open"
    BROKEN = "broken"
    OVERRIDDEN = "overridden"
    NOT_ASKED = "not_asked"


KEPT: Final = frozenset({State.MET, State.NOT_ASKED})
LABELS: Final[Mapping[State, StrOrPromise]] = {
    State.MET: gettext_lazy("Met"),
    State.OPEN: gettext_lazy("Open"),
    State.BROKEN: gettext_lazy("Broken"),
    State.OVERRIDDEN: gettext_lazy("Overridden"),
    State.NOT_ASKED: gettext_lazy("Not asked"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules look at. None stands for what this meeting is not asked for."""

    state: str
    now: dt.datetime
    start: dt.datetime
    minutes: int
    longest: int
    """The longest that this kind of meeting should take, in minutes."""
    most_items: int
    items: Sequence[tuple[str, int]] = ()
    """Kind and minutes of each agenda item."""
    criteria: int = 0
    reviewer: str | None = None
    """Who owns the relationship; None where nobody does, or it is the organiser."""
    is_reviewed: bool = False
    send_by: dt.datetime | None = None
    sent_at: dt.datetime | None = None
    light: str | None = None
    load_says: str = ""
    """What to do about their load instead."""
    need: str = ""
    """The customer's urgent need that is still open."""
    clashes: Sequence[str] = ()
    to_say: Sequence[str] | None = None
    """Statements of expectation that the people invited have not heard, or heard too long ago."""
    sheet_share: Decimal | None = None
    """How much of the preparation sheet is there, a fraction of 1."""
    goal: str | None = None
    """The account goal that it serves; empty where none is named, None where the account has no goal."""
    scored: tuple[bool, bool] = (False, False)
    """Whether product and sales have scored the criteria."""
    steps: int = 0
    nothing_to_do: str = ""
    follow_by: dt.datetime | None = None
    """By when a held meeting is scored and its follow-through agreed."""
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ahead(self) -> bool:
        return self.state in AHEAD

    @property
    def is_late(self) -> bool:
        """The agenda that they have came too late for the time at which it is now."""
        return self.sent_at is not None and self.send_by is not None and self.sent_at > self.send_by

    @property
    def total(self) -> int:
        return sum(minutes for _kind, minutes in self.items)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one rule stands with one meeting, in a state and a sentence."""

    slug: str
    label: StrOrPromise
    state: State
    says: str
    warns: bool = False
    """Met, and yet it says something to heed."""

    @property
    def word(self) -> StrOrPromise:
        return gettext_lazy("Take care") if self.warns else LABELS[self.state]

    @property
    def is_kept(self) -> bool:
        return self.state in KEPT


Found = tuple[State, str]
Check = Callable[[Facts], Found]


def reviewed(facts: Facts) -> Found:
    if facts.reviewer is None:
        return State.NOT_ASKED, _("Nobody else owns the relationship.")
    if facts.is_reviewed:
        return State.MET, _("%(name)s saw the agenda.") % {"name": facts.reviewer}
    if facts.state == DRAFT:
        return State.OPEN, _("%(name)s should see the agenda first.") % {"name": facts.reviewer}
    if facts.state == SENT:
        return State.OPEN, _("%(name)s should see what changed before they get it.") % {"name": facts.reviewer}
    return State.BROKEN, _("%(name)s never saw the agenda.") % {"name": facts.reviewer}


def sent_in_time(facts: Facts) -> Found:
    if facts.send_by is None:
        return State.NOT_ASKED, _("No customer takes part.")
    if facts.sent_at is None and facts.state == SENT:
        return State.OPEN if facts.now <= facts.send_by else State.BROKEN, _("What they have is out of date.")
    if facts.sent_at is None:
        if facts.is_ahead and facts.now <= facts.send_by:
            return State.OPEN, _("They do not have the agenda yet.")
        if facts.is_ahead:
            return State.BROKEN, _("They should have had the agenda by now.")
        return State.BROKEN, _("They never had an agenda.")
    if facts.sent_at <= facts.send_by:
        return State.MET, _("They had the agenda in time.")
    return State.BROKEN, _("They had the agenda late.")


def criteria_set(facts: Facts) -> Found:
    if 1 <= facts.criteria <= MOST_CRITERIA:
        words = ngettext("%(count)d success criterion is set.", "%(count)d success criteria are set.", facts.criteria)
        return State.MET, words % {"count": facts.criteria}
    if facts.state in AHEAD and facts.state != SENT:
        return State.OPEN, _("Set one to three success criteria.")
    return State.BROKEN, _("No success criteria were set.")


def short(facts: Facts) -> Found:
    if not facts.minutes:
        return State.OPEN, _("Say how long it takes.")
    values = {"minutes": facts.minutes, "longest": facts.longest}
    if facts.minutes > facts.longest:
        return State.BROKEN, _("%(minutes)d minutes are more than %(longest)d.") % values
    return State.MET, _("%(minutes)d of at most %(longest)d minutes.") % values


def fits(facts: Facts) -> Found:
    if not facts.items:
        return State.OPEN if facts.is_ahead else State.BROKEN, _("There is no agenda.")
    values = {"total": facts.total, "minutes": facts.minutes, "items": len(facts.items), "most": facts.most_items}
    if facts.total > facts.minutes:
        return State.BROKEN, _("%(total)d minutes of agenda do not fit %(minutes)d.") % values
    if len(facts.items) > facts.most_items:
        return State.BROKEN, _("%(items)d items are more than %(most)d.") % values
    return State.MET, _("The agenda takes %(total)d of %(minutes)d minutes.") % values


def light_load(facts: Facts) -> Found:
    if facts.light is None:
        return State.NOT_ASKED, _("No customer takes part.")
    if facts.light == "red":
        return State.BROKEN, facts.load_says or _("They already have too much contact. Could it be a document?")
    return State.MET, facts.load_says or _("They are not overloaded.")


def urgent_need_first(facts: Facts) -> Found:
    if not facts.need:
        return State.MET, _("No urgent need is open.")
    if any(kind in ADVANCED for kind, _minutes in facts.items):
        return State.BROKEN, _("First their urgent need: %(need)s") % {"need": facts.need}
    return State.MET, _("It stays with their urgent need: %(need)s") % {"need": facts.need}


def no_clash(facts: Facts) -> Found:
    if facts.clashes:
        return State.BROKEN, _("Close to it: %(other)s") % {"other": "; ".join(facts.clashes)}
    return State.MET, _("No colleague contacts them around that day.")


def expectation_said(facts: Facts) -> Found:
    if facts.to_say is None or not any(kind in NEEDS_EXPECTATION for kind, _minutes in facts.items):
        return State.NOT_ASKED, _("The agenda needs no statement.")
    if not facts.to_say:
        return State.MET, _("They know what to expect.")
    values = {"what": "; ".join(facts.to_say)}
    if facts.is_ahead:
        return State.OPEN, _("Say it in the meeting: %(what)s") % values
    return State.BROKEN, _("Never said: %(what)s") % values


def prepared(facts: Facts) -> Found:
    if facts.sheet_share is None:
        return State.NOT_ASKED, _("No sheet is asked for.")
    if facts.sheet_share >= 1:
        return State.MET, _("The preparation sheet is complete.")
    says = _("Nobody has prepared it yet.")
    if facts.sheet_share:
        says = _("%(percent)d %% of the preparation sheet is there.") % {"percent": round(facts.sheet_share * 100)}
    return State.OPEN if facts.is_ahead else State.BROKEN, says


def serves_goal(facts: Facts) -> Found:
    if facts.goal is None:
        return State.NOT_ASKED, _("The account has no goal yet.")
    if facts.goal:
        return State.MET, facts.goal
    return State.OPEN if facts.is_ahead else State.BROKEN, _("Name the goal that it serves.")


def scored_by_both(facts: Facts) -> Found:
    if not facts.criteria:
        return State.NOT_ASKED, _("There are no criteria to score.")
    if all(facts.scored):
        return State.MET, _("Product and sales scored the criteria.")
    if facts.is_ahead:
        return State.OPEN, _("Comes after the meeting.")
    by = {(False, False): _("Nobody scored"), (True, False): _("Sales has not scored")}
    words = by.get(facts.scored, _("Product has not scored"))
    return _due(facts), _("%(who)s the criteria yet.") % {"who": words}


def followed_through(facts: Facts) -> Found:
    if facts.steps:
        words = ngettext("%(count)d step was agreed.", "%(count)d steps were agreed.", facts.steps)
        return State.MET, words % {"count": facts.steps}
    if facts.nothing_to_do:
        return State.MET, _("Nothing to do: %(reason)s") % {"reason": facts.nothing_to_do}
    if facts.is_ahead:
        return State.OPEN, _("Comes after the meeting.")
    return _due(facts), _("Nothing was agreed yet.")


def _due(facts: Facts) -> State:
    is_over = facts.state == CLOSED or (facts.follow_by is not None and facts.now > facts.follow_by)
    return State.BROKEN if is_over else State.OPEN


@dataclass(frozen=True, slots=True)
class Rule:
    """`is_gate`: nothing goes out while it is neither met nor overridden."""

    slug: str
    label: StrOrPromise
    check: Check
    is_gate: bool = False


RULES: Final[Mapping[str, Rule]] = {
    rule.slug: rule
    for rule in (
        Rule("reviewed", gettext_lazy("Reviewed by sales"), reviewed, is_gate=True),
        Rule("sent", gettext_lazy("Sent in time"), sent_in_time),
        Rule("criteria", gettext_lazy("Success criteria"), criteria_set, is_gate=True),
        Rule("length", gettext_lazy("Short enough"), short, is_gate=True),
        Rule("agenda", gettext_lazy("Agenda fits"), fits, is_gate=True),
        Rule("load", gettext_lazy("Not too much contact"), light_load, is_gate=True),
        Rule("need", gettext_lazy("Urgent need first"), urgent_need_first),
        Rule("clash", gettext_lazy("No clash"), no_clash),
        Rule("sheet", gettext_lazy("Prepared"), prepared),
        Rule("goal", gettext_lazy("Serves a goal"), serves_goal),
        Rule("expectation", gettext_lazy("Expectation said"), expectation_said),
        Rule("scored", gettext_lazy("Criteria scored"), scored_by_both),
        Rule("follow", gettext_lazy("Follow-through"), followed_through),
    )
}
NEVER_OVERRIDDEN: Final = frozenset({"agenda", "follow"})
"""An agenda that does not fit is not sent; nothing to follow through is said with its own reason."""


def strip(facts: Facts, frozen: Mapping[str, str] | None = None) -> list[Verdict]:
    """How every rule stands. `frozen` are the states in which rules stood when the meeting was closed."""
    return [_verdict(rule, facts, (frozen or {}).get(rule.slug)) for rule in RULES.values()]


def _verdict(rule: Rule, facts: Facts, frozen: str | None) -> Verdict:
    state, says = rule.check(facts)
    if frozen is not None and frozen != state:
        state = State(frozen)
        says = _("When it was closed.") if state in KEPT else _("Not so when it was closed.")
    if rule.slug in facts.overrides and state not in KEPT:
        state, says = State.OVERRIDDEN, facts.overrides[rule.slug]
    warns = rule.slug == "load" and state == State.MET and frozen is None and bool(facts.load_says)
    return Verdict(rule.slug, rule.label, state, says, warns)


def gates_shut(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """What keeps the agenda from going out: neither met nor overridden."""
    return [
        one for one in verdicts if RULES[one.slug].is_gate and one.state not in KEPT and one.state != State.OVERRIDDEN
    ]


def all_kept(verdicts: Iterable[Verdict]) -> bool:
    """Whether every ground rule was met that this meeting was asked for."""
    return all(one.is_kept for one in verdicts)
