"""The quick log with what was said, what hurts them and what was learned."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from accounts.models import Account, Contact
from pmcrm.people.models import User
from tests import build
from tests.touchpoints.test_interaction_create import HTMX, body
from touchpoints.models import Draft, Interaction, Learning, Pain, PainTelling, Saying, Statement
from touchpoints.services.pains import tell_pain

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
NEW = "/interactions/new/"
ROWS = {"pain-TOTAL_FORMS": "1", "pain-INITIAL_FORMS": "0", "learning-TOTAL_FORMS": "1", "learning-INITIAL_FORMS": "0"}
EXPORT = "The export stops at ten thousand rows"


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pm() -> User:
    return build.user("product_manager", name="Ravi Kapoor", time_zone="Europe/Oslo")


@pytest.fixture
def account(pm: User) -> Account:
    return build.account(name="Halden Maritime", product_manager=pm)


@pytest.fixture
def kari(account: Account) -> Contact:
    return build.contact(account=account)


@pytest.fixture
def browser_of(pm: User) -> Client:
    client = Client()
    client.force_login(pm)
    return client


def unlocking() -> Statement:
    return Statement.objects.current().get(slug="pain-heard-not-promised")


def test_one_form_keeps_statement_pain_and_learning_with_the_call(
    browser_of: Client, account: Account, kari: Contact
) -> None:
    told = {
        "contacts": [kari.pk],
        "said": [unlocking().pk],
        "pain-0-words": EXPORT,
        "pain-0-severity": "serious",
        "pain-0-expectation": "under_study",
        "learning-0-text": "They plan crews with it",
        "learning-0-tags": ["product_finding", "surprise"],
    }
    saved = browser_of.post(NEW, body(account, **ROWS, **told), headers=HTMX)
    assert saved.status_code == 204
    call, pain, saying, learning = (
        Interaction.objects.get(),
        Pain.objects.get(),
        Saying.objects.get(),
        Learning.objects.get(),
    )
    assert (pain.words, pain.teller, pain.interaction, pain.severity) == (EXPORT, kari, call, "serious")
    assert (pain.saying, pain.expectation, pain.is_expectation_set) == (saying, "under_study", True)
    assert (list(saying.contacts.all()), saying.channel, saying.said_at) == ([kari], "call", call.at)
    assert (learning.text, learning.tags, learning.is_surprise) == (
        "They plan crews with it",
        ["product_finding", "surprise"],
        True,
    )


def test_a_pain_without_statement_or_reason_is_refused_and_nothing_is_saved(
    browser_of: Client, account: Account
) -> None:
    refused = browser_of.post(NEW, body(account, **ROWS, **{"pain-0-words": EXPORT}), headers=HTMX)
    assert refused.status_code == 422
    assert "Say first what they may expect, or say why you did not." in refused.text
    assert '<details class="log__more log__heard" data-fold="p" open>' in refused.text
    assert EXPORT in refused.text
    assert (Interaction.objects.count(), Pain.objects.count()) == (0, 0)
    reason = {"bypass_reason": "They began with it themselves"}
    assert browser_of.post(NEW, body(account, **ROWS, **reason, **{"pain-0-words": EXPORT})).status_code == 303
    assert Pain.objects.get().bypass_reason == "They began with it themselves"


def test_choosing_the_earlier_one_makes_a_retelling(browser_of: Client, pm: User, account: Account) -> None:
    earlier = tell_pain(actor=pm, account=account, words=EXPORT, bypass_reason="x")
    again = {"pain-0-words": "Long lists break off", "pain-0-same_as": earlier.pk}
    assert browser_of.post(NEW, body(account, **ROWS, **again), headers=HTMX).status_code == 204
    earlier.refresh_from_db()
    assert (Pain.objects.count(), earlier.retold_count) == (1, 1)
    assert PainTelling.objects.get().interaction == Interaction.objects.get()


def test_a_pain_of_another_account_cannot_be_chosen(browser_of: Client, pm: User, account: Account) -> None:
    other = tell_pain(actor=pm, account=build.account(), words=EXPORT, bypass_reason="x")
    again = {"pain-0-words": "Long lists", "pain-0-same_as": other.pk}
    refused = browser_of.post(NEW, body(account, **ROWS, **again), headers=HTMX)
    assert (refused.status_code, Interaction.objects.count(), PainTelling.objects.count()) == (422, 0, 0)
    assert "Choose one that this account told before." in refused.text


def test_similar_ones_are_offered(browser_of: Client, pm: User, account: Account) -> None:
    pain = tell_pain(actor=pm, account=account, words=EXPORT, bypass_reason="x")
    url = "/interactions/new/similar/"
    asked: dict[str, str | int] = {"row": "pain-0", "accounts": account.pk, "pain-0-words": "exports stop"}
    offered = browser_of.get(url, asked, headers=HTMX)
    assert f'<input type="radio" name="pain-0-same_as" value="{pain.pk}">' in offered.text
    assert browser_of.get(url, asked | {"pain-0-words": "weather"}, headers=HTMX).text.strip() == ""
    assert browser_of.get(url, {"row": "pain-0"}, headers=HTMX).text.strip() == ""
    assert browser_of.get(url, {"row": "<b>"}, headers=HTMX).status_code == 404


def test_what_was_said_before_is_not_asked_again(browser_of: Client, account: Account, kari: Contact) -> None:
    opened = browser_of.get(f"{NEW}?contact={kari.pk}", headers=HTMX).text
    assert "First say what they may expect." in opened
    browser_of.post(NEW, body(account, contacts=[kari.pk], said=[unlocking().pk], **ROWS), headers=HTMX)
    again = browser_of.get(f"{NEW}?contact={kari.pk}", headers=HTMX).text
    assert "They know what to expect: said on" in again
    assert unlocking().text not in again
    parties = browser_of.get("/interactions/new/person/", {"accounts": account.pk}, headers=HTMX).text
    assert 'id="log-said" class="tell__said" hx-swap-oob="true"' in parties
    assert "They know what to expect" in parties


def test_the_draft_keeps_it(browser_of: Client, account: Account) -> None:
    told = {"said": [unlocking().pk], "pain-0-words": "Half a pa", "learning-0-text": "Half a le"}
    browser_of.post("/interactions/new/draft/save/", body(account, notes="", outcome="", **ROWS, **told))
    assert Draft.objects.get().data["pain-0-words"] == ["Half a pa"]
    again = browser_of.get(NEW, headers=HTMX).text
    assert "Half a pa</textarea>" in again
    assert "Half a le</textarea>" in again
    assert f'value="{unlocking().pk}" checked data-unlocks' in again


def test_undo_takes_all_of_it_back(browser_of: Client, account: Account) -> None:
    told = {"said": [unlocking().pk], "pain-0-words": EXPORT, "learning-0-text": "A"}
    browser_of.post(NEW, body(account, **ROWS, **told), headers=HTMX)
    browser_of.post(f"/interactions/{Interaction.objects.get().pk}/undo/")
    assert (Pain.objects.count(), Saying.objects.count(), Learning.objects.count()) == (0, 0, 0)


def test_a_plan_hears_nothing_yet(browser_of: Client, account: Account) -> None:
    told = {"at": "2026-03-12T13:00", "outcome": "", "said": [unlocking().pk]}
    refused = browser_of.post(NEW, body(account, **ROWS, **told), headers=HTMX)
    assert (refused.status_code, Interaction.objects.count()) == (422, 0)
    assert "That is heard in the talk, not before it." in refused.text
