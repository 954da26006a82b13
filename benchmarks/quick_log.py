"""From the key to the saved call: the server's part of opening and saving the quick log, and of what it looks up while
one types, against the minimal page. A browser asks for no more than these two, which a test counts.
"""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from accounts.models import Account
from benchmarks.pages import signed_in
from benchmarks.result import Result, side_by_side
from touchpoints.models import Pain, Statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from pmcrm.people.models import User

ROUNDS: Final = 40
MOST_MILLISECONDS: Final = 100
PAINS: Final = 500
THINGS: Final = ("export", "berth plan", "roster", "adapter", "sign-in", "tide table", "price list", "yard view")
TROUBLES: Final = ("stops after a while", "is slow in the morning", "loses the last rows", "was promised otherwise")


def measure(lead: User) -> list[Result]:
    account = Account.objects.order_by("sort_name", "id").first()
    assert account is not None
    contact = account.contacts.order_by("pk").first()
    assert contact is not None
    _tell(account, lead)
    client = signed_in(lead)
    statement = Statement.objects.unlocking("pain_capture").order_by("pk")[0]
    plain = _body(account.pk, contact.pk)
    told = plain | {
        "said": [statement.pk],
        "pain-TOTAL_FORMS": "1",
        "pain-INITIAL_FORMS": "0",
        "learning-TOTAL_FORMS": "1",
        "learning-INITIAL_FORMS": "0",
        "learning-0-text": "They plan by the tide",
        "learning-0-tags": ["goal"],
    }
    asked: dict[str, Any] = {
        "row": "pain-0",
        "accounts": account.pk,
        "pain-0-words": "the exports stopped again this morning",
    }
    calls: dict[str, Callable[[], Any]] = {
        "minimal": partial(client.get, "/minimal/"),
        "opened": partial(client.get, f"/interactions/new/?contact={contact.pk}", headers={"HX-Request": "true"}),
        "saved": partial(_save, client, plain),
        "saved with pain, statement and learning": partial(_save, client, told),
        f"similar among {PAINS}": partial(client.get, "/interactions/new/similar/", asked),
    }
    with override_settings(ROOT_URLCONF="benchmarks.pages"):
        queries = {}
        for name, call in calls.items():
            with CaptureQueriesContext(connection) as made:
                answer: Any = call()
            assert answer.status_code in {200, 204}, (name, answer.status_code, answer.content[:300])
            queries[name] = len(made)
        timings = side_by_side(calls, rounds=ROUNDS)
    smallest = timings["minimal"].median
    results = [Result("quick log: minimal page", smallest * 1000, "ms")]
    for name in list(calls)[1:]:
        found = timings[name]
        note = f"median {found.median * 1000:.1f} ms, p95 {found.p95 * 1000:.1f} ms, {queries[name]} queries"
        results.append(Result(f"quick log: {name}", found.median / smallest, "x minimal", note=note))
    both = timings["opened"].median + timings["saved"].median
    results.append(
        Result(
            "quick log: opened and saved", both * 1000, "ms", MOST_MILLISECONDS, note=f"{both / smallest:.1f} x minimal"
        )
    )
    return results


def _save(client: Client, body: dict[str, Any]) -> Any:
    """Each time with other words: the same ones would be a trouble told again."""
    words = f"{uuid.uuid4().hex} breaks"
    more = {"pain-0-words": words} if "pain-TOTAL_FORMS" in body else {}
    sent = urlencode(body | more, doseq=True)  # as a browser sends it
    kind = "application/x-www-form-urlencoded"
    return client.post("/interactions/new/", sent, content_type=kind, headers={"HX-Request": "true"})


def _body(account: int, contact: int) -> dict[str, Any]:
    return {
        "kind": "call",
        "accounts": [account],
        "contacts": [contact],
        "at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "usual_minutes": "5",
        "outcome": "conversation",
        "notes": "Short.",
        "override_reason": "measured",
        "token": uuid.uuid4().hex,
        "draft_key": "interaction",
        "step-TOTAL_FORMS": "1",
        "step-INITIAL_FORMS": "0",
        "step-0-text": "",
        "step-0-due_on": "2999-01-01",
    }


def _tell(account: Account, author: User) -> None:
    """More than anybody tells and still hopes."""
    today = timezone.localdate()
    Pain.objects.bulk_create(
        Pain(
            account=account,
            words=f"The {THINGS[number % 8]} {TROUBLES[number % 4]}, number {number}",
            bypass_reason="measured",
            report_back_on=today,
            author=author,
        )
        for number in range(PAINS)
    )
