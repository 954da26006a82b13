"""Deals on an account's page and in the API: what they add up to, and who reads them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Deal, Product
from tests import build

pytestmark = pytest.mark.django_db


def deals() -> tuple[Deal, Deal, Deal]:
    account = build.account(ref="A-1", name="Nordlys")
    grid = Product.objects.create(name="Grid", list_price=Decimal(500))
    day = dt.date(2026, 1, 10)
    won = Deal.objects.create(
        account=account, name="Terminal", stage="won", step="Won", amount=Decimal("1200.5"), currency="EUR",
        opened_on=day, closed_on=day + dt.timedelta(days=9),
    )  # fmt: skip
    still_open = Deal.objects.create(
        account=account, product=grid, name="Renewal", step="Engaging", currency="EUR", opened_on=day
    )
    lost = Deal.objects.create(name="Of nobody", stage="lost", opened_on=day, closed_on=day + dt.timedelta(days=4))
    return won, still_open, lost


def test_the_page_shows_deals_and_what_they_add_up_to(client: Client) -> None:
    won, _open, _lost = deals()
    client.force_login(build.user("product_lead"))

    answer = client.get(f"/accounts/{won.account_id}/?tab=deals")

    words = answer.content.decode()
    assert [deal.name for deal in answer.context["panel"].deals] == ["Renewal", "Terminal"]
    assert all(said in words for said in ("1,200", "list price", "Engaging", "of 1 closed"))


def test_departments_do_not_see_deals(client: Client) -> None:
    won, _open, _lost = deals()
    client.force_login(build.user("administrator"))

    assert b"tab=deals" not in client.get(f"/accounts/{won.account_id}/").content
    assert client.get("/api/v1/deals/").status_code == 403


def test_the_api_lists_deals_and_adds_them_up(client: Client) -> None:
    won, still_open, lost = deals()
    client.force_login(build.user("product_lead"))

    listed = client.get("/api/v1/deals/").json()["results"]
    all_of_them = client.get("/api/v1/deals/figures/").json()
    of_one = client.get(f"/api/v1/deals/figures/?account={won.account_id}").json()

    assert [(deal["id"], deal["amount"], deal["worth"]) for deal in listed] == [
        (lost.pk, None, None), (still_open.pk, None, "500.0000"), (won.pk, "1200.5000", "1200.5000"),
    ]  # fmt: skip
    assert all_of_them == {
        "deals": 3, "open": 1, "won": 1, "lost": 1, "won_amount": "1200.5000", "open_amount": "500.0000",
        "win_rate": "0.500000", "average_won": "1200.5000", "days_to_win": "9.000000", "days_to_lose": "4.000000",
        "days_to_close": "6.500000", "steps": {"Engaging": 1, "Won": 1},
    }  # fmt: skip
    assert (of_one["deals"], of_one["win_rate"], of_one["days_to_lose"]) == (2, "1.000000", None)
    assert client.get("/api/v1/products/").json()["results"][0]["list_price"] == "500.0000"


def test_a_sales_owner_sees_the_deals_of_own_accounts(client: Client) -> None:
    won, _open, _lost = deals()
    owner = build.user("sales_owner")
    mine = build.account(name="Mine", relationship_owner=owner)
    own = Deal.objects.create(account=mine, name="Own")
    client.force_login(owner)

    assert [deal["id"] for deal in client.get("/api/v1/deals/").json()["results"]] == [own.pk]
    assert client.get(f"/api/v1/deals/{won.pk}/").status_code == 404


def test_a_phone_number_that_cannot_be_dialled_is_shown_as_it_is_written(client: Client) -> None:
    contact = build.contact(account=build.account(name="Nordlys"), name="Ola", phone="957.962.1534 x7")
    client.force_login(build.user("product_lead"))

    for address in (f"/accounts/{contact.account_id}/?tab=people", f"/contacts/{contact.pk}/"):
        words = client.get(address).content.decode()
        assert "957.962.1534 x7" in words
        assert ">None<" not in words
