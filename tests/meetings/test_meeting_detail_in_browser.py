"""In a real browser: what is typed in one form of a meeting stays while another one is saved."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.meetings.cast import again, cast, planned

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_other_forms_keep_their_words(page: Page, live_server: LiveServer) -> None:
    people = cast()
    meeting = planned(people, at=timezone.now() + dt.timedelta(days=20))
    client = Client()
    client.force_login(people.mia)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(meeting.get_absolute_url())
    criteria = page.locator("[data-keep=criteria]")
    criteria.locator("input[name=criterion]").first.fill("They name one report")
    page.locator(".agenda__setting > summary").click()
    page.locator("[name=place]").fill("Quay 2")
    row = page.locator("[data-agenda-rows] [data-agenda-item]").first
    row.locator("[name=text]").fill("Their day")
    row.locator("[name=minutes]").fill("20")
    page.get_by_role("button", name="Save the agenda").click()
    expect(page.locator(".toast", has_text="The agenda is saved.")).to_be_visible()
    expect(criteria.locator("input[name=criterion]").first).to_have_value("They name one report")
    expect(page.locator("[name=place]")).to_have_value("Quay 2")
    # Somewhere else something changed, and the page looks again.
    with page.expect_response(lambda answer: answer.url.endswith(meeting.get_absolute_url())):
        page.evaluate("htmx.trigger(document.body, 'touchpoints-changed')")
    expect(criteria.locator("input[name=criterion]").first).to_have_value("They name one report")
    criteria.get_by_role("button", name="Save the criteria").click()
    expect(page.locator(".toast", has_text="The criteria are saved.")).to_be_visible()
    expect(page.locator("[name=place]")).to_have_value("Quay 2")
    page.locator("[data-keep=setting]").get_by_role("button", name="Save").click()
    expect(page.locator(".toast", has_text=re.compile(r"^Saved\."))).to_be_visible()
    found = again(meeting)
    assert [one.text for one in found.items.all()] == ["Their day"]
    assert [one.text for one in found.criteria.all()] == ["They name one report"]
    assert (found.place, found.version) == ("Quay 2", 4)
