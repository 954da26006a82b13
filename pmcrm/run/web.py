"""How gunicorn serves the product: `gunicorn -c python:pmcrm.run.web pmcrm.wsgi`."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from pmcrm.run.process import die_with

bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4
timeout = 60
graceful_timeout = 20
# A worker process is replaced now and then, so that no slow leak of a library becomes a fault.
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = "-"
reload = (os.environ.get("DEBUG") or "").lower() in {"1", "true", "yes", "on"}
# The sign of life of a worker process is a file: in memory, where a slow disk cannot hold it up.
_MEMORY = Path("/dev") / "shm"
worker_tmp_dir = str(_MEMORY) if _MEMORY.is_dir() else None
control_socket_disable = True


def post_fork(_server: object, _worker: object) -> None:
    """A worker process does not outlive a master that was killed."""
    die_with(os.getppid(), signal.SIGKILL)
