"""What the organisation set for this room, beside the defaults: its weights of the tier, and days."""

from __future__ import annotations

from accounts.engagement import Engagement
from accounts.tiers import REFERENCE_REST_DAYS, TierRules
from pmcrm.people.models import Organisation


def tier_rules() -> TierRules:
    """By which weights and limits a tier is computed today."""
    return TierRules.from_settings(Organisation.current().thresholds)


def reference_rest_days() -> int:
    """How long an account is left in peace after it spoke for us."""
    return int(Organisation.current().thresholds.get("reference_rest_days", REFERENCE_REST_DAYS))


def engagement() -> Engagement:
    """By which limits contact, meetings and calls are judged today."""
    return Engagement.from_settings(Organisation.current().thresholds)
