"""Mails that wait for a word of their person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from correspondence.models import Letter

if TYPE_CHECKING:
    from pmcrm.people.models import User

SHOWN = 4


def waiting_mails_of(user: User) -> list[Letter]:
    """Mails of the person's own that nobody could place, newest first; the first few, and one more to tell of it."""
    return list(Letter.objects.visible_to(user).waiting().order_by("-received_at", "-pk")[: SHOWN + 1])
