"""`make run` as a person meets it: it starts, keeps its data, refuses in words, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import psycopg2
import pytest

from pmcrm.run import state
from pmcrm.run.process import Bell, Child, Failed, processes
from pmcrm.run.product import revive

RUN = [sys.executable, "-m", "pmcrm.run"]


class Starter:
    """Starts supervisors in processes of their own, with embedded servers whatever our environment names."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.processes: list[subprocess.Popen[str]] = []

    def __call__(self, *arguments: str, var: Path | None = None, **environment: str) -> subprocess.Popen[str]:
        ours = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL", "PORT")}
        process = subprocess.Popen(
            [*RUN, *arguments],
            env={**ours, "VAR": str(var or self.var), "DEMO": "0", **environment},
            cwd=state.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        return process

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
            process.communicate(timeout=60)


@pytest.fixture
def start() -> Iterator[Starter]:
    """A starter with a state folder of the test's own, removed in the way of `make reset`."""
    starter = Starter(state.var_dir() / f"supervised-{os.getpid()}")
    yield starter
    starter.close()
    if starter.var.exists():
        starter("reset").communicate("yes\n", timeout=60)
    starter.close()
    assert not starter.var.exists()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What the supervisor printed up to the line with `words`."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += str(line)
        if words in line:
            return printed
    raise AssertionError(f"{words!r} never came: {printed}")


def tell(process: subprocess.Popen[str]) -> None:
    """Let a command that waits for a line go on."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def family(pid: int) -> set[int]:
    """The process and all that it started, directly or not."""
    found, rows = {pid}, processes()
    while more := {row.pid for row in rows if row.parent in found} - found:
        found |= more
    return found


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.05)


def living(pids: set[int]) -> list[str]:
    return [row.command for row in processes() if row.pid in pids and row.state != "Z"]


def query(var: Path, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(json.loads((var / "servers.json").read_text())["database_url"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def test_it_serves_keeps_its_data_and_leaves_nothing_behind(start: Starter) -> None:
    port = free_port()
    first = start(PORT=str(port))
    printed = read_until(first, "Ctrl-C stops it.")
    assert f"http://127.0.0.1:{port}" in printed
    assert "manage.py create_administrator EMAIL" in printed
    with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
        assert json.load(answer)["status"] == "well"
    query(start.var, "CREATE TABLE kept AS SELECT 7 AS number")

    second = start(PORT=str(free_port()))
    refusal, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert f"PMCRM already runs on the state folder {start.var}" in refusal

    os.kill(int((start.var / "run" / "beat.pid").read_text()), signal.SIGKILL)
    read_until(first, "beat died; starting it again")

    everything = family(first.pid)
    assert len(everything) > 10
    first.terminate()
    assert first.wait(60) == 0
    assert living(everything) == []
    assert not (start.var / "servers.json").exists()

    third = start(PORT=str(port))
    read_until(third, "Ctrl-C stops it.")
    assert query(start.var, "SELECT number FROM kept") == [(7,)]
    everything = family(third.pid)
    third.kill()
    wait_for(lambda: living(everything) == [])


def test_a_part_that_dies_again_and_again_is_given_up_with_the_end_of_its_log(tmp_path: Path) -> None:
    part = Child("web", ["sh", "-c", "echo out of paper; exit 1"], var=tmp_path)
    part.start()
    for _ in range(2):
        wait_for(lambda: not part.is_alive)
        revive([part])
    wait_for(lambda: not part.is_alive)
    with pytest.raises(Failed) as refusal:
        revive([part])
    said = f"web died 3 times within a minute. The end of {tmp_path}/log/web.log:"
    assert str(refusal.value).splitlines() == [said, "out of paper", "out of paper", "out of paper"]
    part.stop(Bell())
    assert list((tmp_path / "run").iterdir()) == []


def test_a_process_that_does_not_listen_is_killed_with_its_group(tmp_path: Path) -> None:
    deaf = "trap '' TERM; (trap '' TERM; sleep 600) & echo ready; wait; wait"
    part = Child("deaf", ["sh", "-c", deaf], var=tmp_path, stops=((signal.SIGTERM, 0.2),))
    part.start()
    wait_for(lambda: part.tail() == "ready")
    assert part.popen is not None
    everything = family(part.popen.pid)
    part.stop(Bell())
    assert living(everything) == []


def test_a_port_that_is_taken_is_refused_before_anything_starts(start: Starter) -> None:
    start.var.mkdir(parents=True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        printed, _ = start(PORT=str(port)).communicate(timeout=60)
    assert f"Port {port} of 127.0.0.1 cannot be used" in printed
    assert list(start.var.iterdir()) == []


def test_servers_run_a_command_and_pass_its_exit_code_on(start: Starter) -> None:
    command = "from pmcrm.run import state; print(state.redis_url('cache')); raise SystemExit(3)"
    process = start("servers", "--throwaway", "--", sys.executable, "-c", command)
    printed, _ = process.communicate(timeout=60)
    assert printed.strip() == f"unix://{start.var}/valkey/valkey.sock?db=1"
    assert process.returncode == 3


def test_a_second_command_uses_the_servers_of_the_first_and_keeps_them_up(start: Starter) -> None:
    wait = "import sys; print('up', flush=True); sys.stdin.readline()"
    ask = "import psycopg2; from pmcrm.run import state; psycopg2.connect(state.database_url()); print('asked')"
    first = start("servers", "--throwaway", "--", sys.executable, "-c", wait)
    read_until(first, "up")
    second = start("servers", "--throwaway", "--", sys.executable, "-c", f"{wait}; {ask}")
    read_until(second, "up")
    tell(first)
    assert second.communicate("\n", timeout=60)[0] == "asked\n"
    assert second.returncode == 0
    assert first.wait(60) == 0


def test_terminating_passes_the_signal_on_and_stops_the_servers(start: Starter) -> None:
    wait = "import sys; print('up', flush=True); sys.stdin.readline()"
    process = start("servers", "--throwaway", "--", sys.executable, "-c", wait)
    read_until(process, "up")
    everything = family(process.pid)
    process.terminate()
    assert process.wait(60) == 128 + signal.SIGTERM
    assert living(everything) == []


def test_a_path_too_long_for_a_socket_gets_a_short_one(start: Starter) -> None:
    deep = start.var / ("x" * 60) / ("y" * 60)
    command = "import psycopg2; from pmcrm.run import state; psycopg2.connect(state.database_url()); print('asked')"
    printed, _ = start("servers", "--throwaway", "--", sys.executable, "-c", command, var=deep).communicate(timeout=60)
    assert printed == "asked\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can own a folder that the database user may not enter")
def test_as_root_in_a_closed_folder_the_cluster_lives_elsewhere(start: Starter) -> None:
    closed = start.var / "closed" / "var"
    closed.mkdir(parents=True)
    closed.parent.chmod(0o700)
    command = "import psycopg2; from pmcrm.run import state; psycopg2.connect(state.database_url()); print('asked')"
    printed, _ = start("servers", "--throwaway", "--", sys.executable, "-c", command, var=closed).communicate(
        timeout=60
    )
    assert printed == "asked\n"
    home = Path((closed / "postgres-is-in").read_text().strip())
    assert home.parent == Path("/var/lib/pmcrm")
    assert sorted(path.name for path in home.iterdir()) == ["cluster", "password", "server", "socket"]
    assert home.stat().st_mode & 0o777 == 0o700

    start("reset", var=closed).communicate("yes\n", timeout=60)
    assert not home.exists()
    assert not closed.exists()
