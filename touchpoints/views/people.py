"""What we learned of a person, and where it comes from."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Contact
from accounts.permissions import may_edit
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, page, show_refusal, wants_fragment
from touchpoints.forms.people import LearnedForm
from touchpoints.models import PersonFact
from touchpoints.services.people import learn
from touchpoints.views.answers import done

MOST_SHOWN = 50


@require_safe
@needs("account.read")
def contact_facts(request: Request, pk: int) -> HttpResponse:
    """Each value that was learned, with its day and the talk or other source; the newest first."""
    contact = _get(request, pk)
    facts = PersonFact.objects.visible_to(request.user).filter(contact=contact).newest_first()[:MOST_SHOWN]
    context = {"contact": contact, "facts": facts, "may_edit": may_edit(request.user, contact.account)}
    return page(
        request, "touchpoints/contact_facts/page.html", context, fragment="touchpoints/contact_facts/_panel.html"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("account.write")
def contact_learn(request: Request, pk: int) -> HttpResponse:
    """Note what was learned outside a talk, with its source."""
    contact = _get(request, pk)
    if not may_edit(request.user, contact.account):
        raise Http404
    form = LearnedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            learn(actor=request.user, contact=contact, told=form.told())
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            words = _("Kept with its day and source.")
            number = contact.dialled
            if number is not None and not number.is_valid:
                words += " " + _("Their number %(number)s is no phone number; correct it.") % {"number": number.shown}
            return done(request, words, go_on=contact.get_absolute_url())
    context: dict[str, Any] = {
        "form": form,
        "title": _("What did you learn of %(name)s?") % {"name": contact.name},
        "action": reverse("contact_learn", args=[pk]),
        "fields": "touchpoints/contact_facts/_fields.html",
        "is_dialog": wants_fragment(request),
    }
    status = 422 if form.is_bound else 200
    return page(request, "touchpoints/form/page.html", context, fragment="touchpoints/form/_dialog.html", status=status)


def _get(request: Request, pk: int) -> Contact:
    contact: Contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("account"), pk=pk)
    return contact
