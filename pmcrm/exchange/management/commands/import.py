"""`manage.py import KIND FILE`: the same services and the same work as the browser's import, in this process."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from pmcrm.errors import RuleViolation
from pmcrm.exchange.models import Import, State
from pmcrm.exchange.services import imports, report
from pmcrm.exchange.services.checking import AS_LAST_TIME
from pmcrm.exchange.services.running import work
from pmcrm.people.models import User


class Command(BaseCommand):
    help = "Import a file, or take an import back. Prints one JSON object; exits 0 all in, 1 rows refused, 2 unusable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", nargs="?", help="what the rows are: ledger, hours, ...")
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--as", dest="email", help="e-mail of the person who imports")
        parser.add_argument("--map", dest="map_file", type=Path, help="JSON file that says how the file is read")
        parser.add_argument("--source", default="", help="name of the system that the file comes from")
        parser.add_argument("--join", metavar="FILE:KEY", help="look-up file and the column that both files have")
        parser.add_argument("--dry-run", action="store_true", help="check only, leave nothing behind")
        parser.add_argument("--partial", action="store_true", help="good rows come in, bad rows come back as a file")
        parser.add_argument("--revert", type=int, metavar="ID", help="take this import back")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["revert"] is not None:
                said, code = self._take_back(options)
            else:
                said, code = self._import(options)
        except RuleViolation as refusal:
            said, code = report.refused_report(refusal), report.UNUSABLE
        self.stdout.write(json.dumps(said, ensure_ascii=False))
        sys.exit(code)

    def _import(self, options: dict[str, Any]) -> tuple[dict[str, Any], int]:
        if options["kind"] is None or options["file"] is None:
            raise RuleViolation("Say what to import and from which file: import KIND FILE.")
        actor = _actor(options["email"])
        given = _settings(options["map_file"])
        file: Path = options["file"]
        job = imports.receive(
            actor=actor,
            kind=options["kind"],
            name=file.name,
            chunks=_chunks(file),
            source=options["source"],
            given=given,
            join=_join(options["join"]),
        )
        job = _worked(job)
        if job.state == State.READY and not options["dry_run"]:
            self._say_known(job)
            imports.confirm(actor=actor, job=job, is_partial=options["partial"])
            job = _worked(job)
        said, code = report.report(job), report.exit_code(job)
        if options["dry_run"] or job.state == State.NEEDS_ANSWERS:
            if job.state in {State.NEEDS_ANSWERS, State.READY}:
                imports.cancel(actor=actor, job=job)
            said["import"] = None
        return said, code

    def _say_known(self, job: Import) -> None:
        """Beside the report: that the columns are what they were the last time."""
        for note in job.notes:
            if note["template"] == AS_LAST_TIME:
                self.stderr.write(note["template"].format(**note["params"]))

    def _take_back(self, options: dict[str, Any]) -> tuple[dict[str, Any], int]:
        job = Import.objects.filter(pk=options["revert"]).first()
        if job is None:
            raise RuleViolation(f"There is no import {options['revert']}.")
        imports.ask_back(actor=_actor(options["email"]), job=job)
        job = _worked(job)
        if job.state != State.REVERTED:
            raise RuleViolation(job.failure)
        return report.report(job), report.OK


def _worked(job: Import) -> Import:
    work(job.pk)
    return Import.objects.get(pk=job.pk)


def _actor(email: str | None) -> User | None:
    if email is None:
        return None
    found: User | None = User.objects.active().filter(email__iexact=email).first()
    if found is None:
        raise RuleViolation(f"Nobody active here has the e-mail address {email}.", fields={"as": "unknown"})
    return found


def _chunks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as handle:
            while chunk := handle.read(1 << 20):
                yield chunk
    except OSError as error:
        raise RuleViolation(f"{file} cannot be read: {error.strerror}.", fields={"file": "unreadable"}) from error


def _join(said: str | None) -> imports.Join | None:
    if said is None:
        return None
    file, _colon, key = said.rpartition(":")
    if not file or not key:
        raise RuleViolation("Write --join FILE:KEY, KEY being a column of both files.", fields={"join": "unclear"})
    return imports.Join(name=Path(file).name, chunks=_chunks(Path(file)), key=key)


def _settings(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        given = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise RuleViolation(f"{file} cannot be read: {error.strerror}.", fields={"map": "unreadable"}) from error
    except ValueError as error:
        raise RuleViolation(f"{file} is not JSON: {error}.", fields={"map": "not JSON"}) from error
    if not isinstance(given, dict):
        raise RuleViolation(f"{file} must hold one JSON object.", fields={"map": "not an object"})
    return given
