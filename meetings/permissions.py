"""Row rules of meetings: who prepares one, who speaks for sales, who scores for which side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pmcrm.people.permissions import may
from touchpoints.permissions import may_change

if TYPE_CHECKING:
    from meetings.models import Meeting
    from pmcrm.people.models import User

PRODUCT: Final = "product"
SALES: Final = "sales"


def may_prepare(user: User, meeting: Meeting) -> bool:
    """Who organises it, and whoever may change its interaction."""
    if meeting.organiser_id == user.pk:
        return may(user, "interaction.log")
    return may_change(user, meeting.interaction)


def may_review(user: User, meeting: Meeting) -> bool:
    """Who owns the relationship, and who leads sales. Nobody reviews an agenda of their own."""
    if not may(user, "meeting.review") or meeting.organiser_id == user.pk:
        return False
    return may(user, "account.write_all") or any(one.relationship_owner_id == user.pk for one in meeting.present)


def sides_of(user: User, meeting: Meeting) -> tuple[str, ...]:
    """For which side the person may score: sales for sales, everybody else who took part for product."""
    if may(user, "meeting.review"):
        is_theirs = may_prepare(user, meeting) or may_review(user, meeting)
        return (SALES,) if is_theirs else ()
    return (PRODUCT,) if may_prepare(user, meeting) else ()
