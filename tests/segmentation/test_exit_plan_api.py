"""Exit plans in the API: the same services and the same visibility as the pages."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from pmcrm.api.models import issue_token
from pmcrm.people.models import User
from pmcrm.trail.models import ViewLog
from segmentation.models import ExitPlan, ExitSignature
from segmentation.services.exit_plan_record import whole
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company

ROOT = "/api/v1/exit-plans/"


@pytest.fixture
def firm(db: None) -> Company:
    return cast.company()


def client_of(person: User) -> APIClient:
    client = APIClient()
    _label, text = issue_token(person=person, name="test")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def post(person: User, path: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> Any:
    return client_of(person).post(ROOT + path, body or {}, format="json", headers=headers or {})


def test_from_proposal_to_signature(firm: Company) -> None:
    made = post(firm.lead, "", {"account": firm.account.pk, "reason": cast.REASON})
    assert made.status_code == 201
    plan_id = made.json()["id"]
    assert made["Location"].endswith(f"{ROOT}{plan_id}/")
    assert made.json()["actions"] == ["edit", "sponsor", "withdraw"]
    sheet = cast.SHEET | {
        "pools": [{"pool": pool, **line} for pool, line in cast.SHEET["pools"].items()],
        "displaced": [
            {"group": group, "text": text} for group, texts in cast.SHEET["displaced"].items() for text in texts
        ],
    }
    body = {
        "version": made.json()["version"],
        "remedies": [
            {"slug": slug, "is_tried": tried, "reason": reason} for slug, (tried, reason) in cast.REMEDIES.items()
        ],
        "trade_off": sheet,
        "offer": {"offers": [{"slug": slug, "details": told} for slug, told in cast.PROSPECT_OFFERS.items()]},
        "people": {"final_approver": firm.approver.pk},
    }
    saved = client_of(firm.lead).patch(f"{ROOT}{plan_id}/", body, format="json")
    assert saved.status_code == 200, saved.json()
    assert set(saved.json()["missing"]) == {"coalition"}
    assert saved.json()["pools"][0]["needed"] == "30.00"

    assert post(firm.lead, f"{plan_id}/sponsor/", {"statement": "Listen."}).json()["state"] == "sponsored"
    assert post(firm.lead, f"{plan_id}/open-coalition/").json()["state"] == "coalition"
    for office, person in firm.offices.items():
        answer = post(person, f"{plan_id}/talk/", {"office": office, "position": "for"})
        assert answer.status_code == 200, answer.json()
    asked = post(firm.lead, f"{plan_id}/request-approval/").json()
    assert asked["signatures_needed"] == ["sponsor", "final_approver"]
    assert post(firm.lead, f"{plan_id}/approve/").json()["state"] == "approval"
    read = client_of(firm.approver).get(f"{ROOT}{plan_id}/").json()
    assert read["actions"] == ["approve", "return", "reject"]
    signed = post(firm.approver, f"{plan_id}/approve/", {"comment": "Agreed.", "version": read["version"]}).json()
    assert (signed["state"], signed["actions"]) == ("approved", [])
    assert signed["content_hash"] == whole(plan_id).snapshot.content_hash


def test_nobody_else_finds_a_plan(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    for who in ("other_lead", "sales_owner", "guard", "approver"):
        client = client_of(getattr(firm, who))
        assert client.get(f"{ROOT}{plan.pk}/").status_code == 404
        assert client.get(ROOT).json()["results"] == []
        assert client.get(f"{ROOT}?search=Nordhavn").json()["results"] == []
        assert client.post(f"{ROOT}{plan.pk}/approve/").status_code == 404
    assert client_of(firm.administrator).get(ROOT).status_code == 403
    assert APIClient().get(ROOT).status_code == 401
    assert not ViewLog.objects.filter(actor__in=[firm.other_lead, firm.guard, firm.approver]).exists()


def test_reading_is_noted(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    client = client_of(firm.cfo)
    assert [row["id"] for row in client.get(f"{ROOT}?search=nordhavn&state=coalition").json()["results"]] == [plan.pk]
    assert client.get(f"{ROOT}{plan.pk}/").json()["account"]["name"] == "Nordhavn Data"
    assert list(ViewLog.objects.filter(actor=firm.cfo).values_list("through", flat=True)) == ["api", "api"]


def test_a_refused_rule_is_422_and_says_where(firm: Company) -> None:
    plan = cast.sponsored(firm, cast.draft(firm))
    answer = post(firm.lead, f"{plan.pk}/open-coalition/")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "incomplete"
    assert set(answer.json()["errors"]) == {"remedies", "trade-off"}
    assert whole(plan.pk).state == "sponsored"


def test_a_stale_version_is_409(firm: Company) -> None:
    plan = cast.draft(firm)
    stale = {"version": plan.version, "reason": "New words"}
    client = client_of(firm.lead)
    assert client.patch(f"{ROOT}{plan.pk}/", stale, format="json").status_code == 200
    late = client.patch(f"{ROOT}{plan.pk}/", stale | {"reason": "Later words"}, format="json")
    assert (late.status_code, late.json()["current"]["version"]) == (409, plan.version + 1)
    assert whole(plan.pk).reason == "New words"
    assert client.patch(f"{ROOT}{plan.pk}/", {"reason": "Without"}, format="json").status_code == 400


def test_signing_what_one_did_not_read_is_409(firm: Company) -> None:
    plan = cast.in_approval(firm)
    answer = post(firm.approver, f"{plan.pk}/approve/", {"version": plan.version - 1})
    assert answer.status_code == 409
    assert not ExitSignature.objects.exists()


def test_one_wrong_section_saves_none(firm: Company) -> None:
    plan = cast.draft(firm)
    body = {"version": plan.version, "reason": "New words", "trade_off": {"choice": "AB"}}
    answer = client_of(firm.lead).patch(f"{ROOT}{plan.pk}/", body, format="json")
    assert answer.status_code == 422
    assert whole(plan.pk).reason == cast.REASON


def test_the_same_key_signs_once(firm: Company) -> None:
    plan = cast.in_approval(firm)
    key = {"Idempotency-Key": "sign-1"}
    first = post(firm.lead, f"{plan.pk}/approve/", headers=key)
    again = post(firm.lead, f"{plan.pk}/approve/", headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["signatures"] == again.json()["signatures"]
    assert ExitSignature.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "account"),
        ({"account": 0}, "account"),
        ({"account": "x"}, "account"),
        ({"account": 99999999999999999999}, "account"),
        ({"account": 1, "sponsors": 2}, "sponsors"),
    ],
)
def test_bad_fields_are_400(firm: Company, body: dict[str, Any], field: str) -> None:
    answer = post(firm.lead, "", body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not ExitPlan.objects.exists()
