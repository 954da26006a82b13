"""Every page that a role may open, in a real browser: what axe says, nothing sideways, one heading, no complaint.

Which pages those are comes from the table of access (`tests/access.txt`); the `page` fixture fails the test for a
script error or something the Content-Security-Policy blocked.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from pmcrm.people.models import User
from pmcrm.people.permissions import ROLES
from tests.test_access import operations, read_table
from tests.world import World, build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Axe()
WALKED = ["product_lead", "administrator", "finance", "executive", "sales_owner"]
# No pages: the process's own answer, a file, the API's own pages, and what only a script asks for.
NOT_PAGES = {"healthz", "export_download", "file_download", "api_docs", "api_schema", "interaction_draft_save"}
NOT_PAGES |= {"calendar_feed", "dial_draft_save", "mail_source", "reminder_list"}
NOT_PAGES |= {"account_duplicates", "contact_duplicates", "account_signs", "interaction_person", "interaction_voice"}
NOT_PAGES |= {"account_attention", "account_preparation", "document_said", "interaction_heed"}
NOT_PAGES |= {"preparation_known", "preparation_state", "preparation_waiting", "interaction_answers"}
# A form is the same for whoever may open it: the first of the walked roles that may looks at it.
FORMS = {
    "add",
    "assess",
    "cancel",
    "create",
    "deactivate",
    "edit",
    "invite",
    "move",
    "remove",
    "section",
    "settle",
    "step",
}
# These differ by role so much that each role looks at its own. Of the others, a later role that walks in light looks
# at what no earlier one may open; the sales owner walks in dark and looks at all of theirs, at the colours alone where
# somebody has looked before.
OWN = {"my_day", "account_list", "account_detail", "profit_curve", "exit_plan_detail", "decision_queue", "import_list"}
DARK = "sales_owner"


def sign_in(page: Page, person: User, base: str) -> None:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])


def may_open(role: str) -> set[str]:
    place = ROLES.index(role)
    return {line.split()[0] for line, row in read_table().items() if line.endswith(" PAGE") and row[place] == 200}


def addresses(world: World, role: str) -> Iterator[tuple[str, str, bool]]:
    """Name and address of each page to look at as the role, and whether an earlier one saw it in light."""
    seen = set[str]().union(*(may_open(earlier) for earlier in WALKED[: WALKED.index(role)]))
    for name, _method, wanted in operations():
        kind = name.rpartition("_")[2]
        is_seen = name in seen and (kind in FORMS or not (role == DARK or name in OWN))
        if name not in may_open(role) - NOT_PAGES or kind == "options" or is_seen:
            continue
        yield name, reverse(name, kwargs=world.parameters(name, wanted)), name in seen - OWN


def faults(page: Page, *, was_seen: bool) -> list[str]:
    """What is wrong with the page before us; of one that was seen in the other light, its colours alone."""
    rules = {"runOnly": ["color-contrast"]} if was_seen else {}
    found = [
        f"{fault['id']}: {node['html']} {node['failureSummary']}"
        for fault in AXE.run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]
    if was_seen:
        return found
    if (headings := page.locator("h1").count()) != 1:
        found.append(f"{headings} h1")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        if sideways := page.evaluate("document.documentElement.scrollWidth - document.body.offsetWidth"):
            found.append(f"{sideways} px too wide at {width}")
    return found


@pytest.mark.parametrize("role", WALKED)
def test_every_page_of_a_role_is_sound(page: Page, live_server: LiveServer, role: str) -> None:
    world = build_world()
    sign_in(page, world.people[role], live_server.url)
    page.emulate_media(color_scheme="dark" if role == DARK else "light")
    found = dict[str, list[str]]()
    for name, address, was_seen in addresses(world, role):
        page.goto(address)
        expect(page.locator(".htmx-request")).to_have_count(0)
        if wrong := faults(page, was_seen=was_seen):
            found[name] = wrong
    assert found == {}
