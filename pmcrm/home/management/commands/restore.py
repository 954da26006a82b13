"""`manage.py restore FILE`: back from a backup into an empty database."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pmcrm.errors import RuleViolation
from pmcrm.home.backups import read_backup
from pmcrm.run.process import Failed


class Command(BaseCommand):
    help = "Bring all data back from a backup into an empty database; anything else is refused."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file that `manage.py backup` wrote")

    def handle(self, *_: object, file: Path, **__: object) -> None:
        try:
            done = read_backup(source=file.absolute())
        except (RuleViolation, Failed) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{file}: the database and {done.files} files are back")
        if done.missing_migrations:
            self.stdout.write("The backup is from an older version: run `manage.py migrate` now")
