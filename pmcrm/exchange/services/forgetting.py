"""Erasure of a person: the files that an import keeps go, so that nothing brings the person back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING

from django.db import transaction

from pmcrm.exchange.models import Import, State
from pmcrm.exchange.services.staging import StagedBatch
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pmcrm.people.models import User

_ENDED = frozenset({State.DONE, State.REFUSED, State.FAILED, State.REVERTING, State.REVERTED})


@transaction.atomic
def forget_files(*, actor: User | None, key: int) -> bool:
    """Remove the uploaded file, the look-up file and the rejected rows of an import, what is staged of it and what its
    page shows of single rows; its counts stay. One that has not come in yet is cancelled. Says whether it was there."""
    job = Import.objects.select_for_update().filter(pk=key).first()
    if job is None:
        return False
    record(actor=actor, verb="import.files_erased", subject=job, kind=job.kind)
    StagedBatch(job).drop_tables()
    directory = job.directory
    if job.state in _ENDED:
        job.preview, job.first_errors = {}, []
        job.findings = {name: value for name, value in job.findings.items() if name == "shape"}
        job.save(update_fields=["preview", "first_errors", "findings"])
    else:
        job.delete()
    transaction.on_commit(lambda: shutil.rmtree(directory, ignore_errors=True))
    return True


def files_that(is_meant: Callable[[IO[bytes]], bool]) -> Iterator[int]:
    """Keys of the imports of which a kept file is meant: the one uploaded, the look-up file, the rejected rows."""
    for job in Import.objects.order_by("pk").iterator():
        for path in sorted(job.directory.glob("*")):
            with path.open("rb") as file:
                found = is_meant(file)
            if found:
                yield job.pk
                break
