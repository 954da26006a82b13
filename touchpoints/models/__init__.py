from touchpoints.models.attendance import AccountHours, Attendance, AttendanceQuerySet, InteractionHours, asked_of_each
from touchpoints.models.decision import Evidence, ProductDecision, accounts_behind
from touchpoints.models.draft import QUICK_LOG, Draft, DraftQuerySet
from touchpoints.models.goal import AccountGoal, AccountGoalQuerySet, GoalNote, GoalState
from touchpoints.models.heard import Heard, heard
from touchpoints.models.hold import Hold, HoldOverride, TalkComment
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
from touchpoints.models.learning import HOW_THEY_THINK, Learning, LearningQuerySet, LearningTag
from touchpoints.models.load_change import LoadChange
from touchpoints.models.load_override import LoadOverride
from touchpoints.models.need import NeedKind, NeedState, StepState, TrustStep, UrgentNeed, UrgentNeedQuerySet
from touchpoints.models.next_step import NextStep, NextStepQuerySet
from touchpoints.models.nps import NpsAnswer, NpsAnswerQuerySet
from touchpoints.models.outcome_tag import Brought, OutcomeTag
from touchpoints.models.pain import (
    Cause,
    ExpectationKind,
    Pain,
    PainAnswer,
    PainQuerySet,
    PainState,
    PainTelling,
    Severity,
)
from touchpoints.models.person_fact import Learned, PersonFact
from touchpoints.models.reference import InteractionReference
from touchpoints.models.silence import silent_accounts
from touchpoints.models.statement import Channel, Saying, SayingQuerySet, Statement, Topic, Unlocks
from touchpoints.models.usage import Renewal, RenewalOutcome, UsageFinding, UsageMode, rhythm
from touchpoints.models.voice import VoiceRules

__all__ = [
    "ENTERED_LATER",
    "HOW_THEY_THINK",
    "QUICK_LOG",
    "TALKED",
    "UNDO_FOR",
    "AccountGoal",
    "AccountGoalQuerySet",
    "AccountHours",
    "Attendance",
    "AttendanceQuerySet",
    "Brought",
    "Cause",
    "Channel",
    "Draft",
    "DraftQuerySet",
    "Evidence",
    "ExpectationKind",
    "GoalNote",
    "GoalState",
    "Heard",
    "Hold",
    "HoldOverride",
    "Interaction",
    "InteractionHours",
    "InteractionKind",
    "InteractionQuerySet",
    "InteractionReference",
    "InteractionStatus",
    "Learned",
    "Learning",
    "LearningQuerySet",
    "LearningTag",
    "LoadChange",
    "LoadOverride",
    "NeedKind",
    "NeedState",
    "NextStep",
    "NextStepQuerySet",
    "NpsAnswer",
    "NpsAnswerQuerySet",
    "Outcome",
    "OutcomeTag",
    "Pain",
    "PainAnswer",
    "PainQuerySet",
    "PainState",
    "PainTelling",
    "PersonFact",
    "ProductDecision",
    "Renewal",
    "RenewalOutcome",
    "Saying",
    "SayingQuerySet",
    "Severity",
    "Statement",
    "StepState",
    "TalkComment",
    "Topic",
    "TrustStep",
    "Unlocks",
    "UrgentNeed",
    "UrgentNeedQuerySet",
    "UsageFinding",
    "UsageMode",
    "Voice",
    "VoiceRules",
    "accounts_behind",
    "asked_of_each",
    "heard",
    "rhythm",
    "silent_accounts",
]
