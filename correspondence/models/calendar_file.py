"""A calendar that somebody brought in, and what became of each of its entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from touchpoints.models import Interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User


class CalendarFileState(models.TextChoices):
    READY = "ready", _("To be looked at")
    DONE = "done", _("Brought in")
    TAKEN_BACK = "reverted", _("Taken back")


class CalendarFileQuerySet(models.QuerySet["CalendarFile"]):
    def visible_to(self, user: User) -> Self:
        """One's own: a calendar holds private appointments as well."""
        return self.filter(person=user)


class CalendarFile(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_files")
    name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField()
    answers = models.JSONField(_("what unknown zones mean"), default=dict)
    accounts = models.JSONField(
        _("accounts that its person chose, by the entry's identifier"), default=dict, db_default={}, editable=False
    )
    state = models.CharField(_("state"), max_length=10, choices=CalendarFileState, default=CalendarFileState.READY)
    report = models.JSONField(default=dict)
    made_at = models.DateTimeField(_("brought in"), default=timezone.now)

    objects = CalendarFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=CalendarFileState.values), name="calendar_file_state")
        ]
        indexes = [models.Index(fields=["person", "-made_at"], name="calendar_file_of_person")]

    def __str__(self) -> str:
        return str(_("A calendar file"))

    def get_absolute_url(self) -> str:
        return reverse("calendar_import_detail", args=[self.pk])

    @property
    def is_ready(self) -> bool:
        return self.state == CalendarFileState.READY

    @property
    def made(self) -> int | None:
        """How many talks it brought."""
        return self.report["plan"] + self.report["hold"] if self.report else None

    @property
    def may_be_taken_back(self) -> bool:
        return self.state == CalendarFileState.DONE


class CalendarEntry(models.Model):
    """Which talk an entry of somebody's calendar became; `instance` is the start that one of a series had at first.
    `times` is from when to when the calendar last had it, empty for those brought in before that was kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_entries")
    uid = models.CharField(max_length=255)
    instance = models.CharField(max_length=40, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    times = models.CharField(max_length=40, blank=True, default="", db_default="")
    file = models.ForeignKey(CalendarFile, models.CASCADE, related_name="entries")
    interaction = models.OneToOneField(Interaction, models.CASCADE, related_name="calendar_entry")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "uid", "instance"], name="calendar_entry_once")]

    def __str__(self) -> str:
        return self.uid
