"""The whole product in front of the terminal: servers, migrations, demo company, web, worker, beat."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from pathlib import Path

import psycopg2

from pmcrm.run import state
from pmcrm.run.mail import Letters
from pmcrm.run.process import Bell, Child, Failed, Stopped
from pmcrm.run.supervisor import Servers, locked

_HOST = "127.0.0.1"
_RESTARTS = 3
_RESTART_WINDOW_SECONDS = 60
_READY_SECONDS = 180


def run() -> int:
    var, bell = state.var_dir(), Bell()
    bell.install()
    port = _free_port()
    with locked(var) as mine:
        if not mine:
            raise Failed(
                f"PMCRM already runs on the state folder {var}. Stop it first, or choose another: VAR=folder make run"
            )
        try:
            with Servers(var, bell) as servers:
                _prepare(var, bell)
                _serve(var, bell, port, servers)
        except Stopped:
            say("Stopped.")
    return 0


def _free_port() -> int:
    """The port, refused in words before anything starts where it is no number or taken."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Failed(f"PORT is {text!r}, which is no port: a number from 1 to 65535 is.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, int(text)))
        except OSError as error:
            raise Failed(
                f"Port {text} of {_HOST} cannot be used ({error.strerror}). Another: make run PORT=8001"
            ) from error
    return int(text)


def _prepare(var: Path, bell: Bell) -> None:
    """The newest tables, and at the first start the demo company."""
    say("Bringing the database up to date")
    _manage(["migrate", "--noinput", "--verbosity", "1"], var, bell)
    if os.environ.get("DEMO", "1") != "0" and _has_command("seed_demo") and not _has_people():
        say("Making the demo company, once")
        _manage(["seed_demo"], var, bell)


def _manage(arguments: list[str], var: Path, bell: Bell) -> None:
    command: list[str | Path] = [sys.executable, state.BASE_DIR / "manage.py", *arguments]
    child = Child(f"manage-{arguments[0]}", command, var=var, mark="manage.py")
    if child.finish(bell):
        raise Failed(f"`manage.py {arguments[0]}` failed. The end of {child.log}:\n{child.tail()}")


def _has_command(name: str) -> bool:
    return (state.BASE_DIR / "pmcrm" / "home" / "management" / "commands" / f"{name}.py").exists()


def _has_people() -> bool:
    connection = psycopg2.connect(state.database_url())
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM people_user)")
        found = cursor.fetchone()
    connection.close()
    return found is not None and bool(found[0])


def _parts(var: Path) -> list[Child]:
    """Web, beat, worker: in this order they stop. A worker ends its task first (warm), for a minute at most."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "pmcrm"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--concurrency", os.environ.get("WORKER_CONCURRENCY") or "2"]
    return [
        Child("web", [*python, "gunicorn", "-c", "python:pmcrm.run.web", "pmcrm.wsgi"], var=var, mark="pmcrm.wsgi"),
        Child("beat", [*celery, "beat", "--loglevel", "INFO"], var=var, mark="pmcrm beat"),
        Child("worker", worker, var=var, mark="pmcrm worker", stops=((signal.SIGTERM, 60), (signal.SIGQUIT, 5))),
    ]


def _serve(var: Path, bell: Bell, port: int, servers: Servers) -> None:
    parts = _parts(var)
    say("Starting web, worker and beat")
    try:
        for part in parts:
            part.end_leftover()
            part.start()
        _await_ready(bell, port, parts)
        _greet(var, port)
        letters = Letters(var / "mail")
        while True:
            revive(parts + servers.children)
            for line in letters.new():
                say(line)
            bell.pause(0.2)
    finally:
        say("\nStopping")
        for part in parts[:2]:
            part.ask_to_stop()
        for part in parts:
            part.stop(bell)


def _await_ready(bell: Bell, port: int, parts: list[Child]) -> None:
    until, answer = time.monotonic() + _READY_SECONDS, ""
    while time.monotonic() < until:
        status, answer = _ask(port, "/readyz")
        if status == 200:
            return
        revive(parts)
        bell.pause(0.1)
    raise Failed(f"The product did not get ready within {_READY_SECONDS} s. /readyz says: {answer}")


def _ask(port: int, path: str) -> tuple[int, str]:
    """Not by urllib: a proxy named in the environment has no business here."""
    connection = http.client.HTTPConnection(_HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except OSError as error:
        return 0, str(error)
    finally:
        connection.close()


def revive(children: list[Child]) -> None:
    """Start again what died by itself; what dies again and again stops everything, with the end of its log."""
    for child in children:
        if child.is_alive:
            continue
        recent = [start for start in child.starts if start > time.monotonic() - _RESTART_WINDOW_SECONDS]
        if len(recent) >= _RESTARTS:
            raise Failed(
                f"{child.name} died {len(recent)} times within a minute. The end of {child.log}:\n{child.tail()}"
            )
        say(f"{child.name} died; starting it again")
        child.start()


def _greet(var: Path, port: int) -> None:
    say(f"\nPMCRM is ready: http://{_HOST}:{port}")
    people = var / "demo-people.txt"
    if people.exists():
        say(f"\n{people.read_text().strip()}\n({people})")
    elif not _has_people():
        say("\nThere is nobody yet. The first administrator: .venv/bin/python manage.py create_administrator EMAIL")
    say("\nCtrl-C stops it.")


def say(line: str) -> None:
    print(line, flush=True)
