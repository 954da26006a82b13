"""Erasure: a person asked that we forget them, and where words of others may still name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.erasing import FILE
from accounts.models.contact import Contact
from pmcrm.jobs.models import Job
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from pmcrm.people.models import User


class ErasureState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    WORKING = "working", _("Looking")
    DONE = "done", _("Looked through")


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def visible_to(self, user: User) -> Self:
        return self if may(user, "contact.erase") else self.none()


class Erasure(Job):
    """One request. What to look for is kept only until everything was looked through; then nothing here names them."""

    WAITING: ClassVar[frozenset[str]] = frozenset({ErasureState.QUEUED})
    WORKING: ClassVar[frozenset[str]] = frozenset({ErasureState.WORKING})

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    requested_on = models.DateField(_("asked for on"))
    reason = models.CharField(_("why"), max_length=300)
    patterns = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=ErasureState, default=ErasureState.QUEUED)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ErasureState.values), name="erasure_state"),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(patterns=[]), name="erasure_forgets_what_it_looked_for"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"

    @property
    def is_moving(self) -> bool:
        return self.state in self.WAITING | self.WORKING


class MentionState(models.TextChoices):
    OPEN = "open", _("To look at")
    REDACTED = "redacted", _("Taken out")
    KEPT = "kept", _("Left as it is")


class Mention(models.Model):
    """Where a free text may name the person: which row and column, and from which letter to which. No word of it."""

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="mentions")
    label = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    column = models.CharField(max_length=60)
    spans = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=8, choices=MentionState, default=MentionState.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["erasure", "label", "object_id", "column"], name="mention_once"),
            models.CheckConstraint(condition=models.Q(state__in=MentionState.values), name="mention_state"),
        ]
        indexes = [models.Index(fields=["erasure", "state", "id"], name="mention_to_settle")]

    def __str__(self) -> str:
        return f"{self.label} {self.object_id}"

    @property
    def is_file(self) -> bool:
        """Not a text but a file, which can only be taken away as a whole."""
        return self.column == FILE
