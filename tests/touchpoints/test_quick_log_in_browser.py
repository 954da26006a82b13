"""From the key to the saved call in a real browser."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from pmcrm.people.models import User
from tests import build
from touchpoints.models import Draft, Interaction, Learning, NextStep, Pain, Saying
from touchpoints.services.pains import tell_pain

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pm() -> User:
    return build.user("product_manager", name="Ravi Kapoor", department=build.department(pool="product"))


def sign_in(page: Page, user: User, at: str) -> None:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": at}])


def test_a_call_is_logged_by_keys_alone_and_taken_back(page: Page, pm: User, live_server: LiveServer) -> None:
    account = build.account(name="Halden Maritime", product_manager=pm)
    build.account(name="Arden Freight", product_manager=pm)
    sign_in(page, pm, live_server.url)
    page.goto(f"/accounts/{account.pk}/timeline/")
    asked: list[str] = []

    def listen(request: Request) -> None:
        if "/interactions/" in request.url and "/draft/" not in request.url:
            asked.append(request.method)

    page.on("request", listen)
    page.keyboard.press("c")
    log = page.locator("dialog[open] [data-quick-log]")
    expect(log.locator(".chip", has_text="Halden Maritime")).to_be_visible()
    expect(log.locator("[name=kind]").first).to_be_focused()
    page.keyboard.press("1")
    log.locator(".log__minutes label", has_text="30").click()
    log.locator("[name=notes]").fill("Export limit hurts.")
    log.locator("[name=step-0-text]").fill("Send the export")
    expect(log.locator("[data-saved-at]")).to_be_visible()
    assert Draft.objects.get().data["notes"] == ["Export limit hurts."]
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    # Opened and saved: no more is asked of anybody in a hurry.
    assert asked == ["GET", "POST"]
    expect(page.locator(".timeline .moment", has_text="Export limit hurts.")).to_be_visible()
    call = Interaction.objects.get()
    assert (call.outcome, call.minutes, call.status) == ("conversation", 30, "held")
    assert (NextStep.objects.count(), Draft.objects.count()) == (1, 0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".timeline .moment")).to_have_count(0)
    call.refresh_from_db()
    assert (call.status, NextStep.objects.count()) == ("cancelled", 0)


def test_enter_takes_what_the_letters_find_and_not_what_stood_there(
    page: Page, pm: User, live_server: LiveServer
) -> None:
    for name in ("Arden Freight", "Balti Logistics", "Halden Maritime"):
        build.account(name=name, product_manager=pm)
    sign_in(page, pm, live_server.url)
    page.goto("/next-steps/")
    page.keyboard.press("c")
    expect(page.locator("#log-accounts")).to_be_focused()
    page.keyboard.type("halden")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] .chip", has_text="Halden Maritime")).to_be_visible()


def test_on_a_phone_all_is_within_the_window(page: Page, pm: User, live_server: LiveServer) -> None:
    account = build.account(name="Halden Maritime", product_manager=pm)
    build.next_step(account=account, owner=pm, text="A step with a good many words in it, so that it must wrap")
    Draft.objects.create(
        user=pm, form="interaction", data={"notes": ["Many words that would not fit in one line of it"]}
    )
    sign_in(page, pm, live_server.url)
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("/", "/next-steps/", "/interactions/new/", f"/accounts/{account.pk}/timeline/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    page.goto("/")
    page.locator(".bottombar .log-call").click()
    save = page.locator("dialog[open] .log__save")
    expect(save).to_be_in_viewport()
    box = save.bounding_box()
    assert box is not None
    assert box["height"] >= 48


def test_what_hurts_is_told_once_by_keys_alone(page: Page, pm: User, live_server: LiveServer) -> None:
    account = build.account(name="Halden Maritime", product_manager=pm)
    kari = build.contact(account=account, name="Kari Lund")
    earlier = tell_pain(actor=pm, account=account, words="The export stops at 500 rows", bypass_reason="x")
    sign_in(page, pm, live_server.url)
    page.goto(f"/contacts/{kari.pk}/")
    asked: list[str] = []

    def listen(request: Request) -> None:
        if "/interactions/" in request.url and "/draft/" not in request.url:
            asked.append(f"{request.method} {request.url.partition('/interactions/')[2].partition('?')[0]}")

    page.on("request", listen)
    page.keyboard.press("c")
    log = page.locator("dialog[open] [data-quick-log]")
    expect(log.locator("[name=kind]").first).to_be_focused()
    words = log.locator("[name=pain-0-words]")
    expect(words).to_be_hidden()
    page.keyboard.press("p")
    # Locked until they have heard what may come of it: the first box is the statement that unlocks it.
    expect(log.locator("[data-unlocks]")).to_be_focused()
    expect(words).to_be_hidden()
    page.keyboard.press("Space")
    expect(words).to_be_visible()
    words.focus()
    page.keyboard.type("exports break off after 500 rows")
    same = log.locator(f"[name=pain-0-same_as][value='{earlier.pk}']")
    expect(same).to_be_visible()
    same.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Alt+l")
    expect(log.locator("[name=learning-0-text]")).to_be_focused()
    page.keyboard.type("They plan crews with it")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    # From the key to the saved call two requests; the third kind is what looks up earlier troubles while one types.
    assert [one for one in asked if "similar" not in one] == ["GET new/", "POST new/"]
    earlier.refresh_from_db()
    assert (Pain.objects.count(), earlier.retold_count) == (1, 1)
    assert list(Saying.objects.get().contacts.all()) == [kari]
    assert Learning.objects.get().text == "They plan crews with it"
