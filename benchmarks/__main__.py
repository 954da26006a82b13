"""`make bench`: measure, print a table, keep it as JSON beside the state.

SCALE is the number of accounts; each has three contacts, ten interactions and, up to two million in all, twenty ledger
lines. The company is made once and kept for the next time; whoever writes does so in a copy, which is dropped again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from benchmarks.result import Result

MEMBERS = (
    "pages",
    "search",
    "quick_log",
    "profit_run",
    "import_ledger",
    "import_records",
    "import_meanwhile",
    "duplicates",
    "calls",
    "contact_load",
    "engagement",
)
# These leave the company as it is and need no copy of it.
READING = frozenset({"pages", "search"})


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmcrm.settings")
    django.setup()
    from django.conf import settings

    from benchmarks import base

    asked = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    asked.add_argument("--accounts", type=int, default=int(os.environ.get("SCALE") or 100_000))
    asked.add_argument("--fresh", action="store_true", help="make the company anew")
    asked.add_argument("--drop", action="store_true", help="drop the kept companies and end")
    asked.add_argument("member", nargs="*", default=list(MEMBERS))
    options = asked.parse_args()
    if options.drop:
        base.drop_all()
        return 0
    settings.ALLOWED_HOSTS = ["testserver"]
    start = perf_counter()
    name = base.provide(options.accounts, fresh=options.fresh)
    print(f"database {name}: {base.counts()}, there after {perf_counter() - start:,.0f} s", flush=True)
    results: list[Result] = []
    for member in options.member:
        if member in READING:
            results += _measured(member)
            continue
        with base.copy(name):
            results += _measured(member)
    load = os.getloadavg()
    print(f"load at the end {load[0]:.1f}, five minutes {load[1]:.1f}, a quarter of an hour {load[2]:.1f}")
    kept = {"accounts": options.accounts, "load": load, "results": [asdict(result) for result in results]}
    (settings.VAR_DIR / "bench.json").write_text(json.dumps(kept, indent=1))
    missed = [result.name for result in results if "MISSED" in result.verdict]
    print(f"missed: {', '.join(missed)}" if missed else "all targets met")
    return 1 if missed else 0


def _measured(member: str) -> list[Result]:
    from benchmarks.company import LEAD
    from pmcrm.people.models import User

    print(f"-- {member}", flush=True)
    results: list[Result] = import_module(f"benchmarks.{member}").measure(User.objects.get(email=LEAD))
    for result in results:
        print(f"{result.name:62} {result.value:12,.2f} {result.unit:8} {result.verdict} {result.note}", flush=True)
    return results


if __name__ == "__main__":
    sys.exit(main())
