"""The palette's search against the minimal page plus one plain trigram statement, for many kinds of text and people."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from benchmarks.company import FEW, MANY
from benchmarks.pages import signed_in
from benchmarks.result import Result, side_by_side
from pmcrm.people.models import User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS: Final = 15
TEXTS: Final = {
    "a name": "halenlund",
    "words in another order": "freight borel",
    "in every fifth name": "gmbh",
    "two letters": "ha",
    "one letter": "h",
    "stop word": "the",
    "Cyrillic": "северторг",
    "Chinese, two letters": "联通",
    "Chinese, four letters": "上海海联",
    "misspelt": "halenlnud",
    "in Latin letters": "severtorg",
    "phone": "022 34 56",
    "e-mail": "kari12@firm",
    "reference": "B-00001234",
    "signs": "100%_",
    "a word of notes": "dashboard",
    "a rare word of notes": "vikmüwald",
    "two words of notes": "budget october",
    "a pasted line": "Halenlund Maritime GmbH, Postboks 4711 Sentrum, 0188 Oslo, Norway, attn. Kari Lund " * 2,
}
PLAIN: Final = "SELECT id, name FROM accounts_account WHERE sort_name LIKE pmcrm_fold(%s) ORDER BY sort_name LIMIT 6"
BIG: Final = (
    "accounts_account",
    "accounts_contact",
    "touchpoints_interaction",
    "touchpoints_attendance",
    "touchpoints_interaction_colleagues",
    "files_attachment",
)


def measure(lead: User) -> list[Result]:
    """Ratios for who sees all; times for who sees few accounts and for who sees one of fifty."""
    results: list[Result] = []
    people = {"": lead, "sees 20: ": _person(FEW), "sees many: ": _person(MANY)}
    scanned: set[str] = set()
    with override_settings(ROOT_URLCONF="benchmarks.pages"):
        for whose, person in people.items():
            client = signed_in(person)
            for what, text in TEXTS.items():
                find = partial(_found, client, text)
                calls: dict[str, Callable[[], object]] = {
                    "minimal": partial(client.get, "/minimal/"),
                    "plain": partial(_plain, text),
                    "search": find,
                }
                timings = side_by_side(calls, rounds=ROUNDS)
                least = timings["minimal"].median + timings["plain"].median
                with CaptureQueriesContext(connection) as queries:
                    hits = find()
                scanned |= _scanned_whole([query["sql"] for query in queries], f"{whose}{what}")
                note = f"{timings['search'].p95 * 1000:.0f} ms p95, {hits} hits, {len(queries)} queries"
                ratio = timings["search"].median / least
                results.append(Result(f"search, {whose}{what}", ratio, "x", 2.0, note=note))
    results.append(Result("search: big tables read whole", len(scanned), "", 0, note=", ".join(sorted(scanned))))
    return results


def _person(email: str) -> User:
    found: User = User.objects.get(email=email)
    return found


def _found(client: Client, text: str) -> int:
    answer = client.get(reverse("search"), {"q": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, (text, answer.status_code)
    return int(answer.content.count(b'role="option"'))


def _plain(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, [f"%{text.strip()[:200]}%"])
        cursor.fetchall()


def _scanned_whole(statements: list[str], what: str) -> set[str]:
    """The big tables of which a statement looks at more than a tenth of the rows."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, greatest(reltuples, 20000) FROM pg_class WHERE relname = ANY(%s)", [list(BIG)])
        sizes = dict(cursor.fetchall())
        for statement in statements:
            if not statement.lstrip().startswith(("SELECT", "(SELECT", "WITH")):
                continue
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
            for node in _nodes(cursor.fetchone()[0][0]["Plan"]):
                table = node.get("Relation Name", "")
                read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
                if table in sizes and read > sizes[table] / 10:
                    found.add(f"{table} ({what})")
    return found


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)
