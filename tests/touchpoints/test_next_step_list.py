"""My next steps on one page."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pmcrm.people.models import User
from tests import build
from touchpoints.models import NextStep

pytestmark = pytest.mark.django_db

TUESDAY = dt.date(2026, 3, 10)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def pm() -> User:
    return build.user("product_manager", name="Ravi Kapoor")


@pytest.fixture
def client_of(pm: User) -> Client:
    client = Client()
    client.force_login(pm)
    return client


def days(*numbers: int) -> list[dt.date]:
    return [TUESDAY + dt.timedelta(days=number) for number in numbers]


def test_late_today_this_week_later(client_of: Client, pm: User) -> None:
    account = build.account()
    for number, day in enumerate(days(9, 5, 0, -2, 6)):
        build.next_step(account=account, owner=pm, due_on=day, text=f"Step {number}")
    build.next_step(account=account, owner=build.user(), due_on=TUESDAY, text="Of somebody else")
    page = client_of.get("/next-steps/")
    assert [(label, [step.text for step in steps]) for label, _slug, steps in page.context["groups"]] == [
        ("Late", ["Step 3"]),
        ("Today", ["Step 2"]),
        ("This week", ["Step 1"]),
        ("Later", ["Step 4", "Step 0"]),
    ]
    assert page.context["tally"] == {"all": 5, "late": 1, "today": 1}


def test_a_snoozed_step_stands_at_its_new_day(client_of: Client, pm: User) -> None:
    step = build.next_step(account=build.account(), owner=pm, due_on=TUESDAY)
    answer = client_of.post(f"/next-steps/{step.pk}/snooze/", {"until": "2026-03-20"}, headers=HTMX)
    assert answer.status_code == 204
    assert [label for label, _slug, _steps in client_of.get("/next-steps/").context["groups"]] == ["Later"]


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        ("", "Choose a day."),
        ("soon", "Enter a day, for example 2026-03-10."),
        ("2026-03-10", "Choose a day from tomorrow on."),
    ],
)
def test_a_bad_day_is_refused_in_words(client_of: Client, pm: User, until: str, sentence: str) -> None:
    step = build.next_step(account=build.account(), owner=pm, due_on=TUESDAY)
    answer = client_of.post(f"/next-steps/{step.pk}/snooze/", {"until": until}, headers=HTMX)
    assert answer.status_code == 422
    assert sentence in answer.headers["HX-Trigger"]
    assert NextStep.objects.get().snoozed_until is None


def test_done_and_back(client_of: Client, pm: User) -> None:
    step = build.next_step(account=build.account(), owner=pm, due_on=TUESDAY)
    client_of.post(f"/next-steps/{step.pk}/finish/", headers=HTMX)
    assert client_of.get("/next-steps/").context["groups"] == []
    assert [row.pk for row in client_of.get("/next-steps/?show=done").context["found"].rows] == [step.pk]
    client_of.post(f"/next-steps/{step.pk}/reopen/", headers=HTMX)
    assert client_of.get("/next-steps/?show=done").context["found"].rows == []


def test_added_without_a_call(client_of: Client, pm: User) -> None:
    account = build.account()
    body = {"text": "Write to them", "account": account.pk, "owner": pm.pk, "due_on": "2026-03-13"}
    assert client_of.post("/next-steps/new/", body, headers=HTMX).status_code == 204
    assert list(NextStep.objects.values_list("text", "account", "owner", "due_on")) == [
        ("Write to them", account.pk, pm.pk, dt.date(2026, 3, 13))
    ]
    refused = client_of.post("/next-steps/new/", body | {"account": "x", "text": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert "Choose an account from the list." in refused.text
    assert NextStep.objects.count() == 1


def test_the_second_of_two_savers_is_told(client_of: Client, pm: User) -> None:
    step = build.next_step(account=build.account(), owner=pm, due_on=TUESDAY)
    body = {"text": "Call", "owner": pm.pk, "due_on": "2026-03-13", "version": 1}
    assert client_of.post(f"/next-steps/{step.pk}/edit/", body, headers=HTMX).status_code == 204
    refused = client_of.post(f"/next-steps/{step.pk}/edit/", body | {"text": "Write"}, headers=HTMX)
    assert refused.status_code == 422
    assert "Somebody changed this step in the meantime." in refused.text
    assert NextStep.objects.get().text == "Call"


def test_handed_on(client_of: Client, pm: User) -> None:
    step = build.next_step(account=build.account(), owner=pm, due_on=TUESDAY)
    ingrid = build.user("sales_owner", name="Ingrid Moe")
    assert client_of.post(f"/next-steps/{step.pk}/reassign/", {"owner": ingrid.pk}, headers=HTMX).status_code == 204
    assert NextStep.objects.get().owner == ingrid
    refused = client_of.post(f"/next-steps/{step.pk}/reassign/", {"owner": "x"}, headers=HTMX)
    assert refused.status_code == 422


def test_what_one_may_not_see_is_not_there(client_of: Client, pm: User) -> None:
    author = build.user("product_manager")
    account = build.account()
    private = build.interaction(account, author=author, is_private=True)
    step = build.next_step(account=account, owner=author, interaction=private)
    for verb in ("finish", "reopen", "snooze", "reassign"):
        assert client_of.post(f"/next-steps/{step.pk}/{verb}/", headers=HTMX).status_code in {404, 422}
    assert client_of.get(f"/next-steps/{step.pk}/edit/").status_code == 404
    step.refresh_from_db()
    assert (step.done_at, step.version) == (None, 1)


def test_as_many_questions_for_many_rows_as_for_few(client_of: Client, pm: User) -> None:
    client_of.get("/next-steps/")  # fills the caches of session and shell
    counts = []
    for number in (3, 40):
        for _index in range(number):
            build.next_step(account=build.account(), owner=pm, due_on=TUESDAY)
        with CaptureQueriesContext(connection) as asked:
            client_of.get("/next-steps/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_a_step_leads_only_to_an_account_that_its_owner_may_open(client: Client) -> None:
    agent = build.user("department_member")
    account = build.account(name="Out of sight")
    build.next_step(account=account, owner=agent, due_on=TUESDAY)
    client.force_login(agent)
    body = client.get("/next-steps/").content.decode()
    assert "Out of sight" in body
    assert f"/accounts/{account.pk}/" not in body
