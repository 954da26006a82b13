"""What tests of imports share: the command as a call, small files, the ledger's sums."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F, Sum

from segmentation.models import LedgerLine

Report = dict[str, Any]
Command = Callable[..., tuple[Report, int]]


@pytest.fixture
def run_import(db: None, tmp_path: Path) -> Command:
    """`manage.py import ...` in this process: the report it prints and its exit code."""

    def run(*arguments: str | Path, given: dict[str, Any] | None = None) -> tuple[Report, int]:
        words = [str(argument) for argument in arguments]
        if given is not None:
            file = tmp_path / "map.json"
            file.write_text(json.dumps(given))
            words += ["--map", str(file)]
        out = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("import", *words, stdout=out)
        code = ended.value.code
        assert isinstance(code, int)
        return json.loads(out.getvalue()), code

    return run


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """A small CSV of the given lines."""

    def write(*lines: str, name: str = "lines.csv", encoding: str = "utf-8", ending: str = "\n") -> Path:
        file = tmp_path / name
        file.write_bytes((ending.join(lines) + ending).encode(encoding))
        return file

    return write


def sums() -> tuple[int, Decimal | None, Decimal | None]:
    """Lines, revenue and profit of the whole ledger."""
    found = LedgerLine.objects.aggregate(sales=Sum("revenue"), profit=Sum(F("revenue") - F("cost")))
    return LedgerLine.objects.count(), found["sales"], found["profit"]


@pytest.fixture
def truth(shared_data: Path) -> Callable[[str], dict[str, Any]]:
    """The figures of a real set, computed without the product."""

    def read(name: str) -> dict[str, Any]:
        known: dict[str, Any] = json.loads((shared_data / "data" / name / "truth.json").read_text())
        return known

    return read
