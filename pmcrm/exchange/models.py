"""Import: one file on its way in, from the upload to the report, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pmcrm.exchange.registry import Kind, all_kinds, kind_named
from pmcrm.jobs.models import ClaimLost, Job
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from pmcrm.people.models import User

ERRORS_KEPT = 1000


class State(models.TextChoices):
    UPLOADED = "uploaded", _("Waiting to be read")
    CHECKING = "checking", _("Reading the file")
    NEEDS_ANSWERS = "needs_answers", _("Needs an answer")
    READY = "ready", _("Ready to import")
    RUNNING = "running", _("Importing")
    DONE = "done", _("Imported")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    REVERTING = "reverting", _("Being taken back")
    REVERTED = "reverted", _("Taken back")


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> Self:
        """Imports of the kinds whose rows the person may read in full; a file shows all its rows. Of kinds with
        private rows only one's own."""
        if not may(user, "import.read"):
            return self.none()
        kinds = [kind for kind in all_kinds() if may(user, kind.right) or may(user, kind.read_right)]
        own = models.Q(kind__in=[kind.name for kind in kinds if kind.is_personal], created_by=user)
        return self.filter(models.Q(kind__in=[kind.name for kind in kinds if not kind.is_personal]) | own)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def same_file(self, other: Import) -> Self:
        """Other imports of the same bytes as the same kind that are in."""
        return self.filter(sha256=other.sha256, kind=other.kind, state=State.DONE).exclude(pk=other.pk)


def new_folder() -> str:
    return uuid4().hex


class Import(Job):
    """A file and what became of it. `rows = imported + rejected + skipped + unchanged + held` once it is read.

    `answers` holds what a person said about the file, `findings` what was found out, `mapping` column to target.
    `preview` holds the first rows as read and, while the file is being read, how far that is.
    Notes and errors are templates with their values, translated where they are shown.
    """

    WAITING = frozenset({State.UPLOADED, State.RUNNING, State.REVERTING})
    WORKING = frozenset({State.CHECKING})

    kind = models.CharField(_("kind"), max_length=20)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.UPLOADED)
    source = models.CharField(
        _("source"), max_length=60, blank=True, help_text=_("The system the file comes from, such as “erp”.")
    )
    file_name = models.CharField(_("file"), max_length=255)
    file_size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    folder = models.CharField(max_length=32, unique=True, default=new_folder)
    answers = models.JSONField(default=dict, blank=True)
    findings = models.JSONField(default=dict, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    questions = models.JSONField(default=list, blank=True)
    preview = models.JSONField(default=dict, blank=True)
    join_name = models.CharField(_("look-up file"), max_length=255, blank=True)
    join_key = models.CharField(_("key of the look-up file"), max_length=200, blank=True)
    is_partial = models.BooleanField(_("good rows now, bad rows back"), default=False)
    checked_base = models.TextField(blank=True, help_text=_("What the rows were checked against; empty: unknown."))
    staged_rows = models.PositiveBigIntegerField(null=True, blank=True)
    written_rows = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    imported = models.PositiveBigIntegerField(_("imported"), default=0)
    rejected = models.PositiveBigIntegerField(_("rejected"), default=0)
    skipped = models.PositiveBigIntegerField(_("skipped"), default=0)
    unchanged = models.PositiveBigIntegerField(_("here already"), default=0)
    held = models.PositiveBigIntegerField(_("held back"), default=0)
    first_errors = models.JSONField(default=list, blank=True)
    notes = models.JSONField(default=list, blank=True)
    summary = models.JSONField(default=dict, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    reverted_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    reverted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken back by")
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="import_state"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["done", "refused", "ready"])
                | models.Q(
                    rows=models.F("imported")
                    + models.F("rejected")
                    + models.F("skipped")
                    + models.F("unchanged")
                    + models.F("held")
                ),
                name="import_counts_every_row",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="import_newest"),
            models.Index(fields=["sha256", "kind"], name="import_by_content"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("import_detail", args=[self.pk])

    @cached_property
    def declaration(self) -> Kind:
        return kind_named(self.kind)

    @property
    def path(self) -> Path:
        """The stored file; its suffix is that of the uploaded one."""
        return self.directory / f"file{Path(self.file_name).suffix.lower()}"

    @property
    def directory(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "imports" / self.folder

    @property
    def join_path(self) -> Path:
        """The stored look-up file."""
        return self.directory / f"lookup{Path(self.join_name).suffix.lower()}"

    @property
    def rejected_path(self) -> Path:
        return self.directory / "rejected-rows.csv"

    @property
    def good(self) -> int:
        """Rows that would come in."""
        return self.rows - self.rejected - self.skipped - self.unchanged

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or will have it."""
        return self.state in self.WAITING | self.WORKING

    @property
    def is_open(self) -> bool:
        """Whether its settings can still be changed."""
        return self.state in {State.NEEDS_ANSWERS, State.READY}

    def report_state(self, state: State) -> None:
        """Move on to the next phase under the same claim."""
        self._report(state=state)
        self.state = state

    def report_findings(self) -> None:
        """Show what was found out while the rows are still being read."""
        self._report(findings=self.findings, mapping=self.mapping)

    def report_preview(self, preview: dict[str, Any]) -> None:
        """Show what was read so far."""
        self._report(preview=preview)

    def _report(self, **fields: Any) -> None:
        if not Import.objects.filter(pk=self.pk, claim=self.claim).update(**fields):
            raise ClaimLost

    def counts(self) -> dict[str, Any]:
        """The numbers of the report, by the names of the contract."""
        return {name: getattr(self, name) for name in ("rows", "imported", "rejected", "skipped", "unchanged", "held")}


class KnownMapping(models.Model):
    """Which column was which target when somebody last brought in a file of this source with these headers: offered
    the next time. `headers` tells the set of names, `columns` is column to target."""

    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=60, blank=True)
    headers = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "source", "headers"], name="known_mapping_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class Created(models.Model):
    """Something beside its own rows that an import brought into being, such as an account of an unknown customer."""

    batch = models.ForeignKey(Import, models.CASCADE, related_name="created")
    label = models.CharField(max_length=60)
    object_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "label", "object_id"], name="import_created_once")]

    def __str__(self) -> str:
        return f"{self.label} {self.object_id}"


class Changed(models.Model):
    """A row as it was before an import changed it, for taking the import back. `version` is the row's own after the
    change: as long as the row still has it, nobody edited it since."""

    batch = models.ForeignKey(Import, models.CASCADE, related_name="changed")
    label = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    before = models.JSONField()
    version = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "label", "object_id"], name="import_changed_once")]

    def __str__(self) -> str:
        return f"{self.label} {self.object_id}"
