"""`manage.py backup FILE`: all data in one consistent file."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pmcrm.errors import RuleViolation
from pmcrm.home.backups import write_backup
from pmcrm.run.process import Failed


class Command(BaseCommand):
    help = "Write all data (the database and the uploaded files) to one file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a new file")

    def handle(self, *_: object, file: Path, **__: object) -> None:
        try:
            done = write_backup(target=file.absolute())
        except (RuleViolation, Failed) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{file}: {done.bytes / 1e6:.1f} MB, the database and {done.files} files")
