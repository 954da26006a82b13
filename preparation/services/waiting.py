"""What of this room waits for a person: talks to prepare, accounts to read up on, lines to agree to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils import timezone

from pmcrm.people.permissions import may
from preparation.models import Handover, Sheet
from preparation.services.first_contact import first_contacts, unprepared
from preparation.services.sheets import TALKS
from touchpoints.models import Attendance, Interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User

SHOWN: Final = 6
AHEAD: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Few of each, the nearest first; `first_contacts` is how many come up unprepared, for who leads product; of
    `shares`, introductions held lately, it is not known yet how much we talked."""

    talks: list[Interaction]
    handovers: list[Handover]
    lines: list[Sheet]
    first_contacts: int
    shares: list[Interaction]

    @property
    def count(self) -> int:
        return len(self.talks) + len(self.handovers) + len(self.lines) + len(self.shares) + (self.first_contacts > 0)


def waiting_for(user: User) -> Waiting:
    """Shares are those counted last, which is every quarter of an hour and with each change of a sheet."""
    now = timezone.now()
    until = now + AHEAD
    talks = Interaction.objects.visible_to(user).waiting_for(user, before=until).filter(at__gte=now, kind__in=TALKS)
    open_ones = talks.filter(Q(sheet=None) | Q(sheet__share__lt=1)).select_related("sheet").with_customers()
    mine = Attendance.objects.present().filter(account__relationship_owner=user, at__gte=now)
    asked = Sheet.objects.visible_to(user).ahead(after=now, until=now + dt.timedelta(days=60))
    asked = asked.filter(line_confirmed_at=None, interaction__in=mine.values("interaction")).exclude(sales_line="")
    lines = asked.select_related("interaction").order_by("interaction__at", "pk")[:SHOWN]
    held = Interaction.objects.visible_to(user).held().filter(colleagues=user, kind__in=TALKS, at__gte=now - AHEAD)
    held = held.filter(sheet__is_introduction=True, sheet__talk_share=None)
    first = unprepared(first_contacts(user, since=now, until=until)) if may(user, "account.write_all") else None
    return Waiting(
        list(open_ones.order_by("at", "pk")[:SHOWN]) if may(user, "interaction.log") else [],
        list(Handover.objects.waiting_for(user).with_names().order_by("created_at", "pk")[:SHOWN]),
        list(lines),
        first.count() if first is not None else 0,
        list(held.order_by("-at", "-pk")[:SHOWN]) if may(user, "interaction.log") else [],
    )
