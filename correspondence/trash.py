"""Mails and calendars that may name somebody who is erased, and the mail of a talk that is deleted for good."""

from __future__ import annotations

from accounts import erasing
from correspondence.services.forgetting import clear_calendars, forget_letter, forget_mails
from pmcrm.trash import registry
from pmcrm.trash.registry import Along, stays


def register() -> None:
    registry.goes_along("interaction", Along(put=stays, back=stays, remove=forget_letter))
    erasing.register(erasing.Kept("correspondence.letter", look=forget_mails))
    erasing.register(erasing.Kept("correspondence.calendarfile", look=clear_calendars))
