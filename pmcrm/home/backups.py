"""All data of an installation in one file, and back.

The file is a tar of `manifest.json`, `database.dump` (PostgreSQL's custom format) and `files/`. The database is dumped
first, in one snapshot; a file that a row of it names is uploaded before that row is written, so it is there.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from pmcrm.errors import RuleViolation
from pmcrm.run.binaries import postgres_tool

_FORMAT = 1


class Written(NamedTuple):
    """What went into a backup or came out of one."""

    bytes: int
    files: int
    missing_migrations: int = 0


def write_backup(*, target: Path) -> Written:
    """Write everything to `target`, which appears only when it is complete, readable by its owner alone."""
    if not target.parent.is_dir():
        raise RuleViolation(f"There is no folder {target.parent}.")
    if target.exists():
        raise RuleViolation(f"{target} exists already: name a new file.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump, draft = Path(folder) / "database.dump", Path(folder) / "backup.tar"
        _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
        count = 0
        with tarfile.open(draft, "w") as archive:
            _add(archive, "manifest.json", io.BytesIO(json.dumps(_manifest()).encode()))
            archive.add(dump, "database.dump")
            for file in _files():
                # One that went for good since the folder was listed is in no row that will be missed.
                with suppress(FileNotFoundError):
                    archive.add(file, str(PurePosixPath("files") / file.relative_to(settings.MEDIA_ROOT).as_posix()))
                    count += 1
        draft.chmod(0o600)
        draft.rename(target)
    return Written(target.stat().st_size, count)


def read_backup(*, source: Path) -> Written:
    """Bring everything back from `source` into an empty database and an empty files folder, or refuse in words."""
    manifest = _read_manifest(source)
    if _has_tables():
        raise RuleViolation(
            "The database is not empty: a backup goes back into an empty one only. Nothing was changed."
        )
    if next(_files(), None) is not None:
        raise RuleViolation(f"The folder {settings.MEDIA_ROOT} is not empty. Nothing was changed.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    applied = set(manifest["migrations"])
    if applied - known:
        raise RuleViolation("The backup comes from a newer version of the product: update this one first.")
    count = 0
    with tarfile.open(source) as archive, tempfile.TemporaryDirectory() as folder:
        for member in archive:
            name = PurePosixPath(member.name)
            content = archive.extractfile(member)
            if content is None or ".." in name.parts or name.is_absolute():
                continue
            if name == PurePosixPath("database.dump"):
                dump = Path(folder) / "database.dump"
                _save(content, dump)
                _postgres(
                    "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", dump
                )
            elif name.parts[0] == "files":
                count += 1
                _save(content, Path(settings.MEDIA_ROOT, *name.parts[1:]))
    return Written(source.stat().st_size, count, len(known - applied))


def _manifest() -> dict[str, object]:
    loader = MigrationLoader(connection)
    # A database may also remember steps that are no more, since others were made in their place.
    applied = sorted(f"{app}.{name}" for app, name in loader.applied_migrations.keys() & loader.disk_migrations.keys())
    return {"product": "pmcrm", "format": _FORMAT, "made_at": timezone.now().isoformat(), "migrations": applied}


def _read_manifest(source: Path) -> dict[str, list[str]]:
    try:
        with tarfile.open(source) as archive:
            first = archive.next()
            content = archive.extractfile(first) if first and first.name == "manifest.json" else None
            manifest = json.load(content) if content else {}
    except FileNotFoundError:
        raise RuleViolation(f"There is no file {source}.") from None
    except (OSError, tarfile.TarError, ValueError):
        manifest = {}
    if manifest.get("product") != "pmcrm" or manifest.get("format") != _FORMAT:
        raise RuleViolation(f"{source} is no backup of this product.")
    return dict(manifest)


def _files() -> Iterator[Path]:
    return (path for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")) if path.is_file())


def _add(archive: tarfile.TarFile, name: str, content: io.BytesIO) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content.getvalue())
    archive.addfile(member, content)


def _save(content: IO[bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        shutil.copyfileobj(content, file)


def _has_tables() -> bool:
    with connection.cursor() as cursor:
        return bool(connection.introspection.table_names(cursor))


def _postgres(program: str, *arguments: str | Path) -> None:
    """Run a client program of PostgreSQL on our database; the password travels in the environment, unseen by `ps`."""
    connection.ensure_connection()
    info = connection.connection.info
    tool = postgres_tool(program, info.server_version // 10_000)
    environment = {**os.environ, "PGPASSWORD": info.password or ""}
    address = [f"--host={info.host}", f"--port={info.port}", f"--username={info.user}", f"--dbname={info.dbname}"]
    done = subprocess.run(  # noqa: S603 - the program is found by us
        [tool, *address, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuleViolation(f"{program} failed: {done.stderr.strip()}")
