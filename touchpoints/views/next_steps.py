"""My next steps: one list, in the order in which they are due."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, page, show_refusal, wants_fragment
from touchpoints.forms.next_step import NextStepForm, ReassignForm, SnoozeForm, quick_days, week_from_today
from touchpoints.models import NextStep
from touchpoints.services.next_steps import (
    add_next_step,
    edit_next_step,
    finish_next_step,
    reassign_next_step,
    reopen_next_step,
    snooze_next_step,
)
from touchpoints.views.answers import done, not_done
from touchpoints.views.lists import keyset

PAGE_SIZE = 50


@require_safe
@needs("next_step.write")
def next_step_list(request: Request) -> HttpResponse:
    """What I have promised myself to do: late, today, this week, later. Or what I have done."""
    mine = NextStep.objects.of(request.user)
    shows_done = request.GET.get("show") == "done"
    if shows_done:
        found = keyset(
            request, mine.finished().with_names().with_sight(request.user), order=["-done_at", "-id"], size=PAGE_SIZE
        )
        groups = [(_("Done"), "done", found.rows)]
    else:
        found = keyset(
            request, mine.open().with_day().with_names().with_sight(request.user), order=["day", "id"], size=PAGE_SIZE
        )
        groups = [(label, slug, list(rows)) for (slug, label), rows in groupby(found.rows, key=_when)]
    context = {
        "groups": groups,
        "found": found,
        "shows_done": shows_done,
        "shows_open": not shows_done,
        "tally": mine.open().tally(timezone.localdate()),
        "quick_days": quick_days(),
        "path": request.get_full_path(),
    }
    return page(
        request, "touchpoints/next_step_list/page.html", context, fragment="touchpoints/next_step_list/_list.html"
    )


def _when(step: NextStep) -> tuple[str, str]:
    """Where a step stands: late, today, this week (up to Sunday), later."""
    today = timezone.localdate()
    if step.due_day < today:
        return "late", _("Late")
    if step.due_day == today:
        return "today", _("Today")
    if step.due_day <= today + dt.timedelta(days=6 - today.weekday()):
        return "week", _("This week")
    return "later", _("Later")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("next_step.write")
def next_step_create(request: Request) -> HttpResponse:
    """A next step that does not come from a call."""
    if request.method != "POST":
        initial = {"owner": request.user.pk, "due_on": week_from_today(), "account": request.GET.get("account", "")}
        return _form_page(request, NextStepForm(initial=initial, person=request.user))
    form = NextStepForm(request.POST, person=request.user)
    if form.is_valid():
        account: Account = form.cleaned_data["account"]
        try:
            add_next_step(actor=request.user, account=account, step=form.planned())
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return done(request, _("Next step added."), go_on=reverse("next_step_list"))
    return _form_page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("next_step.write")
def next_step_edit(request: Request, pk: int) -> HttpResponse:
    step = _get(request, pk)
    if request.method != "POST":
        initial = {"text": step.text, "owner": step.owner_id, "due_on": step.due_day, "version": step.version}
        return _form_page(request, NextStepForm(initial=initial, person=request.user, step=step), step)
    form = NextStepForm(request.POST, person=request.user, step=step)
    if form.is_valid():
        try:
            edit_next_step(actor=request.user, step=step, to=form.planned(), version=form.cleaned_data["version"] or 0)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return done(request, _("Saved."), go_on=reverse("next_step_list"))
    return _form_page(request, form, step)


def _form_page(request: Request, form: NextStepForm, step: NextStep | None = None) -> HttpResponse:
    context = {"form": form, "step": step, "quick_days": quick_days(), "is_dialog": wants_fragment(request)}
    return page(
        request,
        "touchpoints/next_step_form/page.html",
        context,
        fragment="touchpoints/next_step_form/_dialog.html",
        status=422 if form.is_bound else 200,
    )


@require_POST
@needs("next_step.write")
def next_step_finish(request: Request, pk: int) -> HttpResponse:
    undo = reverse("next_step_reopen", args=[pk])
    return _act(request, pk, finish_next_step, _("Done."), undo=undo)


@require_POST
@needs("next_step.write")
def next_step_reopen(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, reopen_next_step, _("Open again."))


@require_POST
@needs("next_step.write")
def next_step_snooze(request: Request, pk: int) -> HttpResponse:
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return not_done(request, str(form.errors["until"][0]), go_on=reverse("next_step_list"))
    return _act(request, pk, snooze_next_step, _("Put off."), until=form.cleaned_data["until"])


@require_POST
@needs("next_step.write")
def next_step_reassign(request: Request, pk: int) -> HttpResponse:
    form = ReassignForm(request.POST)
    if not form.is_valid():
        return not_done(request, str(form.errors["owner"][0]), go_on=reverse("next_step_list"))
    owner = form.cleaned_data["owner"]
    return _act(request, pk, reassign_next_step, _("Handed to %(name)s.") % {"name": owner.name}, owner=owner)


def _get(request: Request, pk: int) -> NextStep:
    return get_object_or_404(NextStep.objects.visible_to(request.user).with_names(), pk=pk)


def _act(
    request: Request, pk: int, service: Any, words: str, *, undo: str | None = None, **fields: Any
) -> HttpResponse:
    step = _get(request, pk)
    try:
        service(actor=request.user, step=step, **fields)
    except RuleViolation as refusal:
        return not_done(request, refusal.sentence, go_on=reverse("next_step_list"))
    return done(request, words, go_on=reverse("next_step_list"), undo=undo)
