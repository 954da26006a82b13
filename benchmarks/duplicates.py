"""Duplicates: how long the search takes at scale, and how much of what two labelled sets of real rows hold it finds.

Precision is the share of listed pairs that are true, recall the share of true pairs that are listed. The rows come in
as accounts with name, street, place and phone, the people of the second set once without and once with their number.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F
from phonenumber_field.phonenumber import to_python

from accounts.likeness import LISTED, NEARLY_CERTAIN
from accounts.models import Account, AccountKeys, AccountPair, ContactKeys, ExternalReference
from accounts.services.duplicates import likely_accounts, request_search, search
from accounts.services.matching import typed_account
from benchmarks.result import Result, Timing, timed
from pmcrm.run import state

if TYPE_CHECKING:
    from pmcrm.people.models import User

TYPED: Final = 40


@dataclass
class LabelledSet:
    """Rows of one set by their own key, and the pairs that are known to be the same."""

    name: str
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    truth: set[frozenset[str]] = field(default_factory=set)


def measure(lead: User) -> list[Result]:
    folder = Path(os.environ.get("PMCRM_SHARED") or state.BASE_DIR.parent / "shared") / "data" / "dedupe" / "raw"
    sets = [restaurants(folder), people(folder), people(folder, with_number=True)] if folder.is_dir() else []
    if not sets:
        print(f"no labelled rows in {folder}: precision and recall are not measured", flush=True)
    keys = {one.name: bring_in(one) for one in sets}
    job, _is_new = request_search(actor=None)
    seconds = timed(lambda: search(job.pk))
    job.refresh_from_db()
    assert job.state == "done", job.failure
    found = [
        Result("search for duplicates", seconds, "s", note=f"{Account.objects.count():,} accounts"),
        Result("accounts a second", Account.objects.count() / seconds, ""),
        Result("pairs of accounts compared", job.figures["account_candidates"], ""),
    ]
    # Keys younger than an hour are made anew, in case a long transaction wrote the record: let that hour be over.
    for keys_table in (AccountKeys, ContactKeys):
        keys_table.objects.update(made_at=F("made_at") + timedelta(hours=2))
    again, _is_new = request_search(actor=None)
    found.append(Result("search again, nothing changed", timed(lambda: search(again.pk)), "s"))
    for one in sets:
        found += judged(one, keys[one.name])
    names = Account.objects.order_by("-pk").values_list("name", flat=True)[:TYPED]
    typed = Timing(
        tuple(timed(partial(likely_accounts, actor=lead, typed=typed_account({"name": name}))) for name in names)
    )
    found.append(Result("warning while typing: 95th percentile", typed.p95 * 1000, "ms", 100))
    return found


def judged(one: LabelledSet, keys: dict[int, str]) -> Iterator[Result]:
    """Precision and recall of the listed pairs, and of those that are nearly certain."""
    pairs = AccountPair.objects.filter(left__in=keys, right__in=keys).annotate(certainty=F("score"))
    for words, limit in (("listed", LISTED), ("nearly certain", NEARLY_CERTAIN)):
        rows = pairs.filter(score__gte=Decimal(str(limit))).values_list("left", "right")
        listed = {frozenset({keys[left], keys[right]}) for left, right in rows}
        right_ones = len(listed & one.truth)
        note = f"{right_ones} of {len(listed)} pairs"
        yield Result(f"{one.name}, {words}: precision", right_ones / len(listed) if listed else 0, "", note=note)
        note = f"{right_ones} of {len(one.truth)} true pairs"
        yield Result(f"{one.name}, {words}: recall", right_ones / len(one.truth), "", note=note)


def bring_in(one: LabelledSet) -> dict[int, str]:
    """Make accounts of the rows; their keys with the rows' own."""
    prefix = one.name.replace(" ", "-")
    made = Account.objects.bulk_create(
        Account(ref=f"{prefix}-{number}", kind="external", **values) for number, values in enumerate(one.rows.values())
    )
    found = {account.pk: key for account, key in zip(made, one.rows, strict=True)}
    ExternalReference.objects.bulk_create(
        # Two systems know the same number: one system would not have it twice.
        [
            ExternalReference(source=f"{prefix}-{key}", kind="account", value=one.references[key], account_id=pk)
            for pk, key in found.items()
            if one.references.get(key)
        ]
    )
    return found


def restaurants(folder: Path) -> LabelledSet:
    """Restaurants in two guides, matched by hand."""
    found = LabelledSet("restaurants")
    for guide in ("fodors", "zagats"):
        for row in read(folder / "fodors_zagats" / f"{guide}.csv"):
            phone = to_python(row["phone"].replace("/", "-"), region="US")
            found.rows[f"{guide} {row['id']}"] = {
                "name": row["name"],
                "street": row["addr"][:200],
                "city": row["city"],
                "country": "US",
                "phone": phone if phone is not None and phone.is_valid() else "",
            }
    for row in read(folder / "fodors_zagats" / "matches_fodors_zagats.csv"):
        found.truth.add(frozenset({f"fodors {row['fodors_id']}", f"zagats {row['zagats_id']}"}))
    return found


def people(folder: Path, *, with_number: bool = False) -> LabelledSet:
    """Invented people and a spoilt copy of each; which belong together is in the key."""
    found = LabelledSet("people with their number" if with_number else "people")
    same: defaultdict[str, list[str]] = defaultdict(list)
    for row in read(folder / "febrl" / "dataset1.csv"):
        key = row["rec_id"]
        found.rows[key] = {
            "name": f"{row['given_name']} {row['surname']}".strip() or "?",
            "street": f"{row['street_number']} {row['address_1']}".strip(),
            "postcode": row["postcode"],
            "city": row["suburb"],
            "region": row["state"],
            "country": "AU",
        }
        if with_number:
            found.references[key] = row["soc_sec_id"]
        same[key.split("-")[1]].append(key)
    found.truth = {frozenset(pair) for keys in same.values() for pair in combinations(keys, 2)}
    return found


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            yield {str(name).strip(): (value or "").strip() for name, value in row.items()}
