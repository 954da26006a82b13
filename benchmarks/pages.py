"""Page time and query count at scale, against a minimal signed-in Django page in the same process."""

from __future__ import annotations

import gzip
from functools import partial
from importlib import import_module
from unittest.mock import patch

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path, reverse

from accounts.models import Account
from benchmarks.company import FEW, MANY
from benchmarks.result import Result, side_by_side
from pmcrm.lists.keyset import LAST
from pmcrm.people.models import User

ROUNDS = 40
TEMPLATE = Engine().from_string(
    "<!doctype html><html><body><table>{% for row in rows %}<tr><td>{{ row.ref }}</td><td>{{ row.name }}</td>"
    "</tr>{% endfor %}</table></body></html>"
)


def minimal(request: HttpRequest) -> HttpResponse:
    """A signed-in session, one indexed SELECT of 50 rows, a plain template."""
    assert request.user.is_authenticated
    rows = list(Account.objects.order_by("sort_name", "id")[:50])
    return HttpResponse(TEMPLATE.render(Context({"rows": rows})))


urlpatterns = [path("minimal/", minimal), path("", include("pmcrm.urls"))]


def signed_in(person: User) -> Client:
    # As behind gunicorn: what is loaded is not looked through for garbage.
    import_module("pmcrm.wsgi")
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def measure(lead: User) -> list[Result]:
    client = signed_in(lead)
    few, many = (User.objects.get(email=email) for email in (FEW, MANY))
    first = Account.objects.order_by("sort_name", "id").first()
    assert first is not None
    accounts = reverse("account_list")
    person = first.contacts.order_by("sort_name", "id").first()
    assert person is not None
    urls = {
        "minimal": "/minimal/",
        "account list": accounts,
        "account list, last page": f"{accounts}?cursor={LAST}",
        "account list, by contribution": f"{accounts}?sort=-contribution_12m",
        "account list, one state and owner": f"{accounts}?state=customer&owner={many.pk}",
        "account list, searched": f"{accounts}?q=lund",
        "account detail": reverse("account_detail", args=[first.pk]),
        "account detail, its timeline": reverse("account_timeline", args=[first.pk]),
        "contact list": reverse("contact_list"),
        "contact list, last page": f"{reverse('contact_list')}?cursor={LAST}",
        "contact": reverse("contact_detail", args=[person.pk]),
        "curve": reverse("profit_curve"),
        "my day": reverse("my_day"),
        "interaction list": reverse("interaction_list"),
    }
    pages = {name: (client, url) for name, url in urls.items()}
    for person, words in ((few, "owner of few"), (many, "owner of many")):
        theirs = signed_in(person)
        own = person.accounts_in_sales.order_by("sort_name", "id").first()
        assert own is not None
        of_owner = {
            "account detail": own.get_absolute_url(),
            "account detail, its timeline": reverse("account_timeline", args=[own.pk]),
        }
        of_owner |= {name: urls[name] for name in ("my day", "account list", "contact list", "interaction list")}
        pages |= {f"{words}: {name}": (theirs, url) for name, url in of_owner.items()}
    results: list[Result] = []
    with override_settings(ROOT_URLCONF="benchmarks.pages"):

        def get(theirs: Client, url: str) -> bytes:
            answer = theirs.get(url)
            assert answer.status_code == 200, (url, answer.status_code)
            return bytes(answer.content)

        timings = side_by_side({name: partial(get, *page) for name, page in pages.items()}, rounds=ROUNDS)
        base = timings["minimal"].median
        results.append(Result("minimal page", base * 1000, "ms"))
        for name, page in pages.items():
            if name == "minimal":
                continue
            with CaptureQueriesContext(connection) as queries:
                body = get(*page)
            is_bound = name != "curve"
            target, most = (3.0, 60.0) if is_bound else (None, None)
            results += [
                Result(f"{name}: times the minimal page", timings[name].median / base, "x", target),
                Result(f"{name}: 95th percentile", timings[name].p95 * 1000, "ms", most),
                Result(f"{name}: queries", len(queries), "", 12),
                Result(f"{name}: compressed", len(gzip.compress(body, 6)) / 1000, "kB", 25),
            ]
        queries_by_rows = {rows: _queries(client, accounts, rows) for rows in (10, 100)}
        results.append(
            Result(
                "account list: queries for 100 rows less those for 10",
                queries_by_rows[100] - queries_by_rows[10],
                "",
                0,
            )
        )
        for which in ("account", "contact"):
            ratio = timings[f"{which} list, last page"].median / timings[f"{which} list"].median
            results.append(Result(f"{which} list: last page against first page", ratio, "x", 1.2))
    return results


def _queries(client: Client, url: str, rows: int) -> int:
    """How many queries the list takes with so many rows on its page."""
    with patch("pmcrm.lists.pages.PAGE_SIZE", rows), CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.content.count(b"<tr data-href") == rows
    return len(queries)
