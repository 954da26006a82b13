"""The timelines of accounts and people, and the page of one interaction."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Interaction

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def pm() -> User:
    return build.user("product_manager", name="Ravi Kapoor")


@pytest.fixture
def account() -> Account:
    return build.account(name="Halden Maritime")


def log(account: Account, author: User, number: int) -> list[Interaction]:
    made = []
    for index in range(number):
        call = build.interaction(
            account, author=author, at=START + dt.timedelta(hours=index), notes=f"Talk {index:02d}"
        )
        call.contacts.add(build.contact(account=account, name=f"Person {index}"))
        build.next_step(account=account, owner=author, interaction=call)
        made.append(call)
    return made


def test_newest_first_and_older_ones_load_on(pm: User, account: Account) -> None:
    log(account, pm, 23)
    client = signed_in(pm)
    first = client.get(f"/accounts/{account.pk}/timeline/", headers={"HX-Request": "true"})
    found = first.context["found"]
    assert [row.interaction.notes for row in found.rows] == [f"Talk {index:02d}" for index in range(22, 2, -1)]
    older = client.get(found.next_url, headers={"HX-Request": "true"})
    assert [row.interaction.notes for row in older.context["found"].rows] == ["Talk 02", "Talk 01", "Talk 00"]
    assert older.context["found"].next_url == ""
    assert client.get(f"/accounts/{account.pk}/timeline/?cursor=nonsense").status_code == 200


def test_kinds_filter(pm: User, account: Account) -> None:
    build.interaction(account, author=pm, notes="A call")
    build.interaction(account, author=pm, notes="A meeting", kind="meeting")
    client = signed_in(pm)
    page = client.get(f"/accounts/{account.pk}/timeline/?kind=meeting", headers={"HX-Request": "true"}).text
    assert "A meeting" in page
    assert "A call" not in page
    assert client.get(f"/accounts/{account.pk}/timeline/?kind=fax").status_code == 200


def test_times_are_in_the_readers_zone(account: Account) -> None:
    reader = build.user("product_manager", time_zone="Asia/Tokyo")
    build.interaction(account, author=reader, at=dt.datetime(2026, 1, 15, 20, 30, tzinfo=dt.UTC))
    page = signed_in(reader).get(f"/accounts/{account.pk}/timeline/", headers={"HX-Request": "true"}).text
    assert 'title="16 Jan 2026, 05:30"' in page


def test_a_persons_timeline_holds_only_that_person(pm: User, account: Account) -> None:
    kari, jonas = build.contact(account=account), build.contact(account=account, name="Jonas Vik")
    build.interaction(account, author=pm, notes="With Kari").contacts.add(kari)
    build.interaction(account, author=pm, notes="With Jonas").contacts.add(jonas)
    page = signed_in(pm).get(f"/contacts/{kari.pk}/timeline/", headers={"HX-Request": "true"}).text
    assert "With Kari" in page
    assert "With Jonas" not in page


def test_private_and_cancelled_ones_are_not_there(pm: User, account: Account) -> None:
    private = build.interaction(account, author=pm, notes="Their CFO leaves", is_private=True)
    build.interaction(account, author=pm, notes="A slip", status="cancelled")
    own, other = signed_in(pm), signed_in(build.user("product_lead"))
    url = f"/accounts/{account.pk}/timeline/"
    assert "Their CFO leaves" in own.get(url).text
    assert "A slip" not in own.get(url).text
    for page in (url, "/interactions/", "/interactions/?q=CFO"):
        assert "Their CFO leaves" not in other.get(page).text
    for verb in ("", "edit/", "move/"):
        assert other.get(f"/interactions/{private.pk}/{verb}").status_code == 404
    for verb in ("cancel/", "hold/", "undo/"):
        assert other.post(f"/interactions/{private.pk}/{verb}").status_code == 404
    private.refresh_from_db()
    assert private.status == "held"


def test_a_stranger_to_the_account_finds_no_timeline(account: Account) -> None:
    stranger = signed_in(build.user("sales_owner"))
    assert stranger.get(f"/accounts/{account.pk}/timeline/").status_code == 404


def test_as_many_questions_for_many_rows_as_for_few(pm: User, account: Account) -> None:
    client, few = signed_in(pm), build.account()
    log(few, pm, 2)
    log(account, pm, 20)
    counts = []
    for one in (few, account):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(f"/accounts/{one.pk}/timeline/", headers={"HX-Request": "true"})
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_the_page_of_one_says_what_was_done_and_offers_what_may_be(pm: User, account: Account) -> None:
    call = build.interaction(account, author=pm, notes="Export limit hurts.")
    page = signed_in(pm).get(f"/interactions/{call.pk}/").text
    assert "Export limit hurts." in page
    assert f"/interactions/{call.pk}/cancel/" in page
    reader = signed_in(build.user("finance")).get(f"/interactions/{call.pk}/").text
    assert "Export limit hurts." in reader
    assert f"/interactions/{call.pk}/cancel/" not in reader


def test_a_planned_one_is_held_moved_and_cancelled(pm: User, account: Account) -> None:
    client = signed_in(pm)
    later = dt.datetime(2199, 1, 1, tzinfo=dt.UTC)
    meeting = build.interaction(account, author=pm, kind="meeting", status="planned", at=later)
    refused = client.post(
        f"/interactions/{meeting.pk}/move/", {"at": "2020-01-01T10:00"}, headers={"HX-Request": "true"}
    )
    assert refused.status_code == 422
    assert "Choose a time ahead." in refused.text
    held = client.post(
        f"/interactions/{meeting.pk}/hold/", {"override_reason": "By chance"}, headers={"HX-Request": "true"}
    )
    assert held.status_code == 204
    again = client.post(f"/interactions/{meeting.pk}/hold/", headers={"HX-Request": "true"})
    assert again.status_code == 422
    client.post(f"/interactions/{meeting.pk}/cancel/", {"back": "https://evil.example/"})
    meeting.refresh_from_db()
    assert meeting.status == "cancelled"


def test_the_way_back_leads_only_to_our_own_pages(pm: User, account: Account) -> None:
    client, call = signed_in(pm), build.interaction(account, author=pm)
    away = client.post(f"/interactions/{call.pk}/cancel/", {"back": "//evil.example/"})
    assert away.headers["Location"] == f"/interactions/{call.pk}/"
    home = client.post(f"/interactions/{call.pk}/cancel/", {"back": "/next-steps/"})
    assert home.headers["Location"] == "/next-steps/"
