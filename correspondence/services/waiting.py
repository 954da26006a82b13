"""Which mails wait for a person. The page with which each day begins asks for them: kept until one of them changes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.db import transaction

from correspondence.models import Letter

if TYPE_CHECKING:
    from pmcrm.people.models import User

SHOWN: Final = 4
_KEPT: Final = 300


def waiting_mails_of(user: User) -> list[Letter]:
    """Mails of the person's own that nobody could place, newest first; the first few, and one more to tell of it."""
    found: list[Letter] | None = cache.get(_key(user.pk))
    if found is None:
        rows = Letter.objects.visible_to(user).waiting().order_by("-received_at", "-pk").defer("text", "people")
        found = list(rows[: SHOWN + 1])
        cache.set(_key(user.pk), found, _KEPT)
    return found


def forget_waiting(person: int | None) -> None:
    """One of the person's mails changed: they are looked at again once that is certain."""
    transaction.on_commit(partial(cache.delete, _key(person or 0)))


def _key(person: int) -> str:
    return f"waiting-mails-{person}"
