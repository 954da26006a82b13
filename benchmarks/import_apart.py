"""One import in a process of its own: DATABASE FILE PERSON KIND MAPPING. Prints seconds, memory held, lines, import."""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import django
from django.db import connection


def bring_in(file: Path, person: int, kind: str, columns: dict[str, str]) -> dict[str, Any]:
    """What the upload page and the worker do, one after the other."""
    from pmcrm.exchange.models import Import, State
    from pmcrm.exchange.services import imports
    from pmcrm.exchange.services.running import work
    from pmcrm.people.models import User

    actor = User.objects.get(pk=person)
    start = perf_counter()
    with file.open("rb") as handle:
        chunks = iter(lambda: handle.read(1 << 20), b"")
        job = imports.receive(actor=actor, kind=kind, name=file.name, chunks=chunks, given={"columns": columns})
    work(job.pk)
    job = Import.objects.get(pk=job.pk)
    assert job.state == State.READY, (job.state, job.questions, job.failure)
    read = perf_counter()
    imports.confirm(actor=actor, job=job, is_partial=False)
    work(job.pk)
    end = perf_counter()
    job = Import.objects.get(pk=job.pk)
    assert job.state == State.DONE, (job.state, job.failure, job.first_errors[:3])
    # Linux counts in kilobytes, macOS in bytes.
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {
        "seconds": end - start,
        "reading": read - start,
        "megabytes": held / 1e6,
        "imported": job.imported,
        "batch": job.pk,
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmcrm.settings")
    django.setup()
    database, path, person, kind, mapping = sys.argv[1:]
    connection.settings_dict["NAME"] = database
    sys.stdout.write(json.dumps(bring_in(Path(path), int(person), kind, json.loads(mapping))))
