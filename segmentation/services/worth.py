"""Worth to us later against what is earned now: the tier of each account beside its contribution in a run."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db.models import Aggregate, Count, Q, Sum

from segmentation.models import AccountProfit

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pmcrm.people.models import User
    from segmentation.models import ProfitRun

STRONG: Final = ("A", "B")
FIELDS: Final[dict[str, Q]] = {
    "keep": Q(account__tier__in=STRONG, contribution__gte=0),
    "invest": Q(account__tier__in=STRONG, contribution__lt=0),
    "harvest": Q(account__tier="C", contribution__gte=0),
    "question": Q(account__tier="C", contribution__lt=0),
    "unknown-earner": Q(account__tier="", contribution__gte=0),
    "unknown-loser": Q(account__tier="", contribution__lt=0),
}
"""Loss-makers lie below zero in the run, all others earn. Tiers are those of today, set by hand or computed."""


@dataclass(frozen=True)
class Square:
    """One field of the 2 x 2: how many accounts, and what they bring together, in the run's currency."""

    slug: str
    accounts: int
    contribution: Decimal
    revenue: Decimal


def squares_of(*, user: User, run: ProfitRun) -> dict[str, Square]:
    """All fields of a run in one question. Together they hold each account of the run once."""
    wanted: dict[str, Aggregate] = {}
    for number, condition in enumerate(FIELDS.values()):
        wanted[f"n{number}"] = Count("pk", filter=condition)
        wanted[f"c{number}"] = Sum("contribution", filter=condition, default=Decimal(0))
        wanted[f"r{number}"] = Sum("revenue", filter=condition, default=Decimal(0))
    told = AccountProfit.objects.visible_to(user).filter(run=run).aggregate(**wanted)
    return {
        slug: Square(slug, told[f"n{number}"], told[f"c{number}"], told[f"r{number}"])
        for number, slug in enumerate(FIELDS)
    }


def accounts_in(*, user: User, run: ProfitRun, field: str) -> QuerySet[AccountProfit]:
    """The run's accounts in one field."""
    return AccountProfit.objects.visible_to(user).filter(FIELDS[field], run=run).select_related("account")
