"""Whether this installation is well: one plain check a part, each answering with what is wrong or nothing."""

from __future__ import annotations

from collections.abc import Callable

import redis
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


def database() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return None


def search() -> str | None:
    """A server whose locale does not know letters beyond ASCII finds no Cyrillic or Chinese name, silently."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT show_trgm('Ж')")
        found = cursor.fetchone()
    if found is None or not found[0]:
        return "show_trgm('Ж') is empty: make the cluster with --locale-provider=builtin --locale=C.UTF-8"
    return None


def migrations() -> str | None:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations are not applied: manage.py migrate" if missing else None


def cached() -> str | None:
    cache.set("readyz", "well", timeout=10)
    return None if cache.get("readyz") == "well" else "a value written is not read back"


def worker() -> str | None:
    return None if cache.get("heartbeat:worker") else "no sign of life from a Celery worker"


def beat() -> str | None:
    return None if cache.get("heartbeat:beat") else "no sign of life from Celery beat"


CHECKS: dict[str, Callable[[], str | None]] = {
    "database": database,
    "search": search,
    "migrations": migrations,
    "cache": cached,
    "worker": worker,
    "beat": beat,
}


def ailments() -> dict[str, str]:
    """What is not well, in words, by part; empty when all is well. The message of a server is told by its kind only:
    the page is open to all, and addresses are nobody's business."""
    found: dict[str, str] = {}
    for part, check in CHECKS.items():
        try:
            wrong = check()
        except (DatabaseError, redis.RedisError, InconsistentMigrationHistory) as error:
            wrong = type(error).__name__
        if wrong:
            found[part] = wrong
    return found


@require_safe
@login_not_required
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process lives and answers."""
    return JsonResponse({"status": "well"})


@require_safe
@login_not_required
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when every part is well, else 503; both name each part with `well` or what is wrong with it."""
    wrong = ailments()
    parts = {part: wrong.get(part, "well") for part in CHECKS}
    status = "not well" if wrong else "well"
    return JsonResponse({"status": status, "parts": parts}, status=503 if wrong else 200)
