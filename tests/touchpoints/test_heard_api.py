"""The API of what was heard: troubles through all their verbs, learnings, statements."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import Account, Contact
from pmcrm.people.models import User
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from touchpoints.models import Learning, Pain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _march() -> object:
    with time_machine.travel(dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)):
        yield


def told(client: APIClient, account: Account, words: str, **fields: Any) -> dict[str, Any]:
    body = {"account": account.pk, "words": words, "bypass_reason": "No time", **fields}
    answer = client.post(f"{ROOT}/pains/", body, format="json")
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json()
    return found


def did(client: APIClient, pain: dict[str, Any], verb: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"{ROOT}/pains/{pain['id']}/{verb}/", body, format="json")
    assert answer.status_code == 200, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def test_a_trouble_is_filed_told_again_ended_and_reopened(mia: User, halden: Account, kari: Contact) -> None:
    client = client_of(mia)
    pain = told(client, halden, "The export stops")
    body = {"severity": "serious", "cause": "technology", "teller": kari.pk, "report_back_on": "2026-03-20"}
    filed = client.patch(f"{ROOT}/pains/{pain['id']}/", body | {"version": pain["version"]}, format="json")
    assert filed.status_code == 200
    assert {name: filed.json()[name] for name in body} == body
    again = did(client, pain, "retell", teller=kari.pk, words="It stops once more")
    assert again["retold_count"] == 1
    tellings = client.get(f"{ROOT}/pains/{pain['id']}/tellings/").json()
    assert [(one["words"], one["teller"], one["told_on"]) for one in tellings] == [
        ("It stops once more", kari.pk, "2026-03-10")
    ]
    ended = did(client, pain, "end", version=again["version"])
    assert (ended["state"], Pain.objects.get().ended_on) == ("gone", dt.date(2026, 3, 10))
    reopened = did(client, pain, "reopen", version=ended["version"])
    assert (reopened["state"], reopened["report_back_on"]) == ("open", "2026-03-20")
    assert [one["id"] for one in client.get(f"{ROOT}/pains/?state=open").json()["results"]] == [pain["id"]]
    assert client.get(f"{ROOT}/pains/?due_by=2026-03-19").json()["results"] == []


def test_two_troubles_are_made_one_and_taken_apart(mia: User, halden: Account) -> None:
    client = client_of(mia)
    first, second = told(client, halden, "The export stops"), told(client, halden, "Lists break off", expectation="")
    did(client, second, "merge", into=first["id"], version=second["version"])
    listed = client.get(f"{ROOT}/pains/?account={halden.pk}").json()["results"]
    assert [(one["id"], one["retold_count"]) for one in listed] == [(first["id"], 1)]
    did(client, second, "split")
    assert client.get(f"{ROOT}/pains/{first['id']}/").json()["retold_count"] == 0
    assert len(client.get(f"{ROOT}/pains/?account={halden.pk}").json()["results"]) == 2


def test_learnings_are_kept_found_and_taken_away(mia: User, halden: Account, kari: Contact) -> None:
    client = client_of(mia)
    call = build.interaction(halden, author=mia)
    call.contacts.add(kari)
    keys = []
    for text, tags in (("They buy in May.", ["buyer_fact"]), ("Their rival left.", ["rival", "surprise"])):
        made = client.post(f"{ROOT}/learnings/", {"interaction": call.pk, "text": text, "tags": tags}, format="json")
        assert (made.status_code, made.json()["tags"], made.json()["author"]) == (201, tags, mia.pk)
        keys.append(made.json()["id"])
    for asked, found in (
        ("", [keys[1], keys[0]]),
        ("tag=buyer_fact", [keys[0]]),
        ("surprise=true", [keys[1]]),
        (f"contact={kari.pk}&account={halden.pk}", [keys[1], keys[0]]),
        (f"contact={kari.pk + 1000}", []),
    ):
        answer = client.get(f"{ROOT}/learnings/?{asked}")
        assert [one["id"] for one in answer.json()["results"]] == found
    assert client.delete(f"{ROOT}/learnings/{keys[0]}/").status_code == 204
    assert list(Learning.objects.values_list("pk", flat=True)) == [keys[1]]
    assert client_of(build.user("sales_owner")).get(f"{ROOT}/learnings/{keys[1]}/").status_code == 404
