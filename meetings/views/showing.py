"""One meeting as its page shows it, whole or the piece that changed; how every action on it answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.models import Contact
from meetings import states
from meetings.forms.agenda import rows_of
from meetings.forms.meeting import SettingForm
from meetings.forms.step import StepForm
from meetings.models import Answer, Criterion, ItemKind, Meeting, Score
from meetings.permissions import may_prepare, may_review, sides_of
from meetings.rules import NEVER_OVERRIDDEN, RULES, State, Verdict
from meetings.services.judging import facts_of, own_facts, sides_asked, strip_of
from meetings.services.letters import is_outdated
from meetings.services.turns import next_of
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.web import Request, page, wants_fragment
from touchpoints.forms.next_step import quick_days
from touchpoints.models import Interaction, InteractionKind
from touchpoints.permissions import may_change_step

PAGE = "meetings/meeting_detail/page.html"
FRAGMENT = "meetings/meeting_detail/_meeting.html"
TROUBLES = frozenset({State.OPEN, State.BROKEN, State.OVERRIDDEN})
AFTER = frozenset({"scored", "follow"})


def meeting_or_404(request: Request, pk: int) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(request.user).for_page(request.user), pk=pk)


def talk_or_404(request: Request, pk: int) -> Interaction:
    """An interaction of kind meeting that the person sees, with or without a meeting of its own."""
    talk = get_object_or_404(Interaction.objects.visible_to(request.user).with_names(), pk=pk)
    if talk.kind != InteractionKind.MEETING:
        raise Http404
    return talk


def show(request: Request, meeting: Meeting, *, refusal: str = "", status: int = 200, **more: Any) -> HttpResponse:
    """The page, or all of it below its head where htmx asks."""
    return page(
        request, PAGE, context_of(request, meeting) | {"refusal": refusal} | more, fragment=FRAGMENT, status=status
    )


def did(request: Request, pk: int, words: str) -> HttpResponse:
    """After a success: the meeting as it is now with a message, or the way to its page."""
    if wants_fragment(request):
        answer = show(request, meeting_or_404(request, pk))
        answer["HX-Trigger"] = json.dumps({"toast": {"text": words}})
        return answer
    messages.success(request, words)
    return HttpResponse(status=303, headers={"Location": reverse("meeting_detail", args=[pk])})


def refuse(request: Request, pk: int, refusal: RuleViolation, **more: Any) -> HttpResponse:
    """The page with the sentence of what was refused, and what was typed; beside it what somebody else saved."""
    meeting = meeting_or_404(request, pk)
    if isinstance(refusal, StaleVersion):
        more["is_stale"] = True
    if "scored" in more and meeting.state == states.HELD:
        more["to_score"] = _to_score(meeting, sides_of(request.user, meeting), more["scored"])
    return show(request, meeting, refusal=refusal.sentence, status=422, **more)


def context_of(request: Request, meeting: Meeting) -> dict[str, Any]:
    user, talk, state = request.user, meeting.interaction, meeting.state
    steps = list(talk.next_steps.kept().select_related("owner", "account", "created_by"))
    facts = own_facts(meeting, steps=len(steps))
    is_mine = may_prepare(user, meeting)
    invitees = {one.contact_id or -(one.user_id or 0): one for one in meeting.invitees.all()}
    contacts: list[Contact] = list(talk.contacts.all())
    colleagues: list[User] = list(talk.colleagues.all())
    there = {one.pk for one in colleagues}
    looks = state != states.SENT or meeting.reviewed_at is None
    may_write = is_mine and states.after("write", state) is not None
    return {
        "meeting": meeting,
        "talk": talk,
        "accounts": meeting.present,
        "state": state,
        "steps_of_state": _steps(state),
        "next": next_of(user, meeting, facts, strip_of(meeting, facts)),
        "facts": facts,
        "may_write": may_write,
        "may_prepare": is_mine,
        "may_review": may_review(user, meeting) and looks and states.after("approve", state) is not None,
        "may_return": may_review(user, meeting) and looks and states.after("return", state) is not None,
        "rows": rows_of(meeting),
        "kinds": ItemKind.choices,
        "leaders": [*(one.name for one in colleagues), *(one.name for one in contacts)],
        "criteria": list(meeting.criteria.all()),
        "criteria_rows": _padded([one.text for one in meeting.criteria.all()]),
        "to_score": _to_score(meeting, sides_of(user, meeting) if state == states.HELD else ()),
        "sides_asked": sides_asked(meeting),
        "scores": Score.choices,
        "outdated": is_outdated(meeting),
        "contacts": [(one, invitees.get(one.pk)) for one in contacts],
        "colleagues": [(one, invitees.get(-one.pk)) for one in colleagues],
        "declined": [one for one in meeting.invitees.all() if one.user_id and one.user_id not in there],
        "answers": [choice for choice in Answer.choices if choice[0]],
        "may_answer": states.after("answer", state) is not None,
        "steps": [(step, may_change_step(user, step)) for step in steps],
        "quick_days": quick_days(),
        "step_form": StepForm(person=user),
        "may_step": user.may("next_step.write") and states.after("agree", state) is not None,
        "now": timezone.now(),
    }


def setting_form(meeting: Meeting) -> SettingForm:
    names = {name: getattr(meeting, name) for name in ("channel", "place", "link")}
    return SettingForm(initial=names | {"goal": meeting.interaction.goal_id}, accounts=meeting.present)


def _to_score(
    meeting: Meeting, sides: Iterable[str], typed: tuple[str, Mapping[int, str]] = ("", {})
) -> list[tuple[str, list[tuple[Criterion, str]]]]:
    """Each side's criteria with the score that is chosen: what was typed and refused, else what was saved."""
    typed_side, scores = typed
    return [
        (
            side,
            [
                (one, scores.get(one.pk, "") if side == typed_side else getattr(one, f"{side}_score"))
                for one in meeting.criteria.all()
            ],
        )
        for side in sides
    ]


def _overridable(verdicts: list[Verdict]) -> list[str]:
    """What stands in the way now: broken, or open and keeping the agenda from going out."""
    return [
        one.slug
        for one in verdicts
        if one.slug not in NEVER_OVERRIDDEN
        and (one.state == State.BROKEN or (one.state == State.OPEN and RULES[one.slug].is_gate))
    ]


def strip_context(request: Request, meeting: Meeting) -> dict[str, Any]:
    """The ground rules: what stands in the way first, then what is met, what comes later and what is not asked."""
    facts = facts_of(meeting)
    verdicts = strip_of(meeting, facts)
    later = [one for one in verdicts if facts.is_ahead and one.slug in AFTER and one.state == State.OPEN]
    may_override = may_prepare(request.user, meeting) and states.after("override", meeting.state) is not None
    return {
        "meeting": meeting,
        "talk": meeting.interaction,
        "troubles": [one for one in verdicts if one.state in TROUBLES and one not in later],
        "later": later,
        "warned": [one for one in verdicts if one.warns],
        "kept_rules": [one for one in verdicts if one.state == State.MET and not one.warns],
        "met_count": sum(one.state == State.MET for one in verdicts),
        "unasked": [one for one in verdicts if one.state == State.NOT_ASKED],
        "asked_count": sum(one.state != State.NOT_ASKED for one in verdicts),
        "overridable": _overridable(verdicts) if may_override else (),
    }


def _steps(state: str) -> list[tuple[str, Any, str]]:
    """(slug, word, done or now or ahead) of each state on the way."""
    if state == states.CANCELLED:
        return []
    here = states.STEPS.index(state)
    marks = ["done" if place < here else "now" if place == here else "" for place in range(len(states.STEPS))]
    return [(slug, states.STATES[slug], mark) for slug, mark in zip(states.STEPS, marks, strict=True)]


def _padded(texts: list[str]) -> list[str]:
    return [*texts, *[""] * (3 - len(texts))]
