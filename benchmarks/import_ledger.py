"""A ledger file through the import, from upload to the last line in, against plain COPY of the same lines.

Both write into the ledger itself, with its indexes and references, in the same run. The import works in a process of
its own, as a worker does, and tells the most memory it ever held.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from django.db import connection

from accounts.models import Account
from benchmarks.result import Result, Timing

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

    from pmcrm.people.models import User

ROUNDS = 3
LINES_PER_ACCOUNT = 2
HEADER = ("Order no", "Order date", "Customer ID", "Customer Name", "Category", "Product Name", "Sales", "Profit")
MAPPING = dict(
    zip(
        HEADER,
        ("line_ref", "date", "account_ref", "account_name", "category", "product", "revenue", "profit"),
        strict=True,
    )
)
COLUMNS = (
    "account_id, date, revenue, cost, currency, category, product, region, source, line_ref, fingerprint, batch_id,"
    " created_at"
)


def lines(count: int, accounts: list[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """Invented order lines, the same at every call."""
    first = date(2025, 1, 1)
    for number in range(count):
        ref, name = accounts[number * 7919 % len(accounts)]
        revenue, profit = number * 7919 % 1_000_000, number * 104729 % 400_000 - 150_000
        yield (
            f"N{number:09}",
            (first + timedelta(days=number * 31 % 360)).isoformat(),
            ref,
            name,
            ("Licences", "Service", "Hardware")[number % 3],
            f"Module {number % 1500}",
            f"{revenue / 100:.2f}",
            f"{profit / 10_000:.4f}",
        )


def measure(lead: User) -> list[Result]:
    accounts = list(Account.objects.order_by("pk").values_list("ref", "name"))
    count = rows_asked(len(accounts) * LINES_PER_ACCOUNT)
    plain: list[float] = []
    whole: list[float] = []
    held: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        file, converted = Path(folder) / "ledger.csv", Path(folder) / "converted.csv"
        with file.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.writer(handle)
            writer.writerow(HEADER)
            writer.writerows(lines(count, accounts))
        for _ in range(1 if os.environ.get("ROWS") else ROUNDS):
            done = _import_apart(file, lead)
            assert done["imported"] == count, done
            whole.append(done["seconds"])
            held.append(done["megabytes"])
            plain.append(_copy(converted, int(done["batch"])))
    taken, least = Timing(tuple(whole)).median, Timing(tuple(plain)).median
    note = f"{count:,} lines"
    return [
        Result("import: plain COPY", count / least, "lines/s", note=note),
        Result("import: from upload to the last line", count / taken, "lines/s", note=note),
        Result("import: share of plain COPY", least / taken, "x", 0.4, ">="),
        Result("import: most memory of its process", max(held), "MB", 300),
    ]


def _copy(converted: Path, batch: int) -> float:
    """Take the lines of this import out of the ledger, time how COPY brings the same ones back, take them out again."""
    own = f"segmentation_ledgerline WHERE batch_id = {batch}"
    with connection.cursor() as cursor:
        with converted.open("w", encoding="utf-8") as handle:
            written = f"SELECT {COLUMNS} FROM {own} ORDER BY id"
            cursor.copy_expert(f"COPY ({written}) TO STDOUT WITH (FORMAT csv)", handle)
        _take_out(cursor, own)
        with converted.open(encoding="utf-8") as handle:
            start = perf_counter()
            cursor.copy_expert(f"COPY segmentation_ledgerline ({COLUMNS}) FROM STDIN WITH (FORMAT csv)", handle)
            seconds = perf_counter() - start
        _take_out(cursor, own)
    return seconds


def _take_out(cursor: CursorWrapper, own: str) -> None:
    cursor.execute(f"DELETE FROM {own}")
    cursor.execute("VACUUM segmentation_ledgerline")


def _import_apart(file: Path, lead: User) -> dict[str, float]:
    return import_apart(file, lead, kind="ledger", mapping=MAPPING)


def import_apart(file: Path, lead: User, *, kind: str, mapping: dict[str, str]) -> dict[str, float]:
    """Bring the file in by a process of its own, as a worker does."""
    return ended(begin_apart(file, lead, kind=kind, mapping=mapping))


def begin_apart(file: Path, lead: User, *, kind: str, mapping: dict[str, str]) -> subprocess.Popen[str]:
    """The same, without waiting for its end."""
    database = str(connection.settings_dict["NAME"])
    asked = [sys.executable, "-m", "benchmarks.import_apart", database, str(file), str(lead.pk), kind]
    return subprocess.Popen([*asked, json.dumps(mapping)], stdout=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> dict[str, float]:
    said, _errors = process.communicate()
    assert process.returncode == 0, said
    found: dict[str, float] = json.loads(said)
    return found


def rows_asked(usual: int) -> int:
    """ROWS says how many rows an import has, whatever the size of the company."""
    return int(os.environ.get("ROWS") or usual)
