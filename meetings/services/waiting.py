"""Meetings that wait for this person: to look at, to send, to tell of, to score, to close."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import states
from meetings.models import Criterion, Meeting
from meetings.rules import Verdict
from meetings.services.strips import strips_of
from touchpoints.models import Attendance

if TYPE_CHECKING:
    from pmcrm.people.models import User

MOST: Final = 60
NEAR: Final = dt.timedelta(days=7)
BACK: Final = dt.timedelta(days=30)


@dataclass(frozen=True)
class Waiting:
    """A meeting and what it waits for, in words."""

    meeting: Meeting
    word: str
    is_late: bool = False
    rules: list[Verdict] = field(default_factory=list)


def waiting_for(user: User) -> list[Waiting]:
    """What of them is this person's turn, the nearest first."""
    now = timezone.now()
    there = Attendance.objects.with_account().select_related("account__relationship_owner")
    rows = Meeting.objects.kept().filter(_mine(user, now)).select_related("interaction")
    known = (Prefetch("interaction__attendances", there), "items", "criteria", "overrides")
    rows = rows.prefetch_related(*known).order_by("interaction__at", "pk")
    return [turn for meeting in rows.distinct()[:MOST] if (turn := _turn(user, meeting, now))]


def with_rules(rows: list[Waiting]) -> list[Waiting]:
    """The same with how the ground rules stand."""
    strips = strips_of([one.meeting for one in rows])
    return [replace(one, rules=strips[one.meeting.pk]) for one in rows]


def _mine(user: User, now: dt.datetime) -> Q:
    mine, ahead = Q(organiser=user), Q(interaction__status="planned", interaction__at__gte=now)
    owned = Q(
        interaction__attendances__account__relationship_owner=user, interaction__attendances__is_second_hand=False
    )
    unscored = Q(Exists(Criterion.objects.filter(meeting=OuterRef("pk"), sales_score="")))
    held = Q(interaction__status="held", closed_at=None, interaction__at__gte=now - BACK)
    told = ~Q(told={}) & Q(called_off_at=None)
    return (
        (owned & ~mine & ahead & Q(stage__in=["draft", "sent"], review_asked_at__isnull=False, reviewed_at=None))
        | (mine & ahead & Q(interaction__at__lt=now + NEAR) & ~Q(stage="sent"))
        | (mine & ahead & Q(stage="sent"))
        | (mine & told & Q(interaction__status="cancelled", interaction__at__gte=now - BACK))
        | (mine & held)
        | (owned & ~mine & held & unscored)
    )


def _turn(user: User, meeting: Meeting, now: dt.datetime) -> Waiting | None:
    state, talk = meeting.state, meeting.interaction
    is_mine = meeting.organiser_id == user.pk
    if state == states.CANCELLED:
        return Waiting(meeting, _("tell them that it is off"), is_late=True)
    if state == states.HELD:
        return Waiting(meeting, _("score and close") if is_mine else _("score"), is_late=now - talk.at > NEAR)
    if not is_mine:
        return Waiting(meeting, _("look at the agenda"))
    if meeting.waits_for_review:
        return None
    if state == states.SENT:
        is_moved = meeting.told and dt.datetime.fromisoformat(meeting.told["at"]) != talk.at
        return Waiting(meeting, _("send the new time"), is_late=True) if is_moved else None
    return Waiting(meeting, _("send") if state == states.SALES_REVIEWED else _("prepare"))
