"""The site while an import runs beside it, and before and after: pages asked for one after the other as people do.

The import of interactions is the one that touches most: accounts, talks, what accounts keep of them.
"""

from __future__ import annotations

import os
import tempfile
from itertools import cycle
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from accounts.models import Account
from benchmarks.import_ledger import begin_apart, ended, rows_asked
from benchmarks.import_records import SUBJECTS, written
from benchmarks.pages import signed_in
from benchmarks.result import Result, Timing

if TYPE_CHECKING:
    from pmcrm.people.models import User

ROUNDS: Final = 60
# As between two clicks: without it the pages alone would keep a processor busy.
PAUSE: Final = 0.05


def measure(lead: User) -> list[Result]:
    client = signed_in(lead)
    known = list(Account.objects.order_by("pk").values_list("ref", "name"))
    first = Account.objects.order_by("sort_name", "id").first()
    assert first is not None
    urls = {"account list": reverse("account_list"), "account detail": reverse("account_detail", args=[first.pk])}

    def asked(url: str) -> float:
        start = perf_counter()
        answer = client.get(url)
        seconds = perf_counter() - start
        assert answer.status_code == 200, (url, answer.status_code)
        sleep(PAUSE)
        return seconds

    kind = os.environ.get("KINDS") or "interactions"
    subject = next(one for one in SUBJECTS if one.kind == kind)
    for url in urls.values():
        asked(url)

    def alone() -> dict[str, list[float]]:
        return {name: [asked(url) for _ in range(ROUNDS)] for name, url in urls.items()}

    before = alone()
    meanwhile: dict[str, list[float]] = {name: [] for name in urls}
    with tempfile.TemporaryDirectory() as folder:
        file = written(subject, Path(folder), rows_asked(len(known)), known)
        process = begin_apart(file, lead, kind=kind, mapping=subject.mapping)
        for name in cycle(urls):
            if process.poll() is not None:
                break
            meanwhile[name].append(asked(urls[name]))
        done = ended(process)
    # What else the machine does comes and goes: the pages alone are asked for on both sides of the import.
    after = alone()
    results = [
        Result(f"import of {kind} beside the pages: most memory of its process", done["megabytes"], "MB", 300),
        Result(f"import of {kind} beside the pages", done["imported"] / done["seconds"], "rows/s"),
    ]
    for name in urls:
        was, is_now = Timing((*before[name], *after[name])), Timing(tuple(meanwhile[name]))
        note = f"{len(is_now.seconds)} answers in {done['seconds']:.0f} s"
        results += [
            Result(f"{name}, nothing else runs: median", was.median * 1000, "ms"),
            Result(f"{name}, during an import: median", is_now.median * 1000, "ms", note=note),
            Result(f"{name}, nothing else runs: 95th percentile", was.p95 * 1000, "ms"),
            Result(f"{name}, during an import: 95th percentile", is_now.p95 * 1000, "ms"),
            Result(f"{name}: median during an import against without", is_now.median / was.median, "x", 1.5),
        ]
    return results
