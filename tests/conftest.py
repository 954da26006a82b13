"""What every test may ask for: a database, Redis, a real worker, a real browser, the real files."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from psycopg2 import sql
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account, Contact
from pmcrm.celery import app as celery_app
from pmcrm.people.models import User
from pmcrm.run import browser as chromium
from pmcrm.run import state
from tests import build
from tests.mail_servers import imap_server, smtp_server  # fixtures of every test

__all__ = ["imap_server", "smtp_server"]

# Two test runs side by side share the servers, but neither a database nor a key nor a file.
OWN = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
PREFIX = f"pmcrm-test-{OWN}"
FILES = state.var_dir() / "test-files" / OWN


def pytest_configure() -> None:
    # Playwright's synchronous calls keep an event loop in this thread, where Django would refuse to query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    settings.CACHES["default"]["KEY_PREFIX"] = PREFIX
    settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{PREFIX}:"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = FILES
    # Each test's client would go through all static files anew; so they are looked up when they are asked for.
    settings.WHITENOISE_AUTOREFRESH = True


# These take minutes: begun last, they would keep one process busy while the others stand idle.
LONG = {"test_access.py", "test_pages_in_browser.py", "test_supervisor.py", "test_backup.py"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG)


# Database -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of this process's own, copied from a migrated one that is kept between runs.

    A test that commits leaves its database to be copied anew: faster than emptying every table, and what migrations
    put in is there again.
    """
    usual, mine = settings.DATABASES["default"]["NAME"], f"test_pmcrm_{OWN}"
    server = psycopg2.connect(state.database_url())
    server.autocommit = True
    cursor = server.cursor()
    # One process builds the template, the others wait for it.
    cursor.execute("SELECT pg_advisory_lock(hashtext('pmcrm test template'))")
    with django_db_blocker.unblock():
        template = _template(cursor)
    cursor.execute("SELECT pg_advisory_unlock_all()")

    def renew(_test: TransactionTestCase | None = None) -> None:
        _use_database(mine)
        _execute(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", mine)
        _execute(cursor, "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", mine, template)

    renew()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", renew)
        yield
    _use_database(usual)
    _execute(cursor, "DROP DATABASE {} WITH (FORCE)", mine)
    server.close()


def _template(cursor: psycopg2.extensions.cursor) -> str:
    """The migrated database's name, which holds the fingerprint of all that migrations come from."""
    found = [path for path in state.BASE_DIR.glob("**/migrations/*.py") if ".venv" not in path.parts]
    others = [state.BASE_DIR / "pmcrm" / "migrating.py", state.BASE_DIR / "requirements" / "production.txt"]
    files = [*sorted(found), *others]
    name = "template_pmcrm_" + hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
    cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^(template|test|draft)_pmcrm_'")
    databases = {row[0] for row in cursor.fetchall()}
    if name not in databases:
        for stale in databases:
            if not stale.startswith("test_"):
                _execute(cursor, "DROP DATABASE {} WITH (FORCE)", stale)
        draft = f"draft_pmcrm_{OWN}"
        _execute(cursor, "CREATE DATABASE {}", draft)
        _use_database(draft)
        call_command("migrate", verbosity=0)
        connection.close()
        _execute(cursor, "ALTER DATABASE {} RENAME TO {}", draft, name)
    for stale in databases:
        if stale.startswith("test_") and not _is_running(int(stale.rpartition("_")[2])):
            _execute(cursor, "DROP DATABASE {} WITH (FORCE)", stale)
    return name


def _execute(cursor: psycopg2.extensions.cursor, statement: str, *names: str) -> None:
    cursor.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


def _use_database(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# A small cast: a product manager, an account of hers and somebody there --------------------------------------------


@pytest.fixture
def mia() -> User:
    return build.user("product_manager", name="Mia Manager")


@pytest.fixture
def halden(mia: User) -> Account:
    return build.account(name="Halden Maritime", product_manager=mia)


@pytest.fixture
def kari(halden: Account) -> Contact:
    return build.contact(account=halden)


# Redis, files, a worker ----------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Counters, locks and cached values end with the test that made them."""
    yield
    if {"db", "transactional_db", "celery_worker_process"} & set(
        request.fixturenames
    ) or request.node.get_closest_marker("django_db"):
        with redis.Redis.from_url(state.redis_url("cache")) as client:
            if keys := list(client.scan_iter(f"{PREFIX}*", count=1000)):
                client.delete(*keys)


@pytest.fixture
def celery_worker_process(transactional_db: None) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker on this test's database, queue and files, in a process group of its own and ready."""
    celery_app.control.purge()
    address = urlsplit(state.database_url())._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {**os.environ, "DATABASE_URL": address, "PMCRM_REDIS_PREFIX": PREFIX, "FILES_DIR": str(FILES)}
    command = [sys.executable, "-m", "celery", "-A", "pmcrm", "worker", "--concurrency", "1", "-n", f"{OWN}@%h"]
    log_file = state.var_dir() / "log" / f"test-worker-{OWN}.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, cwd=state.BASE_DIR, start_new_session=True
        )
    try:
        until = time.monotonic() + 60
        while cache.get("heartbeat:worker") is None:
            assert process.poll() is None, log_file.read_text()
            assert time.monotonic() < until, log_file.read_text()
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


# The real files ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real input files: PMCRM_SHARED, else `../shared` beside the project. Skips where it is absent."""
    folder = Path(os.environ.get("PMCRM_SHARED") or state.BASE_DIR.parent / "shared").resolve()
    if not (folder / "data").is_dir():
        pytest.skip(f"needs the real input files in {folder} (or PMCRM_SHARED)")  # they are others' and not shipped
    return folder


# A browser -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window. Without one tests are skipped, under CI they fail."""
    program = chromium.find()
    if program is None:
        assert not os.environ.get("CI"), "no Chromium: apt-get install chromium"
        pytest.skip("no Chromium: apt-get install chromium")  # a person can test the rest; under CI it failed above
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A fresh browser window at 1440 x 900 on the live server. A script error or a blocked resource fails the test."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    opened, complaints = context.new_page(), list[str]()

    def listen(said: ConsoleMessage) -> None:
        # A refused form answers 422, which Chromium also writes to its console: that is no fault.
        if said.type == "error" and "Failed to load resource" not in said.text:
            complaints.append(said.text)

    opened.on("console", listen)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []
