"""InvitationMail: one mail to one person about one meeting, as somebody saw it before it went out."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact
from meetings.models.meeting import Meeting


class Method(models.TextChoices):
    REQUEST = "REQUEST", _("Invitation")
    CANCEL = "CANCEL", _("Cancellation")


class InvitationMailQuerySet(models.QuerySet["InvitationMail"]):
    def waiting(self) -> Self:
        """To be sent now: not sent yet, not overtaken by a newer one, not put off after a failure, and to nothing that
        lies in the trash; that it is off is still told."""
        in_trash = models.Q(method=Method.REQUEST, meeting__interaction__deleted_at__isnull=False)
        return self.unsent().exclude(in_trash).filter(not_before__lte=timezone.now())

    def unsent(self) -> Self:
        return self.filter(sent_at=None, is_overtaken=False)


class InvitationMail(models.Model):
    """It keeps what was previewed, so that exactly that goes out."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitations")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    email = models.EmailField()
    method = models.CharField(max_length=8, choices=Method)
    sequence = models.PositiveIntegerField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    calendar = models.TextField(_("the calendar part"))
    reply_to = models.EmailField(blank=True)
    message_id = models.CharField(max_length=255, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    is_overtaken = models.BooleanField(_("a newer one goes instead"), default=False)

    objects = InvitationMailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "contact", "method", "sequence"], name="invitation_once"),
            models.CheckConstraint(condition=models.Q(method__in=Method.values), name="invitation_method"),
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(sent_at=None, is_overtaken=False),
                name="invitation_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.subject
