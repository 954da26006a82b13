"""Sending a list away as a file: at once, or written by a worker and kept for a week."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.exports.content import AT_ONCE, Content, content_of
from pmcrm.exports.models import DAYS_KEPT, Export, ExportState, Format
from pmcrm.exports.writing import MOST_XLSX_ROWS, csv_lines, write_csv, write_xlsx
from pmcrm.jobs.models import ClaimLost
from pmcrm.lists.keyset import capped_count
from pmcrm.lists.saved_views import clean_query
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from pmcrm.trail.services import record

logger = logging.getLogger(__name__)

# Up to here a file is sent at once; a larger one is written by a worker.
MOST_SENT_AT_ONCE: Final = 10_000
MOST_UNDER_WAY: Final = 3


def request_export(
    *,
    actor: User,
    kind: str,
    query: str = "",
    file_format: str = Format.CSV,
    is_everything: bool = False,
    is_job: bool = False,
) -> Export:
    """Ask for the list `kind` under `query`. Up to 10,000 rows it is for sending at once (`send`), unless `is_job`;
    else it waits for a worker (`work`)."""
    if file_format not in Format.values:
        sentence = _("A file is one of: %(known)s.") % {"known": ", ".join(Format.values)}
        raise RuleViolation(sentence, fields={"format": sentence})
    query = clean_query(query)
    content = content_of(person=actor, kind=kind, query=query, is_everything=is_everything)
    count, is_more = capped_count(content.narrowed, MOST_SENT_AT_ONCE)
    with transaction.atomic():
        export = Export(created_by=actor, kind=kind, query=query, format=file_format, is_everything=is_everything)
        if is_more or is_job:
            # One person's requests come one after the other, so that nobody has more under way than allowed.
            User.objects.select_for_update().get(pk=actor.pk)
            if Export.objects.visible_to(actor).under_way().count() >= MOST_UNDER_WAY:
                raise RuleViolation(
                    _("%(most)d of your files are being written; wait for one.") % {"most": MOST_UNDER_WAY}
                )
        else:
            export.state, export.rows, export.finished_at = ExportState.DONE, count, timezone.now()
        export.save()
        if export.is_moving:
            record(actor=actor, verb="list.export_requested", subject=export, **_told(export))
        else:
            record(actor=actor, verb="list.exported", subject=export, rows=count, **_told(export))
    return export


def lines_of(export: Export) -> Iterator[str]:
    """A CSV file that is sent at once, line by line."""
    content = _content(export)
    return csv_lines(content.heads, islice(content.rows(), MOST_SENT_AT_ONCE))


@contextmanager
def sheet_of(export: Export) -> Iterator[IO[bytes]]:
    """An XLSX file that is sent at once; it goes when it was read."""
    content = _content(export)
    with TemporaryDirectory(prefix="pmcrm-export-") as folder:
        path = Path(folder) / "file.xlsx"
        write_xlsx(path, content.heads, islice(content.rows(), MOST_SENT_AT_ONCE), title=export.kind)
        with path.open("rb") as file:
            yield file


def work(pk: int) -> Export | None:
    """Write a file that is waited for, or whose worker fell silent. None where it is done, cancelled, or in other
    hands. A worker that dies leaves a part that nobody reads; the next one begins anew."""
    job = Export.try_claim(pk, working_state=ExportState.WORKING)
    if job is None:
        return None
    if job.was_tried_too_often:
        return job.give_up()
    part = job.directory / f"{job.claim}.part"
    try:
        with job.beating():
            _write(job, part)
    except ClaimLost:
        part.unlink(missing_ok=True)
        return None
    except RuleViolation as refusal:
        part.unlink(missing_ok=True)
        return job.give_up(refusal.sentence)
    except (DatabaseError, OSError):
        logger.exception("export %s broke off", pk)
        part.unlink(missing_ok=True)
        return job.give_up(_("It could not be written. The log of the worker says why."))
    job.refresh_from_db()
    return job


@transaction.atomic
def cancel_export(*, actor: User, export: Export) -> Export:
    """Stop writing; nothing of it stays."""
    current = Export.objects.select_for_update().get(pk=export.pk)
    if current.created_by_id != actor.pk:
        raise RuleViolation(_("Only who asked for a file stops it."))
    if not current.is_moving:
        raise RuleViolation(_("This file is not being written any more."))
    current.state, current.claim, current.finished_at = ExportState.CANCELLED, None, timezone.now()
    current.save(update_fields=["state", "claim", "finished_at"])
    record(actor=actor, verb="list.export_cancelled", subject=current, **_told(current))
    return current


def remove_old() -> int:
    """Take away the files whose week is over, and folders that no file names. Returns how many files went."""
    count = 0
    for export in Export.objects.outlived().iterator():
        shutil.rmtree(export.directory, ignore_errors=True)
        count += Export.objects.filter(pk=export.pk).update(state=ExportState.REMOVED)
    root = Path(settings.MEDIA_ROOT) / "exports"
    folders = {path.name: path for path in root.iterdir()} if root.is_dir() else {}
    wanted = Export.objects.filter(folder__in=folders).exclude(
        state__in=[ExportState.REMOVED, ExportState.CANCELLED, ExportState.FAILED]
    )
    for name in folders.keys() - set(wanted.values_list("folder", flat=True)):
        shutil.rmtree(folders[name], ignore_errors=True)
    return count


def remove_those_that(is_meant: Callable[[IO[bytes]], bool]) -> int:
    """Take away at once the written files that are meant: whoever needs the list has it written anew."""
    count = 0
    for export in Export.objects.filter(state=ExportState.DONE, size__isnull=False).order_by("pk").iterator():
        try:
            with export.path.open("rb") as file:
                found = is_meant(file)
        except FileNotFoundError:
            continue  # its week was over just now
        if found:
            shutil.rmtree(export.directory, ignore_errors=True)
            count += Export.objects.filter(pk=export.pk).update(state=ExportState.REMOVED)
    return count


def _told(export: Export) -> dict[str, Any]:
    """What the trail keeps of an export: which view left, as what; no value of it."""
    return {"kind": export.kind, "query": export.query, "format": export.format, "everything": export.is_everything}


def _content(export: Export) -> Content:
    person: Any = export.created_by
    if not person.is_active or not may(person, "export.own"):
        raise RuleViolation(_("Whoever asked for this file may not have it any more."))
    return content_of(person=person, kind=export.kind, query=export.query, is_everything=export.is_everything)


def _write(job: Export, part: Path) -> None:
    person: Any = job.created_by
    with timezone.override(person.zone):
        content = _content(job)
        count = content.narrowed.order_by().count()
        if job.format == Format.XLSX and count > MOST_XLSX_ROWS:
            sentence = _("A sheet holds %(most)d rows and these are more; take CSV, or narrow the list.")
            raise RuleViolation(sentence % {"most": MOST_XLSX_ROWS})
        job.report_progress(0, out_of=count)
        part.parent.mkdir(parents=True, exist_ok=True)
        done = _Counted(job, content.rows())
        if job.format == Format.XLSX:
            write_xlsx(part, content.heads, done, title=job.kind)
        else:
            write_csv(part, content.heads, done)
    with transaction.atomic():
        locked = job.lock_claimed()
        part.replace(locked.path)
        locked.state, locked.rows, locked.done_units = ExportState.DONE, done.count, done.count
        locked.finished_at = timezone.now()
        locked.expires_at = locked.finished_at + timedelta(days=DAYS_KEPT)
        locked.size = locked.path.stat().st_size
        locked.save(update_fields=["state", "rows", "done_units", "finished_at", "expires_at", "size"])
        record(actor=person, verb="list.exported", subject=locked, rows=done.count, **_told(locked))
        note(person=person, kind=Kind.EXPORT, key=f"export-{locked.pk}", path=locked.get_absolute_url())


class _Counted:
    """Rows on their way into the file; every so many it says how far it is, and stops where the job was cancelled."""

    def __init__(self, job: Export, rows: Iterable[list[Any]]) -> None:
        self.job, self.rows, self.count = job, rows, 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.rows:
            yield row
            self.count += 1
            if self.count % AT_ONCE == 0:
                self.job.report_progress(self.count)
