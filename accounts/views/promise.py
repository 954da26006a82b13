"""Making promises and settling them; they are read on the account's page."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import PromiseForm, SettleForm
from accounts.models import Account, Promise
from accounts.permissions import may_promise
from accounts.services.promises import add_promise, settle_promise
from accounts.views.forms import form_page
from pmcrm.people.access import needs
from pmcrm.web import Request, accepted, go_to


@needs("promise.write")
@require_http_methods(["GET", "POST"])
def promise_add(request: Request, pk: int) -> HttpResponse:
    """A promise to the account `pk`."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    if not may_promise(request.user, account):
        raise PermissionDenied
    back = f"{account.get_absolute_url()}?tab=promises"
    form = PromiseForm(request.POST or None, person=request.user)
    if accepted(form, add_promise, actor=request.user, account=account):
        messages.success(request, _("The promise is noted."))
        return go_to(request, back)
    title = _("Promise to %(account)s") % {"account": account.name}
    return form_page(
        request,
        "accounts/promise_add/_fields.html",
        form=form,
        title=title,
        back=back,
        action=reverse("promise_add", args=[pk]),
        submit=_("Note the promise"),
    )


@needs("account.read")
@require_http_methods(["GET", "POST"])
def promise_settle(request: Request, pk: int) -> HttpResponse:
    promise = get_object_or_404(Promise.objects.visible_to(request.user).select_related("account", "owner"), pk=pk)
    if not (may_promise(request.user, promise.account) or promise.owner_id == request.user.pk):
        raise PermissionDenied
    form = SettleForm(request.POST or None, initial={"version": promise.version, "state": request.GET.get("state")})
    if accepted(form, settle_promise, actor=request.user, promise=promise):
        messages.success(request, _("Settled."))
        return go_to(request, promise.get_absolute_url())
    return form_page(
        request,
        "accounts/promise_settle/_fields.html",
        form=form,
        title=_("How did this promise end?"),
        back=promise.get_absolute_url(),
        action=reverse("promise_settle", args=[pk]),
        submit=_("Settle"),
        promise=promise,
    )
