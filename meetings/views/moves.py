"""What moves a meeting on: reviewed, sent, answered, scored, followed through, closed."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from meetings.forms.step import StepForm
from meetings.models import Invitee, Meeting
from meetings.services import closing, reviewing, sending
from meetings.services.answers import enter_answer
from meetings.services.following import agree_on_step
from meetings.services.letters import contacts_to_write, digest_of
from meetings.tasks import send_what_waits
from meetings.views.showing import did, meeting_or_404, refuse, strip_context
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, wants_fragment
from touchpoints.models import Hold
from touchpoints.services.next_steps import PlannedStep

_SCORE = re.compile(r"score-(\d{1,18})")


@require_POST
@needs("interaction.log")
def meeting_ask_review(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, reviewing.ask_review, _("Sales was asked."))


@require_POST
@needs("meeting.review")
def meeting_approve(request: Request, pk: int) -> HttpResponse:
    return _act(
        request, pk, reviewing.approve_agenda, _("Approved."), opens="review", comment=request.POST.get("comment", "")
    )


@require_POST
@needs("meeting.review")
def meeting_return(request: Request, pk: int) -> HttpResponse:
    return _act(
        request, pk, reviewing.return_agenda, _("Returned."), opens="review", comment=request.POST.get("comment", "")
    )


@require_POST
@needs("interaction.log")
def meeting_override(request: Request, pk: int) -> HttpResponse:
    """Set a ground rule aside, with a reason."""
    given = {"rule": request.POST.get("rule", ""), "reason": request.POST.get("reason", "")}
    try:
        reviewing.override_rule(actor=request.user, meeting=meeting_or_404(request, pk), **given)
    except RuleViolation as refusal:
        rules = strip_context(request, get_object_or_404(Meeting.objects.visible_to(request.user).for_rules(), pk=pk))
        return refuse(request, pk, refusal, rules=rules, typed=request.POST, opens="rules")
    return did(request, pk, _("Set aside. It counts against adherence."))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.log")
def meeting_send(request: Request, pk: int) -> HttpResponse:
    """What they would get, before they get it."""
    meeting = meeting_or_404(request, pk)
    candidates = contacts_to_write(meeting, request.user)
    if request.method != "POST":
        return _preview(request, meeting, candidates, {one.pk for one in candidates})
    wanted = {int(text) for text in request.POST.getlist("contacts") if text.isascii() and text.isdecimal()}
    chosen = [one for one in candidates if one.pk in wanted]
    try:
        sending.send_meeting(
            actor=request.user,
            meeting=meeting,
            contacts=chosen,
            digest=request.POST.get("digest", ""),
            override_reason=request.POST.get("override_reason", ""),
        )
    except RuleViolation as refusal:
        return _preview(request, meeting, candidates, wanted, refusal=refusal.sentence)
    send_what_waits.delay_on_commit()  # type: ignore[attr-defined]  # DjangoTask has it
    words = ngettext("On its way to %(count)d person.", "On its way to %(count)d people.", len(chosen))
    return _sent(request, meeting, words % {"count": len(chosen)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.log")
def meeting_call_off(request: Request, pk: int) -> HttpResponse:
    """What those get who still have a cancelled meeting in their calendar."""
    meeting, sentence = meeting_or_404(request, pk), ""
    if request.method == "POST":
        try:
            sending.call_off(actor=request.user, meeting=meeting, digest=request.POST.get("digest", ""))
        except RuleViolation as refusal:
            sentence = refusal.sentence
        else:
            send_what_waits.delay_on_commit()  # type: ignore[attr-defined]  # DjangoTask has it
            return _sent(request, meeting, _("The cancellation is on its way."))
    letters = sending.preview_cancellation(meeting)
    context = {"meeting": meeting, "letters": letters, "digest": digest_of(meeting), "refusal": sentence}
    return _letters_page(request, context | {"is_cancellation": True}, is_refused=bool(sentence))


@require_POST
@needs("account.read")
def invitee_answer(request: Request, pk: int) -> HttpResponse:
    """What somebody said on the phone, or one's own answer."""
    invitee = get_object_or_404(Invitee.objects.select_related("meeting"), pk=pk)
    meeting_or_404(request, invitee.meeting_id)
    try:
        enter_answer(
            actor=request.user,
            invitee=invitee,
            answer=request.POST.get("answer", ""),
            comment=request.POST.get("comment", ""),
        )
    except RuleViolation as refusal:
        return refuse(request, invitee.meeting_id, refusal, typed=request.POST, opens="answer", answering=invitee.pk)
    return did(request, invitee.meeting_id, _("The answer is noted."))


@require_POST
@needs("interaction.log")
def meeting_score(request: Request, pk: int) -> HttpResponse:
    """How far each criterion was met, by the side that the form is of."""
    scores = {int(found[1]): str(value) for name, value in request.POST.items() if (found := _SCORE.fullmatch(name))}
    side = request.POST.get("side", "")
    meeting = meeting_or_404(request, pk)
    try:
        closing.score_criteria(actor=request.user, meeting=meeting, side=side, scores=scores)
    except RuleViolation as refusal:
        return refuse(request, pk, refusal, scored=(side, scores))
    return did(request, pk, _("Scored."))


@require_POST
@needs("next_step.write")
def meeting_step_add(request: Request, pk: int) -> HttpResponse:
    """A step that was agreed on in the meeting."""
    meeting, form = meeting_or_404(request, pk), StepForm(request.POST, person=request.user)
    if not form.is_valid():
        return refuse(
            request, pk, RuleViolation(str(next(iter(form.errors.values()))[0])), step_form=form, opens="step"
        )
    data = form.cleaned_data
    step = PlannedStep(data["text"], data["owner"], data["due_on"], is_shared=data["is_shared"])
    try:
        agree_on_step(actor=request.user, meeting=meeting, step=step)
    except RuleViolation as refusal:
        return refuse(request, pk, refusal, step_form=form, opens="step")
    return did(request, pk, _("Agreed."))


@require_POST
@needs("interaction.log")
def meeting_close(request: Request, pk: int) -> HttpResponse:
    given = request.POST.get("nothing_to_do", "")
    return _act(request, pk, closing.close_meeting, _("Closed."), opens="close", nothing_to_do=given)


@require_POST
@needs("interaction.log")
def meeting_reopen(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, closing.reopen_meeting, _("Open again."))


def _act(request: Request, pk: int, service: Any, words: str, *, opens: str = "", **fields: Any) -> HttpResponse:
    meeting = meeting_or_404(request, pk)
    try:
        service(actor=request.user, meeting=meeting, **fields)
    except RuleViolation as refusal:
        return refuse(request, pk, refusal, typed=request.POST, opens=opens)
    return did(request, pk, words)


def _preview(
    request: Request, meeting: Meeting, candidates: list[Any], wanted: set[int], *, refusal: str = ""
) -> HttpResponse:
    chosen = [one for one in candidates if one.pk in wanted]
    context = {
        "meeting": meeting,
        "candidates": [(one, one.pk in wanted) for one in candidates],
        "without_address": [one for one in meeting.interaction.contacts.all() if not one.email],
        "letters": sending.preview(meeting, chosen or candidates[:1]),
        "digest": digest_of(meeting),
        "holds": Hold.objects.binding(request.user).filter(account__in=meeting.present).with_names(),
        "refusal": refusal,
        "override_reason": request.POST.get("override_reason", ""),
    }
    return _letters_page(request, context, is_refused=bool(refusal))


def _letters_page(request: Request, context: dict[str, Any], *, is_refused: bool) -> HttpResponse:
    return page(
        request,
        "meetings/meeting_send/page.html",
        context | {"is_dialog": wants_fragment(request)},
        fragment="meetings/meeting_send/_dialog.html",
        status=422 if is_refused else 200,
    )


def _sent(request: Request, meeting: Meeting, words: str) -> HttpResponse:
    messages.success(request, words)
    return go_to(request, meeting.get_absolute_url())
