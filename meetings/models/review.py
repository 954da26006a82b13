"""What sales said of an agenda, and which rule was set aside for which reason."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting
from meetings.rules import RULES


class SalesReview(models.Model):
    """The owner of the relationship approved an agenda, or returned it."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_approved = models.BooleanField(_("approved"))
    comment = models.CharField(_("comment"), max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_approved=True) | models.Q(comment__regex=r"\S"),
                name="sales_review_says_why",
                violation_error_message=_("Say what should change."),
            )
        ]

    def __str__(self) -> str:
        return self.comment[:80]


class Override(models.Model):
    """A ground rule set aside for this meeting, and why."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="overrides")
    rule = models.CharField(_("rule"), max_length=12, choices=[(slug, rule.label) for slug, rule in RULES.items()])
    reason = models.CharField(_("why"), max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "rule"], name="override_once"),
            models.CheckConstraint(condition=models.Q(reason__regex=r"\S"), name="override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.reason[:80]
