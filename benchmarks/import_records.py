"""Accounts, people and talks through the import, from upload to the last row in, against plain COPY of the same rows.

As many rows of each kind as the company has accounts, or ROWS; where KINDS names some, only these. COPY brings rows of
the same content under other keys into the same tables with all their indexes and checks, and is rolled back. The import
works in a process of its own.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction

from accounts.models import Account
from benchmarks.import_ledger import import_apart, rows_asked
from benchmarks.result import Result

if TYPE_CHECKING:
    from pmcrm.people.models import User

Row = tuple[str, ...]
_APART: Final = 1_000_000_000


@dataclass(frozen=True)
class Subject:
    """One kind: its rows, and each table that it fills with the column that points at what came in, and with the
    columns that get another value in the copy (SQL over t)."""

    kind: str
    label: str
    mapping: dict[str, str]
    rows: Callable[[int, list[tuple[str, str]]], Iterator[Row]]
    tables: dict[str, tuple[str, dict[str, str]]]


def _accounts(count: int, _known: list[tuple[str, str]]) -> Iterator[Row]:
    for number in range(count):
        yield (
            f"N-{number:08}", f"Firm {number * 7919 % 999_983:06} of {number:07}",
            ("Ports", "Ships", "Grids")[number % 3],
            ("Norway", "Germany", "Japan", "Kenya")[number % 4], ("Oslo", "Bergen", "Kiel")[number % 3],
            f"https://www.n{number}.example", f"{number * 31 % 9000}",
        )  # fmt: skip


def _contacts(count: int, known: list[tuple[str, str]]) -> Iterator[Row]:
    for number in range(count):
        yield (
            f"P-{number:08}", f"Person {number * 7919 % 999_983:06}", *known[number * 7919 % len(known)],
            ("CTO", "Head of purchasing", "Planner")[number % 3], f"person{number}@n{number % 997}.example",
        )  # fmt: skip


def _talks(count: int, known: list[tuple[str, str]]) -> Iterator[Row]:
    first = datetime(2025, 1, 1, 8, tzinfo=UTC)
    for number in range(count):
        yield (
            f"T-{number:08}", *known[number * 7919 % len(known)], ("Call", "Meeting", "Mail")[number % 3],
            (first + timedelta(minutes=number * 31 % 500_000)).isoformat(), str(number % 60),
            f"About module {number % 1500}", "What they said of it, and what we shall do." * (number % 4),
        )  # fmt: skip


_OF_ACCOUNT: Final = ("Customer ID", "Customer Name")
SUBJECTS: Final = (
    Subject(
        "accounts",
        "accounts.account",
        dict(zip((*_OF_ACCOUNT, "Sector", "Country", "City", "Website", "Employees"), (
            "account_ref", "account_name", "industry", "country", "city", "website", "employees"), strict=True)),
        _accounts,
        {
            "accounts_account": ("id", {"ref": "'Z' || t.ref"}),
            "accounts_externalreference": ("account_id", {"value": "'Z' || t.value"}),
        },
    ),
    Subject(
        "contacts",
        "accounts.contact",
        dict(zip(("Contact ID", "Name", *_OF_ACCOUNT, "Position", "E-mail"), (
            "contact_ref", "contact_name", "account_ref", "account_name", "job_title", "email"), strict=True)),
        _contacts,
        {"accounts_contact": ("id", {}), "accounts_contactreference": ("contact_id", {"value": "'Z' || t.value"})},
    ),
    Subject(
        "interactions",
        "touchpoints.interaction",
        dict(zip(("Activity ID", *_OF_ACCOUNT, "Type", "When", "Minutes", "Subject", "Notes"), (
            "interaction_ref", "account_ref", "account_name", "kind", "at", "minutes", "subject", "notes"),
            strict=True)),
        _talks,
        {
            "touchpoints_interaction": ("id", {}),
            "touchpoints_attendance": ("interaction_id", {}),
            "touchpoints_interactionreference": ("interaction_id", {"value": "'Z' || t.value"}),
        },
    ),
)  # fmt: skip


def measure(lead: User) -> list[Result]:
    known = list(Account.objects.order_by("pk").values_list("ref", "name"))
    count = rows_asked(len(known))
    kinds = os.environ.get("KINDS", "").split(",")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for subject in SUBJECTS:
            if kinds == [""] or subject.kind in kinds:
                file = written(subject, Path(folder), count, known)
                done = import_apart(file, lead, kind=subject.kind, mapping=subject.mapping)
                assert done["imported"] == count, done
                plain = _copy(subject, int(done["batch"]), Path(folder))
                results += _results(subject, done, plain, count)
    return results


def written(subject: Subject, folder: Path, count: int, known: list[tuple[str, str]]) -> Path:
    """A file of so many rows of this kind."""
    file = folder / f"{subject.kind}.csv"
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(subject.mapping)
        writer.writerows(subject.rows(count, known))
    return file


def _results(subject: Subject, done: dict[str, float], plain: float, count: int) -> list[Result]:
    name = f"import of {subject.kind}"
    note = f"{count:,} rows, {done['reading']:.1f} of {done['seconds']:.1f} s until it can be confirmed"
    return [
        Result(f"{name}: plain COPY", count / plain, "rows/s"),
        Result(f"{name}: from upload to the last row", count / done["seconds"], "rows/s", note=note),
        Result(f"{name}: share of plain COPY", plain / done["seconds"], "x", 0.4, ">="),
        Result(f"{name}: most memory of its process", done["megabytes"], "MB", 300),
    ]


def _copy(subject: Subject, batch: int, folder: Path) -> float:
    """Seconds that COPY takes for the rows of this import under other keys, all checks included."""
    made = f"SELECT object_id FROM exchange_created WHERE batch_id = {batch} AND label = '{subject.label}'"
    files = []
    with connection.cursor() as cursor:
        for table, (points, changed) in subject.tables.items():
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema ="
                " current_schema() AND is_generated = 'NEVER' ORDER BY ordinal_position",
                [table],
            )
            columns = [name for (name,) in cursor.fetchall()]
            other = changed | {name: f"t.{name} + {_APART}" for name in {"id", points}}
            listed = ", ".join(other.get(name, f"t.{name}") for name in columns)
            converted = folder / f"{table}.copy"
            with converted.open("w", encoding="utf-8") as out:
                cursor.copy_expert(f"COPY (SELECT {listed} FROM {table} t WHERE t.{points} IN ({made})) TO STDOUT", out)
            files.append((f"COPY {table} ({', '.join(columns)}) FROM STDIN", converted))
    with transaction.atomic(), connection.cursor() as cursor:
        start = perf_counter()
        for statement, converted in files:
            with converted.open(encoding="utf-8") as handle:
                cursor.copy_expert(statement, handle)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = perf_counter() - start
        transaction.set_rollback(True)
    return seconds
