"""The Celery application: `celery -A pmcrm worker` and `celery -A pmcrm beat`."""

import os
import signal
import time
from typing import Any

from celery import Celery
from celery.signals import heartbeat_sent, worker_process_init, worker_ready

from pmcrm.run.process import die_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmcrm.settings")

app = Celery("pmcrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HEARTBEAT_SECONDS = 30


def sign_of_life(part: str) -> None:
    """Tell the others, through the cache, that `part` ("worker" or "beat") lived just now. `/readyz` asks for it."""
    from django.core.cache import cache

    cache.set(f"heartbeat:{part}", time.time(), timeout=HEARTBEAT_SECONDS)


@worker_ready.connect
@heartbeat_sent.connect
def worker_lives(**_: Any) -> None:
    """The worker's own heartbeat comes every two seconds, from its main process: a long task does not hold it up."""
    sign_of_life("worker")


@worker_process_init.connect
def die_with_worker(**_: Any) -> None:
    """A child of the pool does not outlive a worker that was killed: its locks are free at once for the next try."""
    die_with(os.getppid(), signal.SIGKILL)
