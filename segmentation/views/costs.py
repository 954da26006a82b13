"""What an hour of scarce people costs, and what other currencies are worth: finance sets it here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.people.models import Organisation
from pmcrm.web import Request, go_to, page, refused
from segmentation.forms.cost import ExchangeRateForm, PoolRateForm
from segmentation.models import CostPool, ExchangeRate
from segmentation.services.costs import set_exchange_rate, set_pool_rate

if TYPE_CHECKING:
    from django import forms

RATES_SHOWN: Final = 36


@require_GET
@needs("cost_pool.read")
def cost_pool_list(request: Request) -> HttpResponse:
    return page(
        request,
        "segmentation/cost_pool_list/page.html",
        {
            "pools": list(CostPool.objects.prefetch_related("rates")),
            "exchange_rates": list(ExchangeRate.objects.all()[:RATES_SHOWN]),
            "may_write": request.user.may("cost_pool.write"),
            "currency": Organisation.current().currency,
        },
    )


@require_http_methods(["GET", "POST"])
@needs("cost_pool.write")
def pool_rate_create(request: Request) -> HttpResponse:
    form = PoolRateForm(request.POST or None, initial={"currency": Organisation.current().currency})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            set_pool_rate(
                actor=request.user,
                pool=data["pool_slug"],
                from_month=data["from_month"],
                rate=data["rate"],
                currency=data["currency"],
                practical_hours=data["practical_hours"],
            )
        except RuleViolation as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The rate is set. It counts in the next run."))
            return go_to(request, reverse("cost_pool_list"))
    return _form(request, form, "pool_rate_create")


@require_http_methods(["GET", "POST"])
@needs("cost_pool.write")
def exchange_rate_create(request: Request) -> HttpResponse:
    form = ExchangeRateForm(request.POST or None, initial={"to_currency": Organisation.current().currency})
    if request.method == "POST" and form.is_valid():
        try:
            set_exchange_rate(actor=request.user, **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The rate is set. It counts in the next run."))
            return go_to(request, reverse("cost_pool_list"))
    return _form(request, form, "exchange_rate_create")


def _form(request: Request, form: forms.BaseForm, name: str) -> HttpResponse:
    template = f"segmentation/{name}/_form.html"
    context: dict[str, Any] = {"form": form}
    if request.method == "POST":
        return refused(request, template, context)
    return page(request, f"segmentation/{name}/page.html", context, fragment=template)
