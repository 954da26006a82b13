"""A full sheet fits on one page of A4."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from preparation.services.experiences import add_experience
from preparation.services.filling import plan_to_say, tell_experience
from preparation.services.sheets import sheet_of, state_of, write_sheet
from tests import build
from touchpoints.services.needs import raise_need
from touchpoints.services.pains import tell_pain

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_full_sheet_prints_on_one_page(page: Page, live_server: LiveServer) -> None:
    manager = build.user("product_manager", name="Mia Manager")
    owner = build.user("sales_owner", name="Lars Owner")
    account = build.account(
        name="Kaito", product_manager=manager, relationship_owner=owner, time_zone="Asia/Tokyo", industry="Ferry line",
        business_summary="They run eleven ferries between four islands and sell seats, berths and lorry metres.",
        business_as_of=timezone.localdate(),
    )  # fmt: skip
    talk = build.interaction(
        account, author=manager, kind="meeting", status="planned", at=timezone.now() + dt.timedelta(days=2)
    )
    for number in range(4):
        talk.contacts.add(
            build.contact(
                account=account, name=f"Person {number}", job_title="Head of planning", temperament="calm",
                temperament_note="Wants figures first, then the story.",
            )
        )  # fmt: skip
    for number in range(8):
        build.promise(account=account, owner=manager, text=f"Deliver the export number {number}")
        tell_pain(actor=manager, account=account, words=f"The plan of route {number} is late", bypass_reason="No time")
    for kind in ("need", "need", "escalation", "outage"):
        raise_need(actor=manager, account=account, text="Seats are sold twice on Fridays", kind=kind)
    story = add_experience(actor=manager, problem="Seats sold twice", story="Locked by berth.", industry="Ferry line")
    tell_experience(actor=manager, interaction=talk, experience=story, is_told=True)
    for one in state_of(sheet_of(talk)).due[:3]:
        plan_to_say(actor=manager, interaction=talk, statement=one.slug, is_said=True)
    words = {
        "sales_line": "Renewal first, no word of prices.",
        "issues_note": "A new crane.",
        "people_note": "Be brief.",
    }
    write_sheet(actor=manager, interaction=talk, version=sheet_of(talk).version, values=words)
    client = Client()
    client.force_login(manager)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(reverse("preparation_sheet", args=[talk.pk]))
    expect(page.get_by_text("Deliver the export number 7")).to_be_visible()
    expect(page.get_by_text("The plan of route 7 is late")).to_be_visible()
    paper = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
