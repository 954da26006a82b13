from touchpoints.models.interaction import (
    Attendance,
    Draft,
    Interaction,
    InteractionKind,
    InteractionQuerySet,
    InteractionStatus,
    Outcome,
)
from touchpoints.models.next_step import NextStep, NextStepQuerySet

__all__ = [
    "Attendance",
    "Draft",
    "Interaction",
    "InteractionKind",
    "InteractionQuerySet",
    "InteractionStatus",
    "NextStep",
    "NextStepQuerySet",
    "Outcome",
]
