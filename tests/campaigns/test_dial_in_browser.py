"""A round of calls in a real browser, by the keyboard alone."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from campaigns.models import Attempt, Campaign, Target
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Draft, Interaction, Learning, Pain

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lead() -> User:
    return build.user("product_lead", name="Liv Lead")


@pytest.fixture
def campaign(lead: User, page: Page, live_server: LiveServer) -> Campaign:
    client = Client()
    client.force_login(lead)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    made = build.campaign(owner=lead, name="Listening round")
    # No zone is known, so that they can be called at any hour at which this runs.
    for person in ("Maarja Tamm", "Jaan Kask", "Kati Mets"):
        account = build.account(name=f"{person} Logistics")
        build.target(campaign=made, contact=build.contact(account=account, name=person, phone="+37255550142"))
    return made


def test_calls_are_made_by_keys_alone(page: Page, campaign: Campaign) -> None:
    page.goto("/campaigns/")
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Call now":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Maarja Tamm")).to_be_visible()
    # A digit in the notes is a digit; Esc, and it is an outcome.
    page.locator("[name=notes]").focus()
    page.keyboard.type("Room 4 answers")
    expect(page.locator("[data-saved-at]")).to_be_visible()
    assert Draft.objects.get().data["notes"] == ["Room 4 answers"]
    assert not Attempt.objects.exists()
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    expect(page.get_by_role("heading", name="Jaan Kask")).to_be_visible()
    first = Attempt.objects.get()
    assert (first.outcome, first.interaction.notes, Draft.objects.count()) == ("no_answer", "Room 4 answers", 0)

    # A conversation asks for what was learned, and nothing is sent before.
    page.locator("details[data-block=expectation] summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator("details[data-block=pains] > summary").focus()
    page.keyboard.press("Enter")
    page.locator("details[data-block=pains] textarea").nth(1).focus()
    page.keyboard.type("The export is slow")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("[name=learned-0]")).to_be_focused()
    assert Attempt.objects.count() == 1
    page.keyboard.type("Drivers share one seat")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Kati Mets")).to_be_visible()
    talk = Attempt.objects.get(outcome="conversation")
    assert talk.interaction.minutes >= 1
    assert Learning.objects.get().text == "Drivers share one seat"
    assert Pain.objects.get().words == "The export is slow"

    # A call-back: the time is suggested, Enter keeps it.
    page.keyboard.press("3")
    expect(page.locator("[name=call_back_at]")).to_be_focused()
    page.locator("[name=call_back_at]").fill("2027-01-11T10:30")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody can be called just now")).to_be_visible()
    assert Target.objects.get(contact__name="Kati Mets").is_agreed

    # And the last one is taken back.
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Kati Mets")).to_be_visible()
    assert Interaction.objects.filter(status="cancelled").count() == 1


def test_notes_outlive_a_reload_and_a_lost_line(page: Page, campaign: Campaign) -> None:
    page.goto(f"/campaigns/{campaign.pk}/dial/")
    page.locator("[name=notes]").fill("Moved from Excel in spring")
    expect(page.locator("[data-saved-at]")).to_be_visible()
    page.reload()
    expect(page.locator("[name=notes]")).to_have_value("Moved from Excel in spring")
    page.route("**/draft/save/", lambda route: route.abort())
    page.locator("[name=notes]").fill("Moved from Excel in spring. Three people use it daily")
    expect(page.locator("[data-saved]")).to_have_text("The server cannot be reached. What you typed is still here.")
    page.unroute("**/draft/save/")
    # The page is thrown away without the server having seen it: the browser's own copy comes back.
    page.evaluate("delete document.querySelector('[data-dial]').dataset.changed")
    page.reload()
    expect(page.locator("[name=notes]")).to_have_value("Moved from Excel in spring. Three people use it daily")
    expect(page.locator("[data-saved-at]")).to_be_visible()
    assert Draft.objects.get().data["notes"] == ["Moved from Excel in spring. Three people use it daily"]


def test_on_a_phone_all_is_within_the_window(page: Page, campaign: Campaign) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("/campaigns/", f"/campaigns/{campaign.pk}/", f"/campaigns/{campaign.pk}/dial/", "/campaigns/new/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
