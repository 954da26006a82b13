"""Which campaigns run, and how is the funnel going?"""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services.limits import engagement
from accounts.views.forms import form_page
from campaigns.forms.campaign import AnswerForm, CallerGoalForm, CampaignForm, initial_of
from campaigns.models import Campaign, CampaignState, Gathering, Target, TargetState
from campaigns.permissions import may_dial, may_run
from campaigns.services import campaigns as verbs
from campaigns.services import report
from campaigns.services.gathering import AT_ONCE_INLINE, audience_of, gather
from campaigns.services.goals import goal_of, set_goal
from campaigns.services.plain_calls import unsaved_calls
from campaigns.services.queue import when
from campaigns.tasks import gather_targets
from pmcrm.errors import RuleViolation
from pmcrm.lists.addresses import Address
from pmcrm.lists.keyset import BadCursor, capped_count, keyset_page
from pmcrm.lists.registry import list_named
from pmcrm.lists.saved_views import address_of_list, clean_query
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, accepted, go_to, page, show_refusal

PAGE_SIZE: Final = 50
MOST_COUNTED: Final = 100_000


@require_safe
@needs("campaign.read")
def campaign_list(request: Request) -> HttpResponse:
    rows = list(Campaign.objects.visible_to(request.user).newest_first()[:PAGE_SIZE])
    goal, outcomes = goal_of(request.user), report.BestOutcomes()
    context = {
        "rows": [
            (one, report.funnel_of(one, base=0, outcomes=outcomes), may_dial(request.user, one)) for one in rows[:12]
        ],
        "older": rows[12:],
        "may_write": may(request.user, "campaign.write"),
        "may_dial": may(request.user, "campaign.dial"),
        "may_word": may(request.user, "question.write"),
        "own": report.own_calls(request.user, goal=goal.conversations_a_week),
        "listening": report.own_listening(request.user),
        "goal": goal,
    }
    return page(request, "campaigns/campaign_list/page.html", context)


@require_safe
@needs("campaign.read")
def campaign_detail(request: Request, pk: int) -> HttpResponse:
    """The learning goal answered first, then the funnel, then who is called."""
    campaign = _campaign(request, pk)
    gathering = Gathering.objects.of(campaign).order_by("-pk").first()
    is_gathering = gathering is not None and gathering.is_moving
    context: dict[str, Any] = {
        "campaign": campaign,
        "gathering": gathering,
        "is_gathering": is_gathering,
        "may_run": may_run(request.user, campaign),
        "may_dial": may_dial(request.user, campaign),
        "may_comment": may(request.user, "interaction.log"),
        "here": campaign.get_absolute_url(),
        "now": timezone.now(),
    }
    if not is_gathering:
        outcomes = report.BestOutcomes()
        funnel, compared = report.funnel_of(campaign, outcomes=outcomes), report.benchmarks(outcomes=outcomes)
        tiers = report.tier_goals(campaign)
        has_begun = campaign.is_running or campaign.is_done
        context |= {
            "funnel": funnel,
            "lines": report.lines(funnel, compared),
            "plan": report.plan(wanted=campaign.wanted, base=funnel.base, compared=compared),
            "published": report.published(engagement()),
            "tiers": tiers,
            "has_enough": report.has_enough(campaign, funnel, tiers),
            "has_begun": has_begun,
            "findings": report.findings(campaign, request.user) if has_begun else [],
            "answers": report.answers(campaign, request.user) if has_begun else [],
            "learnings": report.learnings(campaign, request.user) if has_begun else [],
            "buyers": report.buyers(campaign, request.user) if has_begun else None,
            "unsaved": unsaved_calls(user=request.user, campaign=campaign) if campaign.is_done else [],
            "comments": campaign.comments.select_related("author"),
            "audience": _audience_words(request, campaign),
            "answer_form": AnswerForm(initial={"answer": campaign.answer, "version": campaign.version}),
        }
    return page(
        request, "campaigns/campaign_detail/page.html", context, fragment="campaigns/campaign_detail/_progress.html"
    )


@require_safe
@needs("campaign.read")
def campaign_targets(request: Request, pk: int) -> HttpResponse:
    """Who is called, page by page, by what became of them."""
    campaign = _campaign(request, pk)
    state = request.GET.get("state", "")
    targets = Target.objects.visible_to(request.user).of(campaign)
    rows = targets.filter(state=state) if state in TargetState.values else targets
    if state == "mine":
        rows = targets.filter(account__relationship_owner=request.user)
    if state == "no_zone":
        rows = targets.waiting().filter(contact__time_zone="", account__time_zone="")
    listed = rows.select_related("contact__account", "account", "place", "claimed_by")
    try:
        found = keyset_page(listed, order=["pk"], cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(listed, order=["pk"], cursor=None, size=PAGE_SIZE)
    count, is_more = capped_count(rows, limit=MOST_COUNTED)
    now = timezone.now()
    base = f"?state={state}"
    context = {
        "campaign": campaign,
        "rows": [(one, when(one, now)) for one in found.rows],
        "state": state,
        "states": [("", _("All")), *TargetState.choices, ("mine", _("My accounts")), ("no_zone", _("Zone not known"))],
        "count": count,
        "is_more": is_more,
        "next_url": f"{base}&cursor={found.next_cursor}" if found.next_cursor else "",
        "previous_url": f"{base}&cursor={found.previous_cursor}" if found.previous_cursor else "",
        "may_dial": may_dial(request.user, campaign),
        "now": now,
    }
    return page(
        request, "campaigns/campaign_targets/page.html", context, fragment="campaigns/campaign_targets/_targets.html"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("campaign.write")
def campaign_create(request: Request) -> HttpResponse:
    audience = clean_query(request.GET.get("audience", ""))
    form = CampaignForm(request.POST or None, initial={"audience": audience, "order": "opening"})
    if form.is_bound and form.is_valid():
        try:
            made = verbs.create_campaign(actor=request.user, **form.values())
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return _gather(request, made)
    chosen = form.data.get("audience", "") if form.is_bound else audience
    return _form(request, form, _("Whom do we call, and to learn what?"), reverse("campaign_list"), chosen)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("campaign.write")
def campaign_edit(request: Request, pk: int) -> HttpResponse:
    campaign = _campaign(request, pk)
    form = CampaignForm(request.POST or None, initial=initial_of(campaign), is_fixed=not campaign.is_draft)
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            changed = verbs.edit_campaign(actor=request.user, campaign=campaign, version=version, **form.values())
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            if changed.is_draft:
                return _gather(request, changed)
            return go_to(request, changed.get_absolute_url())
    return _form(request, form, campaign.name, campaign.get_absolute_url(), campaign.audience)


@require_POST
@needs("campaign.write")
def campaign_answer(request: Request, pk: int) -> HttpResponse:
    """What was learned, in words."""
    campaign = _campaign(request, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise RuleViolation(_("Write at most 4,000 characters."))
    version = form.cleaned_data["version"]
    verbs.edit_campaign(actor=request.user, campaign=campaign, version=version, answer=form.cleaned_data["answer"])
    messages.success(request, _("Saved."))
    return go_to(request, campaign.get_absolute_url())


@require_POST
@needs("campaign.write")
def campaign_gather(request: Request, pk: int) -> HttpResponse:
    return _gather(request, _campaign(request, pk))


@require_POST
@needs("campaign.write")
def campaign_announce(request: Request, pk: int) -> HttpResponse:
    return _turn(request, pk, verbs.announce_campaign)


@require_POST
@needs("campaign.write")
def campaign_start(request: Request, pk: int) -> HttpResponse:
    return _turn(request, pk, verbs.start_campaign)


@require_POST
@needs("campaign.write")
def campaign_end(request: Request, pk: int) -> HttpResponse:
    return _turn(request, pk, verbs.end_campaign)


@require_POST
@needs("campaign.write")
def campaign_reopen(request: Request, pk: int) -> HttpResponse:
    return _turn(request, pk, verbs.reopen_campaign)


@require_POST
@needs("campaign.write")
def campaign_delete(request: Request, pk: int) -> HttpResponse:
    verbs.delete_campaign(actor=request.user, campaign=_campaign(request, pk))
    messages.success(request, _("The draft is deleted."))
    return go_to(request, reverse("campaign_list"))


@require_POST
@needs("campaign.read")
def campaign_comment(request: Request, pk: int) -> HttpResponse:
    campaign = _campaign(request, pk)
    verbs.comment_on_campaign(actor=request.user, campaign=campaign, text=request.POST.get("text", ""))
    return go_to(request, campaign.get_absolute_url())


@require_POST
@needs("campaign.dial")
def caller_goal_edit(request: Request) -> HttpResponse:
    """One's own goal for the week, and tips or none."""
    form = CallerGoalForm(request.POST)
    if not accepted(form, set_goal, actor=request.user):
        raise RuleViolation(" ".join(str(error) for all_of in form.errors.values() for error in all_of))
    messages.success(request, _("Saved."))
    return go_to(request, reverse("campaign_list"))


def _campaign(request: Request, pk: int) -> Campaign:
    rows = Campaign.objects.visible_to(request.user).select_related("product", "owner")
    return get_object_or_404(rows, pk=pk)


def _turn(request: Request, pk: int, verb: Any) -> HttpResponse:
    campaign = _campaign(request, pk)
    verb(actor=request.user, campaign=campaign)
    campaign.refresh_from_db()
    messages.success(request, _("The campaign is “%(state)s”.") % {"state": CampaignState(campaign.state).label})
    return go_to(request, campaign.get_absolute_url())


def _gather(request: Request, campaign: Campaign) -> HttpResponse:
    """A short list at once, a long one by a worker."""
    job = verbs.request_gathering(actor=request.user, campaign=campaign)
    count, is_more = capped_count(audience_of(campaign=campaign, user=campaign.owner), limit=AT_ONCE_INLINE)
    if is_more or count > AT_ONCE_INLINE:
        gather_targets.delay_on_commit(job.pk)  # type: ignore[attr-defined]  # DjangoTask has it
    else:
        gather(job.pk)
    return go_to(request, campaign.get_absolute_url())


def _form(request: Request, form: CampaignForm, title: str, back: str, audience: str) -> HttpResponse:
    return form_page(
        request,
        "campaigns/campaign_form/_fields.html",
        form=form,
        title=title,
        back=back,
        action=request.get_full_path(),
        submit=_("Save and gather"),
        chips=_chips(request, audience),
        people_url=address_of_list("contacts", audience),
    )


def _chips(request: Request, audience: str) -> list[str]:
    """The filter of people in words."""
    if not audience:
        return []
    filters: Any = list_named("contacts")(QueryDict(audience), person=request.user)
    return [str(chip["label"]) for chip in Address(filters, opens_otherwise=False).chips()] or [_("All people")]


def _audience_words(request: Request, campaign: Campaign) -> list[str]:
    return _chips(request, campaign.audience) or [
        _("Present customers of %(product)s") % {"product": campaign.product.name}
    ]
