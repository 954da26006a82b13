from touchpoints.models.attendance import AccountHours, Attendance, AttendanceQuerySet, InteractionHours
from touchpoints.models.interaction import (
    Draft,
    Interaction,
    InteractionKind,
    InteractionQuerySet,
    InteractionStatus,
    Outcome,
)
from touchpoints.models.next_step import NextStep, NextStepQuerySet

__all__ = [
    "AccountHours",
    "Attendance",
    "AttendanceQuerySet",
    "Draft",
    "Interaction",
    "InteractionHours",
    "InteractionKind",
    "InteractionQuerySet",
    "InteractionStatus",
    "NextStep",
    "NextStepQuerySet",
    "Outcome",
]
