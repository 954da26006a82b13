"""What is known of relations over all accounts that a person sees: rivals, sources, forms of selling, contributions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Q, Sum

from accounts.models import Account, ContributionMark, RivalOutcome
from accounts.models.choices import SalesForm
from accounts.models.relation import PROVEN, Contribution

if TYPE_CHECKING:
    from pmcrm.people.models import User

MOST_RIVALS: Final = 50
MOST_SOURCES: Final = 12


@dataclass(frozen=True, slots=True)
class Filled:
    """How many external accounts say how they first heard of us, of how many. Shares are fractions of 1."""

    accounts: int
    on: int
    source: int
    impression: int

    def share(self, count: int) -> Decimal | None:
        return Decimal(count) / self.accounts if self.accounts else None

    @property
    def shares(self) -> dict[str, Decimal | None]:
        return {name: self.share(getattr(self, name)) for name in ("on", "source", "impression")}


def rivals(*, user: User) -> list[dict[str, Any]]:
    """Wins and losses of each rival, the most contested first."""
    return RivalOutcome.objects.visible_to(user).by_rival()[:MOST_RIVALS]


def first_heard(*, user: User) -> Filled:
    """How far the start of the relation is known, over external customers and prospects."""
    told = _base(user).aggregate(
        accounts=Count("pk"),
        on=Count("pk", filter=Q(first_heard_on__isnull=False)),
        source=Count("pk", filter=~Q(first_heard_source="")),
        impression=Count("pk", filter=~Q(first_impression="")),
    )
    return Filled(**told)


def sources(*, user: User) -> list[dict[str, Any]]:
    """Through what customers heard of us, the commonest first."""
    known = _base(user).exclude(first_heard_source="").order_by().values("first_heard_source")
    return list(known.annotate(accounts=Count("pk")).order_by("-accounts", "first_heard_source")[:MOST_SOURCES])


def by_sales_form(*, user: User) -> list[dict[str, Any]]:
    """Customers by the form in which they are sold to, with their revenue and contribution of the last run."""
    rows = {
        row["sales_form"]: row
        for row in _base(user)
        .order_by()
        .values("sales_form")
        .annotate(
            accounts=Count("pk"),
            revenue=Sum("figures__revenue_12m"),
            contribution=Sum("figures__contribution_12m"),
        )
    }
    empty = {"accounts": 0, "revenue": None, "contribution": None}
    labels = [*SalesForm.choices, ("", "")]
    return [empty | rows.get(form, {}) | {"sales_form": form, "label": label} for form, label in labels]


def contributions(*, user: User) -> list[dict[str, Any]]:
    """Accounts with a dated proof of each contribution, and with a claim of it only."""
    counted = {
        row["contribution"]: row
        for row in ContributionMark.objects.visible_to(user)
        .order_by()
        .values("contribution")
        .annotate(marked=Count("account", distinct=True), proven=Count("account", filter=PROVEN, distinct=True))
    }
    empty = {"marked": 0, "proven": 0}
    return [empty | counted.get(one, {}) | {"contribution": one, "label": label} for one, label in Contribution.choices]


def _base(user: User) -> Any:
    """External customers and those who may become one."""
    return Account.objects.visible_to(user).customers()
