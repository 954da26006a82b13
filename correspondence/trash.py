"""Mails and calendars that may name somebody who is erased."""

from __future__ import annotations

from accounts import erasing
from correspondence.services.forgetting import clear_calendars, forget_mails


def register() -> None:
    erasing.register(erasing.Kept("correspondence.letter", look=forget_mails))
    erasing.register(erasing.Kept("correspondence.calendarfile", look=clear_calendars))
