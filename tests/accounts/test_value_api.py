"""Scores, set tiers, promises, the strategic list and colleagues in the API."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Account, Promise, StrategicEntry, TierOverride, ValueAssessment
from pmcrm.api.models import issue_token
from pmcrm.people.models import User
from tests import build

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


def client_of(person: User) -> APIClient:
    client = APIClient()
    _label, text = issue_token(person=person, name="test")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@pytest.fixture
def lead() -> User:
    return build.user("product_lead", name="Lea Lead")


@pytest.fixture
def account(lead: User) -> Account:
    return build.account(name="Halden", product_manager=lead)


def post(person: User, path: str, body: dict[str, Any]) -> Any:
    return client_of(person).post(f"{ROOT}/{path}", body, format="json")


def test_a_score_is_added_and_the_tier_follows(lead: User, account: Account) -> None:
    for dimension in ("potential", "brand", "market"):
        body = {"account": account.pk, "dimension": dimension, "score": 80, "evidence": "Seen"}
        made = post(lead, "value-assessments/", body)
        assert made.status_code == 201, made.json()
    read = client_of(lead).get(f"{ROOT}/accounts/{account.pk}/").json()
    assert (read["tier"], read["tier_score"]) == ("A", "80.000")
    rows = client_of(lead).get(f"{ROOT}/value-assessments/?account={account.pk}&dimension=brand").json()["results"]
    assert [(row["score"], row["assessed_by"]) for row in rows] == [(80, lead.pk)]
    assert post(lead, "value-assessments/", body | {"score": 101}).status_code == 400
    assert ValueAssessment.objects.count() == 3


def test_a_tier_is_set_and_given_back(lead: User, account: Account) -> None:
    made = post(lead, "tier-overrides/", {"account": account.pk, "tier": "A", "reason": "The coast follows."})
    assert (made.status_code, made.json()["holds"], made.json()["computed_tier"]) == (201, True, "")
    ended = post(lead, f"tier-overrides/{made.json()['id']}/end/", {})
    assert (ended.status_code, ended.json()["holds"]) == (200, False)
    refused = post(
        lead, "tier-overrides/", {"account": account.pk, "tier": "A", "reason": "x", "expires_on": "2020-01-01"}
    )
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["expires_on"])
    assert TierOverride.objects.filter(ended_at=None).count() == 0


def test_a_promise_is_made_and_settled(lead: User, account: Account) -> None:
    body = {"account": account.pk, "text": "Bulk export", "owner": lead.pk, "due_on": "2026-03-01"}
    made = post(lead, "promises/", body).json()
    assert (made["state"], made["source"]) == ("open", "meeting")
    path = f"promises/{made['id']}/settle/"
    assert post(lead, path, {"version": 1, "state": "released"}).status_code == 422
    assert post(lead, path, {"state": "kept"}).status_code == 400
    settled = post(lead, path, {"version": 1, "state": "kept", "proof": "Shipped in 4.2"}).json()
    assert (settled["state"], settled["proof"], settled["version"]) == ("kept", "Shipped in 4.2", 2)
    assert post(lead, path, {"version": 1, "state": "broken"}).status_code == 409
    assert Promise.objects.get().state == "kept"


def test_the_strategic_list_is_kept(lead: User, account: Account) -> None:
    body = {"account": account.pk, "reason": "Opens a market", "sponsor": lead.pk, "review_by": "2999-01-01"}
    assert post(lead, "strategic-entries/", body).json()["code"] == "over_strategic_cap"
    made = post(lead, "strategic-entries/", body | {"over_cap_reason": "The only one"})
    assert (made.status_code, made.json()["rank"]) == (201, 1)
    path = f"{ROOT}/strategic-entries/{made.json()['id']}/"
    changed = client_of(lead).patch(path, {"reason": "Opens two markets"}, format="json").json()
    assert (changed["reason"], changed["review_by"]) == ("Opens two markets", "2999-01-01")
    assert post(lead, f"strategic-entries/{made.json()['id']}/remove/", {"reason": "Sold"}).status_code == 204
    assert not StrategicEntry.objects.exists()


def test_accounts_out_of_sight_have_no_rows_and_take_none(lead: User, account: Account) -> None:
    build.promise(account=account, owner=lead)
    post(lead, "tier-overrides/", {"account": account.pk, "tier": "A", "reason": "The coast follows."})
    member = build.user("sales_owner")
    for name in ("promises", "tier-overrides", "value-assessments"):
        assert client_of(member).get(f"{ROOT}/{name}/").json()["results"] == []
    body = {"account": account.pk, "text": "Bulk export", "owner": member.pk, "due_on": "2026-03-01"}
    assert post(member, "promises/", body).status_code == 400
    assert client_of(member).get(f"{ROOT}/strategic-entries/").status_code == 403


def test_colleagues_to_choose_from(lead: User) -> None:
    gone = build.user("finance", name="Gone Glad", is_active=False)
    build.user("finance", name="Carla Cash", email="carla@example.com", office="cfo")
    found = client_of(lead).get(f"{ROOT}/people/?search=carla").json()["results"]
    assert [(row["name"], row["office"]) for row in found] == [("Carla Cash", "cfo")]
    assert not {"email", "roles", "is_active"} & set(found[0])
    assert client_of(lead).get(f"{ROOT}/people/{gone.pk}/").status_code == 404

    read = client_of(build.user("administrator")).get(f"{ROOT}/people/{gone.pk}/").json()
    assert (read["roles"], read["is_active"]) == (["finance"], False)
