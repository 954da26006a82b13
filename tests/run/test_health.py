"""What the two health pages answer."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from pmcrm.celery import sign_of_life


def test_healthz_needs_no_sign_in(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "well"}


@pytest.mark.django_db
def test_readyz_is_well_when_worker_and_beat_gave_a_sign_of_life(client: Client) -> None:
    sign_of_life("worker")
    sign_of_life("beat")
    response = client.get("/readyz")
    assert response.json()["parts"] == {
        "database": "well",
        "search": "well",
        "migrations": "well",
        "cache": "well",
        "worker": "well",
        "beat": "well",
    }
    assert response.status_code == 200


@pytest.mark.django_db
def test_readyz_names_the_part_that_is_not_well(client: Client) -> None:
    sign_of_life("beat")
    assert cache.get("heartbeat:worker") is None
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "not well"
    assert response.json()["parts"]["worker"] == "no sign of life from a Celery worker"
    assert response.json()["parts"]["beat"] == "well"
