"""Work that takes longer than a page: a row that survives its worker.

A job is claimed by one worker at a time, shows a heartbeat while it runs, and is started again by the clock when it
fell silent. What a job writes, it writes in one transaction together with its last state, while it holds its row's
lock: a late copy of the same message finds the claim gone and does nothing.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar, Final, Self

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

HEARTBEAT_EVERY: Final = timedelta(seconds=5)
SILENT_AFTER: Final = timedelta(seconds=30)
MOST_ATTEMPTS: Final = 5


class ClaimLost(Exception):
    """Another worker has taken this job over; whoever sees this stops without writing."""


class Job(models.Model):
    """The common columns of every job row. A subclass names its states in `WAITING`, `WORKING`; each has "failed"."""

    WAITING: ClassVar[frozenset[str]]
    WORKING: ClassVar[frozenset[str]]
    FAILED: ClassVar[str] = "failed"

    state: Any
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("started by")
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_units = models.PositiveBigIntegerField(_("done so far"), default=0)
    all_units = models.PositiveBigIntegerField(_("to do"), null=True, blank=True)
    failure = models.TextField(_("what went wrong"), blank=True)

    class Meta:
        abstract = True

    @property
    def percent(self) -> int | None:
        """Progress in whole percent of all units; None while the total is unknown."""
        return None if not self.all_units else min(100, self.done_units * 100 // self.all_units)

    @classmethod
    def silent(cls) -> models.QuerySet[Self]:
        """Jobs that wait or work without a sign of life: the clock starts them again."""
        limit = timezone.now() - SILENT_AFTER
        unheard = models.Q(heartbeat_at__lt=limit) | models.Q(heartbeat_at=None, created_at__lt=limit)
        return cls._default_manager.filter(unheard, state__in=cls.WAITING | cls.WORKING)

    @classmethod
    def try_claim(cls, pk: Any, *, working_state: str) -> Self | None:
        """Take the job for this worker, or None where it is done, taken by a living worker, or gone."""
        now = timezone.now()
        free = models.Q(state__in=cls.WAITING) | models.Q(state__in=cls.WORKING, heartbeat_at__lt=now - SILENT_AFTER)
        with transaction.atomic():
            # A locked row is in its last transaction: nobody has to wait for it.
            job = cls._default_manager.select_for_update(skip_locked=True).filter(free, pk=pk).first()
            if job is None:
                return None
            job.state, job.claim = working_state, uuid.uuid4()
            job.heartbeat_at = job.started_at = now
            job.attempts += 1
            job.failure = ""
            job.save(update_fields=["state", "claim", "heartbeat_at", "started_at", "attempts", "failure"])
            return job

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Show a heartbeat from a second connection while the body works."""
        stop = threading.Event()

        def beat() -> None:
            try:
                while not stop.wait(HEARTBEAT_EVERY.total_seconds()):
                    mine = type(self)._default_manager.filter(pk=self.pk, claim=self.claim)
                    mine.update(heartbeat_at=timezone.now())
            finally:
                connection.close()

        thread = threading.Thread(target=beat, name=f"heartbeat-{self._meta.label_lower}-{self.pk}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def report_progress(self, done: int, *, out_of: int | None = None) -> None:
        """Tell how far the work is. Outside the final transaction, so that everybody sees it at once."""
        fields: dict[str, Any] = {"done_units": done, "heartbeat_at": timezone.now()}
        if out_of is not None:
            fields["all_units"] = out_of
        if not type(self)._default_manager.filter(pk=self.pk, claim=self.claim).update(**fields):
            raise ClaimLost

    def lock_claimed(self) -> Self:
        """Lock this row for the final transaction; ClaimLost where another worker has it now."""
        mine = type(self)._default_manager.select_for_update().filter(pk=self.pk, claim=self.claim).first()
        if mine is None:
            raise ClaimLost
        return mine

    @property
    def was_tried_too_often(self) -> bool:
        return self.attempts > MOST_ATTEMPTS

    def give_up(self, sentence: str = "") -> Self:
        """End as failed, where no other worker has it by now. Without a sentence: it stopped too often."""
        sentence = sentence or gettext("It stopped %(count)s times without finishing.") % {"count": MOST_ATTEMPTS}
        mine = type(self)._default_manager.filter(pk=self.pk, claim=self.claim)
        mine.update(state=self.FAILED, failure=sentence, finished_at=timezone.now())
        self.refresh_from_db()
        return self
