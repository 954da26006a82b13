"""The quick log: open, autosave, save. From the key to the saved call in two requests."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account, Contact
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, page, show_refusal, wants_fragment
from touchpoints.forms.beside import BlankLearned, BlankUsage, beside_from
from touchpoints.forms.hearing import HearingForms
from touchpoints.forms.interaction import (
    MOST_STEPS,
    BlankStep,
    InteractionForm,
    StepFormSet,
    draft_data,
    empty_step,
    initial_from,
    initial_now,
    initial_of,
    is_draft_key,
    is_worth_keeping,
)
from touchpoints.forms.next_step import quick_days
from touchpoints.forms.people import LearnedForm
from touchpoints.forms.relationship import UsageForm
from touchpoints.models import QUICK_LOG, Draft, Interaction
from touchpoints.permissions import may_change
from touchpoints.services.drafts import discard_draft, save_draft
from touchpoints.services.interactions import Facts, edit_interaction, log_interaction
from touchpoints.services.pains import LONGEST_WORDS, similar_pains
from touchpoints.tasks import send_notices
from touchpoints.views.answers import done

# A form that was saved must not leave a draft behind when its last autosave arrives after it.
SPENT_SECONDS = 600
_ROW = re.compile(r"pain-\d{1,2}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.log")
def interaction_create(request: Request) -> HttpResponse:
    """Log what happened, or plan what will."""
    if request.method == "POST":
        return _save(request)
    account, contact = _opened_from(request)
    key = _draft_key(account, contact)
    draft = Draft.objects.of(request.user).filter(form=key).first()
    if draft is not None:
        initial, steps = initial_from(draft, request.user)
    else:
        kind = request.GET.get("kind", "")
        initial = initial_now(request.user, account=account, contact=contact, kind=kind)
        steps = [empty_step(request.user)]
    there = contact.account if contact else account
    known: dict[str, list[Any]] = {
        "contacts": [contact] if contact else [],
        "accounts": [there] if there else [],
        "colleagues": [request.user],
        "speaks_for": [],
    }
    form = InteractionForm(initial=initial, person=request.user, known=None if draft else known)
    usage, learned = beside_from(draft)
    hearing = _hearing(request, form, draft=draft)
    # Where it goes on: in the draft's words, else at the keys of outcome and kind, else with whom it was.
    if draft is not None or account or contact:
        form.fields["kind" if draft is None else "notes"].widget.attrs["data-focus"] = True
    formset = StepFormSet(initial=steps, prefix="step", form_kwargs={"person": request.user})
    return _form_page(request, form, formset, key=key, draft=draft, usage=usage, learned=learned, hearing=hearing)


def _save(request: Request) -> HttpResponse:
    key = _posted_key(request)
    form = InteractionForm(request.POST, person=request.user)
    formset = StepFormSet(request.POST, prefix="step", form_kwargs={"person": request.user})
    usage = UsageForm(request.POST, prefix="usage", in_a_talk=True)
    learned = LearnedForm(request.POST, prefix="learned", in_a_talk=True)
    is_valid = form.is_valid()  # and with it the rows are read that the others ask for
    hearing = _hearing(request, form, request.POST)
    if all([is_valid, formset.is_valid(), usage.is_valid(), learned.is_valid(), hearing.is_valid]):
        try:
            facts = form.facts()
            made = log_interaction(
                actor=request.user,
                facts=facts,
                steps=formset.planned(),
                use=usage.use(),
                told=learned.told(),
                heard=(heard := hearing.heard()),
            )
        except RuleViolation as refusal:
            # What belongs to no field of the form belongs to one of those beside it.
            places = (form, usage, learned, hearing.say)
            place = next((one for one in places if refusal.fields.keys() & one.fields.keys()), form)
            show_refusal(place, refusal)
        else:
            cache.set(_spent(request), True, SPENT_SECONDS)
            discard_draft(actor=request.user, form=key)
            if heard.pains:
                send_notices.delay_on_commit()  # type: ignore[attr-defined]  # DjangoTask has it
            words = _("Planned: %(title)s.") if made.is_planned else _("Logged: %(title)s.")
            detail = reverse("interaction_detail", args=[made.pk])
            undo = reverse("interaction_undo", args=[made.pk])
            return done(request, words % {"title": _title(made, facts)}, go_on=detail, undo=undo)
    return _form_page(request, form, formset, key=key, usage=usage, learned=learned, hearing=hearing, status=422)


@require_safe
@needs("interaction.log")
def interaction_person(request: Request) -> HttpResponse:
    """What was learned of a person is asked where one is named whose record one may change; and what these people
    were told to expect."""
    form = InteractionForm(request.GET, person=request.user)
    learned = LearnedForm(initial=_typed(request), prefix="learned", in_a_talk=True)
    context = {
        "learned": learned if form.learns_of(request.user) else None,
        "blank_learned": None if any(learned.initial.values()) else BlankLearned(),
        "hearing": _hearing(request, form, request.GET),
    }
    return page(request, "touchpoints/interaction_create/_of_parties.html", context)


@require_safe
@needs("interaction.log")
def interaction_similar(request: Request) -> HttpResponse:
    """Earlier troubles of the account that read like the one being typed."""
    row = request.GET.get("row", "")
    if not _ROW.fullmatch(row):
        raise Http404
    form = InteractionForm(request.GET, person=request.user)
    words, name = request.GET.get(f"{row}-words", ""), f"{row}-same_as"
    chosen = request.GET.get(name, "")
    context = {
        "similar": similar_pains(user=request.user, account=form.told_of, words=words[:LONGEST_WORDS])
        if form.told_of
        else [],
        "name": name,
        "chosen": int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None,
    }
    return page(request, "touchpoints/hearing/_similar.html", context)


def _hearing(
    request: Request, form: InteractionForm, data: QueryDict | None = None, *, draft: Draft | None = None
) -> HearingForms:
    contacts = form.rows_in("contacts")
    return HearingForms(data, person=request.user, account=form.told_of, contacts=contacts, draft=draft)


def _is_blank(form: UsageForm | LearnedForm | None) -> bool:
    return form is not None and not form.is_bound and not any(form.initial.values())


def _typed(request: Request) -> dict[str, str]:
    return {name: request.GET.get(f"learned-{name}", "") for name in LearnedForm.base_fields}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.log")
def interaction_edit(request: Request, pk: int) -> HttpResponse:
    """Correct what was logged."""
    interaction = get_object_or_404(Interaction.objects.visible_to(request.user).with_names(), pk=pk)
    if not may_change(request.user, interaction) or interaction.is_cancelled:
        raise Http404
    if request.method != "POST":
        form = InteractionForm(initial=initial_of(interaction), person=request.user)
        return _form_page(request, form, None, interaction=interaction, version=interaction.version)
    form = InteractionForm(request.POST, person=request.user)
    version = request.POST.get("version", "")
    if form.is_valid():
        try:
            edit_interaction(
                actor=request.user,
                interaction=interaction,
                facts=form.facts(),
                version=int(version) if version.isdecimal() else 0,
            )
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            detail = reverse("interaction_detail", args=[interaction.pk])
            return done(request, _("Saved."), go_on=detail)
    return _form_page(request, form, None, interaction=interaction, version=version, status=422)


@require_POST
@needs("interaction.log")
def interaction_draft_save(request: Request) -> HttpResponse:
    """Keep what is typed so far."""
    key, data = _posted_key(request), draft_data(request.POST)
    if not cache.get(_spent(request)):
        if not is_worth_keeping(data):
            discard_draft(actor=request.user, form=key)
        else:
            try:
                save_draft(actor=request.user, form=key, data=data)
            except RuleViolation as refusal:
                return JsonResponse({"refused": refusal.sentence}, status=422)
    return JsonResponse({})


@require_POST
@needs("interaction.log")
def interaction_draft_discard(request: Request) -> HttpResponse:
    """Throw the draft away and begin afresh."""
    key = _posted_key(request)
    cache.set(_spent(request), True, SPENT_SECONDS)
    discard_draft(actor=request.user, form=key)
    _word, _colon, opened_from = key.partition(":")
    place, _colon, pk = opened_from.partition(":")
    url = reverse("interaction_create") + (f"?{place}={pk}" if place else "")
    return HttpResponse(status=303, headers={"Location": url})


def _form_page(
    request: Request,
    form: InteractionForm,
    formset: Any,
    *,
    key: str = "",
    draft: Draft | None = None,
    interaction: Interaction | None = None,
    version: Any = "",
    usage: UsageForm | None = None,
    learned: LearnedForm | None = None,
    hearing: HearingForms | None = None,
    status: int = 200,
) -> HttpResponse:
    token = request.POST.get("token", "")
    context = {
        "form": form,
        "steps": formset,
        "usage": usage,
        "learned": learned if learned is not None and (learned.errors or form.learns_of(request.user)) else None,
        "hearing": hearing,
        "interaction": interaction,
        "version": version,
        "draft_key": key,
        "draft": draft,
        "token": token if status == 422 and _is_token(token) else uuid.uuid4().hex,
        "quick_days": tuple(quick_days()),
        "most_steps": MOST_STEPS,
        "is_dialog": wants_fragment(request),
        "is_new": interaction is None,
        "now": timezone.localtime(),
        # Nobody is named yet: that is where typing begins.
        "is_open_question": not form.is_bound and draft is None and not form.chosen_accounts,
        "is_kind_focused": "data-focus" in form.fields["kind"].widget.attrs,
        "blank_step": BlankStep(),
        "blank_learned": BlankLearned() if _is_blank(learned) else None,
        "blank_usage": BlankUsage.now() if _is_blank(usage) else None,
    }
    return page(
        request,
        "touchpoints/interaction_create/page.html",
        context,
        fragment="touchpoints/interaction_create/_dialog.html",
        status=status,
    )


def _opened_from(request: Request) -> tuple[Account | None, Contact | None]:
    """The account or the person whose page the form was opened from; 404 where one may not see it."""
    contact = account = None
    if number := _number(request.GET.get("contact")):
        contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("account"), pk=number)
    elif number := _number(request.GET.get("account")):
        account = get_object_or_404(Account.objects.visible_to(request.user), pk=number)
    return account, contact


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def _draft_key(account: Account | None, contact: Contact | None) -> str:
    if contact is not None:
        return f"{QUICK_LOG}:contact:{contact.pk}"
    return QUICK_LOG if account is None else f"{QUICK_LOG}:account:{account.pk}"


def _posted_key(request: Request) -> str:
    key = request.POST.get("draft_key", "")
    return key if is_draft_key(key) else QUICK_LOG


def _is_token(text: str) -> bool:
    return len(text) == len(uuid.uuid4().hex) and text.isalnum()


def _spent(request: Request) -> str:
    token = request.POST.get("token", "")
    return f"quick-log-spent:{request.user.pk}:{token if _is_token(token) else '-'}"


def _title(interaction: Interaction, facts: Facts) -> str:
    there = {account.pk: account.name for account in (*facts.accounts, *(one.account for one in facts.contacts))}
    names = ", ".join([*there.values()][:3])
    return _("%(kind)s with %(names)s") % {"kind": interaction.get_kind_display().lower(), "names": names}
