"""A run on a real worker: it finishes by itself, and a killed worker leaves nothing of it behind."""

import datetime as dt
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AccountFigures
from pmcrm.jobs.models import MOST_ATTEMPTS, SILENT_AFTER
from segmentation.models import AccountPoolShare, AccountProfit, Flag, ProfitRun, RunState
from segmentation.services.runs import compute, request_run
from segmentation.tasks import compute_run, restart_silent_runs
from tests import build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 1)
PATIENCE = 60


def until(happened: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"{what} did not happen within {PATIENCE} s"
        time.sleep(0.02)


@pytest.fixture
def other_connection(transactional_db: None) -> Iterator[psycopg2.extensions.connection]:
    """A second session on the test's database, to hold a lock that the worker has to wait for."""
    made = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    yield made
    made.close()


def ask() -> ProfitRun:
    build.ledger_line(account=build.account(ref="A"), revenue="100", cost="40", date=dt.date(2025, 6, 1))
    run, _is_new = request_run(actor=None, from_month=FIRST, to_month=LAST)
    return run


def state_of(run: ProfitRun) -> str:
    run.refresh_from_db()
    return str(run.state)


def test_a_worker_computes_and_publishes(celery_worker_process: subprocess.Popen[bytes]) -> None:
    run = ask()
    compute_run.delay(run.pk)

    until(lambda: AccountFigures.objects.filter(run_id=run.pk).exists(), "publishing")

    assert state_of(run) == RunState.DONE
    assert AccountFigures.objects.get().contribution_12m == Decimal(60)


def test_a_killed_worker_leaves_no_half_run_and_the_next_one_finishes(
    celery_worker_process: subprocess.Popen[bytes], other_connection: psycopg2.extensions.connection
) -> None:
    run = ask()
    with other_connection.cursor() as cursor:
        cursor.execute("LOCK TABLE segmentation_accountprofit IN EXCLUSIVE MODE")
        compute_run.delay(run.pk)
        until(is_a_session_waiting, "the run's waiting for the lock")
        assert state_of(run) == RunState.RUNNING
        os.killpg(celery_worker_process.pid, signal.SIGKILL)
        celery_worker_process.wait()
        other_connection.rollback()
    until(lambda: not is_a_session_waiting(), "the end of the dead worker's session")

    assert state_of(run) == RunState.RUNNING
    assert not AccountProfit.objects.exists()
    assert not AccountPoolShare.objects.exists()
    assert not Flag.objects.exists()
    assert run.figures == {}
    assert compute(run.pk) is None

    ProfitRun.objects.update(heartbeat_at=timezone.now() - SILENT_AFTER)
    assert list(ProfitRun.silent()) == [run]
    finished = compute(run.pk)

    assert finished is not None
    assert (finished.state, finished.attempts) == (RunState.DONE, 2)
    assert [row.ref for row in AccountProfit.objects.all()] == ["A"]


def test_the_clock_hands_a_silent_run_to_a_living_worker(celery_worker_process: subprocess.Popen[bytes]) -> None:
    run = ask()
    ProfitRun.objects.update(created_at=timezone.now() - SILENT_AFTER - dt.timedelta(seconds=1))

    restart_silent_runs.delay()

    until(lambda: state_of(run) == RunState.DONE, "the run")


def test_a_run_that_keeps_stopping_fails_in_words(transactional_db: None) -> None:
    run = ask()
    ProfitRun.objects.update(attempts=MOST_ATTEMPTS)

    failed = compute(run.pk)

    assert failed is not None
    assert (failed.state, failed.failure) == (RunState.FAILED, "It stopped 5 times without finishing.")
    assert request_run(actor=None, from_month=FIRST, to_month=LAST)[1] is True


def is_a_session_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
            "WHERE NOT granted AND relation IS NOT NULL AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])
