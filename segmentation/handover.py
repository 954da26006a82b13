"""Whoever leaves hands on what waits for them in exit plans. The page of people shows how many, never which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from pmcrm.people.handover import Charge
from segmentation.services.exit_plan_handover import count_charges, hand_over_exit_plans

if TYPE_CHECKING:
    from pmcrm.people.models import User


def move(actor: User, person: User, successor: User) -> int:
    return hand_over_exit_plans(actor=actor, person=person, successor=successor)


DECISIONS = Charge("decisions", _("plans and decisions that wait"), count=count_charges, move=move)
