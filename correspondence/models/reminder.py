"""Reminder: that somebody was told of something, so that nobody is told twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Reminder(models.Model):
    """One occasion of one person. `key` names what and for when: a talk that was moved is another occasion."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    key = models.CharField(max_length=120)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="reminder_once")]
        indexes = [models.Index(fields=["made_at"], name="reminder_by_age")]

    def __str__(self) -> str:
        return self.key
