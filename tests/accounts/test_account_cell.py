"""One cell of the list changed in place."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import DjangoAssertNumQueries
from pytest_django.live_server_helper import LiveServer

from accounts.forms.on_offer import forget_own_fields
from accounts.models import Account
from accounts.services.accounts import edit_account
from accounts.services.custom_fields import create_field
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.test_pages_in_browser import sign_in

HTMX = {"HX-Request": "true"}


@pytest.fixture
def lead(db: None) -> User:
    return build.user("product_lead", name="Lea Lead")


def cell(account: Account, field: str) -> str:
    return reverse("account_cell", args=[account.pk, field])


def form(value: str | list[str], *, seen: str, version: int = 1) -> dict[str, str | list[str]]:
    return {"value": value, "seen": seen, "version": str(version)}


def test_a_state_is_changed_where_it_stands(client: Client, lead: User) -> None:
    account = build.account(name="Nord")
    client.force_login(lead)

    editor = client.get(cell(account, "state"), headers=HTMX).content.decode()
    assert 'aria-label="State of Nord"' in editor
    assert '<option value="customer" selected>Customer</option>' in editor
    saved = client.post(cell(account, "state"), form("prospect", seen="customer"), headers=HTMX)

    assert "Prospect" in saved.content.decode()
    assert f'hx-get="{cell(account, "state")}"' in saved.content.decode()
    assert json.loads(saved["HX-Trigger"]) == {"toast": "Saved.", "row:saved": {"pk": account.pk, "version": 2}}
    (entry,) = TrailEntry.objects.filter(verb="account.edited")
    assert entry.data["changes"] == {"state": ["customer", "prospect"]}
    back = client.get(cell(account, "state") + "?show=1", headers=HTMX).content.decode()
    assert back == saved.content.decode()
    plain = client.post(cell(account, "state"), form("former", seen="prospect", version=2))
    assert plain["Location"] == "/accounts/?edit=on"


def test_a_conflict_names_both_values_and_other_fields_make_none(client: Client, lead: User) -> None:
    account = build.account()
    client.force_login(lead)
    edit_account(actor=lead, account=account, version=1, state="former", city="Oslo")

    stale = client.post(cell(account, "state"), form("prospect", seen="customer"), headers=HTMX)
    assert stale.status_code == 422
    html = stale.content.decode()
    assert "Somebody saved “Former” meanwhile, you chose “Prospect”. Save again for yours." in html
    assert 'name="version" value="2"' in html
    assert Account.objects.get().state == "former"
    edit_account(actor=lead, account=account, version=2, city="Bergen")
    again = client.post(cell(account, "state"), form("prospect", seen="former", version=2), headers=HTMX)

    assert again.status_code == 200
    assert (Account.objects.get().state, Account.objects.get().city) == ("prospect", "Bergen")


def test_owners_tags_and_own_choices(client: Client, lead: User) -> None:
    seller = build.user("sales_owner", name="Sol Seller")
    account = build.account()
    create_field(actor=lead, thing="account", label="Edition", type="choice", choices=["Gold", "Basic"])
    create_field(actor=lead, thing="account", label="Hosted", type="yes_no", choices=[])
    forget_own_fields()
    client.force_login(lead)

    client.post(cell(account, "sales"), form(str(seller.pk), seen=""), headers=HTMX)
    client.post(cell(account, "product"), form(str(lead.pk), seen="", version=2), headers=HTMX)
    tags = client.post(cell(account, "tags"), form(["", "Pilot", "Beta"], seen="", version=3), headers=HTMX)
    client.post(cell(account, "custom_edition"), form("Gold", seen="", version=4), headers=HTMX)
    client.post(cell(account, "custom_hosted"), form("no", seen="", version=5), headers=HTMX)

    account.refresh_from_db()
    assert (account.relationship_owner, account.product_manager) == (seller, lead)
    assert account.custom == {"edition": "Gold", "hosted": False}
    assert '<span class="tag">Beta</span> <span class="tag">Pilot</span>' in tags.content.decode()
    client.post(cell(account, "custom_edition"), form("", seen="Gold", version=6), headers=HTMX)
    client.post(cell(account, "sales"), form("", seen=str(seller.pk), version=7), headers=HTMX)
    account.refresh_from_db()
    assert (account.relationship_owner, account.custom) == (None, {"hosted": False})


@pytest.mark.parametrize("field", ["state", "sales", "custom_edition"])
def test_what_is_not_on_offer_is_refused(client: Client, lead: User, field: str) -> None:
    create_field(actor=lead, thing="account", label="Edition", type="choice", choices=["Gold"])
    forget_own_fields()
    account = build.account()
    client.force_login(lead)

    refused = client.post(cell(account, field), form("9" * 30, seen=""), headers=HTMX)

    assert refused.status_code == 422
    assert "Choose one of those on offer." in refused.content.decode()
    assert Account.objects.get().version == 1
    assert client.get(cell(account, "name")).status_code == 404


@pytest.mark.django_db
def test_each_changes_what_is_theirs(client: Client) -> None:
    person = build.user("product_manager")
    mine, foreign = build.account(name="Mine", product_manager=person), build.account(name="Foreign")
    client.force_login(person)

    html = client.get(reverse("account_list"), {"edit": "on"}).content.decode()
    assert cell(mine, "state") in html
    assert cell(foreign, "state") not in html
    assert cell(mine, "product") not in html
    assert client.post(cell(foreign, "state"), form("former", seen="customer")).status_code == 403
    assert client.get(cell(mine, "product")).status_code == 403
    assert "cell/state" not in client.get(reverse("account_list")).content.decode()
    client.force_login(build.user("sales_owner"))
    assert client.get(cell(mine, "state")).status_code == 404
    assert set(Account.objects.values_list("state", flat=True)) == {"customer"}


def test_an_edited_list_asks_no_more_for_many_rows(
    client: Client, lead: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(lead)
    for _number in range(20):
        build.account(relationship_owner=lead)
    client.get(reverse("account_list"), {"edit": "on"})

    with django_assert_max_num_queries(6):
        client.get(reverse("account_list"), {"edit": "on"})


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_cell_is_changed_by_keyboard_alone(page: Page, live_server: LiveServer) -> None:
    lead = build.user("product_lead")
    account = build.account(name="Nord")
    sign_in(page, lead, live_server.url)
    page.goto(reverse("account_list") + "?edit=on")

    page.get_by_title("Change State of Nord").press("Enter")
    editor = page.get_by_role("combobox", name="State of Nord")
    expect(editor).to_be_focused()
    assert not Axe().run(page).response["violations"]
    editor.press("Escape")
    expect(page.get_by_title("Change State of Nord")).to_be_focused()
    page.keyboard.press("Enter")
    expect(editor).to_be_focused()
    editor.select_option("prospect")
    editor.press("Enter")

    expect(page.get_by_title("Change State of Nord")).to_have_text("Prospect")
    expect(page.get_by_title("Change State of Nord")).to_be_focused()
    assert Account.objects.get().state == "prospect"
    expect(page.get_by_role("checkbox", name="Tick Nord")).to_have_value(f"{account.pk}.2")
