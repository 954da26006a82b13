"""The supervisor behind `make run`: which servers to use, what to start, in which order to stop."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from pmcrm.run import state
from pmcrm.run.postgres import EmbeddedPostgres, write_private
from pmcrm.run.process import Bell, Child, Failed, die_with
from pmcrm.run.valkey import EmbeddedValkey


class Servers:
    """PostgreSQL and Valkey under one state folder, for the time of a `with` block.

    What DATABASE_URL or REDIS_URL names is used as it is and neither started nor stopped.
    """

    def __init__(self, var: Path, bell: Bell, *, throwaway: bool = False) -> None:
        self.var, self.bell, self.throwaway = var, bell, throwaway
        self.children: list[Child] = []
        self.addresses = var / "servers.json"

    def __enter__(self) -> Servers:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self) -> None:
        found: dict[str, str] = {}
        if not os.environ.get("DATABASE_URL"):
            postgres = EmbeddedPostgres(self.var, throwaway=self.throwaway)
            self.children.append(postgres.child)
            postgres.child.end_leftover()
            found["database_url"] = postgres.start(self.bell)
        if not os.environ.get("REDIS_URL"):
            valkey = EmbeddedValkey(self.var, throwaway=self.throwaway)
            self.children.append(valkey.child)
            valkey.child.end_leftover()
            found |= valkey.start(self.bell)
        draft = self.addresses.with_suffix(".new")
        write_private(draft, json.dumps(found), None)
        draft.replace(self.addresses)

    def __exit__(self, *_: object) -> None:
        self.addresses.unlink(missing_ok=True)
        for child in reversed(self.children):
            child.stop(self.bell)


@contextlib.contextmanager
def locked(var: Path) -> Iterator[bool]:
    """Hold the state folder. Yields False where another supervisor holds it: two would share one set of files."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "lock").open("a") as file:
        yield _lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        return False
    return True


def is_held(var: Path) -> bool:
    """Whether a supervisor lives on this state folder; `servers.json` alone may be left from one that was killed."""
    with locked(var) as free:
        return not free


def are_reachable() -> bool:
    """Whether a command finds its servers without our doing: named in the environment, or run by a supervisor."""
    named = bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))
    return named or ((state.var_dir() / "servers.json").exists() and is_held(state.var_dir()))


def with_servers(command: Sequence[str], *, throwaway: bool = False) -> int:
    """Run `command` with servers: those of a running supervisor, else started for its own time. Gives its exit code."""
    var, bell = state.var_dir(), Bell()
    bell.install()
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return _foreground(command, bell)
    with locked(var) as mine, (var / "users").open("a") as users:
        if not mine:
            _lock(users, fcntl.LOCK_SH)
            _await_addresses(var, bell)
            return _foreground(command, bell)
        with Servers(var, bell, throwaway=throwaway):
            code = _foreground(command, bell)
            # Somebody else's command may have found our servers meanwhile: they stay until it is done.
            while not _lock(users, fcntl.LOCK_EX | fcntl.LOCK_NB):
                bell.pause()
            return code


def _await_addresses(var: Path, bell: Bell) -> None:
    """The other supervisor is perhaps only starting."""
    while not (var / "servers.json").exists():
        if not is_held(var):
            raise Failed("The servers that were starting on this state folder went away; try again.")
        bell.pause()


def _foreground(command: Sequence[str], bell: Bell) -> int:
    """The command keeps the terminal: Ctrl-C reaches it directly, TERM is passed on. Gives its exit code."""
    supervisor = os.getpid()
    try:
        process = subprocess.Popen(
            command,
            preexec_fn=lambda: die_with(supervisor, signal.SIGTERM),  # noqa: PLW1509 - the supervisor has one thread
        )
    except FileNotFoundError as error:
        raise Failed(f"There is no command {command[0]!r}.") from error
    passed_on = False
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(0.1)
            return code if code >= 0 else 128 - code
        if bell.last in (signal.SIGTERM, signal.SIGHUP) and not passed_on:
            process.send_signal(bell.last)
            passed_on = True


def reset() -> None:
    """Remove the state folder with all data, and what root keeps elsewhere for it."""
    var = state.var_dir()
    with locked(var) as mine:
        if not mine:
            raise Failed(f"PMCRM runs on the state folder {var}: stop it first.")
        pointer = var / "postgres-is-in"
        if pointer.exists():
            shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
        shutil.rmtree(var)
