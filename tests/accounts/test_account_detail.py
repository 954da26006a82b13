"""An account's own page: what each role finds on it, tabs, history, few queries."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account
from accounts.services.accounts import edit_account
from accounts.services.figures import publish_figures
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db


def tabs(html: str) -> list[str]:
    return re.findall(r'href="\?tab=(\w+)" hx-get', html)


def page(client: Client, account: Account, tab: str = "") -> str:
    answer = client.get(reverse("account_detail", args=[account.pk]), {"tab": tab} if tab else {})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("role", "money", "history"),
    [
        ("product_lead", True, True),
        ("product_manager", True, False),
        ("sales_vp", True, False),
        ("finance", True, False),
        ("executive", True, False),
        ("sales_owner", False, False),
        ("department_member", False, False),
        ("administrator", False, True),
    ],
)
def test_each_role_finds_its_tabs_and_no_more(client: Client, role: str, money: bool, history: bool) -> None:
    person = build.user(role)
    account = build.account(name="Nord AS")
    account.team.add(person)
    publish_figures([{"account_id": account.pk, "contribution_12m": Decimal(48210)}], columns=["contribution_12m"])
    client.force_login(person)

    html = page(client, account)

    assert ("money" in tabs(html), "history" in tabs(html)) == (money, history)
    assert ("+48,210" in html) is money
    for tab in ("history", "money"):
        hidden = page(client, account, tab)
        assert (f'?tab={tab}"' in hidden) is (tab in tabs(html))


def test_the_head_says_place_time_owners(client: Client) -> None:
    lead = build.user("product_lead", name="Ravi Kapoor")
    owner = build.user("sales_owner", name="Ingrid Moe")
    account = build.account(
        name="Halden",
        city="Oslo",
        country="NO",
        time_zone="Europe/Oslo",
        relationship_owner=owner,
        product_manager=lead,
    )
    client.force_login(lead)

    html = page(client, account)

    assert "Oslo, Norway" in html
    assert re.search(r"\d\d:\d\d there", html)
    assert "owner Ingrid Moe (sales)" in html
    assert "product Ravi Kapoor" in html


def test_history_tells_changes_of_this_account_alone(client: Client) -> None:
    lead = build.user("product_lead", name="Ravi Kapoor")
    account = build.account(name="Halden", city="Oslo")
    edit_account(actor=lead, account=account, version=1, city="<i>Bergen</i>")
    edit_account(actor=lead, account=build.account(), version=1, city="Elsewhere")
    # What other rooms keep closed stays out, for the administrator too.
    TrailEntry.objects.create(
        actor=lead,
        verb="exit_plan.drafted",
        subject_type="segmentation.exitplan",
        subject_id="1",
        subject_label="Exit of Halden",
        account_id=account.pk,
    )
    client.force_login(build.user("administrator"))

    html = page(client, account, "history")

    assert "Account changed" in html
    assert "&lt;i&gt;Bergen&lt;/i&gt;" in html
    assert "Elsewhere" not in html
    assert "Exit of Halden" not in html


@pytest.mark.parametrize("size", [1, 30])
def test_the_page_asks_the_same_few_queries(
    client: Client, size: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lead = build.user("product_lead")
    account = build.account(relationship_owner=lead)
    for number in range(size):
        build.contact(account=account, name=f"Person {number}", time_zone="Europe/Oslo")
        build.promise(account=account, owner=lead)
    client.force_login(lead)
    page(client, account, "people")

    with django_assert_max_num_queries(5):
        page(client, account, "people")


@pytest.mark.parametrize("tab", ["people", "promises", "value", "about", "history", "nonsense", "timeline", "money"])
def test_each_tab_is_a_page_and_a_piece(client: Client, tab: str) -> None:
    account = build.account(name="Halden")
    client.force_login(build.user("product_lead"))

    assert "<!doctype html>" in page(client, account, tab)
    piece = client.get(
        reverse("account_detail", args=[account.pk]), {"tab": tab}, headers={"HX-Request": "true"}
    ).content.decode()
    assert piece.lstrip().startswith('<section class="card account-panel" id="account-panel"')


def test_names_are_inert(client: Client) -> None:
    account = build.account(name='"><script>alert(1)</script>', business_summary="<script>", city="<u>Oslo")
    client.force_login(build.user("product_lead"))

    for tab in ("people", "about", "value", "promises", "history"):
        html = page(client, account, tab)
        assert "<script>alert" not in html
        assert "<u>" not in html
