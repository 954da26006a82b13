"""Settings, people: who works here, with which roles; inviting, changing, leaving."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pmcrm.errors import RuleViolation
from pmcrm.people import handover, services
from pmcrm.people.access import needs
from pmcrm.people.forms import DeactivationForm, InvitationForm, PersonForm
from pmcrm.people.models import Invitation, Organisation, User
from pmcrm.web import Request, go_to, page, refused

PAGE_SIZE = 50


@needs("people.write")
@require_GET
def person_list(request: Request) -> HttpResponse:
    """Who works here, who is invited, who left."""
    shown = request.GET.get("show", "active")
    text = request.GET.get("q", "").replace("\x00", "").strip()
    everybody = User.objects.select_related("department")
    people = everybody.filter(is_active=shown != "left")
    if text:
        people = people.matching(text)
    context = {
        "shown": shown,
        "q": text,
        "people": Paginator(people, PAGE_SIZE).get_page(request.GET.get("page")),
        "invitations": Invitation.objects.waiting().select_related("department", "invited_by")[:PAGE_SIZE],
        "counts": {"active": User.objects.active().count(), "left": User.objects.left().count()},
        "link": request.session.pop("invitation_link", None),
    }
    return page(request, "people/person_list/page.html", context)


@needs("people.write")
@require_http_methods(["GET", "POST"])
def person_invite(request: Request) -> HttpResponse:
    """Ask somebody in by mail."""
    form = InvitationForm(request.POST or None)
    template = "people/person_invite/page.html"
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("email", "name", "roles", "office", "department")}
        try:
            invitation, token = services.invite_person(actor=request.user, **wanted)
        except RuleViolation as refusal:
            form.take(refusal)
        else:
            _send(request, invitation, token)
            return go_to(request, reverse("person_list"))
    if form.is_bound:
        return refused(request, template, {"form": form})
    return page(request, template, {"form": form})


def _send(request: Request, invitation: Invitation, token: str) -> None:
    """Mail the link. Where no mail leaves this machine, the inviter is shown it once instead."""
    link = request.build_absolute_uri(reverse("invitation_accept", args=[token]))
    context = {"invitation": invitation, "link": link, "organisation": Organisation.current()}
    text = render_to_string("people/person_invite/mail.txt", context, request)
    subject = _("%(inviter)s invites you to PMCRM") % {"inviter": invitation.invited_by.name}
    try:
        send_mail(subject, text, None, [invitation.email])
        is_sent = settings.SENDS_MAIL
    except (OSError, smtplib.SMTPException):
        is_sent = False
    if is_sent:
        messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": invitation.email})
    else:
        request.session["invitation_link"] = {"email": invitation.email, "link": link}


@needs("people.write")
@require_POST
def invitation_resend(request: Request, pk: int) -> HttpResponse:
    invitation, token = services.invite_again(actor=request.user, invitation=get_object_or_404(Invitation, pk=pk))
    _send(request, invitation, token)
    return go_to(request, reverse("person_list"))


@needs("people.write")
@require_POST
def invitation_revoke(request: Request, pk: int) -> HttpResponse:
    services.revoke_invitation(actor=request.user, invitation=get_object_or_404(Invitation, pk=pk))
    messages.success(request, _("The invitation is revoked; its link opens nothing any more."))
    return go_to(request, reverse("person_list"))


@needs("people.write")
@require_http_methods(["GET", "POST"])
def person_edit(request: Request, pk: int) -> HttpResponse:
    """Name, position, department, office and roles of somebody."""
    person = get_object_or_404(User, pk=pk)
    template = "people/person_edit/page.html"
    if request.method == "GET":
        form = PersonForm(instance=person, initial={"version": person.version})
        return page(request, template, {"form": form, "person": person})
    form = PersonForm(request.POST, instance=get_object_or_404(User, pk=pk))
    if form.is_valid():
        try:
            services.edit_person(actor=request.user, person=person, **form.cleaned_data)
        except RuleViolation as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("Saved %(name)s.") % {"name": form.cleaned_data["name"]})
            return go_to(request, reverse("person_list"))
    return refused(request, template, {"form": form, "person": person})


@needs("people.write")
@require_http_methods(["GET", "POST"])
def person_deactivate(request: Request, pk: int) -> HttpResponse:
    """Somebody leaves: who takes over what is theirs?"""
    person = get_object_or_404(User, pk=pk)
    left = handover.in_charge_of(person)
    template = "people/person_deactivate/page.html"
    form = DeactivationForm(
        request.POST if request.method == "POST" else None,
        initial={"version": person.version},
        person=person,
        is_successor_needed=bool(left),
    )
    context = {"form": form, "person": person, "left": left}
    if request.method == "GET":
        return page(request, template, context)
    if form.is_valid():
        successor, version = form.cleaned_data.get("successor"), form.cleaned_data["version"]
        try:
            services.deactivate_person(actor=request.user, person=person, successor=successor, version=version)
        except RuleViolation as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("%(name)s can no longer sign in.") % {"name": person.name})
            return go_to(request, reverse("person_list"))
    return refused(request, template, context)


@needs("people.write")
@require_POST
def person_reactivate(request: Request, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    services.reactivate_person(actor=request.user, person=person, version=person.version)
    messages.success(request, _("%(name)s can sign in again.") % {"name": person.name})
    return go_to(request, reverse("person_list"))
