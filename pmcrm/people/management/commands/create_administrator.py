"""`manage.py create_administrator EMAIL`: the first way in, and the way back in when nobody is left."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pmcrm.people.services import provide_administrator


class Command(BaseCommand):
    help = "Make an administrator, or give the role back to somebody who is known already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="default: the part of the address before the @")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        email, password = options["email"], secrets.token_urlsafe(12)
        name = options["name"] or email.partition("@")[0]
        try:
            person, is_new = provide_administrator(email=email, name=name, password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if is_new:
            self.stdout.write(f"{person.email} is an administrator. Password for the first sign-in: {password}")
        else:
            self.stdout.write(f"{person.email} is an active administrator now; the password stays as it was.")
