"""Panels of what was heard: what hurts an account, what a person or a talk told us, what they may expect of us."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account, Contact
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, page, show_refusal, wants_fragment
from touchpoints.forms.hearing import LearningForm
from touchpoints.forms.pains import LearningFilter
from touchpoints.models import Interaction, Learning, Pain, PainTelling, Saying
from touchpoints.permissions import may_change
from touchpoints.services.expectations import expectations_of
from touchpoints.services.learnings import note_learning, remove_learning
from touchpoints.views.answers import done
from touchpoints.views.lists import keyset

MOST_IN_A_PANEL = 5
MOST_LEARNED = 20
PAGE_SIZE = 50


@require_safe
@needs("account.read")
def account_pains(request: Request, pk: int) -> HttpResponse:
    """What hurts them, the newest first."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    pains = list(Pain.objects.visible_to(request.user).of(account).hurting().newest_first().with_names()[:51])
    context = {
        "account": account,
        "pains": pains[:MOST_IN_A_PANEL],
        "number": len(pains),
        "late": sum(pain.is_late for pain in pains),
        "may_write": request.user.may("pain.write"),
        "path": request.path,
    }
    template = "touchpoints/account_pains/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_panel.html")


@require_safe
@needs("account.read")
def account_expectations(request: Request, pk: int) -> HttpResponse:
    """What may they expect of us, and who said so? The newest first."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    context = {"account": account, "entries": expectations_of(account=account, user=request.user)}
    template = "touchpoints/account_expectations/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_panel.html")


@require_safe
@needs("account.read")
def contact_heard(request: Request, pk: int) -> HttpResponse:
    """What this person told us, and how they think."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("account"), pk=pk)
    learned = Learning.objects.visible_to(request.user).of_contact(contact).newest_first()
    context = {
        "contact": contact,
        "pains": Pain.objects.visible_to(request.user).told_by(contact).newest_first().with_names()[:MOST_LEARNED],
        "thinks": learned.how_they_think()[:MOST_LEARNED],
    }
    template = "touchpoints/contact_heard/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_panel.html")


@require_safe
@needs("account.read")
def interaction_heard(request: Request, pk: int) -> HttpResponse:
    """What was said, told and learned in this talk."""
    talk = get_object_or_404(Interaction.objects.visible_to(request.user).with_names(), pk=pk)
    may_write = may_change(request.user, talk) and not (talk.is_planned or talk.is_cancelled)
    of = talk.spoken_for or next(iter(talk.present), None)
    context = {
        "interaction": talk,
        "account": of,
        "sayings": Saying.objects.visible_to(request.user).filter(interaction=talk).with_names(),
        "pains": Pain.objects.visible_to(request.user).filter(interaction=talk).with_names(),
        "tellings": PainTelling.objects.visible_to(request.user).filter(interaction=talk).select_related("pain"),
        "learnings": Learning.objects.visible_to(request.user).filter(interaction=talk).select_related("author"),
        "may_write": may_write,
        "path": request.path,
    }
    template = "touchpoints/interaction_heard/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_panel.html")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.log")
def interaction_learn(request: Request, pk: int) -> HttpResponse:
    """Note what the talk taught us."""
    talk = get_object_or_404(Interaction.objects.visible_to(request.user).with_names(), pk=pk)
    if not may_change(request.user, talk):
        raise Http404
    form = LearningForm(request.POST if request.method == "POST" else None)
    form.fields["text"].required = True
    if form.is_bound and form.is_valid():
        try:
            note_learning(actor=request.user, interaction=talk, **form.cleaned_data)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return done(request, _("Kept."), go_on=talk.get_absolute_url())
    context = {
        "form": form,
        "title": _("What did you learn?"),
        "action": reverse("interaction_learn", args=[pk]),
        "fields": "touchpoints/interaction_learn/_fields.html",
        "is_dialog": wants_fragment(request),
    }
    status = 422 if form.is_bound else 200
    return page(request, "touchpoints/form/page.html", context, fragment="touchpoints/form/_dialog.html", status=status)


@require_POST
@needs("interaction.log")
def learning_remove(request: Request, pk: int) -> HttpResponse:
    learning = get_object_or_404(Learning.objects.visible_to(request.user).select_related("interaction"), pk=pk)
    remove_learning(actor=request.user, learning=learning)
    return done(request, _("Taken away."), go_on=learning.interaction.get_absolute_url())


@require_safe
@needs("account.read")
def learning_list(request: Request) -> HttpResponse:
    """What did we learn lately? Surprises among it."""
    filters = LearningFilter(request.GET)
    filters.is_valid()
    rows = Learning.objects.visible_to(request.user).select_related("interaction", "author")
    if tag := filters.cleaned_data.get("tag"):
        rows = rows.tagged(tag)
    rows = rows.prefetch_related("interaction__attendances__account", "interaction__contacts")
    found = keyset(request, rows, order=["-id"], size=PAGE_SIZE)
    return page(request, "touchpoints/learning_list/page.html", {"filters": filters, "found": found})
