"""What a person does with an import: upload, answer, confirm, cancel, take back. The work itself is a job."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.exchange import vcard
from pmcrm.exchange.lookup import open_lookup
from pmcrm.exchange.models import Import, State, new_folder
from pmcrm.exchange.records import ENCODINGS, UnusableFileError
from pmcrm.exchange.registry import Kind, all_kinds, kind_named
from pmcrm.exchange.services.known_mappings import keep_mapping
from pmcrm.exchange.services.staging import StagedBatch
from pmcrm.exchange.sniff import DELIMITERS, SUFFIXES, file_format, sniff
from pmcrm.people.permissions import may
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pmcrm.people.models import User

# A file up to this size is looked at while the person waits; a larger one by the worker.
_AT_ONCE = {"csv": 100 * 1024**2, "xlsx": 5 * 1024**2}
_VCARDS_MAX_BYTES = 32 * 1024**2
_JOIN_MAX_BYTES = 64 * 1024**2
SETTING_KEYS = frozenset(
    {"columns", "date_order", "decimal", "delimiter", "encoding", "header_row", "quote", "sheet", "time_zone"}
)


@dataclass(frozen=True, slots=True)
class Join:
    """A look-up file as uploaded, and the name of the column that both files have."""

    name: str
    chunks: Iterable[bytes]
    key: str


def find_kind(name: str) -> Kind:
    """The kind of that name, or a sentence that names those there are."""
    try:
        return kind_named(name)
    except KeyError:
        known = ", ".join(kind.name for kind in all_kinds())
        raise RuleViolation(
            _("“%(name)s” cannot be imported. Kinds: %(known)s.") % {"name": name, "known": known},
            fields={"kind": _("Choose one of the kinds offered.")},
        ) from None


def may_import(actor: User | None, kind: Kind) -> None:
    """Refuse who may not import this kind. Without an actor it is the operator at the command line."""
    if actor is not None and not may(actor, kind.right):
        raise RuleViolation(
            _("%(person)s may not import %(kind)s.") % {"person": actor.name, "kind": kind.label}, code="not_allowed"
        )


def check_settings(given: dict[str, Any]) -> dict[str, Any]:
    """The settings with known keys and values only. Raises RuleViolation naming the key that is wrong."""
    if unknown := sorted(given.keys() - SETTING_KEYS):
        raise _bad_setting(
            unknown[0], _("This setting is not known. Known: %(known)s."), known=", ".join(sorted(SETTING_KEYS))
        )
    closed: dict[str, Iterable[str]] = {
        "date_order": ("mdy", "dmy", "ymd"),
        "decimal": (".", ","),
        "delimiter": DELIMITERS,
        "encoding": ENCODINGS,
        "quote": ('"', "'", ""),
    }
    for key, offered in closed.items():
        if key in given and given[key] not in list(offered):
            raise _bad_setting(key, _("This must be one of: %(known)s."), known=" ".join(map(repr, offered)))
    row = given.get("header_row", 1)
    if isinstance(row, bool) or not isinstance(row, int) or not 0 <= row <= 1000:
        raise _bad_setting("header_row", _("This must be the number of a row, 0 for no header."))
    if "time_zone" in given and given["time_zone"] not in available_timezones():
        raise _bad_setting("time_zone", _("This must be the name of a time zone, such as Europe/Oslo."))
    if not isinstance(given.get("sheet", ""), str) or "\x00" in given.get("sheet", ""):
        raise _bad_setting("sheet", _("This must be the name of a sheet."))
    columns = given.get("columns", {})
    if not isinstance(columns, dict) or not all(isinstance(target, str | None) for target in columns.values()):
        raise _bad_setting("columns", _("This must map names of columns to targets."))
    if any("\x00" in name for name in [*columns, *filter(None, columns.values())]):
        raise _bad_setting("columns", _("A name holds a character that no text may hold."))
    return dict(given)


def _bad_setting(key: str, sentence: str, **params: str) -> RuleViolation:
    sentence %= params
    return RuleViolation(f"{key}: {sentence}", code="bad_setting", fields={key: sentence})


def receive(
    *,
    actor: User | None,
    kind: str,
    name: str,
    chunks: Iterable[bytes],
    source: str = "",
    given: dict[str, Any] | None = None,
    is_confirmed: bool = False,
    is_partial: bool = False,
    join: Join | None = None,
) -> Import:
    """Keep an uploaded file and open its import. What is no file of ours, empty or too large is refused with a
    sentence and leaves nothing behind. One that `is_confirmed` runs once it is read, unless something has to be
    answered. With a `join` the columns of a second file stand beside those of the first. The caller enqueues the
    reading."""
    declaration = find_kind(kind)
    may_import(actor, declaration)
    answers = check_settings(given or {})
    file_name = Path(name.replace("\\", "/")).name[-250:] or "file"
    if declaration.takes_vcards and Path(file_name).suffix.lower() == ".vcf":
        file_name, chunks = f"{file_name}.csv", [_as_table(chunks)]
    if Path(file_name).suffix.lower() not in SUFFIXES:
        raise RuleViolation(
            _("Files of this type cannot be read. Save it as %(types)s.") % {"types": ", ".join(SUFFIXES)},
            fields={"file": _("Choose a file of another type.")},
        )
    job = Import(
        kind=declaration.name, source=source.strip()[:60], file_name=file_name, folder=new_folder(), answers=answers,
        created_by=actor, is_partial=is_partial,
    )  # fmt: skip
    if join is not None:
        job.join_name, job.join_key = _checked_join(join)
    if is_confirmed:
        job.confirmed_by, job.confirmed_at = actor, timezone.now()
    try:
        job.file_size, job.sha256 = _keep(job.path, chunks, settings.IMPORT_FILE_MAX_BYTES)
        form = file_format(job.path, file_name)
        found = None
        if job.file_size <= _AT_ONCE[form]:
            found = sniff(job.path, file_name, answers, is_known=declaration.is_known)
        if join is not None:
            _keep(job.join_path, join.chunks, _JOIN_MAX_BYTES)
            if found is not None:
                open_lookup(job.join_path, job.join_name, job.join_key, found, file_name)
        with transaction.atomic():
            job.save()
            record(actor=actor, verb="import.uploaded", subject=job, kind=job.kind, size=job.file_size)
            if is_confirmed:
                record(actor=actor, verb="import.confirmed", subject=job, kind=job.kind, partial=is_partial)
    except UnusableFileError as error:
        shutil.rmtree(job.directory, ignore_errors=True)
        raise RuleViolation(
            _(error.reason).format(**error.params), code="unusable_file", fields={"file": str(error)}
        ) from error
    except BaseException:
        shutil.rmtree(job.directory, ignore_errors=True)
        raise
    return job


def _as_table(chunks: Iterable[bytes]) -> bytes:
    """A vCard file as a CSV, one row a card."""
    found = b""
    for chunk in chunks:
        found += chunk
        if len(found) > _VCARDS_MAX_BYTES:
            raise RuleViolation(
                _("The vCard file is larger than %(limit)s MB. Export it without pictures, or in parts.")
                % {"limit": _VCARDS_MAX_BYTES // 1024**2},
                code="file_too_large",
            )
    try:
        text = found.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = found.decode("cp1252", "replace")
    table = io.StringIO()
    csv.writer(table).writerows([vcard.COLUMNS, *vcard.cards(text)])
    return table.getvalue().encode()


def _checked_join(join: Join) -> tuple[str, str]:
    name, key = Path(join.name.replace("\\", "/")).name[-255:] or "file", join.key.strip()
    if Path(name).suffix.lower() not in SUFFIXES:
        raise RuleViolation(
            _("The look-up file cannot be read. Save it as %(types)s.") % {"types": ", ".join(SUFFIXES)},
            fields={"join": _("Choose a file of another type.")},
        )
    if not key or len(key) > 200 or "\x00" in key:
        raise RuleViolation(
            _("Name the column that both files have, to join them by."),
            fields={"join_key": _("Write the name of the column that both files have.")},
        )
    return name, key


def _keep(path: Path, chunks: Iterable[bytes], most: int) -> tuple[int, str]:
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as kept:
        for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise RuleViolation(
                    _("The file is larger than %(limit)s MB. Split it, or save a sheet as CSV.")
                    % {"limit": most // 1024**2},
                    code="file_too_large",
                )
            digest.update(chunk)
            kept.write(chunk)
    return size, digest.hexdigest()


def answer(*, actor: User, job: Import, given: dict[str, Any]) -> Import:
    """Change how the file is read. It is read again from its beginning. The caller enqueues that."""
    answers = check_settings(given)
    with transaction.atomic():
        locked = _lock(job, State.NEEDS_ANSWERS, State.READY)
        may_import(actor, locked.declaration)
        locked.answers, locked.state = answers, State.UPLOADED
        locked.claim = locked.heartbeat_at = locked.staged_rows = None
        locked.confirmed_at = None
        locked.questions, locked.preview, locked.done_units, locked.attempts = [], {}, 0, 0
        locked.save()
    return locked


def confirm(*, actor: User | None, job: Import, is_partial: bool) -> Import:
    """Let the import run as shown in the preview. All or nothing unless `is_partial`; then bad rows come back as a
    file. With bad rows and without `is_partial` nothing comes in: the import ends as refused."""
    with transaction.atomic():
        locked = _lock(job, State.READY)
        may_import(actor, locked.declaration)
        locked.is_partial, locked.confirmed_by, locked.confirmed_at = is_partial, actor, timezone.now()
        locked.state, locked.claim, locked.heartbeat_at = State.RUNNING, None, timezone.now()
        locked.done_units = locked.attempts = 0
        locked.save()
        keep_mapping(locked)
        record(actor=actor, verb="import.confirmed", subject=locked, kind=locked.kind, partial=is_partial)
    return locked


def cancel(*, actor: User | None, job: Import) -> None:
    """Forget an import that has not run: its file, its staged rows and its row go; the trail keeps that it was."""
    with transaction.atomic():
        locked = _lock(job, State.UPLOADED, State.CHECKING, State.NEEDS_ANSWERS, State.READY)
        may_import(actor, locked.declaration)
        record(actor=actor, verb="import.cancelled", subject=locked, kind=locked.kind)
        StagedBatch(locked).drop_tables()
        directory = locked.directory
        locked.delete()
        transaction.on_commit(lambda: shutil.rmtree(directory, ignore_errors=True))


def ask_back(*, actor: User | None, job: Import) -> Import:
    """Order that everything this import brought in goes again. The caller enqueues the work."""
    with transaction.atomic():
        locked = _lock(job, State.DONE)
        may_import(actor, locked.declaration)
        locked.state, locked.claim, locked.heartbeat_at = State.REVERTING, None, timezone.now()
        locked.reverted_by, locked.failure, locked.attempts = actor, "", 0
        locked.save()
        record(actor=actor, verb="import.take_back_ordered", subject=locked, kind=locked.kind)
    return locked


def _lock(job: Import, *states: State) -> Import:
    locked = Import.objects.select_for_update().get(pk=job.pk)
    if locked.state not in states:
        raise RuleViolation(
            _("This import is now “%(state)s”. Look at it again before you go on.")
            % {"state": locked.get_state_display()},
            code="wrong_state",
        )
    return locked
