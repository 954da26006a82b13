"""The pages of imports in every state, as a browser shows them: nothing scrolls sideways, axe finds nothing."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pmcrm.exchange.models import Import, State
from pmcrm.exchange.services import imports
from pmcrm.exchange.services.running import BROKE_OFF, work
from tests import build
from tests.exchange.test_import_detail import GOOD, OLD, ONE_BAD, received

AXE = Axe()
AMBIGUOUS = b"Customer ID,Date,Revenue\nK-1,03/04/2026,10\n"


def in_every_state() -> dict[str, Import]:
    """One import in each state that a person may meet."""
    actor = build.user("product_lead", name="Kari Lund", email="lead@example.com")
    found = {
        "questions": received(AMBIGUOUS, actor=actor),
        "preview": received(ONE_BAD, actor=actor, name="orders-with-a-rather-long-file-name-of-2026-final-2.csv"),
        "clean": received(GOOD, actor=actor),
        "running": received(GOOD, actor=actor),
        "failed": received(GOOD, actor=actor),
    }
    for name, content, is_partial in (("refused", ONE_BAD, False), ("report", ONE_BAD, True), ("reverted", OLD, False)):
        found[name] = received(content, actor=actor)
        imports.confirm(actor=actor, job=found[name], is_partial=is_partial)
        work(found[name].pk)
    imports.ask_back(actor=actor, job=found["reverted"])
    work(found["reverted"].pk)
    Import.objects.filter(pk=found["running"].pk).update(state=State.RUNNING)
    Import.objects.filter(pk=found["failed"].pk).update(state=State.FAILED, failure=BROKE_OFF)
    return found


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_no_state_of_an_import_scrolls_sideways_or_shuts_anybody_out(page: Page) -> None:
    shown = {name: job.get_absolute_url() for name, job in in_every_state().items()}
    page.goto("/imports/")
    page.fill("input[name=login]", "lead@example.com")
    page.fill("input[name=password]", build.PASSWORD)
    page.click("form button[type=submit]")
    page.wait_for_load_state()
    faults = []
    for name, address in {"list": "/imports/", **shown}.items():
        page.goto(address)
        for width, scheme in ((1440, "light"), (390, "dark")):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            page.set_viewport_size({"width": width, "height": 844})
            root = "document.documentElement"
            if not page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"):
                faults.append((name, width, "scrolls sideways", ""))
            found = AXE.run(page).response["violations"]
            faults += [(name, width, fault["id"], fault["nodes"][0]["html"]) for fault in found]
    assert faults == []
