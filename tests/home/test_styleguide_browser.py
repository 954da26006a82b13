"""The components in a real browser: keys, palette, dialogs, the chart's walk, appearance, and what axe says."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client, override_settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from pmcrm.people.models import User
from tests import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Axe()


@pytest.fixture
def person() -> User:
    return build.user("product_lead", "administrator", name="Ravi Kapoor")


@pytest.fixture
def guide(page: Page, person: User, live_server: LiveServer) -> Page:
    """The style guide, signed in."""
    client = Client()
    client.force_login(person)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    with override_settings(DEVELOPMENT=True):
        page.goto("/styleguide/")
        page.wait_for_load_state("networkidle")
    return page


def test_axe_finds_nothing_in_light_dark_and_on_a_phone(guide: Page) -> None:
    for width, scheme in ((1440, "light"), (1440, "dark"), (390, "light")):
        guide.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        guide.set_viewport_size({"width": width, "height": 844})
        found = AXE.run(guide).response["violations"]
        assert [(width, scheme, fault["id"], fault["nodes"][0]["html"]) for fault in found] == []


def test_the_page_never_scrolls_sideways(guide: Page) -> None:
    for width in (320, 390, 768, 1080, 1440, 1920):
        guide.set_viewport_size({"width": width, "height": 900})
        root = "document.documentElement"
        assert guide.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), width


def test_the_palette_opens_by_key_and_is_walked_by_arrows(guide: Page) -> None:
    guide.locator("h1").first.click()
    guide.keyboard.press("/")
    box = guide.get_by_role("combobox", name="Search accounts")
    expect(box).to_be_focused()
    box.fill("peop")
    chosen = guide.locator("#palette [role=option][aria-selected=true]")
    expect(chosen).to_contain_text("People")
    guide.keyboard.press("Enter")
    guide.wait_for_url("**/settings/people/")


def test_keys_are_mute_while_somebody_types(guide: Page) -> None:
    guide.get_by_label("Account", exact=True).first.fill("What now")
    guide.keyboard.press("?")
    expect(guide.locator("#keys")).not_to_be_visible()
    expect(guide.get_by_label("Account", exact=True).first).to_have_value("What now?")


def test_the_curve_is_walked_and_a_stretch_taken_by_keyboard(guide: Page) -> None:
    walker = guide.get_by_role("slider", name="Walk along the curve").first
    walker.focus()
    guide.keyboard.press("End")
    expect(walker).to_have_attribute("aria-valuetext", "The best 402 of 402 accounts: 100.0\u00a0% of total profit")
    guide.keyboard.press("Home")
    expect(walker).to_have_attribute("aria-valuenow", "0")
    for _ in range(3):
        guide.keyboard.press("Shift+ArrowRight")
    expect(guide.locator("#curve .whale__stretch")).to_have_text("Accounts 1 to 3. Enter opens them, Esc lets go.")
    guide.keyboard.press("Enter")
    guide.wait_for_url(re.compile(r"/styleguide/\?from=1&to=3$"))


def test_a_dialog_takes_and_gives_back_the_focus(guide: Page) -> None:
    opener = guide.locator("[data-open='#sample-dialog']")
    opener.click()
    dialog = guide.locator("#sample-dialog")
    expect(dialog).to_be_visible()
    guide.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(opener).to_be_focused()


def test_the_appearance_changes_at_once_and_stays(guide: Page, person: User) -> None:
    guide.get_by_role("button", name="Menu of Ravi Kapoor").click()
    with guide.expect_response("**/appearance/set/"):
        guide.get_by_role("button", name="Dark").click()
    expect(guide.locator("html")).to_have_attribute("data-theme", "dark")
    person.refresh_from_db()
    assert person.theme == "dark"


def test_a_chip_is_removed_by_its_button_and_by_backspace(guide: Page) -> None:
    combo = guide.locator("[data-combo]")
    expect(combo.locator(".chip")).to_have_count(2)
    combo.get_by_role("button", name="Remove Kari Lund").click()
    expect(combo.locator(".chip")).to_have_count(1)
    combo.get_by_role("combobox").press("Backspace")
    expect(combo.locator(".chip")).to_have_count(0)
