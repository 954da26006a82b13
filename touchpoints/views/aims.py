"""What does the customer need now, what do we want to reach there, and how far are we?"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from accounts.permissions import may_edit
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from touchpoints.forms.aims import CloseForm, GoalForm, NeedForm, ProgressForm, SettleForm
from touchpoints.models import AccountGoal, TrustStep, UrgentNeed
from touchpoints.permissions import may_pursue, may_settle
from touchpoints.services.goals import close_goal, edit_goal, note_progress, set_goal, without_progress
from touchpoints.services.needs import decide_trust_step, edit_need, raise_need, settle_need
from touchpoints.views.answers import answer_form, done, not_done, without_version

MOST = 30


@require_safe
@needs("account.read")
def account_urgent(request: Request, pk: int) -> HttpResponse:
    """What stands at the top of an account's page: open needs, and a step in trust that waits for a word."""
    account = _account(request, pk)
    visible = UrgentNeed.objects.visible_to(request.user).open().with_names()
    step = TrustStep.objects.proposed().filter(account=account).select_related("need").first()
    found = list(visible.filter(account=account).order_by("since", "pk")[:MOST])
    context = {
        "account": account,
        "open_needs": found,
        "settled_by_me": {need.pk for need in found if may_settle(request.user, need)},
        "step": step if step and may_edit(request.user, account) else None,
    }
    template = "touchpoints/account_urgent/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_urgent.html")


@require_safe
@needs("account.read")
def account_goals(request: Request, pk: int) -> HttpResponse:
    """The panel of an account: needs, trust, goals with the meetings that served them."""
    account = _account(request, pk)
    user = request.user
    goals: list[Any] = list(
        AccountGoal.objects.of(account).with_talks().with_names().prefetch_related("notes__author")[:MOST]
    )
    found = list(UrgentNeed.objects.visible_to(user).of(account).with_names()[:MOST])
    stuck = {goal.pk for goal in without_progress(goals)}
    for goal in goals:
        goal.is_stuck = goal.pk in stuck
        goal.is_mine = may_pursue(user, goal)
    for need in found:
        need.is_mine = may_settle(user, need)  # type: ignore[attr-defined]  # for the template
    context = {
        "account": account,
        "path": request.path,
        "open_needs": [need for need in found if need.is_open],
        "settled": [need for need in found if not need.is_open],
        "open_goals": [goal for goal in goals if goal.is_open],
        "closed_goals": [goal for goal in goals if not goal.is_open],
        "may_raise": user.may("urgent_need.write"),
        "may_set": user.may("account_goal.write"),
    }
    template = "touchpoints/account_goals/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_panel.html")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("urgent_need.write")
def need_raise(request: Request, pk: int) -> HttpResponse:
    account = _account(request, pk)
    return answer_form(
        request,
        NeedForm(request.POST) if request.method == "POST" else NeedForm.new(request.user),
        lambda data: raise_need(actor=request.user, account=account, **without_version(data)),
        said=_("Noted. It stands at the top of their page."),
        go_on=_panel_of(account),
        template="need_form",
        title=_("What do they need now?"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("urgent_need.write")
def need_edit(request: Request, pk: int) -> HttpResponse:
    need = _need(request, pk)
    return answer_form(
        request,
        NeedForm(request.POST) if request.method == "POST" else NeedForm.of(need),
        lambda data: edit_need(actor=request.user, need=need, **data | {"version": data["version"] or 0}),
        said=_("Saved."),
        go_on=_panel_of(need.account),
        template="need_form",
        title=_("What do they need now?"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("urgent_need.write")
def need_settle(request: Request, pk: int) -> HttpResponse:
    """Solved, or dropped. A solved one proposes a step in trust."""
    need = _need(request, pk)
    return answer_form(
        request,
        SettleForm(request.POST if request.method == "POST" else None, initial={"version": need.version}),
        lambda data: settle_need(actor=request.user, need=need, **data),
        said=_("Settled."),
        go_on=_panel_of(need.account),
        template="need_settle",
        title=_("How did it end?"),
    )


@require_POST
@needs("account.write")
def trust_step_decide(request: Request, pk: int) -> HttpResponse:
    """`answer=yes` confirms the step, anything else declines it."""
    step = get_object_or_404(TrustStep.objects.visible_to(request.user).select_related("account"), pk=pk)
    confirmed = request.POST.get("answer") == "yes"
    try:
        decide_trust_step(actor=request.user, step=step, confirmed=confirmed)
    except RuleViolation as refusal:
        return not_done(request, refusal.sentence, go_on=_panel_of(step.account))
    words = _("Trust is one step further.") if confirmed else _("Trust stays as it was.")
    return done(request, words, go_on=_panel_of(step.account))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("account_goal.write")
def goal_set(request: Request, pk: int) -> HttpResponse:
    account = _account(request, pk)
    return answer_form(
        request,
        GoalForm(request.POST) if request.method == "POST" else GoalForm.new(request.user),
        lambda data: set_goal(actor=request.user, account=account, **without_version(data)),
        said=_("Set. Meetings can name it now."),
        go_on=_panel_of(account),
        template="goal_form",
        title=_("What do we want to reach?"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("account_goal.write")
def goal_edit(request: Request, pk: int) -> HttpResponse:
    goal = _goal(request, pk)
    return answer_form(
        request,
        GoalForm(request.POST) if request.method == "POST" else GoalForm.of(goal),
        lambda data: edit_goal(actor=request.user, goal=goal, **data | {"version": data["version"] or 0}),
        said=_("Saved."),
        go_on=_panel_of(goal.account),
        template="goal_form",
        title=_("What do we want to reach?"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("account_goal.write")
def goal_note(request: Request, pk: int) -> HttpResponse:
    goal = _goal(request, pk)
    return answer_form(
        request,
        ProgressForm(request.POST if request.method == "POST" else None),
        lambda data: note_progress(actor=request.user, goal=goal, text=data["text"]),
        said=_("Noted."),
        go_on=_panel_of(goal.account),
        template="goal_note",
        title=goal.text,
    )


@require_POST
@needs("account_goal.write")
def goal_close(request: Request, pk: int) -> HttpResponse:
    """`state` is reached or dropped."""
    goal = _goal(request, pk)
    form = CloseForm(request.POST)
    try:
        close_goal(actor=request.user, goal=goal, state=form.cleaned_data["state"] if form.is_valid() else "")
    except RuleViolation as refusal:
        return not_done(request, refusal.sentence, go_on=_panel_of(goal.account))
    return done(request, _("Closed."), go_on=_panel_of(goal.account))


def _account(request: Request, pk: int) -> Account:
    account: Account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    return account


def _need(request: Request, pk: int) -> UrgentNeed:
    need: UrgentNeed = get_object_or_404(UrgentNeed.objects.visible_to(request.user).with_names(), pk=pk)
    if not may_settle(request.user, need):
        raise Http404
    return need


def _goal(request: Request, pk: int) -> AccountGoal:
    goal: AccountGoal = get_object_or_404(AccountGoal.objects.visible_to(request.user).with_names(), pk=pk)
    if not may_pursue(request.user, goal):
        raise Http404
    return goal


def _panel_of(account: Account) -> str:
    return f"{account.get_absolute_url()}?tab=relation"
