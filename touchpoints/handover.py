"""What passes on when a colleague leaves: their open next steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from pmcrm.people.handover import Charge
from pmcrm.trail.services import record_all
from touchpoints.models import NextStep

if TYPE_CHECKING:
    from pmcrm.people.models import User


def count_next_steps(person: User) -> int:
    return NextStep.objects.open().of(person).count()


def move_next_steps(actor: User, person: User, successor: User) -> int:
    """Give the successor every open step, snoozed ones too."""
    mine = list(NextStep.objects.open().of(person).select_for_update().order_by("pk"))
    NextStep.objects.filter(pk__in=[step.pk for step in mine]).update(owner=successor, version=F("version") + 1)
    return record_all(
        actor=actor,
        verb="next_step.handed_over",
        subjects=mine,
        account_ids=[step.account_id for step in mine],
        changes={"owner": [person.name, successor.name]},
    )


CHARGES = (Charge("next_steps", _("open next steps"), count=count_next_steps, move=move_next_steps),)
