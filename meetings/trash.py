"""What becomes of invitations when a person goes for good."""

from __future__ import annotations

from meetings.services.forgetting import forget_person
from pmcrm.trash import registry
from pmcrm.trash.registry import Along, stays


def register() -> None:
    registry.goes_along("contact", Along(put=stays, back=stays, remove=forget_person))
