"""What hurts our customers: the list, one trouble and what is done with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account, Contact
from pmcrm.errors import RuleViolation
from pmcrm.lists.pages import list_page
from pmcrm.people.access import needs
from pmcrm.trail.models import TrailEntry
from pmcrm.web import Request, page, show_refusal, wants_fragment
from touchpoints.forms.hearing import HearingForms
from touchpoints.forms.pain_filters import PainFilters
from touchpoints.forms.pains import AnswerForm, MergeForm, PainEditForm
from touchpoints.kpis import KPIS
from touchpoints.models import Interaction, Pain, PainAnswer, PainTelling
from touchpoints.services.figures_of_pains import answers_in_time
from touchpoints.services.hearing import keep_hearing
from touchpoints.services.pain_answers import (
    answer_pain,
    edit_pain,
    end_pain,
    merge_pains,
    reopen_pain,
    split_pain,
)
from touchpoints.services.pains import retell_pain
from touchpoints.tasks import send_notices
from touchpoints.views.answers import done

MOST_SHOWN = 100


@require_safe
@needs("account.read")
def pain_list(request: Request) -> HttpResponse:
    """What hurts, and who waits to hear from us?"""
    return list_page(
        request,
        PainFilters,
        template="touchpoints/pain_list/page.html",
        fragment="touchpoints/pain_list/_pains.html",
        rest=_rest,
    )


def _rest(filters: PainFilters) -> dict[str, Any]:
    seen, today = filters.visible(), timezone.localdate()
    seen = seen.of(filters.of) if filters.of else seen
    return {
        "ticks": (filters.chooser("severity"),),
        "choosers": tuple(map(filters.chooser, ("whose", "cause"))),
        "account": filters.of,
        "waiting": seen.open().count(),
        "late": seen.late(today).count(),
        "kept": answers_in_time(seen, since=today - dt.timedelta(days=365), today=today),
        "kpi": KPIS["answered_in_time"],
    }


@require_safe
@needs("account.read")
def pain_detail(request: Request, pk: int) -> HttpResponse:
    """Who told it, how often, and what did we answer?"""
    pain = _get(request, pk)
    if pain.merged_into_id is not None:
        into = Pain.objects.visible_to(request.user).filter(pk=pain.merged_into_id).first()
    else:
        into = None
    merged = Pain.objects.visible_to(request.user).filter(merged_into=pain).with_names()
    own = [pain.pk, *(one.pk for one in merged)]
    tellings = PainTelling.objects.visible_to(request.user).filter(pain__in=own)
    context = {
        "pain": pain,
        "into": into,
        "merged": merged,
        "tellings": tellings.select_related("teller", "author", "interaction").order_by("-told_on", "-id")[:MOST_SHOWN],
        "answers": PainAnswer.objects.filter(pain__in=own)
        .select_related("author")
        .prefetch_related("contacts")
        .order_by("-told_on", "-id")[:MOST_SHOWN],
        "promises": pain.promises.select_related("owner"),
        "may_write": request.user.may("pain.write") and pain.merged_into_id is None,
        "may_split": request.user.may("pain.write"),
        "trail": TrailEntry.objects.about(pain).select_related("actor").order_by("-id")[:30],
    }
    return page(request, "touchpoints/pain_detail/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("pain.write")
def account_pain_tell(request: Request, pk: int) -> HttpResponse:
    """Write down what hurts an account, beside a talk or in one that was logged already."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    talk = _talk(request, account)
    posted = request.POST if request.method == "POST" else None
    asked = (posted or request.GET).get("contacts") or request.GET.get("contact", "")
    people = Contact.objects.visible_to(request.user).filter(account=account)
    contacts = list(people.filter(pk=asked)) if asked.isdecimal() and len(asked) < 19 else []
    if talk is not None and not contacts and posted is None:
        contacts = list(people.filter(interactions=talk)[:1])
    hearing = HearingForms(posted, person=request.user, account=account, contacts=contacts)
    status = 200
    if posted is not None:
        status = 422
        heard = hearing.heard() if hearing.is_valid else None
        if heard is not None and not heard.pains:
            hearing.say.add_error(None, _("Write down what hurts them."))
        elif heard is not None:
            try:
                keep_hearing(actor=request.user, interaction=talk, accounts=[account], contacts=contacts, heard=heard)
            except RuleViolation as refusal:
                show_refusal(hearing.say, refusal)
            else:
                send_notices.delay_on_commit()  # type: ignore[attr-defined]  # DjangoTask has it
                return done(request, _("Written down."), go_on=account.get_absolute_url())
    context = {
        "account": account,
        "talk": talk,
        "hearing": hearing,
        "chosen": [{"id": one.pk, "label": one.name} for one in contacts],
        "action": reverse("account_pain_tell", args=[pk]),
        "is_dialog": wants_fragment(request),
    }
    template = "touchpoints/account_pain_tell/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_dialog.html", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("pain.write")
def pain_answer(request: Request, pk: int) -> HttpResponse:
    """Write down what they were told."""
    pain = _get(request, pk)
    initial = {"contacts": [pain.teller_id] if pain.teller_id else [], "version": pain.version}
    form = AnswerForm(request.POST if request.method == "POST" else None, pain=pain, initial=initial)
    return _form(request, pain, form, answer_pain, _("What did you tell them?"), _("Kept. They were told."))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("pain.write")
def pain_edit(request: Request, pk: int) -> HttpResponse:
    pain = _get(request, pk)
    initial = {name: getattr(pain, name) for name in ("severity", "cause", "report_back_on", "version")}
    initial |= {"teller": [pain.teller_id] if pain.teller_id else [], "promises": list(pain.promises.all())}
    form = PainEditForm(request.POST if request.method == "POST" else None, pain=pain, initial=initial)
    return _form(request, pain, form, edit_pain, _("How is it filed?"), _("Saved."))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("pain.write")
def pain_merge(request: Request, pk: int) -> HttpResponse:
    """It is the same as another one of this account."""
    pain = _get(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = MergeForm(posted, pain=pain, person=request.user, initial={"version": pain.version})
    return _form(request, pain, form, merge_pains, _("Which one is it?"), _("Made one."))


@require_POST
@needs("pain.write")
def pain_split(request: Request, pk: int) -> HttpResponse:
    pain = split_pain(actor=request.user, pain=_get(request, pk))
    return _done(request, pain, _("It stands on its own again."))


@require_POST
@needs("pain.write")
def pain_retell(request: Request, pk: int) -> HttpResponse:
    """They told it once more, in no talk of ours."""
    pain = _get(request, pk)
    retell_pain(actor=request.user, pain=pain)
    send_notices.delay_on_commit()  # type: ignore[attr-defined]  # DjangoTask has it
    return _done(request, pain, _("Noted that they had to tell it again."))


@require_POST
@needs("pain.write")
def pain_end(request: Request, pk: int) -> HttpResponse:
    pain = _get(request, pk)
    end_pain(actor=request.user, pain=pain, version=pain.version)
    return _done(request, pain, _("Noted that it does not hurt any more."))


@require_POST
@needs("pain.write")
def pain_reopen(request: Request, pk: int) -> HttpResponse:
    pain = _get(request, pk)
    reopen_pain(actor=request.user, pain=pain, version=pain.version)
    return _done(request, pain, _("It waits for our answer again."))


def _form(request: Request, pain: Pain, form: forms.Form, service: Any, title: str, words: str) -> HttpResponse:
    name = service.__name__.replace("_pains", "_pain")
    page_name = "pain_" + name.removesuffix("_pain")
    if form.is_bound and form.is_valid():
        data = {**form.cleaned_data, "version": form.cleaned_data.get("version") or 0}
        try:
            service(actor=request.user, pain=pain, **data)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return _done(request, pain, words)
    context = {
        "form": form,
        "pain": pain,
        "title": title,
        "action": reverse(page_name, args=[pain.pk]),
        "fields": f"touchpoints/{page_name}/_fields.html",
        "is_dialog": wants_fragment(request),
        "today": timezone.localdate(),
    }
    status = 422 if form.is_bound else 200
    return page(request, "touchpoints/form/page.html", context, fragment="touchpoints/form/_dialog.html", status=status)


def _done(request: Request, pain: Pain, words: str) -> HttpResponse:
    return done(request, words, go_on=pain.get_absolute_url())


def _get(request: Request, pk: int) -> Pain:
    pain: Pain = get_object_or_404(Pain.objects.visible_to(request.user).with_names(), pk=pk)
    return pain


def _talk(request: Request, account: Account) -> Interaction | None:
    """The talk in which it was told, where the address or the form names one."""
    asked = request.POST.get("interaction") or request.GET.get("interaction") or ""
    if not asked:
        return None
    if not asked.isdecimal() or len(asked) > 18:
        raise Http404
    seen = Interaction.objects.visible_to(request.user).with_account(account)
    return get_object_or_404(seen, pk=asked)
