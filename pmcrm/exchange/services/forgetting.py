"""Erasure of a person: what imports keep of them goes, so that no file and no former value brings them back."""

from __future__ import annotations

import shutil
from collections.abc import Iterable

from django.db import transaction

from pmcrm.exchange.models import Changed, Import, State
from pmcrm.exchange.services.staging import StagedBatch
from pmcrm.trail.services import record

_STILL_OPEN = frozenset({State.UPLOADED, State.CHECKING, State.NEEDS_ANSWERS, State.READY})


@transaction.atomic
def forget_rows(*, label: str, ids: Iterable[int], words: Iterable[str]) -> int:
    """Forget the former values of these records (`label`, such as accounts.contact) and every stored file that holds
    one of the `words`: e-mail addresses and names of the person. An import that waits for its confirmation is
    cancelled; of one that ended the counts stay, its files, first rows and first errors go. Returns how many imports
    held something."""
    Changed.objects.filter(label=label, object_id__in=list(ids)).delete()
    wanted = [word.strip().casefold() for word in words if len(word.strip()) > 2]
    held = 0
    for job in Import.objects.select_for_update().order_by("pk").iterator(chunk_size=200):
        if not wanted or not _holds(job, wanted):
            continue
        held += 1
        record(actor=None, verb="import.files_erased", subject=job, kind=job.kind)
        directory = job.directory
        StagedBatch(job).drop_tables()
        if job.state in _STILL_OPEN:
            job.delete()
        else:
            job.preview, job.first_errors = {}, []
            job.findings = {name: value for name, value in job.findings.items() if name == "shape"}
            job.save(update_fields=["preview", "first_errors", "findings"])
        transaction.on_commit(lambda folder=directory: shutil.rmtree(folder, ignore_errors=True))  # type: ignore[misc]
    return held


def _holds(job: Import, words: list[str]) -> bool:
    """Whether one of the files of an import names the person. A packed spreadsheet cannot be searched: it does."""
    for path in (job.path, job.join_path if job.join_name else None, job.rejected_path):
        if path is None or not path.is_file():
            continue
        if path.suffix == ".xlsx":
            return True
        encoding = job.findings.get("shape", {}).get("encoding") or "utf-8"
        with path.open(encoding=encoding, errors="replace") as lines:
            if any(word in line for line in map(str.casefold, lines) for word in words):
                return True
    return False
