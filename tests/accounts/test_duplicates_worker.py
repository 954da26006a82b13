"""The search on a real worker: it finishes by itself, and a killed worker leaves nothing that a second one minds."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import psycopg2
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountPair, DuplicateSearch
from accounts.services.duplicates import request_search, search
from accounts.tasks import restart_silent_searches, search_duplicates
from pmcrm.jobs.models import SILENT_AFTER
from tests import build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]
PATIENCE = 60


def until(happened: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"{what} did not happen within {PATIENCE} s"
        time.sleep(0.02)


def is_done() -> bool:
    return DuplicateSearch.objects.filter(state="done").exists()


def two_of_one_name() -> None:
    build.account(name="Nordlys AS", city="Oslo")
    build.account(name="Nordlys", city="Oslo")


@pytest.fixture
def other_connection(transactional_db: None) -> Iterator[psycopg2.extensions.connection]:
    """A second session on the test's database, to hold a lock that the worker has to wait for."""
    made = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    yield made
    made.close()


def is_a_session_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def test_a_search_from_the_page_runs_on_a_worker(
    client: Client, celery_worker_process: subprocess.Popen[bytes]
) -> None:
    two_of_one_name()
    client.force_login(build.user("product_lead"))

    client.post(reverse("duplicate_search"))
    until(is_done, "the search")

    assert AccountPair.objects.count() == 1
    assert "Nordlys AS" in client.get(reverse("duplicate_list")).content.decode()


def test_a_killed_worker_leaves_nothing_and_the_next_one_finishes(
    celery_worker_process: subprocess.Popen[bytes], other_connection: psycopg2.extensions.connection
) -> None:
    two_of_one_name()
    asked, _is_new = request_search(actor=None)
    with other_connection.cursor() as cursor:
        cursor.execute("LOCK TABLE accounts_accountpair IN EXCLUSIVE MODE")
        search_duplicates.delay(asked.pk)
        until(is_a_session_waiting, "the search's waiting for the lock")
        os.killpg(celery_worker_process.pid, signal.SIGKILL)
        celery_worker_process.wait()
        other_connection.rollback()
    until(lambda: not is_a_session_waiting(), "the end of the dead worker's session")
    assert not AccountPair.objects.exists()
    assert search(asked.pk) is None

    DuplicateSearch.objects.update(heartbeat_at=timezone.now() - SILENT_AFTER)
    finished = search(asked.pk)

    assert finished is not None
    assert (finished.state, finished.attempts) == ("done", 2)
    assert AccountPair.objects.count() == 1


def test_the_clock_hands_a_silent_search_to_a_living_worker(celery_worker_process: subprocess.Popen[bytes]) -> None:
    request_search(actor=None)
    DuplicateSearch.objects.update(created_at=timezone.now() - 2 * SILENT_AFTER)

    restart_silent_searches.delay()

    until(is_done, "the search")
