"""How much contact an account carries, in lists: read from the published moment, compared with the limits of its tier.

A load halves every half-life: "at least so much now" is "falls to one at such a moment or later", a range of an index.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.services.limits import engagement
from pmcrm.icons import icon
from pmcrm.lists.columns import Cell, FileColumn, Row

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from accounts.engagement import Engagement
    from pmcrm.people.models import User

CALM: Final = "calm"
AMBER: Final = "amber"
RED: Final = "red"
STATES: Final = ((RED, _("crowded")), (AMBER, _("a lot lately")), (CALM, _("not much")))
_OTHER_TIERS: Final = ("B", "C")
_SIGNS: Final = {RED: ("loss", "triangle-alert"), AMBER: ("warn", "clock"), CALM: ("dim", "circle-check")}


def moments(limits: Engagement, tier: str, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """A load that falls to one at the first moment or later is amber now, at the second or later red."""
    amber, red = (now + dt.timedelta(days=limits.half_life_days * math.log2(limit)) for limit in limits.limits_of(tier))
    return amber, red


def state_of() -> Callable[[dt.datetime | None, str], str]:
    """Red, amber or calm, from when a load falls to one and the account's tier; for many accounts, asked once."""
    limits, now = engagement(), timezone.now()
    known = {tier: moments(limits, tier, now) for tier in ("", *_OTHER_TIERS)}

    def state(one_at: dt.datetime | None, tier: str) -> str:
        amber, red = known.get(tier, known[""])
        if one_at is None or one_at < amber:
            return CALM
        return RED if one_at >= red else AMBER

    return state


def load_cell(one_at: str, tier: str) -> Callable[[User], Cell]:
    """The state in a sign and words."""

    def prepare(_user: User) -> Cell:
        found, words = state_of(), dict(STATES)
        hint = gettext("Contact of all colleagues with the account")

        @cache
        def tag(state: str) -> SafeString:
            tone, sign = _SIGNS[state]
            return format_html('<span class="{}" title="{}">{} {}</span>', tone, hint, icon(sign), words[state])

        def cell(row: Row) -> SafeString:
            return tag(found(getattr(row, one_at), getattr(row, tier)))

        return cell

    return prepare


def load_in_file(one_at: str, tier: str) -> FileColumn:
    def prepare(_user: User) -> Callable[[Row], str]:
        found = state_of()
        return lambda row: found(getattr(row, one_at), getattr(row, tier))

    return FileColumn("contact_load", (one_at, tier), prepare)


@dataclass(frozen=True)
class LoadState:
    """Where a filter finds it: the paths of the moment and of the tier."""

    one_at: str
    tier: str

    def condition(self, operator: str, values: Sequence[str]) -> Q:
        wanted = [state for state, _words in STATES if (state in values) == (operator == "any")]
        limits, now = engagement(), timezone.now()
        usual = moments(limits, "", now)
        apart = {tier: pair for tier in _OTHER_TIERS if (pair := moments(limits, tier, now)) != usual}
        found = self._within(wanted, usual)
        if apart:
            found &= ~Q(**{f"{self.tier}__in": list(apart)})
        for tier, pair in apart.items():
            found |= Q(**{self.tier: tier}) & self._within(wanted, pair)
        return found

    def _within(self, values: Sequence[str], limits: tuple[dt.datetime, dt.datetime]) -> Q:
        amber, red = limits
        path, found = self.one_at, Q(pk__in=[])
        if CALM in values:
            found |= Q(**{f"{path}__isnull": True}) | Q(**{f"{path}__lt": amber})
        if AMBER in values:
            found |= Q(**{f"{path}__gte": amber, f"{path}__lt": red})
        if RED in values:
            found |= Q(**{f"{path}__gte": red})
        return found
