from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from pmcrm.api.models import Answer
from pmcrm.people.models import Department, User
from tests.api.conftest import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.urls")]
DEPARTMENTS = "/api/v1/departments/"


def post(client: APIClient, name: str, key: str = "k-1") -> tuple[int, dict[str, object]]:
    answer = client.post(DEPARTMENTS, {"name": name}, format="json", HTTP_IDEMPOTENCY_KEY=key)
    return answer.status_code, answer.json()


def test_the_same_write_twice_is_written_once_and_answered_alike(api: APIClient) -> None:
    first = api.post(DEPARTMENTS, {"name": "Legal", "pool": "support"}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    again = api.post(DEPARTMENTS, {"pool": "support", "name": "Legal"}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first["Location"] == again["Location"] == f"http://testserver{DEPARTMENTS}{first.json()['id']}/"
    assert (again.get("Idempotency-Replayed"), first.get("Idempotency-Replayed")) == ("true", None)
    assert Department.objects.count() == 1


def test_another_body_under_the_same_key_is_409(api: APIClient) -> None:
    assert post(api, "Legal")[0] == 201
    status, body = post(api, "Law")
    assert (status, body["title"]) == (409, "Conflict")
    assert [one.name for one in Department.objects.all()] == ["Legal"]


def test_a_key_belongs_to_one_person(api: APIClient, administrator: User) -> None:
    from tests import build

    assert post(api, "Legal")[0] == 201
    assert post(client_of(build.user("administrator")), "Law")[0] == 201


def test_a_refused_write_leaves_its_key_free(api: APIClient) -> None:
    assert post(api, "")[0] == 400
    assert Answer.objects.count() == 0
    assert post(api, "Legal")[0] == 201


def test_after_a_day_the_key_is_free_again(api: APIClient) -> None:
    assert post(api, "Legal")[0] == 201
    Answer.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert post(api, "Law")[0] == 201


@pytest.mark.parametrize("key", ["", "two words", "x" * 256])
def test_a_key_that_is_none_is_400(api: APIClient, key: str) -> None:
    assert post(api, "Legal", key)[0] == 400
    assert Department.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_under_way_the_second_is_told_to_wait(administrator: User) -> None:
    client = client_of(administrator)
    with psycopg2.connect(**_parameters()) as first, first.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{administrator.pk} POST {DEPARTMENTS} k-1"]
        )
        answer = client.post(DEPARTMENTS, {"name": "Legal"}, format="json", HTTP_IDEMPOTENCY_KEY="k-1")
    assert (answer.status_code, answer["Retry-After"]) == (409, "1")
    assert Department.objects.count() == 0
    assert post(client, "Legal")[0] == 201


def _parameters() -> dict[str, Any]:
    known = connection.get_connection_params()
    return {name: known[name] for name in ("dbname", "user", "password", "host", "port") if name in known}
