"""Every page and every API operation, as each role: the whole table of who gets what.

`tests/access.txt` holds one line per operation: its name, its method, and the status that each role gets, in the order
of `ROLES`, last somebody who is not signed in. A new URL that is not in the table fails here. After a change that was
meant, `UPDATE_ACCESS=1 make test ARGS="tests/test_access.py -n0"` writes the table anew; read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.viewsets import ViewSetMixin

from pmcrm.people.permissions import ROLES
from tests.world import build_world

TABLE = Path(__file__).with_name("access.txt")


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    namespace = f"{prefix}{resolver.namespace}:" if resolver.namespace else prefix
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, namespace)
        elif entry.name:
            yield f"{namespace}{entry.name}", entry


def is_ours(name: str, entry: URLPattern) -> bool:
    module = getattr(entry.callback, "__module__", "")
    return not name.startswith("admin:") and not module.startswith("allauth.")


def operations() -> list[tuple[str, str, tuple[str, ...]]]:
    """(name, method, parameters) of all that the URLconf answers; of an endpoint, each method apart."""
    found = set()
    for name, entry in patterns(get_resolver()):
        if not is_ours(name, entry):
            continue
        parameters = tuple(entry.pattern.converters)
        endpoint = getattr(entry.callback, "cls", None)
        if endpoint is not None and issubclass(endpoint, ViewSetMixin):
            methods = [method.upper() for method in entry.callback.actions if method != "head"]  # type: ignore[attr-defined]  # a view set's
        else:
            methods = ["PAGE"]
        found |= {(name, method, parameters) for method in methods}
    return sorted(found)


def ask(client: Client, method: str, url: str, actions: set[str]) -> HttpResponse:
    """The answer, with whatever it changed taken back. A page is asked by GET, an action by an empty POST.

    `actions` keeps the addresses that answered 405 to a GET, so that it need not be asked again for each role.
    """
    with transaction.atomic():
        if method == "PAGE":
            answer = client.post(url) if url in actions else client.get(url)
            if answer.status_code == 405:
                actions.add(url)
                answer = client.post(url)
        else:
            answer = client.generic(method, url, "{}", content_type="application/json")
        if hasattr(answer, "streaming_content"):
            list(answer.streaming_content)
        transaction.set_rollback(True)
    return answer  # type: ignore[return-value]  # the client's own subclass


def statuses(client: Client, asked: list[tuple[str, str, str]], actions: set[str]) -> dict[str, int]:
    return {f"{name} {method}": ask(client, method, url, actions).status_code for name, method, url in asked}


def read_table() -> dict[str, list[int]]:
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {f"{name} {method}": [int(status) for status in rest] for name, method, *rest in lines}


@pytest.mark.django_db(transaction=True)
def test_every_operation_answers_each_role_as_the_table_says() -> None:
    world = build_world()
    asked = [
        (name, method, reverse(name, kwargs=world.parameters(name, wanted))) for name, method, wanted in operations()
    ]
    actions = set[str]()
    for place, role in enumerate([*ROLES, "nobody"]):
        client = Client(raise_request_exception=False)
        if role in world.people:
            client.force_login(world.people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        got = statuses(client, asked, actions)
        assert not [name for name, status in got.items() if status == 500]
        if os.environ.get("UPDATE_ACCESS"):
            write_column(place, got)
        assert got == {name: row[place] for name, row in read_table().items()}, role


def write_column(place: int, got: dict[str, int]) -> None:
    old = read_table() if TABLE.exists() else {}
    rows = {name: [*old.get(name, [0] * (len(ROLES) + 1))] for name in got}
    for name, status in got.items():
        rows[name][place] = status
    wide = max(len(name.split()[0]) for name in rows)
    head = f"# {'':{wide}}        " + " ".join(f"{role[:3]}" for role in [*ROLES, "nobody"])
    lines = []
    for name in sorted(rows):
        word, method = name.split()
        lines.append(f"{word:{wide}}  {method:6}  " + " ".join(str(status) for status in rows[name]))
    TABLE.write_text("\n".join([head, *lines]) + "\n")
