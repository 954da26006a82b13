"""One interaction, the list of them, and what can be done with one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Contact
from pmcrm.errors import RuleViolation
from pmcrm.lists.pages import list_page
from pmcrm.people.access import needs
from pmcrm.trail.models import TrailEntry
from pmcrm.web import Request, go_to, page, show_refusal, wants_fragment
from touchpoints.forms.filters import InteractionFilters
from touchpoints.forms.move import AllTheSameForm, CancelForm, MoveForm
from touchpoints.forms.relationship import CommentForm
from touchpoints.models import HoldOverride, Interaction
from touchpoints.permissions import may_change, may_change_step
from touchpoints.services.holds import comment_on_talk
from touchpoints.services.interactions import (
    cancel_interaction,
    hold_interaction,
    move_interaction,
    undo_interaction,
)
from touchpoints.services.trash import discard_interaction
from touchpoints.views.answers import done, not_done


@require_safe
@needs("account.read")
def interaction_list(request: Request) -> HttpResponse:
    """What happened with our customers, or what is planned."""
    return list_page(
        request,
        InteractionFilters,
        template="touchpoints/interaction_list/page.html",
        fragment="touchpoints/interaction_list/_interactions.html",
        rest=_rest,
    )


def _rest(filters: InteractionFilters) -> dict[str, Any]:
    return {
        "ticks": (filters.chooser("kinds"),),
        "choosers": tuple(map(filters.chooser, ("whose", "voice"))),
        "dates": [filters[name] for name in ("on", "since", "until")],
    }


@require_safe
@needs("account.read")
def interaction_detail(request: Request, pk: int) -> HttpResponse:
    """What was said, by whom, and what follows."""
    interaction = _get(request, pk)
    steps = list(interaction.next_steps.kept().select_related("owner", "account", "created_by"))
    context = {
        "interaction": interaction,
        "accounts": interaction.present,
        "contacts": Contact.objects.visible_to(request.user).filter(interactions=interaction),
        "steps": [(step, may_change_step(request.user, step)) for step in steps],
        "may_change": may_change(request.user, interaction) and not interaction.is_cancelled,
        "comments": interaction.comments.select_related("author")[:100],
        "comment_form": CommentForm() if interaction.is_planned and request.user.may("interaction.log") else None,
        "overrides": HoldOverride.objects.filter(interaction=interaction).select_related("author", "hold__account"),
        "may_cite": request.user.may("product_decision.write")
        and not (interaction.is_private or interaction.is_cancelled or interaction.is_planned),
        "trail": _trail(interaction),
    }
    return page(request, "touchpoints/interaction_detail/page.html", context)


@require_POST
@needs("interaction.log")
def interaction_comment(request: Request, pk: int) -> HttpResponse:
    """What a colleague says of a planned talk."""
    interaction = _get(request, pk)
    form = CommentForm(request.POST)
    detail = reverse("interaction_detail", args=[pk])
    if not form.is_valid():
        return not_done(request, str(form.errors["text"][0]), go_on=detail)
    comment_on_talk(actor=request.user, interaction=interaction, text=form.cleaned_data["text"])
    messages.success(request, _("Your comment stands there now."))
    return go_to(request, detail)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.log")
def interaction_cancel(request: Request, pk: int) -> HttpResponse:
    """It does not take place, or was entered by mistake: with the reason."""
    interaction = _get(request, pk)
    form = CancelForm(request.POST if request.method == "POST" else None, is_planned=interaction.is_planned)
    if form.is_bound and form.is_valid():
        try:
            cancel_interaction(actor=request.user, interaction=interaction, reason=form.cleaned_data["reason"])
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            detail = reverse("interaction_detail", args=[pk])
            return done(request, _("Cancelled. Its minutes do not count any more."), go_on=detail)
    context: dict[str, Any] = {"form": form, "interaction": interaction, "is_dialog": wants_fragment(request)}
    return page(
        request,
        "touchpoints/interaction_cancel/page.html",
        context,
        fragment="touchpoints/interaction_cancel/_dialog.html",
        status=422 if form.is_bound else 200,
    )


@require_POST
@needs("interaction.log")
def interaction_delete(request: Request, pk: int) -> HttpResponse:
    """It goes to the trash, with its next steps."""
    interaction = _get(request, pk)
    accounts = interaction.present
    try:
        discard_interaction(actor=request.user, interaction=interaction)
    except RuleViolation as refusal:
        return not_done(request, refusal.sentence, go_on=interaction.get_absolute_url())
    undo = reverse("trash_restore", args=["interaction", pk])
    messages.success(request, _("It is in the trash. Its minutes do not count any more."), extra_tags=undo)
    return go_to(request, accounts[0].get_absolute_url() if accounts else reverse("interaction_list"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.log")
def interaction_hold(request: Request, pk: int) -> HttpResponse:
    """It took place. Where something speaks against that, the reason is asked for on a page of its own."""
    interaction = _get(request, pk)
    asks = request.method != "POST" or "override_reason" in request.POST
    form = AllTheSameForm(request.POST if request.method == "POST" and asks else None)
    reason = form.cleaned_data["override_reason"] if form.is_bound and form.is_valid() else ""
    if request.method == "POST" and (reason or not asks):
        detail = reverse("interaction_detail", args=[pk])
        try:
            hold_interaction(actor=request.user, interaction=interaction, override_reason=reason)
        except RuleViolation as refusal:
            if "override_reason" not in refusal.fields:
                return not_done(request, refusal.sentence, go_on=detail)
            messages.warning(request, refusal.sentence)
            back = request.POST.get("back")
            return go_to(request, f"{request.path}?{urlencode({'back': back})}" if back else request.path)
        return done(request, _("Marked as held. Its minutes count now."), go_on=detail)
    back = request.POST.get("back") or request.GET.get("back", "")
    context: dict[str, Any] = {"form": form, "interaction": interaction, "back": back}
    status = 422 if form.is_bound else 200
    return page(request, "touchpoints/interaction_hold/page.html", context, status=status)


@require_POST
@needs("interaction.log")
def interaction_undo(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, undo_interaction, _("Taken back."))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.log")
def interaction_move(request: Request, pk: int) -> HttpResponse:
    """Plan it for another time."""
    interaction = _get(request, pk)
    detail = reverse("interaction_detail", args=[pk])
    form = MoveForm(request.POST or None, initial={"at": interaction.at})
    if request.method == "POST" and form.is_valid():
        try:
            to, reason = form.cleaned_data["at"], form.cleaned_data["override_reason"]
            move_interaction(actor=request.user, interaction=interaction, to=to, override_reason=reason)
        except RuleViolation as refusal:
            form.fields["override_reason"].required = "override_reason" in refusal.fields
            show_refusal(form, refusal)
        else:
            return done(request, _("Moved."), go_on=detail)
    context: dict[str, Any] = {"form": form, "interaction": interaction, "is_dialog": wants_fragment(request)}
    return page(
        request,
        "touchpoints/interaction_move/page.html",
        context,
        fragment="touchpoints/interaction_move/_dialog.html",
        status=422 if form.is_bound else 200,
    )


def _get(request: Request, pk: int) -> Interaction:
    return get_object_or_404(Interaction.objects.visible_to(request.user).with_names(), pk=pk)


def _act(request: Request, pk: int, service: Any, words: str) -> HttpResponse:
    interaction = _get(request, pk)
    detail = reverse("interaction_detail", args=[pk])
    try:
        service(actor=request.user, interaction=interaction)
    except RuleViolation as refusal:
        return not_done(request, refusal.sentence, go_on=detail)
    return done(request, words, go_on=detail)


def _trail(interaction: Interaction) -> list[TrailEntry]:
    """What was done with it, once each: an interaction with several accounts has a row for each of them."""
    entries = TrailEntry.objects.about(interaction).select_related("actor").order_by("id")[:60]
    found: dict[tuple[Any, ...], TrailEntry] = {}
    for entry in entries:
        found.setdefault((entry.verb, entry.actor_id, entry.at.replace(microsecond=0)), entry)
    return list(found.values())
