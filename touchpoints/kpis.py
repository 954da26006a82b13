"""Every figure of this room, defined once: label, unit, base, meaning and formula. Page, API and README read this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure. `base` says what a share is of, or what is counted; a percentage is never shown without it."""

    slug: str
    label: StrOrPromise
    unit: str
    base: StrOrPromise
    meaning: StrOrPromise
    formula: str


SHARE: Final = "share"

_ALL = (
    Kpi(
        "answered_in_time",
        _("Answered in time"),
        SHARE,
        _("answers to troubles that were due in the window"),
        _("How often customers heard by the day set what became of a trouble they told. One not answered is late."),
        "answers told on or before their day / (answers given + troubles whose day has gone by)",
    ),
)
KPIS: Final[Mapping[str, Kpi]] = {kpi.slug: kpi for kpi in _ALL}
