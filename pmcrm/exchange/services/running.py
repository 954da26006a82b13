"""The work of an import, phase by phase. The worker's task and the command call the same `work`."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from typing import Any

import pghistory
from django.core.cache import cache
from django.db import DataError, IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from pmcrm.errors import RuleViolation
from pmcrm.exchange.models import Created, Import, State
from pmcrm.exchange.services.checking import check, weigh_rows
from pmcrm.exchange.services.known_mappings import keep_mapping
from pmcrm.exchange.services.rejected import write_rejected
from pmcrm.exchange.services.staging import StagedBatch
from pmcrm.jobs.models import ClaimLost
from pmcrm.trail.services import record

logger = logging.getLogger(__name__)

GAVE_UP = gettext_noop("The work stopped several times before it was done. Nothing came in.")
BROKE_OFF = gettext_noop("The database refused the import. Nothing came in. The log of the server says why.")


def work(pk: int) -> Import | None:
    """Do what the import waits for: read and check, bring in, or take back. None where it is gone, done, or in the
    hands of a living worker. Safe to call twice and after a crash at any line."""
    waiting = Import.objects.filter(pk=pk).first()
    if waiting is None or not waiting.is_moving:
        return None
    phase = State(waiting.state) if waiting.state in (State.RUNNING, State.REVERTING) else State.CHECKING
    job = Import.try_claim(pk, working_state=phase)
    if job is None:
        return None
    try:
        with job.beating():
            return _step(job, phase)
    except ClaimLost:
        return None
    except (DataError, IntegrityError, ProgrammingError, InternalError):
        logger.exception("import %s broke off", pk)
        return _give_up(job, BROKE_OFF)


def _step(job: Import, phase: State) -> Import:
    if job.was_tried_too_often:
        return _give_up(job, GAVE_UP)
    if phase == State.REVERTING:
        return _take_back(job)
    if phase == State.RUNNING and StagedBatch(job).staged() != job.staged_rows:
        # A crash of the database server empties unlogged tables: read the file again; the confirmation stays.
        job.report_state(State.CHECKING)
        phase = State.CHECKING
    if phase == State.CHECKING:
        job = check(job)
        if job.state != State.READY or job.confirmed_at is None:
            return job
        job.report_state(State.RUNNING)
    return _bring_in(job)


def _give_up(job: Import, sentence: str) -> Import:
    with transaction.atomic():
        locked = job.lock_claimed()
        StagedBatch(locked).drop_tables()
        # Taking back is one transaction: when it fails, everything is still in.
        locked.state = State.DONE if locked.state == State.REVERTING else State.FAILED
        locked.failure, locked.finished_at = sentence, timezone.now()
        locked.save()
        record(actor=locked.created_by, verb="import.failed", subject=locked, kind=locked.kind)
    return locked


def progress_key(pk: int) -> str:
    return f"import-written:{pk}"


def _in_the_name_of(person: int | None, job: Import) -> AbstractContextManager[Any]:
    """Whatever rows change inside, their history says who did it and by which import."""
    context: AbstractContextManager[Any] = pghistory.context(user=person, imported=job.pk)
    return context


def _bring_in(job: Import) -> Import:
    with transaction.atomic(), _in_the_name_of(job.confirmed_by_id, job):
        locked = job.lock_claimed()
        batch = StagedBatch(locked)
        batch.notes = list(locked.notes)
        batch.tell = lambda rows: cache.set(progress_key(job.pk), rows, timeout=3600)
        with connection.cursor() as cursor:
            # One import of a kind writes at a time: accounts and line references are looked up and made here.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('pmcrm import'), hashtext(%s))", [locked.kind])
        if not locked.checked_base or locked.checked_base != locked.declaration.state_of_base(batch):
            weigh_rows(locked, batch)
        if locked.rejected and not locked.is_partial:
            locked.state = State.REFUSED
        else:
            locked.imported = locked.declaration.write(batch)
            locked.unchanged = locked.rows - locked.rejected - locked.skipped - locked.imported
            locked.held, locked.state = 0, State.DONE
            if "columns" in locked.answers:
                keep_mapping(locked)
        locked.finished_at, locked.notes = timezone.now(), batch.notes
        if locked.rejected:
            write_rejected(locked, batch)
        batch.drop_tables()
        locked.save()
        verb = "import.done" if locked.state == State.DONE else "import.refused"
        record(actor=locked.confirmed_by, verb=verb, subject=locked, kind=locked.kind, **locked.counts())
    cache.delete(progress_key(job.pk))
    return locked


def _take_back(job: Import) -> Import:
    with transaction.atomic(), _in_the_name_of(job.reverted_by_id, job):
        locked = job.lock_claimed()
        batch = StagedBatch(locked)
        made: dict[str, list[int]] = {}
        for label, object_id in Created.objects.filter(batch=locked).values_list("label", "object_id"):
            made.setdefault(label, []).append(object_id)
        try:
            with transaction.atomic():
                stayed = locked.declaration.take_back(batch, made)
        except RuleViolation as refusal:
            locked.state, locked.failure = State.DONE, refusal.sentence
            locked.save(update_fields=["state", "failure"])
            return locked
        locked.created.all().delete()
        locked.changed.all().delete()
        locked.state, locked.reverted_at = State.REVERTED, timezone.now()
        locked.notes = [*locked.notes, *({"template": sentence, "params": {}} for sentence in stayed)]
        locked.save()
        record(
            actor=locked.reverted_by, verb="import.taken_back", subject=locked, kind=locked.kind, rows=locked.imported
        )
    return locked
