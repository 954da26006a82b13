"""How do we deal with customers? Everybody reads it; every change is a version that stays readable."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import MannersForm
from accounts.models import Manners
from accounts.services.manners import TEXTS, write_manners
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, go_to, page, show_refusal

MOST_VERSIONS = 30


@needs("account.read")
@require_http_methods(["GET", "POST"])
def customer_manners(request: Request) -> HttpResponse:
    may_write = may(request.user, "manners.write")
    versions = list(Manners.objects.newest_first()[:MOST_VERSIONS])
    present = versions[0] if versions else None
    form = MannersForm(
        request.POST or None,
        initial={name: getattr(present, name) for name in TEXTS} | {"read_version": present.pk} if present else None,
    )
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        if form.is_valid():
            try:
                write_manners(actor=request.user, **form.cleaned_data)
            except RuleViolation as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("Written down. The earlier version stays readable below."))
                return go_to(request, reverse("customer_manners"))
    context = {
        "form": form,
        "present": present,
        "earlier": versions[1:],
        "may_write": may_write,
        "is_writing": may_write and (form.is_bound or "write" in request.GET or present is None),
    }
    return page(request, "accounts/customer_manners/page.html", context, status=422 if form.is_bound else 200)
