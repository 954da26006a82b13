"""What a talk brought: the four things that well-managed contact is for (S0.39)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from touchpoints.models.interaction import Interaction


class Brought(models.TextChoices):
    INSIGHT = "insight", _("Insight")
    REQUEST = "request", _("Request")
    REFERENCE = "reference", _("Reference")
    REVENUE_STEP = "revenue_step", _("Revenue step")


class OutcomeTag(models.Model):
    """One of the four on one talk. Rows of their own: few talks of millions carry one, and months are counted."""

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="outcome_tags")
    brought = models.CharField(_("what it brought"), max_length=12, choices=Brought)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction", "brought"], name="outcome_tag_once"),
            models.CheckConstraint(condition=models.Q(brought__in=Brought.values), name="outcome_tag_known"),
        ]

    def __str__(self) -> str:
        return self.get_brought_display()
