"""The pages of meetings and its part of the API: meetings that were agreed, kept short and followed through."""

from django.urls import URLPattern, URLResolver, path

from meetings.api import Meetings
from meetings.views import figures, meeting, moves
from pmcrm.api.endpoints import routes

urlpatterns: list[URLPattern | URLResolver] = [
    path("meetings/figures/", figures.meeting_figures, name="meeting_figures"),
    path("meetings/waiting/", meeting.meetings_waiting, name="meetings_waiting"),
    path("meetings/new/", meeting.meeting_create, name="meeting_create"),
    path("meetings/<int:pk>/", meeting.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/rules/", meeting.meeting_rules, name="meeting_rules"),
    path("meetings/<int:pk>/open/", meeting.meeting_open, name="meeting_open"),
    path("meetings/<int:pk>/describe/", meeting.meeting_describe, name="meeting_describe"),
    path("meetings/<int:pk>/agenda/write/", meeting.meeting_agenda_write, name="meeting_agenda_write"),
    path("meetings/<int:pk>/criteria/write/", meeting.meeting_criteria_write, name="meeting_criteria_write"),
    path("meetings/<int:pk>/ask-review/", moves.meeting_ask_review, name="meeting_ask_review"),
    path("meetings/<int:pk>/approve/", moves.meeting_approve, name="meeting_approve"),
    path("meetings/<int:pk>/return/", moves.meeting_return, name="meeting_return"),
    path("meetings/<int:pk>/override/", moves.meeting_override, name="meeting_override"),
    path("meetings/<int:pk>/send/", moves.meeting_send, name="meeting_send"),
    path("meetings/<int:pk>/call-off/", moves.meeting_call_off, name="meeting_call_off"),
    path("meetings/<int:pk>/score/", moves.meeting_score, name="meeting_score"),
    path("meetings/<int:pk>/steps/add/", moves.meeting_step_add, name="meeting_step_add"),
    path("meetings/<int:pk>/close/", moves.meeting_close, name="meeting_close"),
    path("meetings/<int:pk>/reopen/", moves.meeting_reopen, name="meeting_reopen"),
    path("meetings/invitees/<int:pk>/answer/", moves.invitee_answer, name="invitee_answer"),
]
api_urlpatterns: list[URLPattern | URLResolver] = routes(meetings=Meetings)
