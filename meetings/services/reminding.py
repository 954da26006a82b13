"""Each reminder goes once: send the agenda, close the meeting, do what was agreed. Who leads hears of what stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from django.db.models import Max, Prefetch
from django.utils import timezone

from accounts.services.limits import engagement
from meetings import states
from meetings.models import Meeting
from meetings.services.judging import send_by
from meetings.services.parts import AT_ONCE, in_parts
from pmcrm.notices.models import Kind, Notice
from pmcrm.notices.services import note
from pmcrm.people.models import Organisation, User
from touchpoints.models import AccountGoal, Attendance, NextStep
from touchpoints.services.goals import without_progress

if TYPE_CHECKING:
    from meetings.models import MeetingQuerySet
    from touchpoints.models import NextStepQuerySet

_A_DAY: Final = dt.timedelta(days=1)
# So many days at most lie between two working days before a meeting and itself, holidays and weekends counted.
_HOLIDAYS: Final = 20

Occasion = tuple[User, str, str, Meeting]
"""Who is told, what, by which key it is told once, and of which meeting."""


def remind(*, now: dt.datetime | None = None) -> int:
    """Returns how many notices are new."""
    moment = now or timezone.now()
    return to_send(moment) + to_close(moment) + late_steps(timezone.localdate(moment)) + stuck_goals()


def to_send(now: dt.datetime) -> int:
    """A day before the latest moment at which the agenda is in time; of a meeting that was moved, once more."""
    days, organisation = engagement().send_ahead_days, Organisation.current()
    near = now + dt.timedelta(days=days + _HOLIDAYS)
    there = Prefetch("interaction__attendances", Attendance.objects.with_account())
    waiting = unsent().filter(interaction__at__range=(now, near)).select_related("interaction", "organiser")
    return _tell(
        (
            meeting.organiser,
            Kind.MEETING_TO_SEND,
            _key_to_send(meeting),
            meeting,
        )
        for part in in_parts(waiting.prefetch_related(there))
        for meeting in part
        if now >= send_by(meeting, days, organisation) - _A_DAY
    )


def _key_to_send(meeting: Meeting) -> str:
    return f"meeting to send {meeting.pk} {meeting.interaction.at:%Y-%m-%dT%H:%M}"


def to_close(now: dt.datetime) -> int:
    """The day after it took place."""
    held = Meeting.objects.kept().in_state(states.HELD).filter(interaction__at__lt=now - _A_DAY)
    rows = held.filter(interaction__at__gt=now - 30 * _A_DAY).select_related("interaction", "organiser")
    return _tell(
        (meeting.organiser, Kind.MEETING_TO_CLOSE, f"meeting to close {meeting.pk}", meeting)
        for part in in_parts(rows)
        for meeting in part
    )


def late_steps(today: dt.date) -> int:
    """The owner hears the day after; who leads hears once the limit has gone by."""
    rows, patience = overdue_steps(today).select_related("owner", "interaction__meeting"), engagement().escalate_days
    patient_until = today - patience * _A_DAY
    return _tell(occasion for part in in_parts(rows) for step in part for occasion in _of_step(step, patient_until))


def _of_step(step: NextStep, patient_until: dt.date) -> Iterator[Occasion]:
    assert step.interaction is not None
    meeting, day = step.interaction.meeting, f"{step.due_day:%Y-%m-%d}"
    yield step.owner, Kind.STEP_LATE, f"step late {step.pk} {day}", meeting
    if step.due_day <= patient_until and not step.interaction.is_private:
        for lead in leads_of(step.owner):
            yield lead, Kind.STEP_VERY_LATE, f"step very late {step.pk} {day}", meeting


def _tell(occasions: Iterable[Occasion]) -> int:
    """Note those that nobody was told of yet, a bounded part at a time. Returns how many."""
    waiting, found = iter(occasions), 0
    while part := list(islice(waiting, AT_ONCE)):
        known = Notice.objects.filter(person__in={one[0].pk for one in part}, key__in=[one[2] for one in part])
        told = set(known.values_list("person", "key"))
        found += sum(
            note(person=person, kind=kind, key=key, path=meeting.get_absolute_url())
            for person, kind, key, meeting in part
            if person.is_active and (person.pk, key) not in told
        )
    return found


def stuck_goals() -> int:
    """Whoever pursues a goal hears of many meetings without progress: once until somebody says how far it came."""
    rows = AccountGoal.objects.open().with_talks().annotate(last_note=Max("notes")).select_related("owner", "account")
    return sum(
        note(
            person=goal.owner,
            kind=Kind.GOAL_STUCK,
            key=f"goal stuck {goal.pk} {goal.last_note or 0}",  # type: ignore[attr-defined]  # annotated above
            path=goal.account.get_absolute_url(),
        )
        for part in in_parts(rows)
        for goal in without_progress(part)
        if goal.owner.is_active
    )


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
