from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Page
from rest_framework.test import APIClient


def test_the_schema_is_valid_and_without_a_warning() -> None:
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", "/dev/null")


@pytest.mark.django_db
def test_the_schema_is_json_or_yaml(client: Client) -> None:
    assert client.get("/api/schema/").json()["openapi"].startswith("3.")
    assert client.get("/api/schema/", {"format": "yaml"}).content.startswith(b"openapi: 3.")


@pytest.mark.django_db
@pytest.mark.urls("tests.api.urls")
def test_the_schema_names_tokens_problems_and_keys(client: Client) -> None:
    schema = client.get("/api/schema/").json()
    operation = schema["paths"]["/api/v1/departments/"]["post"]
    assert schema["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    assert {one["name"] for one in operation["parameters"]} == {"Idempotency-Key"}
    assert sorted(operation["responses"]) == ["201", "400", "401", "403", "404", "406", "409", "415", "422", "429"]
    listed = schema["paths"]["/api/v1/departments/"]["get"]["parameters"]
    assert [one["name"] for one in listed] == ["cursor", "ordering", "page_size", "pool"]


@pytest.mark.django_db
def test_an_unknown_address_is_a_problem_not_a_page() -> None:
    answer = APIClient().get("/api/v2/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_documentation_runs_under_the_strict_policy(page: Page) -> None:
    page.goto("/api/docs/")
    page.wait_for_selector(".swagger-ui .info .title")
