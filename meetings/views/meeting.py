"""One meeting from its plan to its end, and what is written for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meetings.forms.agenda import items_of, posted_rows
from meetings.forms.meeting import MeetingForm, SettingForm
from meetings.models import Meeting
from meetings.services.planning import describe_meeting, open_meeting, plan_meeting, write_agenda, write_criteria
from meetings.services.waiting import waiting_for, with_rules
from meetings.views.showing import did, meeting_or_404, refuse, setting_form, show, strip_context, talk_or_404
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, show_refusal, wants_fragment
from touchpoints.permissions import may_change
from touchpoints.services.goals import serve_goal

SHOWN = 8


@require_safe
@needs("account.read")
def meeting_detail(request: Request, pk: int) -> HttpResponse:
    """Is this meeting ready, was it good, what follows?"""
    meeting = Meeting.objects.visible_to(request.user).for_page(request.user).filter(pk=pk).first()
    if meeting is not None:
        return show(request, meeting)
    talk = talk_or_404(request, pk)
    may_open = may_change(request.user, talk) and not talk.is_cancelled
    context = {"talk": talk, "accounts": talk.present, "may_open": may_open}
    return page(request, "meetings/meeting_detail/unopened.html", context)


@require_safe
@needs("account.read")
def meeting_rules(request: Request, pk: int) -> HttpResponse:
    """Which ground rules are met, and what stands in the way?"""
    rows = Meeting.objects.visible_to(request.user).for_rules()
    context = strip_context(request, get_object_or_404(rows, pk=pk))
    return page(request, "meetings/meeting_rules/page.html", context, fragment="meetings/meeting_rules/_rules.html")


@require_safe
@needs("account.read")
def meetings_waiting(request: Request) -> HttpResponse:
    """Which meetings wait for me? On my day a block with the first few, which stays away where there are none."""
    rows, most = waiting_for(request.user), SHOWN if wants_fragment(request) else None
    context = {
        "rows": with_rules(rows[:most]),
        "count": len(rows),
        "late": sum(one.is_late for one in rows),
        "is_cut": most is not None and len(rows) > most,
    }
    return page(
        request, "meetings/meetings_waiting/page.html", context, fragment="meetings/meetings_waiting/_block.html"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.log")
def meeting_create(request: Request) -> HttpResponse:
    """Plan a meeting, with the account or the person of the page it was asked for from."""
    form = MeetingForm(
        request.POST if request.method == "POST" else None, person=request.user, initial=_initial(request)
    )
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                made = plan_meeting(actor=request.user, facts=form.facts(), setting=form.setting())
                if goal := form.cleaned_data.get("goal"):
                    serve_goal(actor=request.user, interaction=made.interaction, goal=goal)
        except RuleViolation as refusal:
            if "override_reason" in refusal.fields:
                form.ask_why()
            show_refusal(form, refusal)
        else:
            return go_to(request, reverse("meeting_detail", args=[made.pk]))
    context: dict[str, Any] = {"form": form, "is_dialog": wants_fragment(request)}
    return page(
        request,
        "meetings/meeting_create/page.html",
        context,
        fragment="meetings/meeting_create/_dialog.html",
        status=422 if form.is_bound else 200,
    )


@require_POST
@needs("interaction.log")
def meeting_open(request: Request, pk: int) -> HttpResponse:
    """Begin to prepare, or to score, a meeting that was planned or logged."""
    open_meeting(actor=request.user, interaction=talk_or_404(request, pk))
    return go_to(request, reverse("meeting_detail", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.log")
def meeting_describe(request: Request, pk: int) -> HttpResponse:
    """How and where it takes place."""
    meeting = meeting_or_404(request, pk)
    if request.method != "POST":
        context = {"meeting": meeting, "talk": meeting.interaction, "setting_form": setting_form(meeting)}
        return page(
            request, "meetings/meeting_describe/page.html", context, fragment="meetings/meeting_describe/_form.html"
        )
    form = SettingForm(request.POST, accounts=meeting.present)
    if not form.is_valid():
        sentence = next(iter(form.errors.values()))[0]
        return show(request, meeting, refusal=str(sentence), status=422, setting_form=form, opens="setting")
    try:
        with transaction.atomic():
            describe_meeting(actor=request.user, meeting=meeting, setting=form.setting(), version=_version(request))
            serve_goal(actor=request.user, interaction=meeting.interaction, goal=form.cleaned_data["goal"])
    except RuleViolation as refusal:
        return refuse(request, pk, refusal, setting_form=form, opens="setting")
    return did(request, pk, _("Saved."))


@require_POST
@needs("interaction.log")
def meeting_agenda_write(request: Request, pk: int) -> HttpResponse:
    """The agenda as it stands in the table."""
    meeting, rows = meeting_or_404(request, pk), posted_rows(request.POST)
    try:
        write_agenda(actor=request.user, meeting=meeting, items=items_of(rows), version=_version(request))
    except RuleViolation as refusal:
        return refuse(request, pk, refusal, rows=rows, opens="agenda")
    return did(request, pk, _("The agenda is saved."))


@require_POST
@needs("interaction.log")
def meeting_criteria_write(request: Request, pk: int) -> HttpResponse:
    """By what we shall know that it was good."""
    meeting, texts = meeting_or_404(request, pk), request.POST.getlist("criterion")[:10]
    try:
        write_criteria(actor=request.user, meeting=meeting, texts=texts, version=_version(request))
    except RuleViolation as refusal:
        return refuse(request, pk, refusal, criteria_rows=texts, opens="criteria")
    return did(request, pk, _("The criteria are saved."))


def _version(request: Request) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _initial(request: Request) -> dict[str, Any]:
    """A working day ahead, at ten, with whom the page was about."""
    asked = {name: request.GET.get(name, "") for name in ("account", "contact")}
    known = {name: [text] if text.isascii() and text.isdecimal() else [] for name, text in asked.items()}
    at = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) + dt.timedelta(days=7)
    return {"accounts": known["account"], "contacts": known["contact"], "at": at, "minutes": 45}
