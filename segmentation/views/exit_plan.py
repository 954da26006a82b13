"""Pages of exit plans: mine, one in full, its sections and steps in panels, and the way to propose one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, go_to, page, refused
from segmentation import fair_offer, permissions, playbook, trade_off, wording
from segmentation.forms import exit_plan as forms
from segmentation.forms import exit_plan_steps as steps
from segmentation.models import ExitPlan, Flag
from segmentation.services import exit_plan as verbs
from segmentation.services import exit_plan_offer as offers
from segmentation.services import exit_plan_sections as sections
from segmentation.services.exit_plan_evidence import exit_cost, path_for
from segmentation.services.exit_plan_keeping import kept_until
from segmentation.services.exit_plan_proposal import propose
from segmentation.services.exit_plan_record import actions_for, gaps, missing_before
from segmentation.services.exit_plan_story import story_of, views_of
from segmentation.tasks import tell_whose_turn

PAGE_SIZE: Final = 50
ROOM: Final = "segmentation/exit_plan_detail"

SECTIONS: Final[dict[str, tuple[type[forms.PlanForm], Callable[..., ExitPlan]]]] = {
    "why": (forms.WhyForm, sections.edit_why),
    "remedies": (forms.RemediesForm, sections.edit_remedies),
    "trade-off": (forms.TradeOffForm, sections.edit_trade_off),
    "offer": (forms.OfferForm, offers.edit_offer),
    "people": (forms.PeopleForm, sections.name_people),
}
STEPS: Final[dict[str, tuple[type[forms.PlanForm], Callable[..., Any]]]] = {
    "sponsor": (steps.SponsorForm, verbs.sponsor),
    "open-coalition": (steps.BareForm, verbs.open_coalition),
    "talk": (steps.TalkForm, verbs.talk),
    "waive": (steps.WaiveForm, verbs.waive),
    "request-approval": (steps.BareForm, verbs.request_approval),
    "approve": (steps.CommentForm, verbs.approve),
    "return": (steps.CommentForm, verbs.return_plan),
    "reject": (steps.CommentForm, verbs.reject),
    "withdraw": (steps.ReasonForm, verbs.withdraw),
    "answer-offer": (steps.AnswerForm, offers.answer_offer),
    "finish-offer": (steps.KeptForm, offers.finish_offer),
}
DONE: Final = {
    "sponsor": gettext_lazy("You sponsor the plan. Complete it, then open the coalition."),
    "open-coalition": gettext_lazy("The five offices see the plan now."),
    "talk": gettext_lazy("Recorded."),
    "waive": gettext_lazy("Waived, with your reason."),
    "request-approval": gettext_lazy("Approval is requested; the signatories see the plan now."),
    "approve": gettext_lazy("Signed."),
    "return": gettext_lazy("Returned to the sponsor with your comment."),
    "reject": gettext_lazy("Rejected with your comment. The account stays."),
    "withdraw": gettext_lazy("Withdrawn."),
    "answer-offer": gettext_lazy("Their answer is recorded."),
    "finish-offer": gettext_lazy("Recorded as kept."),
}
MAIN_STEPS: Final = ("sponsor", "open-coalition", "request-approval")


def seen_plan(request: Request, pk: int, *, through: str = "page") -> ExitPlan:
    """The plan, if the person may see it, with a row in the view log."""
    plan: ExitPlan = get_object_or_404(ExitPlan.objects.visible_to(request.user).in_full(), pk=pk)
    verbs.see(actor=request.user, plan=plan, through=through)
    return plan


@needs("exit_plan.read")
@require_GET
def exit_plan_list(request: Request) -> HttpResponse:
    """Which exits am I part of?"""
    shown = "ended" if request.GET.get("show") == "ended" else "open"
    plans = ExitPlan.objects.visible_to(request.user)
    plans = (plans.ended() if shown == "ended" else plans.not_ended()).for_lists()
    order = ["-changed_at", "id"]
    try:
        found = keyset_page(plans, order=order, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(plans, order=order, cursor=None, size=PAGE_SIZE)
    verbs.see_rows(actor=request.user, plans=found.rows)
    rows = [
        {"plan": plan, "parts": _part_names(plan, request.user), "path": fair_offer.PATHS[plan.path]}
        for plan in found.rows
    ]
    context = {"rows": rows, "shown": shown, "next": found.next_cursor, "previous": found.previous_cursor}
    return page(request, "segmentation/exit_plan_list/page.html", context)


def _part_names(plan: ExitPlan, user: Any) -> list[str]:
    names = {
        playbook.AUTHOR: _("proposed it"),
        playbook.SPONSOR: _("sponsor"),
        playbook.OFFICE: _("office in the coalition"),
        playbook.SIGNATORY: _("signs"),
    }
    parts = permissions.parts_of(plan, user)
    return [name for part, name in names.items() if part in parts] or [_("reads it as approved")]


@needs("exit_plan.propose")
@require_http_methods(["GET", "POST"])
def exit_plan_create(request: Request) -> HttpResponse:
    """Propose the exit of the account in ?account=, from its flag where it has one."""
    wanted = request.GET.get("account") or request.POST.get("account") or ""
    if not wanted.isdecimal() or len(wanted) > 18:
        raise Http404
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=int(wanted))
    flag = Flag.objects.visible_to(request.user).filter(account=account).order_by("-run").first()
    form = forms.ProposalForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            plan = propose(actor=request.user, account=account, flag=flag, **form.cleaned_data)
            transaction.on_commit(partial(tell_whose_turn.delay, plan.pk))
        except RuleViolation as violation:
            form.refuse(violation)
        else:
            messages.success(request, _("The private draft is open. Only you and the sponsor see it."))
            return go_to(request, reverse("exit_plan_detail", args=[plan.pk]))
    title = _("Propose the exit of %(name)s") % {"name": account.name}
    context = {"form": form, "account": account, "flag": flag, "title": title}
    return _panel(request, "segmentation/exit_plan_create/_form.html", context, is_refused=form.is_bound)


@needs("exit_plan.read")
@require_GET
def exit_plan_panel(request: Request, pk: int) -> HttpResponse:
    """What an account's page shows of an exit: a plan that the person sees, or the way to propose one, or nothing."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    plan = ExitPlan.objects.visible_to(request.user).not_ended().filter(account=account).first()
    if plan is not None:
        verbs.see(actor=request.user, plan=plan)
    context = {
        "account": account,
        "plan": plan,
        "may_propose": may(request.user, "exit_plan.propose")
        and account.kind == "external"
        and account.party == "customer",
    }
    return _panel(request, f"{ROOM}/_for_account.html", context, is_refused=False)


@needs("exit_plan.read")
@require_GET
def exit_plan_detail(request: Request, pk: int) -> HttpResponse:
    """Is this exit justified, agreed, fair? With ?part=readers: who read it last."""
    if request.GET.get("part") == "readers":
        plan = seen_plan(request, pk)
        return _panel(request, f"{ROOM}/_readers.html", {"plan": plan, "views": views_of(plan)}, is_refused=False)
    return page(request, f"{ROOM}/page.html", _whole_page(request, seen_plan(request, pk)))


def _whole_page(request: Request, plan: ExitPlan) -> dict[str, Any]:
    found = gaps(plan)
    actions = actions_for(plan, request.user)
    following = next(
        (verb for verb in MAIN_STEPS if permissions.may_move(plan, request.user, verb)),
        None,
    )
    signed = {one.role: one for one in plan.signatures.all() if one.round == plan.approval_round}
    return {
        "plan": plan,
        "figures": plan.evidence.get("run") or {},
        "flag": plan.evidence.get("flag") or {},
        "taken_on": dt.date.fromisoformat(plan.evidence["taken_on"]) if plan.evidence.get("taken_on") else None,
        "tests": [
            (wording.TESTS.get(test["code"], test["code"]), str(test.get("outcome", "")))
            for test in (plan.evidence.get("flag") or {}).get("tests", [])
        ],
        "guards": guard_words(plan),
        "steps": _stepper(plan),
        "gaps": found,
        "sheet_gaps": found.get("trade-off", []),
        "actions": actions,
        "may_edit": permissions.may_edit(plan, request.user),
        "is_sponsor": plan.sponsor_id == request.user.pk,
        "next_step": playbook.MOVES[following] if following else None,
        "missing": [one for some in missing_before(plan, following).values() for one in some] if following else [],
        "sections": [(slug, label, found.get(slug, [])) for slug, label in playbook.SECTIONS.items()],
        "remedies": [
            (label, next((one for one in plan.remedies.all() if one.slug == slug), None))
            for slug, (label, _meaning) in playbook.REMEDIES.items()
        ],
        "groups": [
            (label, [one for one in plan.displaced.all() if one.group == group], plan.none_reasons.get(group, ""))
            for group, label in trade_off.GROUPS.items()
        ],
        "lines": [
            (role.label, plan.department_lines.get(office, "")) for office, role in playbook.COALITION_ROLES.items()
        ],
        "path": {"label": fair_offer.PATHS[plan.path], "stance": fair_offer.STANCES[plan.path]},
        "offers": [(fair_offer.OFFERS[one.slug], one) for one in plan.offers.all()],
        "cost": exit_cost(plan),
        "signatures": [
            {
                "role": playbook.SIGNATURE_ROLES[role],
                "person": signed[role].person if role in signed else person,
                "signature": signed.get(role),
            }
            for role, person in permissions.signatories(plan).items()
        ],
        "snapshot": getattr(plan, "snapshot", None),
        "story": story_of(plan),
        "may_open_accounts": may(request.user, "account.read_all"),
        "kept_until": kept_until(plan),
        "may_export": permissions.may_export(plan, request.user),
        "is_ended": plan.state in playbook.ENDED,
        "outcome": playbook.STATES[plan.state],
    }


def guard_words(plan: ExitPlan) -> list[Any]:
    """What protects the account, in words."""
    return [wording.GUARDS.get(code, code) for code in plan.evidence.get("guards", [])]


def _stepper(plan: ExitPlan) -> list[dict[str, Any]]:
    """The way from draft to signature, with where the plan stands on it."""
    order = [*playbook.STEPS, *([plan.state] if plan.state in playbook.LATER_STEPS else [])]
    here = playbook.COALITION if plan.state == playbook.RETURNED else plan.state
    place = order.index(here) if here in order else -1
    return [
        {
            "label": playbook.STATES[state],
            "is_done": number < place or (plan.state in playbook.AGREED and number <= place),
            "is_here": number == place and plan.state not in playbook.AGREED,
        }
        for number, state in enumerate(order)
    ]


@needs("exit_plan.propose")
@require_http_methods(["GET", "POST"])
def exit_plan_section(request: Request, pk: int, section: str) -> HttpResponse:
    """Write one section of the plan in a panel."""
    if section not in SECTIONS:
        raise Http404
    plan = seen_plan(request, pk)
    kind, save = SECTIONS[section]
    path = path_for(plan.account)
    more = {"path": path, "person": request.user} if kind is forms.OfferForm else {}
    form = kind(request.POST or None, plan=plan, **more)
    if request.method == "POST" and form.is_valid():
        try:
            save(actor=request.user, plan=plan, **form.values())
            transaction.on_commit(partial(tell_whose_turn.delay, plan.pk))
        except RuleViolation as violation:
            form.refuse(violation)
        else:
            messages.success(request, _("Saved: %(section)s.") % {"section": playbook.SECTIONS[section]})
            return go_to(request, reverse("exit_plan_detail", args=[plan.pk]))
    context = {
        "plan": plan,
        "form": form,
        "section": section,
        "title": playbook.SECTIONS[section],
        "path": {"label": fair_offer.PATHS[path], "stance": fair_offer.STANCES[path]},
    }
    return _panel(request, f"{ROOM}/_section_{section.replace('-', '_')}.html", context, is_refused=form.is_bound)


@needs("exit_plan.read")
@require_GET
def exit_plan_step(request: Request, pk: int, verb: str) -> HttpResponse:
    """The question that a step asks before it is taken."""
    if verb not in STEPS:
        raise Http404
    plan = seen_plan(request, pk)
    return _step_form(request, plan, verb, _step(request, plan, verb))


@needs("exit_plan.read")
@require_POST
def exit_plan_move(request: Request, pk: int, verb: str) -> HttpResponse:
    """Take a step of the playbook: sponsor it, open the coalition, sign, record an answer, and so on."""
    plan = seen_plan(request, pk)
    form = _step(request, plan, verb)
    if form.is_valid():
        try:
            STEPS[verb][1](actor=request.user, plan=plan, **form.values())
            transaction.on_commit(partial(tell_whose_turn.delay, plan.pk))
        except RuleViolation as violation:
            form.refuse(violation)
        else:
            messages.success(request, DONE[verb])
            goes_back = request.POST.get("from") == "decision_queue"
            return go_to(
                request, reverse("decision_queue") if goes_back else reverse("exit_plan_detail", args=[plan.pk])
            )
    return _step_form(request, plan, verb, form, is_refused=True)


def _step(request: Request, plan: ExitPlan, verb: str) -> forms.PlanForm:
    kind = STEPS[verb][0]
    data = request.POST if request.method == "POST" else None
    if issubclass(kind, steps.OfficeForm):
        return kind(data, plan=plan, person=request.user, office=request.GET.get("office", ""))
    if issubclass(kind, steps.OneOfferForm):
        return kind(data, plan=plan, offer=request.GET.get("offer", ""))
    return kind(data, plan=plan)


def _step_form(
    request: Request, plan: ExitPlan, verb: str, form: forms.PlanForm, *, is_refused: bool = False
) -> HttpResponse:
    context = {
        "plan": plan,
        "form": form,
        "move": playbook.MOVES[verb],
        "title": _step_title(verb, form),
        "action": reverse(f"exit_plan_{verb.replace('-', '_')}", args=[plan.pk]),
        "came_from": request.POST.get("from", ""),
    }
    return _panel(request, f"{ROOM}/_step.html", context, is_refused=is_refused)


def _step_title(verb: str, form: forms.PlanForm) -> Any:
    if isinstance(form, steps.TalkForm):
        return _("Where do you stand?") if form.is_own else _("Record a talk")
    if isinstance(form, steps.OneOfferForm) and form.made is not None:
        return f"{playbook.MOVES[verb].label}: {form.made.get_slug_display()}"
    return playbook.MOVES[verb].label


def _panel(request: Request, fragment: str, context: dict[str, Any], *, is_refused: bool) -> HttpResponse:
    """A form in a dialog for htmx, on a page of its own otherwise."""
    whole, context = f"{ROOM}/form_page.html", context | {"fragment": fragment}
    if not is_refused:
        return page(request, whole, context, fragment=fragment)
    return refused(request, fragment, context) if request.htmx else page(request, whole, context, status=422)
