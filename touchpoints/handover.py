"""Whoever leaves hands their open next steps on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from pmcrm.people.handover import Charge
from touchpoints.models import NextStep
from touchpoints.services.next_steps import hand_over_next_steps

if TYPE_CHECKING:
    from pmcrm.people.models import User


def count(person: User) -> int:
    return NextStep.objects.open().of(person).count()


def move(actor: User, person: User, successor: User) -> int:
    return hand_over_next_steps(actor=actor, person=person, successor=successor)


NEXT_STEPS = Charge("next_steps", _("open next steps"), count=count, move=move)
