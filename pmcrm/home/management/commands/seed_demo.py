"""`manage.py seed_demo`: fill an empty installation with an invented company. Does nothing where people are already.

Its months lie relative to today's, so that the last twelve closed ones always hold data.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from pmcrm.home.demo import company


class Command(BaseCommand):
    help = "Make the demo company in an empty installation."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        if company.has_people():
            self.stdout.write("There are people here already: nothing was changed.")
            return
        password = company.new_password()
        file = settings.VAR_DIR / "demo-people.txt"
        # First the sheet: a start that is cut short leaves nobody whose password is lost.
        company.write_sheet(file, password)
        counts = company.make(password=password)
        made = ", ".join(f"{number:,} {what}" for what, number in counts.items())
        self.stdout.write(f"Tidewright is there: {made}. Its people and their password: {file}")
