"""How complete a preparation is: the share of what is required that is there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

BUSINESS: Final = "business"
ISSUES: Final = "current_issues"
TEMPERAMENT: Final = "temperament"
SALES_LINE: Final = "sales_line"
EXPERIENCE: Final = "credibility_points"
NEED: Final = "immediate_need"
STATEMENTS: Final = "statements_due"
PEOPLE: Final = "people"
LISTENER: Final = "listener_role"

ALWAYS: Final = (BUSINESS, ISSUES, TEMPERAMENT, NEED, STATEMENTS, PEOPLE)
FIRST: Final = (EXPERIENCE, LISTENER)
# Where "there is none" is an answer, too.
MAY_BE_NONE: Final = frozenset({ISSUES, TEMPERAMENT, EXPERIENCE, NEED, STATEMENTS})


@dataclass(frozen=True, slots=True)
class Completeness:
    """`share` is a fraction of 1 with six places, `missing` the keys of what is required and not there, in order."""

    share: Decimal
    missing: tuple[str, ...]
    required: int

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def filled(self) -> int:
        return self.required - len(self.missing)


def required_of(*, has_sales_owner: bool, is_first: bool, more: Collection[str] = ()) -> tuple[str, ...]:
    """What a talk asks for. The line with sales only where somebody in sales owns the account; experience and who
    listens at a first contact or an introduction; `more` is what other rooms ask for, such as a meeting's agenda."""
    line = (SALES_LINE,) if has_sales_owner else ()
    first = FIRST if is_first else ()
    return (*ALWAYS, *line, *first, *more)


def completeness_of(required: Collection[str], filled: Collection[str]) -> Completeness:
    """6 of 8 is 0.750000; nothing required is complete."""
    missing = tuple(one for one in required if one not in filled)
    number = len(required)
    share = Decimal(number - len(missing)) / number if number else Decimal(1)
    return Completeness(share.quantize(Decimal("0.000001"), rounding=ROUND_HALF_EVEN), missing, number)
