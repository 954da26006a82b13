"""How much the inside voice weighs, and whether what is told second-hand counts: one row for the organisation."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from touchpoints.policy import (
    LEAST_INTERNAL_WEIGHT,
    LEAST_WEIGHT_WITHOUT_REASON,
    MOST_INTERNAL_WEIGHT,
    USUAL_INTERNAL_WEIGHT,
)


class VoiceRules(models.Model):
    """There is at most one row, with id 1; without it the usual values hold.

    `internal_weight` is what one internal account counts in the ranking of requests, an external one counting 1.
    """

    internal_weight = models.DecimalField(
        _("weight of an internal account"), max_digits=4, decimal_places=2, default=USUAL_INTERNAL_WEIGHT
    )
    low_weight_reason = models.TextField(_("why less than a half"), blank=True)
    counts_second_hand = models.BooleanField(_("second-hand voices count"), default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="voice_rules_are_one"),
            models.CheckConstraint(
                condition=models.Q(internal_weight__range=(LEAST_INTERNAL_WEIGHT, MOST_INTERNAL_WEIGHT)),
                name="voice_rules_weight",
            ),
            models.CheckConstraint(
                condition=models.Q(internal_weight__gte=LEAST_WEIGHT_WITHOUT_REASON)
                | models.Q(low_weight_reason__regex=r"\S"),
                name="voice_rules_low_weight_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(_("How voices count"))

    @classmethod
    def current(cls) -> VoiceRules:
        """What holds now; the row is written with the first change."""
        return cls.objects.filter(pk=1).first() or cls(pk=1, internal_weight=Decimal(USUAL_INTERNAL_WEIGHT))
