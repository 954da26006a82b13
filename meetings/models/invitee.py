"""Who is asked to come, and what they answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact
from meetings.models.meeting import Meeting


class Answer(models.TextChoices):
    NONE = "", _("No answer yet")
    ACCEPTED = "accepted", _("Comes")
    TENTATIVE = "tentative", _("Perhaps")
    DECLINED = "declined", _("Does not come")


class Invitee(models.Model):
    """A person on their side who was written to, or a colleague who was asked to take part."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitees")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="invited_to")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="invited_to")
    email = models.EmailField(_("written to"), blank=True)
    is_invited = models.BooleanField(_("has the invitation"), default=False)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    comment = models.CharField(_("in their words"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "contact"], name="invitee_once"),
            models.UniqueConstraint(fields=["meeting", "user"], name="invitee_colleague_once"),
            models.CheckConstraint(
                condition=models.Q(contact=None, user__isnull=False) | models.Q(contact__isnull=False, user=None),
                name="invitee_is_one_person",
            ),
            models.CheckConstraint(condition=models.Q(answer__in=Answer.values), name="invitee_answer"),
        ]

    def __str__(self) -> str:
        return str(self.contact or self.user)
