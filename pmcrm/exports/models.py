"""Exports: which list left as which file, for whom, and where the file lies until its time is over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmcrm.jobs.models import Job

if TYPE_CHECKING:
    from pmcrm.people.models import User

DAYS_KEPT: Final = 7


class Format(models.TextChoices):
    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("XLSX (Excel)")


class ExportState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    WORKING = "working", _("Writing the file")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")
    REMOVED = "removed", _("Removed")


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """Only whoever asked for a file ever gets it."""
        return self.filter(created_by=user)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def under_way(self) -> Self:
        return self.filter(state__in=[ExportState.QUEUED, ExportState.WORKING])

    def outlived(self) -> Self:
        """Files whose time is over."""
        return self.filter(state=ExportState.DONE, expires_at__lte=timezone.now())


def new_folder() -> str:
    return uuid4().hex


class Export(Job):
    """A list as a file. A small one is sent at once and kept nowhere; a large one is written by a worker and kept for
    a week. `rows` is how many it holds. What it holds, the rights of `created_by` decide while it is written."""

    WAITING: ClassVar[frozenset[str]] = frozenset({ExportState.QUEUED})
    WORKING: ClassVar[frozenset[str]] = frozenset({ExportState.WORKING})

    state = models.CharField(_("state"), max_length=10, choices=ExportState, default=ExportState.QUEUED)
    kind = models.CharField(_("list"), max_length=30)
    query = models.CharField(_("filters, order and columns"), max_length=2000, blank=True)
    is_everything = models.BooleanField(_("every field instead of the shown columns"), default=False)
    format = models.CharField(_("format"), max_length=4, choices=Format)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    folder = models.CharField(max_length=32, unique=True, default=new_folder)
    size = models.PositiveBigIntegerField(_("size"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ExportState.values), name="export_state"),
            models.CheckConstraint(condition=models.Q(format__in=Format.values), name="export_format"),
            models.CheckConstraint(
                condition=models.Q(expires_at=None) | models.Q(state__in=[ExportState.DONE, ExportState.REMOVED]),
                name="export_kept_when_done",
            ),
        ]
        indexes = [
            models.Index(fields=["created_by", "-created_at"], name="export_by_person"),
            models.Index(fields=["expires_at"], condition=models.Q(state="done"), name="export_outlived"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("export_detail", args=[self.pk])

    @property
    def file_name(self) -> str:
        return f"{self.kind}-{timezone.localdate(self.created_at):%Y-%m-%d}.{self.format}"

    @property
    def directory(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "exports" / self.folder

    @property
    def path(self) -> Path:
        return self.directory / f"file.{self.format}"

    @property
    def is_moving(self) -> bool:
        return self.state in self.WAITING | self.WORKING

    @property
    def is_there(self) -> bool:
        """Whether its file can be had."""
        return self.state == ExportState.DONE and self.expires_at is not None and self.expires_at > timezone.now()
