"""Many accounts changed at once: at once or by a job, each with its own rights and version."""

from __future__ import annotations

import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account, BulkChange, BulkRow
from accounts.services import bulk
from accounts.services.bulk import cancel_change, request_change, work
from pmcrm.errors import RuleViolation
from pmcrm.jobs.models import ClaimLost
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.test_pages_in_browser import sign_in


def many(count: int) -> list[tuple[int, int]]:
    made = Account.objects.bulk_create(
        Account(ref=f"R{n:04}", name=f"Account {n:04}", kind="external") for n in range(count)
    )
    return [(account.pk, account.version) for account in made]


def states() -> dict[str, int]:
    values = list(Account.objects.values_list("state", flat=True))
    return {state: values.count(state) for state in sorted(set(values))}


@pytest.fixture
def lead(db: None) -> User:
    return build.user("product_lead")


@pytest.mark.django_db
def test_ticked_accounts_change_and_what_is_stale_or_foreign_is_named(client: Client) -> None:
    person = build.user("product_manager")
    mine, stale = (
        build.account(name="Mine", product_manager=person),
        build.account(name="Stale", product_manager=person),
    )
    foreign = build.account(name="Foreign")
    Account.objects.filter(pk=stale.pk).update(version=2)
    client.force_login(person)

    rows = [f"{mine.pk}.1", f"{stale.pk}.1", f"{foreign.pk}.1", "nonsense", "9.x"]
    answer = client.post(reverse("account_bulk"), {"change": "state:prospect", "scope": "ticked", "row": rows})

    change = BulkChange.objects.get()
    assert answer["Location"] == reverse("bulk_change_detail", args=[change.pk])
    html = client.get(answer["Location"]).content.decode()
    assert "Done: 3 accounts, 2 of them refused." in html
    assert "Somebody saved this account while you were editing" in html
    assert "not yours to change" in html
    found = dict(Account.objects.values_list("name", "state"))
    assert found == {"Mine": "prospect", "Stale": "customer", "Foreign": "customer"}
    assert TrailEntry.objects.filter(verb="account.edited").count() == 1
    assert set(TrailEntry.objects.about(change).values_list("verb", flat=True)) == {
        "accounts.bulk_requested",
        "accounts.bulk_done",
    }


def test_all_that_match_are_asked_about_first(client: Client, lead: User) -> None:
    client.force_login(lead)
    build.account(name="Nord", country="NO")
    build.account(name="Sued", country="DE")
    form = {"change": f"product_manager:{lead.pk}", "scope": "all", "query": "country=NO"}

    asked = client.post(reverse("account_bulk"), form)
    assert "Change 1 account?" in asked.content.decode()
    assert not BulkChange.objects.exists()
    done = client.post(reverse("account_bulk"), form | {"confirmed": "yes"})

    assert done["Location"] == "/accounts/?country=NO&edit=on"
    # A filter that is refused narrows nothing: it must not widen a change.
    client.post(reverse("account_bulk"), form | {"confirmed": "yes", "query": "country=NO&state=nowhere"})
    assert dict(Account.objects.values_list("name", "product_manager")) == {"Nord": lead.pk, "Sued": None}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("state:nowhere", "A state is one of"),
        ("password:x", "Say what to change"),
        ("", "Say what to change"),
        ("product_manager:99999999999999999999", "Choose somebody"),
        ("product_manager:\x00", "Choose somebody"),
    ],
)
def test_a_wrong_change_is_refused_in_words(client: Client, lead: User, change: str, sentence: str) -> None:
    client.force_login(lead)
    account = build.account()

    form = {"change": change, "scope": "ticked", "row": f"{account.pk}.1"}
    back = client.post(reverse("account_bulk"), form)["Location"]

    assert sentence in client.get(back).content.decode()
    assert not BulkChange.objects.exists()


def test_who_may_not_name_owners_changes_none(db: None) -> None:
    person = build.user("product_manager")
    account = build.account(product_manager=person)

    with pytest.raises(RuleViolation, match="names who owns"):
        request_change(actor=person, field="product_manager", value=str(person.pk), rows=[(account.pk, 1)])
    with pytest.raises(RuleViolation, match="Tick the accounts"):
        request_change(actor=person, field="state", value="prospect", rows=[])
    assert not BulkChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_goes_on_where_a_dead_worker_left_it() -> None:
    change = request_change(actor=build.user("product_lead"), field="state", value="prospect", rows=many(250))
    job = BulkChange.try_claim(change.pk, working_state="working")
    assert job is not None
    assert bulk._next_part(job)
    # The worker dies in the middle of the second part: nothing of it stays.
    with transaction.atomic():
        assert bulk._next_part(job)
        transaction.set_rollback(True)
    assert states() == {"customer": 150, "prospect": 100}
    assert work(change.pk) is None
    BulkChange.objects.update(heartbeat_at="2020-01-01T00:00Z")
    assert [one.pk for one in BulkChange.silent()] == [change.pk]

    done = work(change.pk)

    assert done is not None
    assert (done.state, done.done_units) == ("done", 250)
    assert states() == {"prospect": 250}
    assert set(Account.objects.values_list("version", flat=True)) == {2}
    with pytest.raises(ClaimLost):
        bulk._next_part(job)
    assert work(change.pk) is None


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_change_stops_after_its_part(client: Client) -> None:
    actor = build.user("product_lead")
    change = request_change(actor=actor, field="state", value="prospect", rows=many(150))
    job = BulkChange.try_claim(change.pk, working_state="working")
    assert job is not None
    bulk._next_part(job)
    client.force_login(actor)
    client.post(reverse("bulk_change_cancel", args=[change.pk]))

    with pytest.raises(ClaimLost):
        bulk._next_part(job)
    assert work(change.pk) is None
    assert states() == {"customer": 50, "prospect": 100}
    assert "Stopped after 100 of 150" in client.get(reverse("bulk_change_detail", args=[change.pk])).content.decode()
    with pytest.raises(RuleViolation, match="over already"):
        cancel_change(actor=actor, change=change)
    client.force_login(build.user("product_lead"))
    assert client.get(reverse("bulk_change_detail", args=[change.pk])).status_code == 404


def test_a_change_of_too_many_is_refused_whole(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_ROWS", 3)
    with pytest.raises(RuleViolation, match="At most 3"):
        request_change(actor=lead, field="state", value="prospect", rows=many(4))
    assert not BulkRow.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_accounts_are_changed_by_keyboard_and_by_a_worker(
    page: Page, live_server: LiveServer, celery_worker_process: subprocess.Popen[bytes]
) -> None:
    sign_in(page, build.user("product_lead"), live_server.url)
    many(120)
    page.goto(reverse("account_list"))

    page.get_by_role("link", name="Change", exact=True).press("Enter")
    page.get_by_role("checkbox", name="Tick Account 0000").press("Space")
    page.get_by_role("checkbox", name="Tick Account 0001").press("Space")
    assert not Axe().run(page).response["violations"]
    page.get_by_role("combobox", name="Change to").select_option("state:prospect")
    page.get_by_role("button", name="Change the ticked ones").press("Enter")
    expect(page.get_by_text("2 accounts changed.")).to_be_visible()
    assert states() == {"customer": 118, "prospect": 2}

    page.get_by_role("combobox", name="Change to").select_option("state:former")
    page.get_by_role("button", name="Change all 120 that match…").press("Enter")
    page.get_by_role("button", name="Change them").press("Enter")
    expect(page.get_by_text("Done: 120 accounts, 0 of them refused.")).to_be_visible(timeout=30_000)
    assert states() == {"former": 120}
