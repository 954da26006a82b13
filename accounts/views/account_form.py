"""Adding, changing and removing an account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import AccountForm
from accounts.models import Account
from accounts.permissions import may_edit
from accounts.services.accounts import create_account, edit_account
from accounts.services.duplicates import likely_accounts
from accounts.services.matching import typed_account
from accounts.services.trash import discard_account
from accounts.views.forms import form_page
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, go_to

FIELDS = "accounts/account_form/_fields.html"


@needs("account.create")
@require_http_methods(["GET", "POST"])
def account_create(request: Request) -> HttpResponse:
    back = reverse("account_list")
    asked: dict[str, Any] = {"kind": request.GET.get("kind", "external"), "name": request.GET.get("name", "")}
    form = AccountForm(request.POST or None, person=request.user, initial=asked)
    context: dict[str, Any] = {
        "sets_owner": may(request.user, "account.set_owner"),
        "action": reverse("account_create"),
    }
    if form.is_bound and form.is_valid():
        # Who saw the warning while typing goes on; without a script it is asked once.
        is_another = bool(request.POST.get("is_another"))
        duplicates = None if is_another else likely_accounts(actor=request.user, typed=typed_account(form.cleaned_data))
        if not duplicates:
            try:
                account = create_account(actor=request.user, **form.values)
            except RuleViolation as refusal:
                form.show_refusal(refusal)
            else:
                messages.success(request, _("%(name)s was added.") % {"name": account.name})
                return go_to(request, account.get_absolute_url())
        context["duplicates"] = duplicates
    title, submit = _("New account"), _("Add the account")
    context["parent_chosen"] = _parent(form)
    return form_page(request, FIELDS, form=form, title=title, back=back, submit=submit, **context)


@needs("account.write")
@require_http_methods(["GET", "POST"])
def account_edit(request: Request, pk: int) -> HttpResponse:
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    if not may_edit(request.user, account):
        raise PermissionDenied
    form = AccountForm(request.POST or None, instance=account, person=request.user)
    context: dict[str, Any] = {"sets_owner": True, "account": account, "action": reverse("account_edit", args=[pk])}
    if form.is_bound and form.is_valid():
        try:
            saved = edit_account(actor=request.user, account=account, version=form.read_version, **form.values)
        except StaleVersion as refusal:
            form.show_conflict(refusal)
        except RuleViolation as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Saved."))
            return go_to(request, saved.get_absolute_url())
    title, back = _("Edit %(name)s") % {"name": Account.objects.get(pk=pk).name}, account.get_absolute_url()
    context["parent_chosen"] = _parent(form)
    if may(request.user, "account.delete"):
        context["merge_url"] = reverse("account_merge_choose", args=[pk])
        context["delete_url"] = reverse("account_delete", args=[pk])
    return form_page(request, FIELDS, form=form, title=title, back=back, submit=_("Save"), **context)


@needs("account.delete")
@require_POST
def account_delete(request: Request, pk: int) -> HttpResponse:
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    try:
        discard_account(actor=request.user, account=account)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
        return go_to(request, account.get_absolute_url())
    undo = reverse("trash_restore", args=["account", pk])
    messages.success(request, _("%(name)s is in the trash.") % {"name": account.name}, extra_tags=undo)
    return go_to(request, reverse("account_list"))


def _parent(form: AccountForm) -> list[dict[str, Any]]:
    """The parent chosen so far, as the combobox shows it."""
    parent = form.cleaned_data.get("parent") if form.is_bound else form.instance.parent
    return [{"id": parent.pk, "label": parent.name}] if parent else []
