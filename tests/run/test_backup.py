"""Backup and restore through the commands, from one database into another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import Account
from pmcrm.files.services import attach_file
from pmcrm.run import state
from tests import build


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The address of a new database on the tests' server."""
    name = f"test_restored_{os.getpid()}"
    server = psycopg2.connect(state.database_url())
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield urlsplit(state.database_url())._replace(path=f"/{name}").geturl()
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


def restore(file: Path, *, database: str, files: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": database, "FILES_DIR": str(files), "REDIS_URL": "redis://127.0.0.1:1"}
    command: list[str | Path] = [sys.executable, state.BASE_DIR / "manage.py", "restore", file]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=state.BASE_DIR)


@pytest.mark.django_db(transaction=True)
def test_everything_comes_back_in_an_empty_installation(
    tmp_path: Path, empty_database: str, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    build.account(ref="K-1", name="Компания Север")
    Path(settings.MEDIA_ROOT, "notes").mkdir(parents=True, exist_ok=True)
    Path(settings.MEDIA_ROOT, "notes", "minutes.txt").write_text("agreed")
    attached = attach_file(
        actor=build.user("product_lead"), owner=Account.objects.get(), name="Offer.pdf", chunks=[b"%PDF-1.7"]
    )
    file = tmp_path / "all.backup"
    call_command("backup", str(file))
    Path(settings.MEDIA_ROOT, "notes", "minutes.txt").unlink()
    assert file.stat().st_mode & 0o777 == 0o600

    done = restore(file, database=empty_database, files=tmp_path / "files")
    assert done.stdout == f"{file}: the database and 2 files are back\n"
    assert done.returncode == 0
    assert (tmp_path / "files" / "notes" / "minutes.txt").read_text() == "agreed"
    assert (tmp_path / "files" / "attachments" / attached.key[:2] / attached.key).read_bytes() == b"%PDF-1.7"
    restored = psycopg2.connect(empty_database)
    with restored.cursor() as cursor:
        cursor.execute("SELECT name FROM accounts_account WHERE ref = 'K-1'")
        assert cursor.fetchall() == [("Компания Север",)]
    restored.close()

    again = restore(file, database=empty_database, files=tmp_path / "others")
    assert again.returncode == 1
    assert "The database is not empty" in again.stderr
    assert not (tmp_path / "others").exists()


@pytest.mark.django_db
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(CommandError, match=r"photo\.jpg is no backup of this product\."):
        call_command("restore", str(file))


@pytest.mark.django_db
def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    file.write_text("last year")
    with pytest.raises(CommandError, match="exists already: name a new file"):
        call_command("backup", str(file))
    assert file.read_text() == "last year"
