"""Saved views: kept, shared, pinned, opened first, and changed by one editor at a time."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import DjangoAssertNumQueries
from pytest_django.live_server_helper import LiveServer

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.lists.models import SavedView
from pmcrm.lists.saved_views import clean_query, delete_view, edit_view, mark_view, save_view, tabs_of
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.test_pages_in_browser import sign_in

LIST = "/accounts/"
JSON = "application/json"


def a_view(owner: User, *, name: str = "Coast", **fields: Any) -> SavedView:
    return save_view(actor=owner, kind="accounts", name=name, **({"query": "country=NO"} | fields))


@pytest.mark.django_db
def test_a_view_keeps_filters_order_and_columns_and_is_a_tab() -> None:
    person, client = build.user("product_lead"), Client()
    client.force_login(person)
    build.account(name="Nord", country="NO")
    query = "country=NO&sort=-contribution&columns=tier&columns=state"

    answer = client.post(
        reverse("saved_view_create", args=["accounts"]),
        {"name": " The  coast ", "sharing": "private", "is_pinned": "on", "query": f"{query}&cursor=abc&q=&view=7"},
    )

    view = SavedView.objects.get()
    assert (view.name, view.query, view.owner) == ("The coast", query, person)
    assert answer["Location"] == f"{LIST}?{query}&view={view.pk}"
    html = client.get(answer["Location"]).content.decode()
    assert f'view={view.pk}" aria-current="page">The coast</a>' in html
    changed = client.get(f"{LIST}?view={view.pk}&country=NO").content.decode()
    assert 'The coast <span class="dim">changed</span>' in changed
    assert TrailEntry.objects.about(view).get().verb == "view.saved"


@pytest.mark.django_db
def test_a_default_view_opens_the_bare_address_and_the_plain_list_stays_reachable() -> None:
    person, client = build.user("product_lead"), Client()
    client.force_login(person)
    first, second = a_view(person, is_default=True), a_view(person, name="Other", query="country=SE")
    assert client.get(LIST)["Location"] == f"{LIST}?country=NO&view={first.pk}"

    mark_view(actor=person, view=second, is_default=True)

    assert client.get(LIST)["Location"] == f"{LIST}?country=SE&view={second.pk}"
    plain = client.get(LIST, {"view": "all"})
    assert plain.status_code == 200
    assert f'<a href="{LIST}?view=all" aria-current="page">Accounts</a>' in plain.content.decode()


@pytest.mark.django_db
def test_who_sees_a_view_and_whose_rights_count() -> None:
    sales = build.department(name="Sales")
    owner = build.user("product_lead", department=sales)
    near, far = build.user("sales_owner", department=sales), build.user("sales_owner")
    private, of_sales = a_view(owner), a_view(owner, name="Sales", sharing="department")
    for_all = a_view(owner, name="All", sharing="everybody", query="columns=contribution&columns=state")

    assert set(SavedView.objects.visible_to(owner)) == {private, of_sales, for_all}
    assert set(SavedView.objects.visible_to(near)) == {of_sales, for_all}
    assert set(SavedView.objects.visible_to(far)) == {for_all}
    client = Client()
    build.account(name="Not theirs")
    client.force_login(far)
    assert client.get(reverse("saved_view_edit", args=[of_sales.pk])).status_code == 404
    assert "Not theirs" not in client.get(f"{LIST}?view={for_all.pk}&columns=contribution").content.decode()
    with pytest.raises(RuleViolation, match="Only its owner"):
        edit_view(actor=far, view=for_all, version=1, name="Mine")


@pytest.mark.django_db
def test_without_a_department_nothing_is_shared_with_it() -> None:
    with pytest.raises(RuleViolation, match="in no department"):
        a_view(build.user("product_lead"), sharing="department")
    assert not SavedView.objects.exists()


@pytest.mark.django_db
def test_two_editors_do_not_overwrite_each_other() -> None:
    owner = build.user("product_lead")
    view = a_view(owner)
    edit_view(actor=owner, view=view, version=1, query="country=SE")

    with pytest.raises(StaleVersion, match="while you were editing"):
        edit_view(actor=owner, view=view, version=1, name="Late")
    client = Client()
    client.force_login(owner)
    form = {"name": "Late", "sharing": "private", "version": 1}
    answer = client.post(reverse("saved_view_edit", args=[view.pk]), form)

    assert answer.status_code == 422
    assert 'name="version" value="2"' in answer.content.decode()
    view.refresh_from_db()
    assert (view.name, view.query, view.version) == ("Coast", "country=SE", 2)


@pytest.mark.django_db
def test_a_removed_or_unshared_view_is_nobodys_tab() -> None:
    owner, reader = build.user("product_lead"), build.user("sales_vp")
    view, other = a_view(owner, sharing="everybody"), a_view(owner, name="Other", sharing="everybody")
    for one in (view, other):
        mark_view(actor=reader, view=one, is_pinned=True)
    assert [tab.name for tab in tabs_of(reader, "accounts")] == ["Coast", "Other"]

    edit_view(actor=owner, view=view, version=1, sharing="private")
    delete_view(actor=owner, view=other)

    assert tabs_of(reader, "accounts") == []
    assert [tab.name for tab in tabs_of(owner, "accounts")] == ["Coast"]


@pytest.mark.django_db
def test_bad_input_is_refused_in_words() -> None:
    owner, client = build.user("product_lead"), Client()
    view = a_view(owner)
    client.force_login(owner)
    url = reverse("saved_view_create", args=["accounts"])
    for name, sentence in (("Coast", "of this name already"), ("", "This field is required"), ("x" * 81, "at most 80")):
        answer = client.post(url, {"name": name, "sharing": "private", "query": "q=%00"})
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert client.post(reverse("saved_view_create", args=["nothing"]), {"name": "x"}).status_code == 404
    assert client.post(reverse("saved_view_mark", args=[view.pk]), {"as": "!"}).status_code == 422
    with pytest.raises(RuleViolation, match="says too much"):
        clean_query("q=" + "x" * 5000)
    for odd in ("99999999999999999999", "-1", "\x00", "abc"):
        assert client.get(LIST, {"view": odd}).status_code == 200
    assert SavedView.objects.count() == 1


@pytest.mark.django_db
def test_the_api_reads_and_writes_views() -> None:
    owner, client = build.user("product_lead"), Client()
    client.force_login(owner)
    kept = {"kind": "accounts", "name": "Coast", "query": "country=NO"}
    made = client.post("/api/v1/saved-views/", kept, content_type=JSON)
    assert (made.status_code, made.json()["sharing"], made.json()["version"]) == (201, "private", 1)
    url = made["Location"]

    assert client.patch(url, {"name": "Shore"}, content_type=JSON).status_code == 400
    assert client.patch(url, {"name": "Shore", "version": 1}, content_type=JSON).json()["version"] == 2
    assert client.patch(url, {"name": "Late", "version": 1}, content_type=JSON).status_code == 409
    assert [one["name"] for one in client.get("/api/v1/saved-views/?kind=accounts").json()["results"]] == ["Shore"]
    assert client.delete(url).status_code == 204
    assert not SavedView.objects.exists()


@pytest.mark.django_db
def test_tabs_cost_the_list_no_query(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    owner, client = build.user("product_lead"), Client()
    client.force_login(owner)
    view = a_view(owner)
    client.get(LIST, {"view": view.pk})

    with django_assert_max_num_queries(3):
        client.get(LIST, {"view": view.pk})


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_view_is_saved_and_pinned_by_keyboard(page: Page, live_server: LiveServer) -> None:
    sign_in(page, build.user("product_lead"), live_server.url)
    build.account(name="Nord", country="NO")
    page.goto(f"{LIST}?country=NO&columns=tier")

    page.get_by_role("link", name="Views").press("Enter")
    name = page.get_by_role("textbox", name="Name", exact=True)
    expect(name).to_be_focused()
    assert not Axe().run(page).response["violations"]
    name.press("Enter")
    expect(page.get_by_text("This field is required.", exact=True)).to_be_visible()
    name.fill("The coast")
    name.press("Enter")

    tab = page.get_by_role("navigation", name="Views").get_by_role("link", name="The coast")
    expect(tab).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("columnheader")).to_have_text(["Account", "Tier"])
