"""The quick log: open, autosave, save."""

import datetime as dt
import json

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Draft, Interaction, NextStep

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
HTMX = {"HX-Request": "true"}
TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pm() -> User:
    department = build.department(pool="product")
    return build.user("product_manager", name="Ravi Kapoor", time_zone="Europe/Oslo", department=department)


@pytest.fixture
def account() -> Account:
    return build.account(name="Halden Maritime")


@pytest.fixture
def browser_of(pm: User) -> Client:
    client = Client()
    client.force_login(pm)
    return client


def body(account: Account, **fields: object) -> dict[str, object]:
    return {
        "kind": "call",
        "accounts": [account.pk],
        "at": "2026-03-10T13:00",
        "usual_minutes": "30",
        "outcome": "conversation",
        "notes": "Export limit hurts.",
        "token": TOKEN,
        "draft_key": "interaction",
        "step-TOTAL_FORMS": "1",
        "step-INITIAL_FORMS": "0",
        "step-0-text": "",
        "step-0-due_on": "2026-03-17",
    } | fields


def test_two_requests_from_the_key_to_the_saved_call(browser_of: Client, pm: User, account: Account) -> None:
    opened = browser_of.get(f"/interactions/new/?account={account.pk}", headers=HTMX)
    assert opened.status_code == 200
    assert 'value="2026-03-10T13:00"' in opened.text
    assert f'<input type="hidden" name="accounts" value="{account.pk}">' in opened.text
    saved = browser_of.post(
        "/interactions/new/",
        body(account, **{"step-0-text": "Send the export", "step-0-owner": pm.pk, "step-0-due_on": "2026-03-13"}),
        headers=HTMX,
    )
    assert (saved.status_code, saved.content) == (204, b"")
    call = Interaction.objects.get()
    assert json.loads(saved.headers["HX-Trigger"]) == {
        "touchpoints-changed": True,
        "toast": {
            "text": "Logged: call with Halden Maritime.",
            "undo": {"label": "Undo", "url": f"/interactions/{call.pk}/undo/"},
        },
    }
    assert (call.kind, call.at, call.minutes, call.outcome, call.notes) == (
        "call",
        NOW,
        30,
        "conversation",
        "Export limit hurts.",
    )
    assert list(call.colleagues.all()) == [pm]
    assert list(NextStep.objects.values_list("text", "owner", "due_on")) == [
        ("Send the export", pm.pk, dt.date(2026, 3, 13))
    ]
    timeline = browser_of.get(f"/accounts/{account.pk}/timeline/", headers=HTMX).text
    assert "Export limit hurts." in timeline
    assert "Send the export · in 3 days, Ravi" in timeline


def test_without_a_script_it_is_a_page_that_leads_to_the_call(browser_of: Client, account: Account) -> None:
    assert "<!doctype html>" in browser_of.get("/interactions/new/").text
    saved = browser_of.post("/interactions/new/", body(account))
    assert (saved.status_code, saved.headers["Location"]) == (303, f"/interactions/{Interaction.objects.get().pk}/")


def test_free_minutes_win_over_the_usual_ones(browser_of: Client, account: Account) -> None:
    browser_of.post("/interactions/new/", body(account, minutes="25"), headers=HTMX)
    assert Interaction.objects.get().minutes == 25


def test_a_person_is_enough(browser_of: Client, account: Account) -> None:
    kari = build.contact(account=account)
    opened = browser_of.get(f"/interactions/new/?contact={kari.pk}", headers=HTMX)
    assert f'<input type="hidden" name="contacts" value="{kari.pk}">' in opened.text
    browser_of.post("/interactions/new/", body(account, accounts=[], contacts=[kari.pk]), headers=HTMX)
    assert list(Interaction.objects.get().accounts.all()) == [account]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"accounts": []}, "Choose the account, or a person there."),
        ({"accounts": ["x"]}, "Choose from the list."),
        ({"accounts": ["999999"]}, "Choose from the list."),
        ({"at": "yesterday"}, "Enter a day and a time, for example 2026-03-10 14:30."),
        ({"at": "2026-03-29T02:30"}, "couldn’t be interpreted in time zone Europe/Oslo"),
        ({"minutes": "-5"}, "Minutes cannot be negative."),
        ({"minutes": "2000"}, "A day has 1,440 minutes; enter a longer event as several."),
        ({"minutes": "half an hour"}, "Enter whole minutes, for example 25."),
        ({"kind": "fax"}, "Select a valid choice. fax is not one of the available choices."),
        ({"step-0-text": "Call", "step-0-due_on": ""}, "By when?"),
        ({"step-0-text": "Call", "step-0-due_on": "soon"}, "Enter a day, for example 2026-03-10."),
        ({"notes": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_bad_input_is_answered_in_words_and_saves_nothing(
    browser_of: Client, account: Account, fields: dict[str, object], sentence: str
) -> None:
    refused = browser_of.post("/interactions/new/", body(account, **fields), headers=HTMX)
    assert refused.status_code == 422
    assert sentence in refused.text.replace("&#x27;", "'")
    assert (Interaction.objects.count(), NextStep.objects.count()) == (0, 0)


def test_forms_that_were_tampered_with_are_no_fault(browser_of: Client, account: Account) -> None:
    refused = browser_of.post("/interactions/new/", body(account, **{"step-TOTAL_FORMS": "x"}), headers=HTMX)
    assert refused.status_code == 422
    too_many = browser_of.post("/interactions/new/", body(account, **{"step-TOTAL_FORMS": "5000"}), headers=HTMX)
    assert too_many.status_code == 422
    assert Interaction.objects.count() == 0
    assert browser_of.get("/interactions/new/?account=x").status_code == 404
    assert browser_of.get("/interactions/new/?account=99999999999999999999").status_code == 404


def test_a_draft_is_kept_shown_again_and_gone_after_saving(browser_of: Client, pm: User, account: Account) -> None:
    url = "/interactions/new/draft/save/"
    kept = browser_of.post(url, body(account, notes="Half a sent", **{"step-0-text": "Send"}))
    assert (kept.status_code, kept.json()) == (200, {})
    again = browser_of.get("/interactions/new/", headers=HTMX).text
    assert "Half a sent" in again
    assert "Your draft is back" in again
    assert 'value="Send"' in again
    assert f'<input type="hidden" name="accounts" value="{account.pk}">' in again
    browser_of.post("/interactions/new/", body(account), headers=HTMX)
    assert Draft.objects.count() == 0
    late = browser_of.post(url, body(account, notes="Half a sent"))
    assert (late.status_code, Draft.objects.count()) == (200, 0)


def test_a_form_that_was_only_opened_leaves_no_draft(browser_of: Client, account: Account) -> None:
    browser_of.post("/interactions/new/draft/save/", body(account, notes="", outcome=""))
    assert Draft.objects.count() == 0


def test_a_draft_is_discarded_on_demand(browser_of: Client, pm: User, account: Account) -> None:
    key = f"interaction:account:{account.pk}"
    Draft.objects.create(user=pm, form=key, data={"notes": ["Old"]})
    other = build.user()
    Draft.objects.create(user=other, form=key, data={"notes": ["Theirs"]})
    answer = browser_of.post("/interactions/new/draft/discard/", {"draft_key": key, "token": TOKEN})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/interactions/new/?account={account.pk}")
    assert list(Draft.objects.values_list("user", flat=True)) == [other.pk]


def test_a_damaged_draft_opens_all_the_same(browser_of: Client, pm: User) -> None:
    data = {"accounts": ["x", "9" * 40], "at": ["never"], "kind": ["fax"], "step-7-owner": ["x"], "step-7-text": ["Do"]}
    Draft.objects.create(user=pm, form="interaction", data=data)
    assert browser_of.get("/interactions/new/", headers=HTMX).status_code == 200


def test_a_sales_owner_opens_it_only_for_own_accounts(account: Account) -> None:
    client = Client()
    client.force_login(build.user("sales_owner"))
    assert client.get(f"/interactions/new/?account={account.pk}").status_code == 404
    refused = client.post("/interactions/new/", body(account), headers=HTMX)
    assert refused.status_code == 422
    assert Interaction.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("product_manager", 200),
        ("product_lead", 200),
        ("sales_owner", 200),
        ("sales_vp", 200),
        ("department_member", 200),
        ("finance", 200),
        ("executive", 200),
        ("administrator", 403),
    ],
)
def test_who_may_log(role: str, status: int) -> None:
    client = Client()
    client.force_login(build.user(role))
    assert client.get("/interactions/new/").status_code == status


def test_the_correction_shows_what_is_and_refuses_the_second_saver(
    browser_of: Client, pm: User, account: Account
) -> None:
    call = build.interaction(account, author=pm, at=NOW, notes="First")
    opened = browser_of.get(f"/interactions/{call.pk}/edit/", headers=HTMX).text
    assert "First" in opened
    saved = browser_of.post(f"/interactions/{call.pk}/edit/", body(account, notes="Second", version=1), headers=HTMX)
    assert saved.status_code == 204
    refused = browser_of.post(f"/interactions/{call.pk}/edit/", body(account, notes="Third", version=1), headers=HTMX)
    assert refused.status_code == 422
    assert "Somebody changed this in the meantime." in refused.text
    call.refresh_from_db()
    assert (call.notes, call.version) == ("Second", 2)


def test_opening_asks_the_same_number_of_questions_each_time(
    browser_of: Client, account: Account, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser_of.get("/interactions/new/", headers=HTMX)
    with django_assert_max_num_queries(10):
        browser_of.get(f"/interactions/new/?account={account.pk}", headers=HTMX)
