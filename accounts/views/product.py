"""What do we sell, on which routes, and what is still young?"""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import ProductForm
from accounts.models import Account, Product
from accounts.models.deal import Route
from accounts.services.products import edit_product
from accounts.views.forms import form_page
from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, accepted, go_to, page

PAGE_SIZE: Final = 50


@require_safe
@needs("product.read")
def product_list(request: Request) -> HttpResponse:
    try:
        found = keyset_page(Product.objects.all(), order=["name"], cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(Product.objects.all(), order=["name"], cursor=None, size=PAGE_SIZE)
    context = {
        "rows": [{"product": one, "routes": [Route(route).label for route in one.routes]} for one in found.rows],
        "channel_partners": Account.objects.visible_to(request.user).channel_partners().count(),
        "may_write": may(request.user, "product.write"),
        "next_url": f"?cursor={found.next_cursor}" if found.next_cursor else "",
        "previous_url": f"?cursor={found.previous_cursor}" if found.previous_cursor else "",
    }
    return page(request, "accounts/product_list/page.html", context)


@needs("product.write")
@require_http_methods(["GET", "POST"])
def product_edit(request: Request, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    initial = {"routes": product.routes, "life_stage": product.life_stage, "version": product.version}
    form = ProductForm(request.POST or None, initial=initial)
    if accepted(form, edit_product, actor=request.user, product=product):
        messages.success(request, _("Saved."))
        return go_to(request, reverse("product_list"))
    return form_page(
        request,
        "accounts/product_edit/_fields.html",
        form=form,
        title=product.name,
        back=reverse("product_list"),
        action=reverse("product_edit", args=[pk]),
        submit=_("Save"),
    )
