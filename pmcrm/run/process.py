"""Processes that the supervisor starts: each dies with it, leaves a pid file and writes a log."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from pwd import struct_passwd
from types import FrameType
from typing import NamedTuple

_PR_SET_PDEATHSIG = 1
_LOG_BYTES = 10 * 1024 * 1024
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Stopped(Exception):
    """INT, TERM or HUP arrived while the supervisor was waiting for something."""


class Failed(Exception):
    """Something cannot start or stay up. The message is a sentence for the person at the terminal."""


class Bell:
    """Counts how often we were asked to stop.

    The handlers only count, and every wait goes through `pause`: no signal can fall between the start of a
    process and the note that it was started.
    """

    def __init__(self) -> None:
        self.rings = 0
        self.last: int | None = None

    def install(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ring)

    def _ring(self, number: int, _frame: FrameType | None) -> None:
        self.rings += 1
        self.last = number

    def pause(self, seconds: float = 0.05) -> None:
        """Wait a little; raises Stopped when asked to stop."""
        if not self.rings:
            time.sleep(seconds)
        if self.rings:
            raise Stopped


class Child:
    """A process in a group of its own, so that Ctrl-C reaches the supervisor alone and the stop order is ours.

    `stops` are signals tried in turn, each with the seconds granted; SIGKILL to the whole group is the last word.
    `orphan_signal` is what the kernel sends when the supervisor itself was killed; `mark` is a piece of the command
    line by which a later supervisor knows the process again.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        var: Path,
        mark: str = "",
        stops: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 10),),
        orphan_signal: signal.Signals = signal.SIGKILL,
        account: struct_passwd | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.mark = mark or Path(self.command[0]).name
        self.stops = list(stops)
        self.orphan_signal = orphan_signal
        self.account = account
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self.log = var / "log" / f"{name}.log"
        self.pid_file = var / "run" / f"{name}.pid"
        self.popen: subprocess.Popen[bytes] | None = None
        self.starts: list[float] = []

    def start(self) -> None:
        for folder in (self.log.parent, self.pid_file.parent):
            folder.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        supervisor = os.getpid()
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd="/" if self.account else None,
                start_new_session=True,
                preexec_fn=lambda: die_with(supervisor, self.orphan_signal),  # noqa: PLW1509 - the supervisor has one thread
                user=self.account.pw_uid if self.account else None,
                group=self.account.pw_gid if self.account else None,
                extra_groups=[] if self.account else None,
            )
        self.pid_file.write_text(f"{self.popen.pid}\n")
        self.starts.append(time.monotonic())

    def end_leftover(self) -> None:
        """Stop what a supervisor that was killed could not take with it."""
        end_leftover(self.pid_file, self.mark, self.stops[0][0])

    @property
    def is_alive(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def finish(self, bell: Bell) -> int:
        """Run to the end and give the exit code; asked to stop, the process is stopped first."""
        self.start()
        try:
            while self.is_alive:
                bell.pause()
        finally:
            code = self.popen.poll() if self.popen else None
            self.stop(bell)
        return code if code is not None else 1

    def ask_to_stop(self) -> None:
        """The first signal alone, so that several can go down side by side."""
        if self.popen is not None and self.popen.poll() is None:
            self.popen.send_signal(self.stops[0][0])

    def stop(self, bell: Bell) -> None:
        """Ask, then insist. A further Ctrl-C while we ask goes straight to SIGKILL."""
        if self.popen is None:
            return
        rings = max(bell.rings, 1)
        for number, seconds in self.stops:
            until = time.monotonic() + seconds
            if self.popen.poll() is None:
                self.popen.send_signal(number)
            while self.popen.poll() is None and time.monotonic() < until and bell.rings <= rings:
                time.sleep(0.02)
        end_group(self.popen.pid)
        self.popen.wait()
        self.popen = None
        self.pid_file.unlink(missing_ok=True)

    def tail(self, lines: int = 20) -> str:
        """The last lines of the log, for the person who must understand why something stopped."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def die_with(parent: int, orphan_signal: int) -> None:
    """In a child: ask the kernel for `orphan_signal` when the parent is gone, by whatever death (Linux only).

    Before an exec this runs after the switch to another user, which would clear the request.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(orphan_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def end_group(leader: int) -> None:
    """Give what is left of a process group two seconds, then SIGKILL it."""
    until = time.monotonic() + 2
    while any(row.group == leader and row.state != "Z" for row in processes()):
        if time.monotonic() > until:
            break
        time.sleep(0.02)
    else:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_leftover(pid_file: Path, mark: str, number: signal.Signals, seconds: float = 20) -> None:
    """Stop what an earlier supervisor could not: the process of `pid_file`, if its command line still holds `mark`."""
    if not pid_file.exists():
        return
    first = (pid_file.read_text().split() or [""])[0]
    pid = int(first) if first.isdigit() else 0
    until = time.monotonic() + seconds
    with contextlib.suppress(ProcessLookupError):
        if is_running(pid, mark):
            os.kill(pid, number)
        while is_running(pid, mark) and time.monotonic() < until:
            time.sleep(0.05)
        if is_running(pid, mark):
            os.kill(pid, signal.SIGKILL)
    pid_file.unlink(missing_ok=True)


def is_running(pid: int, mark: str = "") -> bool:
    """Whether process `pid` lives with `mark` in its command line. A zombie, dead but not waited for, does not."""
    return any(row.pid == pid and row.state != "Z" and mark in row.command for row in processes())


class Process(NamedTuple):
    pid: int
    parent: int
    group: int
    state: str
    command: str


def processes() -> list[Process]:
    """All processes of the machine: from /proc where there is one (small images have no `ps`), else from `ps`."""
    if Path("/proc/self/stat").exists():
        return [row for folder in Path("/proc").iterdir() if folder.name.isdigit() and (row := _from_proc(folder))]
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,pgid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 4) for line in listed.stdout.splitlines()]
    return [Process(int(row[0]), int(row[1]), int(row[2]), row[3][0], "".join(row[4:])) for row in rows]


def _from_proc(folder: Path) -> Process | None:
    """None where the process ended while we looked."""
    try:
        state, parent, group = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[:3]
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return Process(int(folder.name), int(parent), int(group), state, command)
