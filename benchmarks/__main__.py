"""`make bench`: measure, print a table, keep it as JSON beside the state.

At scale 1 the company has 100,000 accounts and 2,000,000 ledger lines. Everything happens in a database of its own,
which is dropped again at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from benchmarks.result import Result

MEMBERS = ("pages", "profit_run", "import_ledger", "duplicates")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmcrm.settings")
    django.setup()
    from django.conf import settings
    from django.db import connection

    from benchmarks import company

    asked = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    asked.add_argument("--scale", type=float, default=1.0)
    asked.add_argument("member", nargs="*", default=list(MEMBERS))
    options = asked.parse_args()
    scale = int(100_000 * options.scale)
    settings.ALLOWED_HOSTS = ["testserver"]
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        print(f"database {name}, {scale:,} accounts, {scale * company.LINES_PER_ACCOUNT:,} ledger lines", flush=True)
        lead = company.fill(accounts=scale)
        results: list[Result] = []
        for member in options.member:
            found: list[Result] = import_module(f"benchmarks.{member}").measure(lead)
            for result in found:
                print(
                    f"{result.name:58} {result.value:12,.2f} {result.unit:8} {result.verdict} {result.note}", flush=True
                )
            results += found
        (settings.VAR_DIR / "bench.json").write_text(json.dumps([asdict(result) for result in results], indent=1))
    finally:
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)
    return 1 if any("MISSED" in result.verdict for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
