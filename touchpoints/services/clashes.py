"""Two colleagues contact the same account within a few days: each should know of the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from accounts.services.limits import engagement
from touchpoints.models import Attendance, InteractionKind, InteractionStatus

if TYPE_CHECKING:
    from accounts.engagement import Engagement
    from accounts.models import Account
    from pmcrm.people.models import User
    from touchpoints.models import Interaction

MOST: Final = 10
LATELY: Final = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Clash:
    """A colleague's talk near the time asked about, with the account that it is with."""

    account: Account
    interaction: Interaction

    @property
    def colleagues(self) -> list[str]:
        return [colleague.name for colleague in self.interaction.colleagues.all()]


def clashes(
    *,
    user: User,
    accounts: Iterable[Account],
    at: dt.datetime,
    apart_from: Interaction | None = None,
    limits: Engagement | None = None,
) -> list[Clash]:
    """Calls and meetings of others with these accounts within the days set, before or after, the nearest first.

    What the person takes part in is none, and neither is one who called us. Private talks of others stay unknown.
    """
    near = dt.timedelta(days=(limits or engagement()).clash_days)
    rows = (
        Attendance.objects.visible_to(user)
        .present()
        .current()
        .filter(account__in=list(accounts), at__gte=at - near, at__lte=at + near)
        .filter(interaction__kind__in=(InteractionKind.CALL, InteractionKind.MEETING), interaction__is_incoming=False)
        .exclude(interaction__author=user)
        .exclude(interaction__colleagues=user)
    )
    if apart_from is not None:
        rows = rows.exclude(interaction=apart_from)
    rows = rows.select_related("account", "interaction__author").prefetch_related("interaction__colleagues")
    found = [Clash(row.account, row.interaction) for row in rows.order_by("at", "pk")[: MOST * 10]]
    return sorted(found, key=lambda clash: abs(clash.interaction.at - at))[:MOST]


def talks_nearby(*, user: User, account: Account) -> list[Clash]:
    """The shared calendar of an account: calls and meetings of all colleagues, planned ones first, then those of the
    last thirty days, the nearest first. Private ones of others stay unknown."""
    now = timezone.now()
    rows = (
        Attendance.objects.visible_to(user)
        .present()
        .current()
        .of(account)
        .filter(at__gte=now - LATELY, interaction__kind__in=(InteractionKind.CALL, InteractionKind.MEETING))
        .exclude(interaction__status=InteractionStatus.PLANNED, at__lt=now)
        .select_related("account", "interaction__author")
        .prefetch_related("interaction__colleagues")
    )
    found = [Clash(row.account, row.interaction) for row in rows.order_by("-at", "-pk")[:MOST]]
    ahead = [one for one in found if one.interaction.is_planned]
    return [*reversed(ahead), *(one for one in found if not one.interaction.is_planned)]
