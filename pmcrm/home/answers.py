"""Which customers should hear by today what became of a trouble they told, at accounts that a person answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from touchpoints.models import Pain

if TYPE_CHECKING:
    from pmcrm.people.models import User


def first_answers_due(user: User, most: int) -> tuple[list[Pain], int]:
    """The first few of them, the longest due first, and how many there are."""
    due = Pain.objects.visible_to(user).owned_by(user).due_by(timezone.localdate()).with_names()
    rows = list(due.with_total().order_by("report_back_on", "id")[:most])
    return rows, rows[0].total if rows else 0
