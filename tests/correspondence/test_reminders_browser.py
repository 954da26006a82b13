"""A reminder comes up in the open page, stays, and leads to its talk."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_reminder_comes_up_and_leads_to_its_talk(page: Page) -> None:
    ada = build.user("product_manager", email="ada@pmcrm.example")
    soon = timezone.now() + dt.timedelta(minutes=10)
    talk = build.interaction(build.account(name="Acme"), author=ada, at=soon, status="planned", subject="Prices")
    page.goto("/sign-in/login/?next=/mails/")
    page.fill("input[name=login]", "ada@pmcrm.example")
    page.fill("input[name=password]", build.PASSWORD)
    page.click("main button[type=submit]")
    toast = page.locator(".toast", has_text="Call with Acme: Prices")
    expect(toast).to_be_visible()
    toast.get_by_role("link", name="Open").click()
    page.wait_for_url(f"**/interactions/{talk.pk}/")
