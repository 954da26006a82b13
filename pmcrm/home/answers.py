"""Which customers should hear by today what became of a trouble they told, at accounts that a person answers for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from pmcrm.people.permissions import may
from touchpoints.models import Pain

if TYPE_CHECKING:
    from pmcrm.people.models import User

KEPT_SECONDS: Final = 60


def first_answers_due(user: User, most: int) -> tuple[list[Pain], int]:
    """The first few of them, the longest due first, and how many there are.

    Who leads has most of their day to be asked for: to them the answer is kept for a minute, until one of theirs
    changes.
    """
    leads = may(user, "account.write_all")
    rows: list[Pain] | None = cache.get(_key(user.pk)) if leads else None
    if rows is None:
        due = Pain.objects.visible_to(user).owned_by(user).due_by(timezone.localdate()).with_names()
        rows = list(due.with_total().order_by("report_back_on", "id")[:most])
        if leads:
            cache.set(_key(user.pk), rows, KEPT_SECONDS)
    return rows, rows[0].total if rows else 0


def forget_answers_due(*, instance: Pain, **_signal: object) -> None:
    """One was told or answered: whoever answers for it is asked for anew once that is certain."""
    account = instance.account
    people = {account.product_manager_id, account.relationship_owner_id, instance.author_id} - {None}
    transaction.on_commit(partial(cache.delete_many, [_key(person) for person in people]))


def _key(person: int | None) -> str:
    return f"answers-due-{person}"
