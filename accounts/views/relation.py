"""Contribution marks, rivals and uses as a reference: entered on the account's page, and who may speak for us."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import ContributionForm, ReferenceUseForm, RivalForm
from accounts.models import Account, ContributionMark, ReferenceUse, RivalOutcome
from accounts.permissions import may_edit
from accounts.services.relation import log_reference_use, mark_contribution, note_rival_outcome, take_back
from accounts.views.forms import form_page
from pmcrm.people.access import needs
from pmcrm.web import Request, accepted, go_to

REMOVABLE: Final[dict[str, Any]] = {
    "contribution": ContributionMark,
    "rival": RivalOutcome,
    "reference": ReferenceUse,
}


@needs("account.write")
@require_http_methods(["GET", "POST"])
def contribution_add(request: Request, pk: int) -> HttpResponse:
    """What the account `pk` gives beside its payment."""
    account = _own(request, pk)
    return _entered(
        request,
        account,
        ContributionForm(request.POST or None, account=account),
        mark_contribution,
        name="contribution_add",
        title=_("What does %(account)s give beside its payment?"),
    )


@needs("account.write")
@require_http_methods(["GET", "POST"])
def rival_add(request: Request, pk: int) -> HttpResponse:
    """The account `pk` came from a rival, or went to one."""
    account = _own(request, pk)
    form = RivalForm(request.POST or None, initial={"rival": account.incumbent_competitor})
    title = _("%(account)s and a rival")
    return _entered(request, account, form, note_rival_outcome, name="rival_add", title=title)


@needs("account.write")
@require_http_methods(["GET", "POST"])
def reference_use_add(request: Request, pk: int) -> HttpResponse:
    """The account `pk` spoke for us, or will in a moment."""
    account = _own(request, pk)
    form = ReferenceUseForm(request.POST or None, account=account)
    last = ReferenceUse.objects.of(account).first()
    title = _("%(account)s speaks for us")
    return _entered(request, account, form, log_reference_use, name="reference_use_add", title=title, last=last)


@needs("account.write")
@require_POST
def relation_remove(request: Request, of: str, pk: int) -> HttpResponse:
    """Take back what was entered by mistake."""
    row = get_object_or_404(REMOVABLE[of].objects.visible_to(request.user).select_related("account"), pk=pk)
    if not may_edit(request.user, row.account):
        raise PermissionDenied
    take_back(actor=request.user, row=row)
    messages.success(request, _("Removed. The history keeps that it was there."))
    return go_to(request, _back(row.account))


def _own(request: Request, pk: int) -> Account:
    account: Account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    if not may_edit(request.user, account):
        raise PermissionDenied
    return account


def _back(account: Account) -> str:
    return f"{account.get_absolute_url()}?tab=relation"


def _entered(
    request: Request,
    account: Account,
    form: forms.Form,
    enter: Callable[..., Any],
    *,
    name: str,
    title: str,
    **context: Any,
) -> HttpResponse:
    if accepted(form, enter, actor=request.user, account=account):
        messages.success(request, _("Noted."))
        return go_to(request, _back(account))
    return form_page(
        request,
        f"accounts/{name}/_fields.html",
        form=form,
        title=title % {"account": account.name},
        back=_back(account),
        action=reverse(name, args=[account.pk]),
        submit=_("Note it"),
        **context,
    )
