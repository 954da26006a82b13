"""What people were told, or are about to be told, by mail."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a notice says. Its words are in `templates/notices/<kind>/`."""

    DECISION = "decision", _("A decision waits")
    EXPORT = "export", _("A file is ready")
    TALK_PLANNED = "talk_planned", _("Somebody plans to talk with a customer of yours")
    TALK_ANSWERED = "talk_answered", _("A talk that you planned was answered")
    CAMPAIGN = "campaign", _("A call campaign waits for your word")
    USAGE = "usage", _("A customer uses a product otherwise than meant")
    PROMISE_LATE = "promise_late", _("A promise is late")
    PAIN_RETOLD = "pain_retold", _("A customer had to tell it again")
    PAIN_DUE = "pain_due", _("A customer waits for an answer")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self) -> Self:
        """To be sent now: not sent yet, and not put off after a failure."""
        return self.filter(sent_at=None, not_before__lte=timezone.now(), person__is_active=True)


class Notice(models.Model):
    """One mail to one person about one occasion, `key`. It holds no word and no figure of what it is about."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=120)
    path = models.CharField(_("where the link leads"), max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="notice_once"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="notice_kind"),
        ]
        indexes = [models.Index(fields=["not_before"], condition=models.Q(sent_at=None), name="notice_waiting")]

    def __str__(self) -> str:
        return self.key
