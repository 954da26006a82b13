"""The whole way in a real browser: a product lead proposes, the offices speak, the last signature freezes the plan."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from pmcrm.people.models import User
from segmentation import playbook
from segmentation.models import ExitPlan
from segmentation.services.exit_plan_record import whole
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def become(page: Page, person: User, base: str) -> None:
    """Sign another person in, in the same window."""
    client = Client()
    client.force_login(person)
    page.context.clear_cookies()
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])


def send(page: Page, words: str) -> None:
    """Press the dialog's button and wait for the page that follows."""
    with page.expect_navigation():
        page.locator("dialog[open] .form__foot button", has_text=words).click()


def write_sections(page: Page) -> None:
    page.locator("main .card", has_text="Remedies").get_by_role("link", name="Edit").first.click()
    for slug, (tried, reason) in cast.REMEDIES.items():
        page.check(f"dialog[open] [name={slug}__is_tried][value={'yes' if tried else 'no'}]")
        page.fill(f"dialog[open] [name={slug}__reason]", reason)
    send(page, "Save")
    page.locator("a[href$='/sections/trade-off/']").click()
    for name in ("initiative", "option_a", "option_b", "failure_reason", "embarrassment"):
        page.fill(f"dialog[open] [name={name}]", cast.SHEET[name])
    page.select_option("dialog[open] [name=failure_chance]", "high")
    for pool, line in cast.SHEET["pools"].items():
        for name, hours in line.items():
            page.fill(f"dialog[open] [name={pool}__{name}]", hours)
    for group, names in cast.SHEET["displaced"].items():
        page.fill(f"dialog[open] [name={group}]", names[0])
    page.check("dialog[open] [name=choice][value=B]")
    send(page, "Save")
    page.locator("a[href$='/sections/offer/']").click()
    page.check("dialog[open] [name=alternative-product]")
    page.locator("dialog[open] .form__foot button").click()
    # Refused: an offer without its details. What was ticked is still there.
    expect(page.locator("dialog[open] .errors")).to_contain_text("name the product or service")
    expect(page.locator("dialog[open] [name=alternative-product]")).to_be_checked()
    for name, words in cast.PROSPECT_OFFERS["alternative-product"].items():
        page.fill(f"dialog[open] [name=alternative-product__{name}]", words)
    send(page, "Save")


def check_access(page: Page) -> None:
    found = [one for one in Axe().run(page).response["violations"] if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_a_plan_goes_from_the_account_to_its_last_signature(page: Page, live_server: object) -> None:
    base = str(live_server)
    firm: Company = cast.company()
    become(page, firm.lead, base)
    page.goto(f"/accounts/{firm.account.pk}/")
    page.get_by_role("link", name="Propose exit").click()
    page.fill("dialog[open] [name=reason]", cast.REASON)
    send(page, "Open a private draft")
    plan = ExitPlan.objects.get()
    own = f"/exit-plans/{plan.pk}/"

    write_sections(page)
    page.locator("main").get_by_role("link", name="Sponsor it").click()
    page.fill("dialog[open] [name=statement]", "It frees what waits elsewhere.")
    send(page, "Sponsor it")
    page.locator("main").get_by_role("link", name="Open the coalition").click()
    send(page, "Open the coalition")
    expect(page.locator("main")).to_contain_text("VP Sales was neither talked to nor waived")
    check_access(page)

    for office in list(playbook.COALITION_ROLES)[:4]:
        become(page, firm.offices[office], base)
        page.goto("/decisions/")
        page.get_by_role("link", name="Say where you stand").click()
        page.check("dialog[open] [name=position][value=for]")
        send(page, "Record")
    become(page, firm.lead, base)
    page.goto(own)
    page.get_by_role("link", name="Waive").click()
    page.fill("dialog[open] [name=reason]", "On leave until May; her deputy agrees.")
    send(page, "Waive the talk")
    page.locator("main").get_by_role("link", name="Request approval").click()
    send(page, "Request approval")
    page.locator("main").get_by_role("link", name="Sign", exact=True).click()
    send(page, "Sign")

    become(page, firm.approver, base)
    page.goto("/decisions/")
    expect(page.locator("main")).to_contain_text("Part with Nordhavn Data?")
    check_access(page)
    page.fill("textarea[name=comment]", "Agreed.")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign as Final approver").click()
    expect(page.locator("main")).to_contain_text("Nothing waits for you")
    page.goto(own)
    expect(page.locator("main")).to_contain_text("Approved and frozen.")
    expect(page.locator("main")).to_contain_text("Agreed.")
    check_access(page)
    page.locator("summary", has_text="Read by").click()
    expect(page.locator(".exit-readers")).to_contain_text("Ada Approver")
    assert whole(plan.pk).state == "approved"
