"""Which column was which target the last time: kept for each kind, source and set of headers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pmcrm.exchange.models import Import, KnownMapping


def _fingerprint(headers: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(sorted(headers)).encode()).hexdigest()


def known_mapping(job: Import, headers: Iterable[str]) -> KnownMapping | None:
    """What somebody confirmed before for a file like this one, if anybody did."""
    alike = KnownMapping.objects.filter(kind=job.kind, source=job.source, headers=_fingerprint(headers))
    return alike.select_related("said_by").first()


def keep_mapping(job: Import) -> None:
    """Remember the columns of an import that is confirmed, for the next file like it. One of our own exports or of
    mended rows tells by itself what its columns are."""
    headers = [column["name"] for column in job.findings.get("columns", [])]
    if not headers or headers[0].startswith("pmcrm_"):
        return
    KnownMapping.objects.update_or_create(
        kind=job.kind,
        source=job.source,
        headers=_fingerprint(headers),
        defaults={"columns": job.mapping, "said_by": job.confirmed_by},
    )
