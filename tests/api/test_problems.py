from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from pmcrm.people.models import Department
from tests import build
from tests.api.conftest import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.urls")]
DEPARTMENTS = "/api/v1/departments/"


def test_without_a_token_the_answer_names_the_way_in() -> None:
    answer = APIClient().get(DEPARTMENTS)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["title"] == "Sign in first"


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer nonsense", b"Bearer \xff\xfe", "Bearer x\x00y"])
def test_a_wrong_token_is_401(header: str | bytes) -> None:
    assert APIClient().get(DEPARTMENTS, HTTP_AUTHORIZATION=header).status_code == 401


def test_the_token_of_a_deactivated_person_is_401() -> None:
    person = build.user("administrator")
    client = client_of(person)
    assert client.get(DEPARTMENTS).status_code == 200
    person.is_active = False
    person.save()
    assert client.get(DEPARTMENTS).status_code == 401


def test_a_role_without_the_right_gets_403_and_writes_nothing() -> None:
    answer = client_of(build.user("finance")).post(DEPARTMENTS, {"name": "Legal"})
    assert (answer.status_code, answer.json()["title"]) == (403, "Not allowed")
    assert Department.objects.count() == 0


def test_a_session_writes_only_with_its_csrf_token(administrator: object) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(administrator)  # type: ignore[arg-type]  # a user
    assert client.get(DEPARTMENTS).status_code == 200
    assert client.post(DEPARTMENTS, {"name": "Legal"}, format="json").status_code == 403


@pytest.mark.parametrize("path", [f"{DEPARTMENTS}1/", f"{DEPARTMENTS}99999999999999999999999/", "/api/v1/nothing/"])
def test_what_is_not_there_is_404(api: APIClient, path: str) -> None:
    answer = api.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_invalid_fields_are_named(api: APIClient) -> None:
    answer = api.post(DEPARTMENTS, {"pool": "astrology", "nmae": "Legal"}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"nmae": ["There is no such field here."]}
    answer = api.post(DEPARTMENTS, {"pool": "astrology"}, format="json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Invalid fields",
        "status": 400,
        "detail": "Some fields are not valid; each is named with what would be right.",
        "errors": {"name": ["This field is required."], "pool": ['"astrology" is not a valid choice.']},
    }


def test_a_name_that_is_taken_is_a_field_error(api: APIClient) -> None:
    build.department(name="Legal")
    answer = api.post(DEPARTMENTS, {"name": "Legal"}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["name"])


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b"[1, 2]",
        b'"text"',
        b'{"name": NaN}',
        b'{"name": "a\\u0000b"}',
        b'{"name": "half \\ud800"}',
        b'{"\\udfff": 1}',
        b"[" * 100_000,
        b'{"name": ' + b"1" * 5_000 + b"}",
        b'{"name": {"deep": []}}',
        b'{"name": null}',
    ],
)
def test_no_body_breaks_the_server(api: APIClient, body: bytes) -> None:
    answer = api.generic("POST", DEPARTMENTS, body, content_type="application/json")  # type: ignore[arg-type]  # bytes are fine
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert Department.objects.count() == 0


def test_other_media_types_and_methods_are_refused_in_kind(api: APIClient) -> None:
    assert api.generic("POST", DEPARTMENTS, b"<a/>", content_type="text/xml").status_code == 415  # type: ignore[arg-type]  # bytes are fine
    assert api.delete(DEPARTMENTS).status_code == 405
    assert api.get(DEPARTMENTS, HTTP_ACCEPT="text/html").status_code == 406


def test_a_refused_rule_is_422_with_its_code(api: APIClient) -> None:
    made = build.department(name="Legal")
    answer = api.post(f"{DEPARTMENTS}{made.pk}/close/")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Refused by a rule",
        "status": 422,
        "detail": "Somebody works here.",
        "code": "in_use",
        "errors": {"name": ["Choose another."]},
    }


def test_a_stale_version_is_409_and_tells_the_current_one(api: APIClient) -> None:
    path = f"{DEPARTMENTS}{build.department(name='Legal').pk}/"
    absent = api.patch(path, {"name": "Law"}, format="json")
    assert (absent.status_code, list(absent.json()["errors"])) == (400, ["version"])
    stale = api.patch(path, {"name": "Law", "version": 6}, format="json")
    assert (stale.status_code, stale.json()["current"]) == (409, {"version": 7})
    assert api.patch(path, {"name": "Law", "version": 7}, format="json").status_code == 200


def test_too_many_requests_are_told_when_to_come_back(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min"})
    assert [api.get(DEPARTMENTS).status_code for _ in range(3)] == [200, 200, 429]
    answer = api.get(DEPARTMENTS)
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_a_hidden_value_is_absent(api: APIClient) -> None:
    made = build.department(name="Legal", pool="support")
    assert api.get(f"{DEPARTMENTS}{made.pk}/").json() == {"id": made.pk, "name": "Legal", "pool": "support"}
    other = client_of(build.user("finance"))
    assert other.get(f"{DEPARTMENTS}{made.pk}/").json() == {"id": made.pk, "name": "Legal"}
