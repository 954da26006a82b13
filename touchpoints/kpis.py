"""Every figure of this room, defined once: label, unit, base, meaning and formula. Page, API and README read this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from pmcrm.kpi import Kpi

SHARE: Final = "share"
HOURS: Final = "hours"
COUNT: Final = "count"
RATIO: Final = "ratio"

_ALL = (
    Kpi(
        "answered_in_time",
        _("Answered in time"),
        SHARE,
        _("answers to troubles that were due in the window"),
        _(
            "How often customers heard by the day set what became of a trouble they told. One not answered is late, "
            "also where the trouble went away by itself after its day."
        ),
        "answers told on or before their day / (answers given + troubles whose day went by without one)",
    ),
    Kpi(
        "outcomes_per_hour",
        _("Outcomes per meeting hour"),
        RATIO,
        _("meetings held in the window"),
        _("What an hour of meetings brought: insights, requests, references and revenue steps noted on them."),
        "outcomes noted on meetings / (minutes of meetings / 60)",
    ),
    Kpi(
        "customer_hours",
        _("Hours with present customers"),
        HOURS,
        _("hours of calls and meetings with external accounts"),
        _("Time of ours with those who are customers, against time with those who may become one."),
        "minutes / 60 × colleagues who took part, split evenly over the accounts present",
    ),
    Kpi(
        "customers_talked_to",
        _("Customers talked to"),
        COUNT,
        _("external accounts, in a quarter"),
        _("Each counts once a quarter, where both sides spoke."),
        "accounts with a meeting, a call that was talked through, or a contact from them",
    ),
    Kpi(
        "learnings_per_talk",
        _("Learnings per conversation"),
        RATIO,
        _("talks in which both sides spoke"),
        _("How often a talk teaches us something that we write down."),
        "learnings / conversations",
    ),
)
KPIS: Final[Mapping[str, Kpi]] = {kpi.slug: kpi for kpi in _ALL}
