"""Whoever leaves hands their open campaigns on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from campaigns.services.campaigns import hand_over_campaigns
from pmcrm.people.handover import Charge

if TYPE_CHECKING:
    from pmcrm.people.models import User


def count(person: User) -> int:
    return Campaign.objects.open().filter(owner=person).count()


def move(actor: User, person: User, successor: User) -> int:
    return hand_over_campaigns(actor=actor, person=person, successor=successor)


CAMPAIGNS = Charge("campaigns", _("open call campaigns"), count=count, move=move)
