"""Whom do I call now? One person on a card, the guide beside it, the outcome in one key."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Contact
from accounts.services.limits import engagement
from campaigns.forms.dial import LEARNINGS, PARKED, DialForm, asked_before
from campaigns.models import Attempt, CallerGoal, Campaign, Target
from campaigns.permissions import may_dial
from campaigns.services.attempts import call_another, correct_number, save_attempt, undo_attempt
from campaigns.services.claims import claim, claim_next, keep, put_off
from campaigns.services.guide import guide_for
from campaigns.services.plain_calls import STRANDED, draft_key, keep_as_call
from campaigns.services.questions import questions_in_use
from campaigns.services.queue import place_of_target, queue, when
from campaigns.services.report import BestOutcomes, funnel_of, own_calls, still_open, usual_pick_up
from campaigns.wording import NEXT_WORDS, OUTCOME_WORDS, TIPS
from campaigns.working_day import Hours, window_at
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, show_refusal
from touchpoints.models import UNDO_FOR, Draft, LearningTag, UsageMode
from touchpoints.services.contact_load import load_of
from touchpoints.services.drafts import discard_draft, save_draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.engagement import Engagement
    from campaigns.services.queue import When

COMING = 6
# Outcomes that ask one thing more before they are saved.
ASKS = ("conversation", "callback_agreed", "declined_busy", "declined_no_contact")


@require_safe
@needs("campaign.dial")
def dial(request: Request, pk: int) -> HttpResponse:
    """The person to call now, or the one asked for; where nobody can be called now, who is next and when."""
    campaign = _campaign(request, pk)
    wanted, limits = request.GET.get("target", ""), engagement()
    target: Target | None
    if wanted.isdecimal() and len(wanted) < 18:
        chosen = get_object_or_404(Target.objects.visible_to(request.user).of(campaign).with_person(), pk=wanted)
        try:
            target = claim(actor=request.user, target=chosen)
        except RuleViolation as refusal:
            if refusal.code in STRANDED and Draft.objects.of(request.user).filter(form=draft_key(chosen)).exists():
                return _page(request, campaign, chosen, limits=limits, refusal=refusal)
            messages.error(request, refusal.sentence)
            return go_to(request, reverse("dial", args=[pk]))
    elif not may_dial(request.user, campaign):
        return go_to(request, campaign.get_absolute_url())
    else:
        target = claim_next(actor=request.user, campaign=campaign, limits=limits)
    return _page(request, campaign, target, limits=limits)


@require_safe
@needs("campaign.dial")
def dial_coming(request: Request, pk: int) -> HttpResponse:
    """Who comes then, and how much contact the customer on the card had."""
    campaign = _campaign(request, pk)
    context = {"campaign": campaign, "now": timezone.now()}
    goal, wanted = CallerGoal.objects.filter(person=request.user).first(), request.GET.get("target", "")
    context |= _coming(request, campaign, wanted, timezone.now(), goal)
    if wanted.isdecimal() and len(wanted) < 18:
        on_card = Target.objects.visible_to(request.user).of(campaign).with_person().filter(pk=wanted).first()
        context["load"] = load_of(on_card.account) if on_card else None
    return page(request, "campaigns/dial_coming/page.html", context, fragment="campaigns/dial/_coming.html")


@require_POST
@needs("campaign.dial")
def attempt_save(request: Request, pk: int) -> HttpResponse:
    """Keep the outcome and go on to the next person; what is missing is asked for in its place."""
    target = get_object_or_404(Target.objects.visible_to(request.user).with_person(), pk=pk)
    sent, as_call = request.POST.copy(), request.POST.get("as_call", "")
    sent["outcome"] = as_call or sent.get("outcome", "")
    form = DialForm(sent, target=target, person=request.user, questions=questions_in_use())
    refused = None
    if form.is_valid():
        said = form.dial(when(target, timezone.now()).zone)
        try:
            if as_call:
                talk = keep_as_call(actor=request.user, target=target, dial=said)
            else:
                save_attempt(actor=request.user, target=target, dial=said)
        except RuleViolation as refusal:
            refused = refusal
            show_refusal(form, refusal)
        else:
            discard_draft(actor=request.user, form=draft_key(target))
            address = talk.get_absolute_url() if as_call else reverse("dial", args=[target.campaign_id])
            return go_to(request, address)
    return _page(request, target.campaign, target, form=form, refusal=refused, status=422)


@require_POST
@needs("campaign.dial")
def dial_draft_save(request: Request, pk: int) -> HttpResponse:
    """Keep what was typed so far, and the person for whoever types it. The words are kept also where a colleague has
    the person by now."""
    target = get_object_or_404(Target.objects.visible_to(request.user), pk=pk)
    _keep_draft(request, target)
    if not keep(actor=request.user, target=target):
        return JsonResponse({"detail": _("Kept. A colleague has this person by now.")}, status=409)
    return JsonResponse({})


@require_POST
@needs("campaign.dial")
def attempt_undo(request: Request, pk: int) -> HttpResponse:
    """Take the last try back and have that person again."""
    attempt = get_object_or_404(Attempt.objects.visible_to(request.user), pk=pk)
    target = undo_attempt(actor=request.user, attempt=attempt)
    return go_to(request, f"{reverse('dial', args=[target.campaign_id])}?target={target.pk}")


@require_POST
@needs("campaign.dial")
def target_put_off(request: Request, pk: int) -> HttpResponse:
    """Not now: the next one, please."""
    target = get_object_or_404(Target.objects.visible_to(request.user), pk=pk)
    if request.POST.get("notes", "").strip() or Draft.objects.of(request.user).filter(form=draft_key(target)).exists():
        _keep_draft(request, target)
    put_off(actor=request.user, target=target)
    return go_to(request, reverse("dial", args=[target.campaign_id]))


@require_POST
@needs("campaign.dial")
def target_correct(request: Request, pk: int) -> HttpResponse:
    """The right number of somebody whose number was wrong."""
    target = get_object_or_404(Target.objects.visible_to(request.user), pk=pk)
    correct_number(actor=request.user, target=target, phone=request.POST.get("phone", "").strip())
    return go_to(request, f"{reverse('dial', args=[target.campaign_id])}?target={target.pk}")


@require_POST
@needs("campaign.dial")
def target_another(request: Request, pk: int) -> HttpResponse:
    """Call somebody else at the same account instead."""
    target = get_object_or_404(Target.objects.visible_to(request.user), pk=pk)
    key = request.POST.get("contact", "")
    people = Contact.objects.visible_to(request.user).filter(account=target.account_id)
    contact = get_object_or_404(people, pk=key if key.isdecimal() and len(key) < 18 else 0)
    made = call_another(actor=request.user, target=target, contact=contact)
    return go_to(request, f"{reverse('dial', args=[target.campaign_id])}?target={made.pk}")


def _campaign(request: Request, pk: int) -> Campaign:
    return get_object_or_404(Campaign.objects.visible_to(request.user).select_related("product"), pk=pk)


def _keep_draft(request: Request, target: Target) -> None:
    typed = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    if typed:
        save_draft(actor=request.user, form=draft_key(target), data=typed)


def _page(
    request: Request,
    campaign: Campaign,
    target: Target | None,
    *,
    limits: Engagement | None = None,
    form: DialForm | None = None,
    refusal: RuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    now, limits = timezone.now(), limits or engagement()
    last = (
        Attempt.objects.standing()
        .by(request.user)
        .filter(target__campaign=campaign, at__gt=now - UNDO_FOR)
        .with_names()
        .order_by("-at")
        .first()
    )
    outcomes = BestOutcomes(only=campaign)
    funnel = funnel_of(campaign, base=0, outcomes=outcomes)
    goal = CallerGoal.objects.filter(person=request.user).first()
    context: dict[str, Any] = {
        "campaign": campaign,
        "funnel": funnel,
        "rate": funnel.rates()["pick_up"],
        "benchmark": usual_pick_up(limits),
        "last": last,
        "last_target": last.target if last else None,
        "others": _others(last),
        "is_guided": goal.is_guided if goal else True,
        "target": target,
        "now": now,
    }
    if target is None:
        context |= _coming(request, campaign, None, now, goal)
        if not context["coming"]:
            context["still"] = still_open(campaign, request.user)
    else:
        context |= _card(request, target, form, now, limits)
        if refusal is not None and refusal.code in STRANDED:
            kept_as = context["opened"] or ("conversation" if context["typed"].get("notes", [""])[0] else "no_answer")
            context |= {"is_stranded": True, "kept_as": kept_as, "refused": "" if form else refusal.sentence}
    return page(request, "campaigns/dial/page.html", context, fragment="campaigns/dial/_dial.html", status=status)


def _coming(
    request: Request, campaign: Campaign, target: str | None, now: dt.datetime, goal: CallerGoal | None
) -> dict[str, Any]:
    """Who comes then, and how far one's own day and week are."""
    rows = queue(user=request.user, campaign=campaign, at=now, most=COMING)
    return {
        "coming": [one for one in rows if str(one.target.pk) != target][: COMING - 1],
        "own": own_calls(request.user, goal=goal.conversations_a_week if goal else 0),
    }


def _others(last: Attempt | None) -> list[Contact]:
    """Who else works there, where the last one was not the right person."""
    if last is None or last.outcome != "not_suitable":
        return []
    return list(Contact.objects.of(last.target.account).still_there().exclude(pk=last.target.contact_id)[:10])


def _card(
    request: Request, target: Target, form: DialForm | None, now: dt.datetime, limits: Engagement
) -> dict[str, Any]:
    there = when(target, now, Hours(limits.opens, limits.closes))
    questions = questions_in_use()
    most_attempts = limits.most_attempts
    typed = _typed(request, target, form)
    # An answer to a question that was reworded since stays with the wording that was asked.
    answered = {name: values for name, values in typed.items() if name.startswith("answer-") and any(values)}
    questions = [*questions, *asked_before(answered, questions)]
    return {
        "when": there,
        "guide": guide_for(user=request.user, target=target, questions=questions),
        "typed": typed,
        "form": form,
        "errors": form.errors if form else {},
        "opened": form.data.get("outcome", "") if form else "",
        "try_number": target.attempts + 1,
        "is_beyond": target.attempts >= most_attempts,
        "most_attempts": most_attempts,
        "outcomes": [(value, words, value in ASKS) for value, words in OUTCOME_WORDS.items()],
        "next_words": NEXT_WORDS,
        "tips": TIPS,
        "modes": UsageMode.choices,
        "tags": [choice for choice in LearningTag.choices if choice[0] != LearningTag.SURPRISE],
        "learnings": [_numbered(typed, at, ("learned", "tag", "surprise")) for at in range(LEARNINGS)],
        "parked": [_numbered(typed, at, ("parked", "owner")) for at in range(PARKED)],
        "owners": _owners(request, target),
        "suggested": _suggested(target, there, now, limits),
    }


def _typed(request: Request, target: Target, form: DialForm | None) -> dict[str, Any]:
    """What stands in the fields: what was just sent, else the draft."""
    if form is not None:
        return {name: form.data.getlist(name) for name in form.data}  # type: ignore[attr-defined]  # a QueryDict
    draft = Draft.objects.of(request.user).filter(form=draft_key(target)).first()
    return {"saved_at": draft.saved_at, **draft.data} if draft else {}


def _numbered(typed: Mapping[str, Any], at: int, names: tuple[str, ...]) -> dict[str, Any]:
    return {"at": at} | {name: next(iter(typed.get(f"{name}-{at}") or []), "") for name in names}


def _owners(request: Request, target: Target) -> list[Any]:
    account = target.account
    people = [request.user, account.product_manager, account.relationship_owner]
    return list(dict.fromkeys(one for one in people if one is not None and one.is_active))


def _suggested(target: Target, there: When, now: dt.datetime, limits: Engagement) -> str:
    """A call-back as it is mostly agreed: the same hour on their next working day, else that day's first hour."""
    if not there.zone:
        return ""
    zone = ZoneInfo(there.zone)
    same = now.astimezone(zone).replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    window = window_at(place_of_target(target), same, Hours(limits.opens, limits.closes))
    if window is None:
        return ""
    then = (same if window.holds(same) else window.opens).astimezone(zone)
    return f"{then:%Y-%m-%dT%H:%M}"
