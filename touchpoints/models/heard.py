"""How many of our customers we heard in a period, and of how many others only told us."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from accounts.models.choices import State
from touchpoints.models.attendance import Attendance
from touchpoints.models.interaction import InteractionStatus

if TYPE_CHECKING:
    from accounts.models import AccountQuerySet


@dataclass(frozen=True, slots=True)
class Heard:
    """Accounts. `covered` follows the published last contact, in which second-hand voices count where we want that."""

    base: int
    covered: int
    only_told_of: int

    @property
    def share(self) -> Decimal | None:
        """Covered, of the base, as a fraction of 1; None without customers."""
        return Decimal(self.covered) / self.base if self.base else None


def heard(accounts: AccountQuerySet, *, since: dt.datetime) -> Heard:
    """Of the customers in care among `accounts`, those with a contact since then."""
    base = accounts.customers().filter(state__in=[State.CUSTOMER, State.IN_SALES_CYCLE, State.EXITING])
    since_then = Attendance.objects.filter(
        at__gte=since,
        interaction__status=InteractionStatus.HELD,
        interaction__is_private=False,
        interaction__deleted_at=None,
    )
    told_of = base.filter(pk__in=since_then.second_hand().values("account"))
    themselves = since_then.present().exclude(interaction__kind="note").values("account")
    only_told_of = told_of.exclude(pk__in=themselves.filter(account__in=told_of.values("pk"))).count()
    covered = base.filter(figures__last_contact_at__gte=since)
    return Heard(base.count(), covered.count(), only_told_of)
