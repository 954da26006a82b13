"""`manage.py api_token EMAIL`: print a token for the API. It cannot be read again, and holds until it is revoked."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pmcrm.people.models import User
from pmcrm.people.services import create_token


class Command(BaseCommand):
    help = "Print a new API token of the person with this e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="command line", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        person = User.objects.active().with_email(options["email"]).first()
        if person is None:
            raise CommandError(f"No active person has the e-mail {options['email']}.")
        _label, text = create_token(actor=person, name=options["name"])
        self.stdout.write(text)
