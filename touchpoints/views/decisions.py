"""What did we decide for the product, and which customers stand behind it?"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account, Promise
from accounts.permissions import sees_figures
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.trail.models import TrailEntry
from pmcrm.web import Request, go_to, page, show_refusal, wants_fragment
from touchpoints.forms.decision import CiteForm, DecisionFilter, DecisionForm, EvidenceForm
from touchpoints.models import Evidence, Interaction, ProductDecision, accounts_behind
from touchpoints.models.decision import CitedFigure
from touchpoints.permissions import may_change_decision
from touchpoints.services.decisions import Cited, add_evidence, edit_decision, record_decision, remove_evidence
from touchpoints.views.answers import done
from touchpoints.views.lists import keyset

PAGE_SIZE = 50
MOST_OFFERED = 15


@require_safe
@needs("product_decision.read")
def product_decision_list(request: Request) -> HttpResponse:
    """The newest first, each with the number of accounts behind it that this person sees."""
    filters = DecisionFilter(request.GET)
    rows = filters.rows(ProductDecision.objects.visible_to(request.user)).with_names()
    found = keyset(request, rows, order=["-decided_on", "-id"], size=PAGE_SIZE)
    behind = accounts_behind(request.user, found.rows)
    context = {
        "filters": filters,
        "found": found,
        "decisions": [(decision, behind[decision.pk]) for decision in found.rows],
        "may_write": request.user.may("product_decision.write"),
    }
    return page(request, "touchpoints/product_decision_list/page.html", context)


@require_safe
@needs("product_decision.read")
def product_decision_detail(request: Request, pk: int) -> HttpResponse:
    """What was decided, and the evidence that this person sees."""
    decision = _get(request, pk)
    may_change = may_change_decision(request.user, decision)
    evidence = list(Evidence.objects.filter(decision=decision).visible_to(request.user).with_names())
    context = {
        "decision": decision,
        "evidence": [(one, may_change or one.added_by_id == request.user.pk) for one in evidence],
        "accounts": accounts_behind(request.user, [decision])[decision.pk],
        "may_change": may_change,
        "may_write": request.user.may("product_decision.write"),
        "trail": TrailEntry.objects.about(decision).select_related("actor").order_by("-id")[:30],
    }
    return page(request, "touchpoints/product_decision_detail/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("product_decision.write")
def product_decision_create(request: Request) -> HttpResponse:
    form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm(initial=_mine(request))
    if form.is_bound and form.is_valid():
        try:
            made = record_decision(actor=request.user, says=form.says())
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return _to_page(request, made, _("Written down. Now tie it to what customers said."))
    return _form_page(request, form, _("What did we decide?"), reverse("product_decision_create"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("product_decision.write")
def product_decision_edit(request: Request, pk: int) -> HttpResponse:
    decision = _get(request, pk)
    if not may_change_decision(request.user, decision):
        raise Http404
    form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm.of(decision)
    if form.is_bound and form.is_valid():
        try:
            version = form.cleaned_data["version"] or 0
            edit_decision(actor=request.user, decision=decision, says=form.says(), version=version)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return _to_page(request, decision, _("Saved."))
    return _form_page(request, form, _("What did we decide?"), reverse("product_decision_edit", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("product_decision.write")
def product_decision_evidence(request: Request, pk: int) -> HttpResponse:
    """Choose an account, then tick what the decision leans on."""
    decision = _get(request, pk)
    form = EvidenceForm(
        request.POST if request.method == "POST" else None,
        person=request.user,
        initial={"account": request.GET.get("account")},
    )
    if form.is_bound and form.is_valid():
        try:
            number = add_evidence(actor=request.user, decision=decision, cited=form.cited())
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return _to_page(request, decision, _("%(number)d added.") % {"number": number})
    chosen = form.chosen_account
    account = Account.objects.select_related("figures").get(pk=chosen[0]["id"]) if chosen else None
    context = {
        "form": form,
        "decision": decision,
        "account": account,
        "offers": _offers(request, decision, account) if account else [],
        "ticked": set(request.POST.getlist("evidence")),
        "is_dialog": wants_fragment(request),
    }
    return page(
        request,
        "touchpoints/product_decision_evidence/page.html",
        context,
        fragment="touchpoints/product_decision_evidence/_dialog.html",
        status=422 if form.is_bound else 200,
    )


@require_POST
@needs("product_decision.write")
def evidence_remove(request: Request, pk: int) -> HttpResponse:
    rows = Evidence.objects.visible_to(request.user).select_related("decision")
    evidence = get_object_or_404(rows, pk=pk)
    remove_evidence(actor=request.user, evidence=evidence)
    return _to_page(request, evidence.decision, _("Taken away."))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("product_decision.write")
def interaction_cite(request: Request, pk: int) -> HttpResponse:
    """This talk stands behind a decision."""
    talk = get_object_or_404(Interaction.objects.visible_to(request.user).with_names(), pk=pk)
    form = CiteForm(request.POST if request.method == "POST" else None, person=request.user)
    if form.is_bound and form.is_valid():
        try:
            add_evidence(
                actor=request.user, decision=form.cleaned_data["decision"], cited=[Cited("interaction", talk.pk)]
            )
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return done(request, _("Noted as evidence."), go_on=form.cleaned_data["decision"].get_absolute_url())
    decisions: Any = form.fields["decision"]
    context = {
        "form": form,
        "interaction": talk,
        "has_decisions": decisions.queryset.exists(),
        "is_dialog": wants_fragment(request),
    }
    return page(
        request,
        "touchpoints/interaction_cite/page.html",
        context,
        fragment="touchpoints/interaction_cite/_dialog.html",
        status=422 if form.is_bound else 200,
    )


def _get(request: Request, pk: int) -> ProductDecision:
    rows = ProductDecision.objects.visible_to(request.user).with_support().with_names()
    found: ProductDecision = get_object_or_404(rows, pk=pk)
    return found


def _mine(request: Request) -> dict[str, Any]:
    return {"deciders": [request.user.pk]}


def _offers(request: Request, decision: ProductDecision, account: Account) -> list[tuple[str, list[tuple[str, Any]]]]:
    """What of this account is not evidence yet, the newest first: groups of values and things."""
    taken = Evidence.objects.filter(decision=decision)
    user, offered = request.user, []
    talks = Interaction.objects.visible_to(user).current().filter(attendances__account=account, is_private=False)
    talks = talks.exclude(pk__in=taken.filter(interaction__isnull=False).values("interaction"))
    rows: list[Any] = list(talks.with_names().order_by("-at", "-id")[:MOST_OFFERED])
    offered.append((_("Calls, meetings and other talks"), [(f"interaction:{one.pk}", one) for one in rows]))
    promises = Promise.objects.visible_to(user).filter(account=account).order_by("-due_on", "-id")
    promises = promises.exclude(pk__in=taken.filter(promise__isnull=False).values("promise"))
    offered.append((_("Promises"), [(f"promise:{one.pk}", one) for one in promises[:MOST_OFFERED]]))
    files: Any = apps.get_model("files.Attachment").objects
    kept = files.visible_to(user).kept().filter(account=account).order_by("-created_at", "-id")
    kept = kept.exclude(pk__in=taken.filter(file__isnull=False).values("file"))
    offered.append((_("Files"), [(f"file:{one.pk}", one) for one in kept[:MOST_OFFERED]]))
    if sees_figures(user, account):
        there = set(taken.filter(account=account).values_list("figure", flat=True))
        figures = [(one, getattr(account.figures, one)) for one in CitedFigure if one not in there]
        known = [
            (f"figure:{one}", {"label": one.label, "value": value, "is_money": one != CitedFigure.RANK})
            for one, value in figures
            if value is not None
        ]
        offered.append((_("Figures"), known))
    return [(label, things) for label, things in offered if things]


def _to_page(request: Request, decision: ProductDecision, words: str) -> HttpResponse:
    messages.success(request, words)
    return go_to(request, decision.get_absolute_url())


def _form_page(request: Request, form: DecisionForm, title: str, action: str) -> HttpResponse:
    context = {"form": form, "title": title, "action": action, "is_dialog": wants_fragment(request)}
    return page(
        request,
        "touchpoints/product_decision_form/page.html",
        context,
        fragment="touchpoints/product_decision_form/_dialog.html",
        status=422 if form.is_bound else 200,
    )
