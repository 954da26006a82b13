"""What was checked is checked again exactly where the base has changed before it is brought in."""

from __future__ import annotations

import pytest

from pmcrm.exchange.models import Import, State
from pmcrm.exchange.services import imports
from pmcrm.exchange.services.running import work
from segmentation.models import LedgerLine
from tests import build
from tests.exchange.test_import_detail import GOOD, received

pytestmark = pytest.mark.django_db


def confirmed(job: Import) -> Import:
    imports.confirm(actor=None, job=job, is_partial=False)
    work(job.pk)
    job.refresh_from_db()
    assert job.state == State.DONE
    return job


def test_an_account_made_since_the_check_gets_the_lines() -> None:
    job = received(GOOD)
    account = build.account(ref="K-1", name="Nordlys")
    confirmed(job)
    assert LedgerLine.objects.get(account=account).revenue == 10


def test_lines_that_came_in_since_the_check_are_not_doubled() -> None:
    first, second = received(GOOD), received(GOOD)
    assert second.unchanged == 0
    assert confirmed(first).imported == 2
    done = confirmed(second)
    assert (done.imported, done.unchanged) == (0, 2)
    assert LedgerLine.objects.count() == 2


def test_lines_taken_back_since_the_check_come_in() -> None:
    first = confirmed(received(GOOD))
    second = received(GOOD)
    assert second.unchanged == 2
    imports.ask_back(actor=None, job=first)
    work(first.pk)
    assert confirmed(second).imported == 2


def test_an_unchanged_base_is_not_checked_again() -> None:
    job = received(GOOD)
    assert job.checked_base
    Import.objects.filter(pk=job.pk).update(notes=[{"template": "As it was.", "params": {}}])
    job.refresh_from_db()
    assert confirmed(job).notes == [{"template": "As it was.", "params": {}}]
