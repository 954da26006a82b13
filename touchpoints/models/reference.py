"""InteractionReference: what another system calls a call, a meeting, a mail or a note."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class InteractionReference(models.Model):
    """By it the same row of a file is found again. Where a source gives no reference, `value` is the sign # with the
    fingerprint of the row and how often that stood in the file before."""

    source = models.CharField(_("source"), max_length=60, blank=True)
    value = models.CharField(_("value"), max_length=200)
    interaction = models.ForeignKey("touchpoints.Interaction", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "value"], name="interaction_reference_once")]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"
