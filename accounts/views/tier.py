"""Setting an account's tier by hand, and giving it back to the arithmetic."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import TierForm
from accounts.models import Account
from accounts.permissions import may_edit
from accounts.services.tier import end_tier, latest_day, set_tier
from accounts.services.value import computed_tiers
from accounts.views.forms import form_page
from pmcrm.people.access import needs
from pmcrm.web import Request, accepted, go_to


def _account(request: Request, pk: int) -> Account:
    account: Account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    if not may_edit(request.user, account):
        raise PermissionDenied
    return account


def _back(account: Account) -> str:
    return f"{account.get_absolute_url()}?tab=value"


@needs("account.write")
@require_http_methods(["GET", "POST"])
def tier_set(request: Request, pk: int) -> HttpResponse:
    """A tier with its reason and last day, the computed one in sight."""
    account = _account(request, pk)
    form = TierForm(request.POST or None, initial={"tier": account.tier, "expires_on": latest_day()})
    if accepted(form, set_tier, actor=request.user, account=account):
        messages.success(request, _("The tier is set; the computed one stays beside it."))
        return go_to(request, _back(account))
    return form_page(
        request,
        "accounts/tier_set/_fields.html",
        form=form,
        title=_("Which tier is %(account)s?") % {"account": account.name},
        back=_back(account),
        action=reverse("tier_set", args=[pk]),
        submit=_("Set the tier"),
        computed=computed_tiers([account.pk])[account.pk],
    )


@needs("account.write")
@require_POST
def tier_end(request: Request, pk: int) -> HttpResponse:
    """The computed tier holds again."""
    account = _account(request, pk)
    end_tier(actor=request.user, account=account)
    messages.success(request, _("The computed tier holds again."))
    return go_to(request, _back(account))
