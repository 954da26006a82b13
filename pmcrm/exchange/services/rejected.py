"""The rejected rows as a file: reason first, then the row as it came, ready to be mended and imported alone."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from pmcrm.exchange.models import Import
from pmcrm.exchange.neutralise import OWN_FILE_MARK, REASON_COLUMN, neutralise
from pmcrm.exchange.records import Shape, records
from pmcrm.exchange.services.staging import StagedBatch
from pmcrm.exchange.values import shown


def write_rejected(job: Import, batch: StagedBatch) -> None:
    """Read the file once more beside the named rows. The columns keep their names and order; a formula is inert."""
    shape = Shape(**job.findings["shape"])
    own = len(job.findings["columns"]) - job.findings.get("joined_columns", 0)
    columns = [column["name"] for column in job.findings["columns"][:own]]
    wanted = _named_rows(batch)
    following = next(wanted, None)
    with job.rejected_path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=shape.delimiter or ",")
        writer.writerow([OWN_FILE_MARK, "pmcrm_row", REASON_COLUMN, *(neutralise(name) for name in columns)])
        for record in records(job.path, shape):
            if following is None:
                return
            if record.row == following[0]:
                cells = [neutralise(shown(cell)) for cell in record.cells]
                writer.writerow([f"{job.pk}-{record.row}", record.row, neutralise(following[1]), *cells])
                following = next(wanted, None)


def _named_rows(batch: StagedBatch) -> Iterator[tuple[int, str]]:
    """Row by row with all its reasons in one text, streamed from the database."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(f'SELECT "row", "column", reason, params FROM {batch.errors} ORDER BY "row", "column"')
        for row, faults in itertools.groupby(cursor, key=lambda fault: fault[0]):
            yield row, " ".join(sentence(column, reason, json.loads(params)) for _row, column, reason, params in faults)


def sentence(column: str | None, reason: str, params: dict[str, str | int]) -> str:
    """The reason in the reader's language, led by the name of its column."""
    said = _(reason).format(**params)
    return f"{column}: {said}" if column else said
