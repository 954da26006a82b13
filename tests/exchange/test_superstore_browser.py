"""The real order files through the pages, with a real worker: upload, preview, report, curve."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from tests import build
from tests.exchange.conftest import sums

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.real_input]
PATIENCE = 60_000


def bring_in(page: Page, file: Path, *, first: str, last: str) -> None:
    """Upload, look, confirm, and read the report."""
    build.user("product_lead", email="lead@example.com")
    page.goto("/imports/")
    page.fill("input[name=login]", "lead@example.com")
    page.fill("input[name=password]", build.PASSWORD)
    page.click("form button[type=submit]")
    page.goto("/imports/")
    page.set_input_files("input[type=file]", file)
    page.select_option("select[name=kind]", "ledger")
    page.click("text=Read the file")
    expect(page.locator("h1")).to_have_text("Does this look right?", timeout=PATIENCE)
    expect(page.locator("p.say")).to_contain_text("profit +286,397.02 USD, 793 customers")
    page.click("text=Import 9,994 rows")
    expect(page.locator("h1")).to_have_text("9,994 rows came in", timeout=PATIENCE)
    expect(page.locator("input[name=from_month]")).to_have_value(first)
    expect(page.locator("input[name=to_month]")).to_have_value(last)
    lines, _revenue, profit = sums()
    assert (lines, f"{profit:f}", Account.objects.count()) == (9994, "286397.021700", 793)


def see_the_curve(page: Page) -> None:
    """The figures that are stated for these orders, whichever copy they came from."""
    figures, done = page.get_by_label("Figures of the run"), page.get_by_text("The run is done. Open it.")
    expect(figures.or_(done)).to_be_visible(timeout=PATIENCE)
    if done.is_visible():
        done.click()
    for words in ("286,397", "357,621", "earned by the first 638", "−71,224", "155 accounts lose money"):
        expect(figures).to_contain_text(words)


def test_the_american_file_from_upload_to_curve(
    page: Page, celery_worker_process: subprocess.Popen[bytes], shared_data: Path
) -> None:
    file = shared_data / "data" / "superstore" / "raw" / "timlafferty_mdy_utf8bom_2018dates.csv"
    bring_in(page, file, first="2016-01", last="2019-12")

    page.goto("/value/")
    page.click("text=Choose months")
    page.fill("input[name=from_month]", "2016-01")
    page.fill("input[name=to_month]", "2019-12")
    page.get_by_role("button", name="Compute", exact=True).click()
    see_the_curve(page)


def test_the_semicolon_file_from_upload_to_curve(
    page: Page, celery_worker_process: subprocess.Popen[bytes], shared_data: Path
) -> None:
    file = shared_data / "data" / "superstore" / "raw" / "abosaleh_semicolon_decimalcomma_dmy_utf8bom.csv"
    bring_in(page, file, first="2018-01", last="2021-12")

    page.click("text=Compute the curve of these months")
    see_the_curve(page)
