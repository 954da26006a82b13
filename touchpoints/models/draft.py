"""Draft: a form not yet saved, kept for the one who is writing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from pmcrm.people.models import User

# The quick log has one draft for each place it is opened from: "interaction", "interaction:account:12".
QUICK_LOG: Final = "interaction"


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def of_quick_log(self) -> Self:
        return self.filter(models.Q(form=QUICK_LOG) | models.Q(form__startswith=f"{QUICK_LOG}:"))


class Draft(models.Model):
    """A form not yet saved, kept for the one who is writing it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=60)
    data = models.JSONField()
    saved_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="draft_one_per_form")]

    def __str__(self) -> str:
        return f"{self.form} of {self.user_id}"
