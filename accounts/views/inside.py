"""Internal customers: whom they serve, and the programmes they take part in; read on the pages of both sides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import EnrolmentEndForm, EnrolmentForm, ServesForm
from accounts.models import Account, Enrolment
from accounts.permissions import may_edit
from accounts.services.inside import end_enrolment, enrol, serve, stop_serving
from accounts.views.forms import form_page
from pmcrm.people.access import needs
from pmcrm.web import Request, accepted, go_to


def _own(request: Request, pk: int) -> Account:
    account: Account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    if not may_edit(request.user, account):
        raise PermissionDenied
    return account


def _back(account: Account) -> str:
    return f"{account.get_absolute_url()}?tab=inside"


def _chosen(form: Form, name: str) -> list[dict[str, Any]]:
    """The account chosen so far, as the typeahead wants it."""
    account = form.cleaned_data.get(name) if form.is_bound else None
    return [{"id": account.pk, "label": account.name}] if account else []


@needs("account.write")
@require_http_methods(["GET", "POST"])
def serves_add(request: Request, pk: int) -> HttpResponse:
    """One more external account that the internal account `pk` serves."""
    account = _own(request, pk)
    form = ServesForm(request.POST or None, person=request.user)
    if accepted(form, serve, actor=request.user, account=account):
        messages.success(request, _("Both pages show it now."))
        return go_to(request, _back(account))
    return form_page(
        request,
        "accounts/serves_add/_fields.html",
        form=form,
        title=_("Whom does %(account)s serve?") % {"account": account.name},
        back=_back(account),
        action=reverse("serves_add", args=[pk]),
        submit=_("Add"),
        chosen=_chosen(form, "customer"),
    )


@needs("account.write")
@require_POST
def serves_end(request: Request, pk: int, other: int) -> HttpResponse:
    """The internal account `pk` serves the other no more."""
    account = _own(request, pk)
    customer = get_object_or_404(Account.objects.visible_to(request.user), pk=other)
    stop_serving(actor=request.user, account=account, customer=customer)
    messages.success(request, _("Noted on both pages."))
    return go_to(request, _back(account))


@needs("account.write")
@require_http_methods(["GET", "POST"])
def enrolment_add(request: Request, pk: int) -> HttpResponse:
    """A programme that the internal account `pk` takes part in."""
    account = _own(request, pk)
    form = EnrolmentForm(request.POST or None, person=request.user)
    if accepted(form, enrol, actor=request.user, account=account):
        messages.success(request, _("Enrolled."))
        return go_to(request, _back(account))
    return form_page(
        request,
        "accounts/enrolment_add/_fields.html",
        form=form,
        title=_("What does %(account)s take part in?") % {"account": account.name},
        back=_back(account),
        action=reverse("enrolment_add", args=[pk]),
        submit=_("Enrol"),
        chosen=_chosen(form, "paired_with"),
    )


@needs("account.write")
@require_http_methods(["GET", "POST"])
def enrolment_end(request: Request, pk: int) -> HttpResponse:
    """End an enrolment with its day."""
    seen = Enrolment.objects.visible_to(request.user).select_related("account", "paired_with")
    enrolment = get_object_or_404(seen, pk=pk)
    account = _own(request, enrolment.account_id)
    form = EnrolmentEndForm(request.POST or None)
    if accepted(form, end_enrolment, actor=request.user, enrolment=enrolment):
        messages.success(request, _("Ended."))
        return go_to(request, _back(account))
    return form_page(
        request,
        "accounts/enrolment_end/_fields.html",
        form=form,
        title=_("When did this end?"),
        back=_back(account),
        action=reverse("enrolment_end", args=[pk]),
        submit=_("End it"),
        enrolment=enrolment,
    )
