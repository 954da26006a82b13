"""Assessing what an account is worth to us in future and name."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import AssessForm
from accounts.models import Account
from accounts.permissions import may_edit
from accounts.services.value import assess_value
from accounts.views.forms import form_page
from pmcrm.people.access import needs
from pmcrm.web import Request, accepted, go_to


@needs("account.write")
@require_http_methods(["GET", "POST"])
def value_assess(request: Request, pk: int) -> HttpResponse:
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    if not may_edit(request.user, account):
        raise PermissionDenied
    back = f"{account.get_absolute_url()}?tab=value"
    form = AssessForm(request.POST or None, initial={"dimension": request.GET.get("dimension")})
    if accepted(form, assess_value, actor=request.user, account=account):
        messages.success(request, _("Assessed."))
        return go_to(request, back)
    return form_page(
        request,
        "accounts/value_assess/_fields.html",
        form=form,
        title=_("What is %(account)s worth to us?") % {"account": account.name},
        back=back,
        action=reverse("value_assess", args=[pk]),
        submit=_("Save the score"),
    )
