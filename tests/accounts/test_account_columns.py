"""The columns of the list of accounts: chosen, moved, and kept in the address."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import build
from tests.test_pages_in_browser import sign_in

USUAL = ["Account", "State", "Tier", "Place, time there", "Sales", "Product"]


def heads(client: Client, **asked: str | list[str]) -> list[str]:
    html = client.get(reverse("account_list"), asked).content.decode()
    return [re.sub("<[^>]+>", "", head) for head in re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", html)]


def ticked(html: str) -> list[str]:
    return re.findall(r'name="columns" value="([a-z_]+)" checked', html)


@pytest.mark.django_db
def test_the_address_says_which_columns_in_which_order(client: Client) -> None:
    client.force_login(build.user("product_lead"))
    build.account(name="Nord", industry="Shipping")

    assert heads(client)[:6] == USUAL
    assert heads(client, columns=["industry", "tier", "state"]) == ["Account", "Industry", "Tier", "State"]
    assert heads(client, columns=["tier", "no_such_column", "tier", "name"]) == ["Account", "Tier"]
    assert heads(client, columns=["no_such_column"])[:6] == USUAL


@pytest.mark.django_db
def test_a_column_that_the_role_does_not_carry_is_left_out(client: Client) -> None:
    client.force_login(build.user("administrator"))
    build.account(name="Nord")

    assert heads(client, columns=["contribution", "state"]) == ["Account", "State"]
    assert "Contribution" not in client.get(reverse("list_columns", args=["accounts"])).content.decode()


@pytest.mark.django_db
def test_filters_and_columns_travel_together(client: Client) -> None:
    client.force_login(build.user("product_lead"))
    build.account(name="Nord", state="prospect")

    html = client.get(reverse("account_list"), {"state": "prospect", "columns": ["tier", "state"]}).content.decode()

    assert "/lists/accounts/columns/?state=prospect&amp;columns=tier&amp;columns=state" in html
    assert '<input type="hidden" name="columns" value="tier" form="list-filters">' in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("move", "after"),
    [
        ("up:tier", ["tier", "state", "step"]),
        ("down:tier", ["state", "step", "tier"]),
        ("up:state", ["state", "tier", "step"]),
        ("down:step", ["state", "tier", "step"]),
        ("down:nothing", ["state", "tier", "step"]),
        ("\x00", ["state", "tier", "step"]),
    ],
)
def test_a_column_moves_by_one(client: Client, move: str, after: list[str]) -> None:
    client.force_login(build.user("product_lead"))

    answer = client.get(
        reverse("list_columns", args=["accounts"]), {"columns": ["state", "tier", "step"], "move": move, "q": "nor"}
    )

    assert ticked(answer.content.decode()) == after
    assert '<input type="hidden" name="q" value="nor">' in answer.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_columns_are_chosen_by_keyboard_alone(page: Page, live_server: LiveServer) -> None:
    sign_in(page, build.user("product_lead"), live_server.url)
    build.account(name="Nord", industry="Shipping")
    page.goto(f"{reverse('account_list')}?columns=state&columns=tier")

    page.get_by_role("link", name="Columns").press("Enter")
    up = page.get_by_role("button", name="Tier: one up")
    up.press("Enter")
    expect(page.get_by_role("button", name="Tier: one down")).to_be_focused()
    page.get_by_role("checkbox", name="Industry").press("Space")
    assert not AXE.run(page).response["violations"]
    page.get_by_role("button", name="Show these").press("Enter")

    expect(page.get_by_role("columnheader")).to_have_text(["Account", "Tier", "State", "Industry"])
    expect(page.get_by_role("cell", name="Shipping")).to_be_visible()


AXE = Axe()
