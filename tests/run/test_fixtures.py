"""The ground that other tests stand on: a real worker and a real browser answer."""

from __future__ import annotations

import subprocess

import pytest
from playwright.sync_api import Page

from pmcrm.celery import app


@pytest.mark.worker
def test_worker_process_answers_on_the_queue_of_this_test(celery_worker_process: subprocess.Popen[bytes]) -> None:
    # A broadcast reaches only who listens already: ask again until the worker does.
    asked = (app.control.ping(timeout=3, limit=1) for _ in range(20))
    answers = next((answers for answers in asked if answers), [])
    assert [list(answer.values()) for answer in answers] == [[{"ok": "pong"}]]


@pytest.mark.browser
def test_browser_reaches_the_live_server(page: Page) -> None:
    answer = page.goto("/healthz")
    assert answer is not None
    assert answer.json() == {"status": "well"}
