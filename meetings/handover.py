"""Whoever leaves hands on the meetings that they organise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from meetings.services.planning import hand_over_meetings, open_of
from pmcrm.people.handover import Charge

if TYPE_CHECKING:
    from pmcrm.people.models import User


def count(person: User) -> int:
    return open_of(person).count()


def move(actor: User, person: User, successor: User) -> int:
    return hand_over_meetings(actor=actor, person=person, successor=successor)


MEETINGS = Charge("meetings", _("meetings not closed yet"), count=count, move=move)
