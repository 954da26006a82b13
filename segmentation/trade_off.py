"""The trade-off sheet of an exit plan: one exclusive choice, in hours per pool, that has to balance. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from .playbook import COALITION_ROLES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

ZERO: Final = Decimal(0)
IDLE_ENDS_AT: Final = Decimal("0.85")
CHANCES: Final[dict[str, Text]] = {"low": _("Low"), "medium": _("Medium"), "high": _("High")}
CHOICES: Final[dict[str, Text]] = {
    "A": _("A: go all in for this account"),
    "B": _("B: keep the plan for the others"),
}
GROUPS: Final[dict[str, Text]] = {
    "existing_customers": _("Existing customers who would wait"),
    "target_customers": _("Target customers who would wait"),
    "most_wanted": _("Most wanted work that would wait"),
}


def utilisation(*, logged: Decimal, practical: Decimal) -> Decimal | None:
    """Logged hours over practical hours of a pool, a fraction of 1. None without practical hours."""
    return logged / practical if practical > 0 else None


def idle_hours(*, logged: Decimal, practical: Decimal) -> Decimal:
    """Hours of a pool that nobody uses. A pool used to 85 % or more counts as having none."""
    used = utilisation(logged=logged, practical=practical)
    return ZERO if used is None or used >= IDLE_ENDS_AT else practical - logged


def per_quarter(hours_in_window: str, *, months: int) -> Decimal:
    """Hours of a window of `months` months as hours a quarter, to 2 places."""
    return (Decimal(hours_in_window) * 3 / months).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class PoolLine:
    """One pool on the sheet, in hours a quarter."""

    pool: str
    label: Text
    needed: Decimal
    displaced: Decimal
    idle: Decimal = ZERO
    extra: Decimal = ZERO
    hiring: str = ""
    hiring_starts_on: date | None = None

    @property
    def short_by(self) -> Decimal:
        """Hours that option A needs and nobody gives; zero when the line balances."""
        return max(ZERO, self.needed - self.displaced - self.idle - self.extra)

    @property
    def is_extra_backed(self) -> bool:
        return self.extra == 0 or (bool(self.hiring.strip()) and self.hiring_starts_on is not None)


@dataclass(frozen=True)
class Sheet:
    """What the trade-off sheet holds, as far as its checks need it."""

    initiative: str
    option_a: str
    option_b: str
    failure_chance: str
    failure_reason: str
    embarrassment: str
    choice: str
    pools: Sequence[PoolLine]
    displaced: Mapping[str, Sequence[str]]
    none_reasons: Mapping[str, str]
    department_lines: Mapping[str, str]

    def gaps(self) -> list[Text]:
        """Sentences for everything that keeps the sheet from being complete and in balance."""
        return [*self._blanks(), *self._ungrouped(), *self._unbalanced(), *self._unspoken()]

    def _blanks(self) -> list[Text]:
        blanks: list[tuple[str, Text]] = [
            (self.initiative, _("Name the work that this account asks for.")),
            (self.option_a, _("Describe option A: what going all in for this account means.")),
            (self.option_b, _("Describe option B: what is kept for the others.")),
            (self.failure_chance, _("Say how likely option A is to fail: low, medium or high.")),
            (self.failure_reason, _("Give the reason for the chance of failure.")),
            (self.embarrassment, _("Say who would be embarrassed, and before whom.")),
        ]
        missing = [sentence for value, sentence in blanks if not value.strip()]
        if self.choice not in CHOICES:
            missing.append(_("Choose A or B. Both at once does not exist."))
        return missing

    def _ungrouped(self) -> list[Text]:
        asked: dict[str, Text] = {
            "existing_customers": _("Name at least one existing customer who would wait, or say why there is none."),
            "target_customers": _("Name at least one target customer who would wait, or say why there is none."),
            "most_wanted": _("Name at least one most wanted item that would wait, or say why there is none."),
        }
        return [
            sentence
            for group, sentence in asked.items()
            if not self.displaced.get(group) and not self.none_reasons.get(group, "").strip()
        ]

    def _unbalanced(self) -> list[Text]:
        if not any(line.needed > 0 for line in self.pools):
            return [_("Enter the hours that option A takes in a quarter, for one pool at least.")]
        found: list[Text] = []
        for line in self.pools:
            if not line.is_extra_backed:
                found.append(
                    _("%(pool)s: extra capacity must be zero, or name the approved hiring and the day it starts.")
                    % {"pool": line.label}
                )
            if line.short_by > 0:
                found.append(
                    _(
                        "%(pool)s does not balance: option A needs %(needed)s h, found are %(found)s h,"
                        " %(short)s h are missing."
                    )
                    % {
                        "pool": line.label,
                        "needed": hours(line.needed),
                        "found": hours(line.needed - line.short_by),
                        "short": hours(line.short_by),
                    }
                )
        return found

    def _unspoken(self) -> list[Text]:
        silent = [role for office, role in COALITION_ROLES.items() if not self.department_lines.get(office, "").strip()]
        if len(silent) == len(COALITION_ROLES):
            return [_("Write the either/or line of each office.")]
        return [_("Write the either/or line for %(office)s.") % {"office": role.label} for role in silent]


def hours(value: Decimal) -> str:
    """Hours as people write them: no zeros after the point."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _listed(amounts: Sequence[tuple[Decimal, Text]]) -> str:
    """Hours by pool as a list in words, pools without hours left out."""
    words = [str(_("%(hours)s h of %(pool)s") % {"hours": hours(n), "pool": pool}) for n, pool in amounts if n > 0]
    if len(words) < 2:
        return "".join(words)
    return str(_("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]})


def if_then(sheet: Sheet, *, account: str) -> Text:
    """The choice in one sentence, built from the tables of the sheet. Empty until hours are entered."""
    asked = _listed([(line.needed, line.label) for line in sheet.pools])
    if not asked:
        return ""
    given = _listed([(line.displaced, line.label) for line in sheet.pools])
    waiting = ", ".join(name for group in GROUPS for name in sheet.displaced.get(group, ()))
    chance = CHANCES.get(sheet.failure_chance, "")
    words = {"account": account, "asked": asked, "given": given, "waiting": waiting, "chance": str(chance).lower()}
    if not given:
        return _("If %(account)s gets %(asked)s a quarter, nothing is named that gives way.") % words
    if not waiting:
        return _("If %(account)s gets %(asked)s a quarter, then %(given)s are taken from others.") % words
    if not chance:
        return _("If %(account)s gets %(asked)s a quarter, then %(given)s are taken from %(waiting)s.") % words
    return (
        _(
            "If %(account)s gets %(asked)s a quarter, with a %(chance)s chance of failing,"
            " then %(given)s are taken from %(waiting)s."
        )
        % words
    )
