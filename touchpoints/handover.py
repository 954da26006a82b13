"""Whoever leaves hands their open next steps on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from pmcrm.people.handover import Charge
from touchpoints.models import AccountGoal, NextStep, UrgentNeed
from touchpoints.services.goals import hand_over_goals
from touchpoints.services.needs import hand_over_needs
from touchpoints.services.next_steps import hand_over_next_steps

if TYPE_CHECKING:
    from pmcrm.people.models import User


def count(person: User) -> int:
    return NextStep.objects.open().of(person).count()


def move(actor: User, person: User, successor: User) -> int:
    return hand_over_next_steps(actor=actor, person=person, successor=successor)


NEXT_STEPS = Charge("next_steps", _("open next steps"), count=count, move=move)


def count_needs(person: User) -> int:
    return UrgentNeed.objects.open().owned_by(person).count()


def move_needs(actor: User, person: User, successor: User) -> int:
    return hand_over_needs(actor=actor, person=person, successor=successor)


def count_goals(person: User) -> int:
    return AccountGoal.objects.open().owned_by(person).count()


def move_goals(actor: User, person: User, successor: User) -> int:
    return hand_over_goals(actor=actor, person=person, successor=successor)


NEEDS = Charge("urgent_needs", _("urgent needs of customers"), count=count_needs, move=move_needs)
GOALS = Charge("account_goals", _("goals at accounts"), count=count_goals, move=move_goals)
