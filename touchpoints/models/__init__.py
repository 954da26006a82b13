from touchpoints.models.attendance import AccountHours, Attendance, AttendanceQuerySet, InteractionHours
from touchpoints.models.draft import QUICK_LOG, Draft, DraftQuerySet
from touchpoints.models.heard import Heard, heard
from touchpoints.models.interaction import (
    ENTERED_LATER,
    TALKED,
    UNDO_FOR,
    Interaction,
    InteractionKind,
    InteractionQuerySet,
    InteractionStatus,
    Outcome,
    Voice,
)
from touchpoints.models.next_step import NextStep, NextStepQuerySet
from touchpoints.models.reference import InteractionReference
from touchpoints.models.silence import silent_accounts
from touchpoints.models.voice import VoiceRules

__all__ = [
    "ENTERED_LATER",
    "QUICK_LOG",
    "TALKED",
    "UNDO_FOR",
    "AccountHours",
    "Attendance",
    "AttendanceQuerySet",
    "Draft",
    "DraftQuerySet",
    "Heard",
    "Interaction",
    "InteractionHours",
    "InteractionKind",
    "InteractionQuerySet",
    "InteractionReference",
    "InteractionStatus",
    "NextStep",
    "NextStepQuerySet",
    "Outcome",
    "Voice",
    "VoiceRules",
    "heard",
    "silent_accounts",
]
