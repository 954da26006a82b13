"""Each reminder goes once: send the agenda, close the meeting, do what was agreed. Who leads hears of what stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.services.limits import engagement
from accounts.working_day import working_days_before
from meetings import states
from meetings.models import Meeting
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note
from pmcrm.people.models import Organisation, User
from touchpoints.models import NextStep

if TYPE_CHECKING:
    from meetings.models import MeetingQuerySet
    from touchpoints.models import NextStepQuerySet

_A_DAY: Final = dt.timedelta(days=1)
_MOST: Final = 500


def remind(*, now: dt.datetime | None = None) -> int:
    """Returns how many notices are new."""
    moment = now or timezone.now()
    return to_send(moment) + to_close(moment) + late_steps(timezone.localdate(moment))


def to_send(now: dt.datetime) -> int:
    """A day before the latest moment at which the agenda is in time."""
    days, zone = engagement().send_ahead_days, ZoneInfo(Organisation.current().time_zone)
    near = now + dt.timedelta(days=days + 6)
    waiting = unsent().filter(interaction__at__range=(now, near)).select_related("interaction", "organiser")
    found = 0
    for meeting in waiting.order_by("pk")[:_MOST]:
        if now >= working_days_before(meeting.interaction.at, days, zone) - _A_DAY:
            found += _note(meeting.organiser, Kind.MEETING_TO_SEND, f"meeting to send {meeting.pk}", meeting)
    return found


def to_close(now: dt.datetime) -> int:
    """The day after it took place."""
    held = Meeting.objects.kept().in_state(states.HELD).filter(interaction__at__lt=now - _A_DAY)
    rows = held.filter(interaction__at__gt=now - 30 * _A_DAY).select_related("interaction", "organiser")
    return sum(
        _note(meeting.organiser, Kind.MEETING_TO_CLOSE, f"meeting to close {meeting.pk}", meeting)
        for meeting in rows.order_by("pk")[:_MOST]
    )


def late_steps(today: dt.date) -> int:
    """The owner hears the day after; who leads hears once the limit has gone by."""
    found, patience = 0, engagement().escalate_days * _A_DAY
    for step in overdue_steps(today).select_related("owner", "interaction__meeting").order_by("pk")[:_MOST]:
        assert step.interaction is not None
        meeting = step.interaction.meeting
        found += _note(step.owner, Kind.STEP_LATE, f"step late {step.pk} {step.due_day:%Y-%m-%d}", meeting)
        if step.due_day + patience <= today and not step.interaction.is_private:
            for lead in leads_of(step.owner):
                found += _note(lead, Kind.STEP_VERY_LATE, f"step very late {step.pk} {step.due_day:%Y-%m-%d}", meeting)
    return found


def overdue_steps(today: dt.date) -> NextStepQuerySet:
    """Open steps agreed in meetings whose day is over, counting a snooze as the new day."""
    return NextStep.objects.due_by(today - _A_DAY).filter(interaction__meeting__isnull=False)


def leads_of(person: User) -> Iterator[User]:
    """Who leads sales for who sells, and who leads product for everybody else."""
    role = "sales_vp" if "sales_owner" in person.role_set else "product_lead"
    for lead in User.objects.active().filter(roles__contains=[role]).order_by("pk"):
        if lead.pk != person.pk:
            yield lead


def unsent() -> MeetingQuerySet:
    """Planned with a customer, and the customer has no agenda yet."""
    rows = Meeting.objects.kept().in_state(states.DRAFT, states.SALES_REVIEWED)
    there = rows.filter(
        interaction__attendances__account__kind="external", interaction__attendances__is_second_hand=False
    )
    return there.distinct()


def _note(person: User, kind: str, key: str, meeting: Meeting) -> bool:
    if not person.is_active:
        return False
    return note(person=person, kind=kind, key=key, path=meeting.get_absolute_url())
