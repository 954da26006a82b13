"""What a meeting asks of its preparation sheet: an agenda that went out, and what makes it a success."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings import states
from meetings.models import Criterion, Meeting
from preparation.services import requirements
from preparation.services.requirements import Asker

if TYPE_CHECKING:
    from touchpoints.models import Interaction


def register() -> None:
    labels = {"agenda": _("Agenda agreed and sent"), "success_criteria": _("What makes it a success")}
    requirements.register(Asker(labels, asked_of_meeting, _address))


def asked_of_meeting(interaction: Interaction) -> dict[str, bool]:
    """Nothing of a talk that nobody plans as a meeting: one that was only logged has no agenda to agree on."""
    criteria = Criterion.objects.filter(meeting=OuterRef("pk"))
    found = Meeting.objects.filter(pk=interaction.pk).values_list("stage", Exists(criteria)).first()
    if found is None:
        return {}
    stage, has_criteria = found
    return {"agenda": stage == states.SENT, "success_criteria": has_criteria}


def _address(interaction: Interaction) -> str:
    return reverse("meeting_detail", args=[interaction.pk])
