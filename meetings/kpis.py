"""Every figure of meetings, defined once: label, base, meaning and formula. Page, API and README read this.

They are for coaching: everybody sees their own, who leads sees sums. Nobody is ranked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from pmcrm.kpi import Kpi

_PLACES: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def share(self) -> Decimal | None:
        """A fraction of 1 with six places, half-even; None of nothing."""
        return share_of(self.part, self.whole)


def share_of(part: int, whole: int) -> Decimal | None:
    """Six of eight is 0.750000."""
    return (Decimal(part) / whole).quantize(_PLACES, rounding=ROUND_HALF_EVEN) if whole else None


SHARE: Final = "share"
KPIS: Final[Mapping[str, Kpi]] = {
    kpi.slug: kpi
    for kpi in (
        Kpi(
            "adherence",
            _("Ground rules kept"),
            SHARE,
            _("meetings closed, or held and not closed in time"),
            _("How many met every ground rule that they were asked for. A rule set aside with a reason is not met."),
            "meetings that met every rule / meetings judged",
        ),
        Kpi(
            "follow_through",
            _("Followed through"),
            SHARE,
            _("steps agreed in meetings whose day is over"),
            _("How many steps that were agreed in meetings were done by the day they were due."),
            "steps done by their day / steps due",
        ),
        Kpi(
            "criteria",
            _("Success criteria met"),
            SHARE,
            _("criteria scored by product or by sales"),
            _("How many criteria everybody who scored them found met. Partly met is not met."),
            "criteria met / criteria scored",
        ),
        Kpi(
            "criteria_prepared",
            _("Criteria met, prepared"),
            SHARE,
            _("criteria of meetings with a complete preparation sheet"),
            _("The same where the preparation sheet was complete when the meeting began."),
            "criteria met / criteria scored, with a complete sheet",
        ),
        Kpi(
            "criteria_unprepared",
            _("Criteria met, unprepared"),
            SHARE,
            _("criteria of meetings without a complete preparation sheet"),
            _("The same where the sheet was not complete."),
            "criteria met / criteria scored, without a complete sheet",
        ),
    )
}
