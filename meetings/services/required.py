"""What a meeting asks of its preparation sheet: an agenda that went out, and what makes it a success."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings import states
from preparation.services import requirements
from preparation.services.requirements import Requirement

if TYPE_CHECKING:
    from meetings.models import Meeting
    from touchpoints.models import Interaction


def register() -> None:
    requirements.register(Requirement("agenda", _("Agenda agreed and sent"), is_opened, is_sent, _address))
    requirements.register(
        Requirement("success_criteria", _("What makes it a success"), is_opened, has_criteria, _address)
    )


def is_opened(interaction: Interaction) -> bool:
    """Somebody plans it as a meeting; one that was only logged has no agenda to agree on."""
    return _meeting(interaction) is not None


def is_sent(interaction: Interaction) -> bool:
    meeting = _meeting(interaction)
    return meeting is not None and meeting.stage == states.SENT


def has_criteria(interaction: Interaction) -> bool:
    meeting = _meeting(interaction)
    return meeting is not None and meeting.criteria.exists()


def _meeting(interaction: Interaction) -> Meeting | None:
    found: Meeting | None = getattr(interaction, "meeting", None)
    return found


def _address(interaction: Interaction) -> str:
    return reverse("meeting_detail", args=[interaction.pk])
