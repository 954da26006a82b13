"""Row rules of campaigns: who runs one, and who dials in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from campaigns.models import Campaign
    from pmcrm.people.models import User


def may_run(user: User, campaign: Campaign) -> bool:
    """Change, announce, start and end it: who is responsible for it, and product leads."""
    if not may(user, "campaign.write"):
        return False
    return campaign.owner_id == user.pk or may(user, "campaign.write_all")


def may_dial(user: User, campaign: Campaign) -> bool:
    return campaign.is_running and may(user, "campaign.dial")
