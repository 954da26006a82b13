"""`make bench`: measure, print a table, keep it as JSON beside the state.

SCALE is the number of accounts (default 100,000); the ledger has twenty lines an account. Everything happens in a
database of its own on the running or embedded server, which is dropped again at the end.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from benchmarks.result import Result

MEMBERS = ("pages", "profit_run", "import_ledger")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmcrm.settings")
    django.setup()
    from django.conf import settings
    from django.db import connection

    from benchmarks import company

    chosen = sys.argv[1:] or list(MEMBERS)
    scale = int(os.environ.get("SCALE") or 100_000)
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        print(f"database {name}, {scale:,} accounts, {scale * company.LINES_PER_ACCOUNT:,} ledger lines", flush=True)
        lead = company.fill(accounts=scale)
        results: list[Result] = []
        for member in chosen:
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
