"""What a meeting goes through, and by what we shall know that it was good."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting


class ItemKind(models.TextChoices):
    NORMAL = "normal", _("Subject")
    INTRO = "intro", _("Introduction")
    LISTENING = "listening", _("Listening")
    VISION = "vision", _("Vision")
    ADVANCED = "advanced", _("Advanced use")
    UPSELL = "upsell", _("Up-sell")
    ROADMAP = "roadmap", _("Roadmap")


class AgendaItem(models.Model):
    """One item with the minutes it takes. The kind is ours: the customer reads the words, the minutes and who leads."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("what"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=ItemKind, default=ItemKind.NORMAL)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    led_by = models.CharField(_("who leads"), max_length=100, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="agenda_item_place"),
            models.CheckConstraint(condition=models.Q(kind__in=ItemKind.values), name="agenda_item_kind"),
            models.CheckConstraint(condition=models.Q(minutes__range=(1, 1440)), name="agenda_item_minutes"),
            models.CheckConstraint(condition=models.Q(text__regex=r"\S"), name="agenda_item_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class Score(models.TextChoices):
    MET = "met", _("Met")
    PARTLY = "partly", _("Partly")
    NOT_MET = "not_met", _("Not met")


class Criterion(models.Model):
    """By what we shall know that the meeting was good; afterwards product and sales each say whether it was."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("criterion"), max_length=200)
    product_score = models.CharField(_("product says"), max_length=8, choices=Score, blank=True)
    product_scored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sales_score = models.CharField(_("sales says"), max_length=8, choices=Score, blank=True)
    sales_scored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "criteria"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="criterion_place"),
            models.CheckConstraint(condition=models.Q(position__lt=3), name="criterion_at_most_three"),
            models.CheckConstraint(condition=models.Q(text__regex=r"\S"), name="criterion_says_something"),
            models.CheckConstraint(
                condition=models.Q(product_score__in=["", *Score.values], sales_score__in=["", *Score.values]),
                name="criterion_score",
            ),
        ]

    def __str__(self) -> str:
        return self.text
