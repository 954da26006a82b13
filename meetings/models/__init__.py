from meetings.models.agenda import AgendaItem, Criterion, ItemKind, Score
from meetings.models.invitation import InvitationMail, Method
from meetings.models.invitee import Answer, Invitee
from meetings.models.meeting import Channel, Meeting, MeetingQuerySet, Stage
from meetings.models.review import Override, SalesReview

__all__ = [
    "AgendaItem",
    "Answer",
    "Channel",
    "Criterion",
    "InvitationMail",
    "Invitee",
    "ItemKind",
    "Meeting",
    "MeetingQuerySet",
    "Method",
    "Override",
    "SalesReview",
    "Score",
    "Stage",
]
