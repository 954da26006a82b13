"""Whose voice do we hear? What was heard directly, of people's own experience and second-hand, and how it counts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from pmcrm.people.access import needs
from pmcrm.web import Request, accepted, page, wants_fragment
from touchpoints.forms.interaction import InteractionForm
from touchpoints.forms.voices import PERIODS, VoiceRulesForm, period_of
from touchpoints.models import Interaction, InteractionKind, Voice, VoiceRules, heard, silent_accounts
from touchpoints.services.clashes import clashes
from touchpoints.services.heeding import advise
from touchpoints.services.voices import edit_voice_rules
from touchpoints.tasks import count_second_hand
from touchpoints.views.answers import done

MOST_SILENT = 20
MOST_HEEDED = 5


@require_safe
@needs("account.read")
def voice_report(request: Request) -> HttpResponse:
    """Counts by voice over a period, how much of the base was heard, and who inside is silent."""
    days = period_of(request.GET.get("days"))
    since = timezone.now() - dt.timedelta(days=days)
    counts = Interaction.objects.visible_to(request.user).by_voice(since=since)
    accounts = Account.objects.visible_to(request.user)
    rules = VoiceRules.current()
    silent = list(silent_accounts(accounts.internal()).select_related("product_manager")[: MOST_SILENT + 1])
    total = sum(counts.values())
    context = {
        "days": days,
        "periods": [(number, label, f"{request.path}?days={number}", number == days) for number, label in PERIODS],
        "voices": [(Voice(slug), number, number / total if total else None) for slug, number in counts.items()],
        "total": total,
        "heard": heard(accounts, since=since),
        "rules": rules,
        "silent": silent[:MOST_SILENT],
        "is_cut": len(silent) > MOST_SILENT,
        "may_edit": request.user.may("voice_rules.write"),
    }
    return page(request, "touchpoints/voice_report/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("voice_rules.write")
def voice_rules_edit(request: Request) -> HttpResponse:
    """How much the inside voice weighs, and whether second-hand counts."""
    form = VoiceRulesForm(request.POST) if request.method == "POST" else VoiceRulesForm.of(VoiceRules.current())
    if accepted(form, edit_voice_rules, actor=request.user):
        count_second_hand.delay_on_commit()  # type: ignore[attr-defined]  # DjangoTask has it
        return done(request, _("Saved."), go_on=reverse("voice_report"))
    context: dict[str, Any] = {"form": form, "is_dialog": wants_fragment(request)}
    return page(
        request,
        "touchpoints/voice_rules_edit/page.html",
        context,
        fragment="touchpoints/voice_rules_edit/_dialog.html",
        status=422 if form.is_bound else 200,
    )


@require_safe
@needs("interaction.log")
def interaction_voice(request: Request) -> HttpResponse:
    """The question of the quick log, asked where one of the chosen accounts can speak for others."""
    form = InteractionForm(request.GET, person=request.user)
    return page(request, "touchpoints/interaction_create/_voice.html", {"form": form})


@require_safe
@needs("interaction.log")
def interaction_heed(request: Request) -> HttpResponse:
    """What speaks against a contact that is being planned: its load, too many meetings, colleagues near to it. Nothing
    is said of what has happened already."""
    form = InteractionForm(request.GET, person=request.user)
    form.is_valid()
    at = form.cleaned_data.get("at")
    is_note = request.GET.get("kind") == InteractionKind.NOTE
    context: dict[str, Any] = {"advices": [], "clashes": []}
    if at is not None and at > timezone.now() and not is_note:
        accounts = form.parties[:MOST_HEEDED]
        people = form.rows_in("contacts")
        context["advices"] = advise(accounts=accounts, contacts=people, at=at, kind=request.GET.get("kind", ""))
        context["clashes"] = clashes(user=request.user, accounts=accounts, at=at)
    return page(request, "touchpoints/interaction_create/_heed.html", context)
