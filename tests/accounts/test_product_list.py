"""Products: their routes to market, and what does not apply without partners."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Product
from accounts.services.products import edit_product
from pmcrm.errors import RuleViolation
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.accounts.test_value_api import ROOT, client_of

pytestmark = pytest.mark.django_db


def test_a_product_sold_directly_has_no_channel_to_speak_of(client: Client) -> None:
    manager = build.user("product_manager")
    build.account(party="channel_partner")
    planner, roster = Product.objects.create(name="Planner"), Product.objects.create(name="Roster")
    client.force_login(manager)
    client.post(
        reverse("product_edit", args=[planner.pk]), {"routes": ["direct"], "life_stage": "growth", "version": 1}
    )
    edit_product(actor=manager, product=roster, version=1, routes=["channel", "direct", "channel"])
    roster.refresh_from_db()
    assert roster.routes == ["direct", "channel"]
    page = client.get(reverse("product_list")).content.decode()
    assert page.count("not applicable") == 1
    assert page.index("Planner") < page.index("not applicable") < page.index("Roster")
    told = TrailEntry.objects.filter(verb="product.edited").earliest("id")
    assert told.data["changes"] == {"routes": [[], ["direct"]], "life_stage": ["", "growth"]}


def test_only_product_and_the_sales_vp_describe_products(client: Client) -> None:
    product, owner = Product.objects.create(name="Planner"), build.user("sales_owner")
    with pytest.raises(RuleViolation, match="does not describe"):
        edit_product(actor=owner, product=product, version=1, routes=["direct"])
    client.force_login(owner)
    assert "Edit" not in client.get(reverse("product_list")).content.decode().split("<tbody>")[1].split("</tbody>")[0]


def test_the_api_describes_a_product() -> None:
    product = Product.objects.create(name="Planner")
    url, api = f"{ROOT}/products/{product.pk}/", client_of(build.user("product_lead"))
    said = api.patch(url, {"routes": ["online"], "life_stage": "decline", "version": 1}, format="json")
    assert said.status_code == 200, said.content
    assert (said.json()["routes"], said.json()["life_stage"], said.json()["version"]) == (["online"], "decline", 2)
    assert api.patch(url, {"routes": ["pigeon"], "version": 2}, format="json").status_code == 400
    assert api.patch(url, {"life_stage": "", "version": 1}, format="json").status_code == 409
