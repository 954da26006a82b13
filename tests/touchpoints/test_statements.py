"""What we say beforehand: the catalogue in editions, the log of sayings, what is due again."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from accounts.models import Account, Contact
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Saying, Statement
from touchpoints.services.statements import add_statement, edit_statement, retire_statement, say, statements_due

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


def current(slug: str) -> Statement:
    return Statement.objects.current().get(slug=slug)


def slugs(rows: list[Statement]) -> set[str]:
    return {one.slug for one in rows}


def test_an_organisation_begins_with_eight() -> None:
    rows = Statement.objects.current().values_list("slug", "topic", "expires_days", "unlocks")
    assert set(rows) == {
        ("pain-heard-not-promised", "pains", 180, "pain_capture"),
        ("pain-report-back", "pains", 180, ""),
        ("pain-once", "pains", 365, ""),
        ("roadmap-direction", "roadmap", 90, "share_document"),
        ("roadmap-confidential", "roadmap", 90, "share_document"),
        ("trial-limits", "trial", 60, ""),
        ("input-not-vote", "involvement", 180, ""),
        ("listening-only", "call", 90, ""),
    }


def test_what_was_said_is_not_due_until_it_expires(mia: User, halden: Account, kari: Contact) -> None:
    saying = say(actor=mia, statement=current("roadmap-direction"), contacts=[kari], account=halden, channel="meeting")
    assert (saying.expires_on, saying.channel, list(saying.contacts.all())) == (dt.date(2026, 6, 8), "meeting", [kari])
    due = slugs(statements_due(contacts=[kari]))
    assert (len(due), "roadmap-direction" in due) == (7, False)
    assert "roadmap-direction" not in slugs(statements_due(contacts=[kari], at=dt.date(2026, 6, 8)))
    assert "roadmap-direction" in slugs(statements_due(contacts=[kari], at=dt.date(2026, 6, 9)))
    assert "roadmap-direction" in slugs(statements_due(contacts=[kari], at=dt.date(2026, 3, 9)))


def test_it_is_due_while_one_of_them_has_not_heard_it(mia: User, halden: Account, kari: Contact) -> None:
    per = build.contact(account=halden, name="Per Dahl")
    say(actor=mia, statement=current("trial-limits"), contacts=[kari], account=halden)
    assert "trial-limits" in slugs(statements_due(contacts=[kari, per]))
    assert "trial-limits" not in slugs(statements_due(account=halden))
    say(actor=mia, statement=current("trial-limits"), contacts=[per], account=halden)
    assert "trial-limits" not in slugs(statements_due(contacts=[kari, per]))


def test_in_a_talk_it_was_said_when_and_how_the_talk_was(mia: User, halden: Account) -> None:
    at = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    call = build.interaction(halden, author=mia, at=at)
    saying = say(actor=mia, statement=current("trial-limits"), contacts=[], account=halden, interaction=call)
    assert (saying.said_at, saying.channel, saying.expires_on) == (at, "call", dt.date(2026, 4, 30))
    planned = build.interaction(halden, author=mia, status="planned")
    with pytest.raises(RuleViolation, match="said in the talk, not before it"):
        say(actor=mia, statement=current("trial-limits"), contacts=[], account=halden, interaction=planned)


def test_what_was_said_in_a_cancelled_talk_was_not_said(mia: User, halden: Account) -> None:
    call = build.interaction(halden, author=mia, at=NOW)
    say(actor=mia, statement=current("trial-limits"), contacts=[], account=halden, interaction=call)
    call.status = "cancelled"
    call.save()
    assert "trial-limits" in slugs(statements_due(account=halden))


def test_who_hears_it_works_there_and_who_says_it_sees_the_account(mia: User, halden: Account) -> None:
    stranger = build.contact(account=build.account(), name="Some Body")
    with pytest.raises(RuleViolation, match="Some Body is not at Halden Maritime"):
        say(actor=mia, statement=current("trial-limits"), contacts=[stranger], account=halden)
    with pytest.raises(RuleViolation, match="Choose an account from the list"):
        say(actor=build.user("sales_owner"), statement=current("trial-limits"), contacts=[], account=halden)
    with pytest.raises(RuleViolation, match="Choose one of: call, meeting, mail, other"):
        say(actor=mia, statement=current("trial-limits"), contacts=[], account=halden, channel="pigeon")
    assert Saying.objects.count() == 0


def test_a_new_wording_is_an_edition_and_what_was_said_stays(
    mia: User, lead: User, halden: Account, kari: Contact
) -> None:
    first = current("trial-limits")
    say(actor=mia, statement=first, contacts=[kari], account=halden)
    second = edit_statement(
        actor=lead, statement=first, edition=1, text="It is early. It may fail.", topic="trial", expires_days=30
    )
    assert (second.slug, second.edition, second.text) == ("trial-limits", 2, "It is early. It may fail.")
    assert Saying.objects.get().statement.edition == 1
    assert "trial-limits" not in slugs(statements_due(contacts=[kari]))
    with pytest.raises(StaleVersion):
        edit_statement(actor=lead, statement=first, edition=1, text="Other", topic="trial", expires_days=30)
    with pytest.raises(RuleViolation, match="newer wording"):
        say(actor=mia, statement=Statement.objects.get(pk=first.pk), contacts=[kari], account=halden)


def test_own_statements(mia: User, lead: User) -> None:
    made = add_statement(actor=lead, text="We test on Fridays only.", topic="trial", expires_days=20)
    assert (made.slug, made.edition) == ("we-test-on-fridays-only-1", 1)
    again = add_statement(actor=lead, text="我们只在星期五测试", topic="trial", expires_days=20)
    assert again.slug == "trial-1"
    with pytest.raises(RuleViolation, match="worded by a product lead"):
        add_statement(actor=mia, text="Mine", topic="trial", expires_days=20)
    with pytest.raises(RuleViolation, match="Enter whole days from 1 to 3650"):
        add_statement(actor=lead, text="Mine", topic="trial", expires_days=0)
    assert Statement.objects.count() == 10


def test_the_last_one_that_unlocks_something_stays(lead: User) -> None:
    retire_statement(actor=lead, statement=current("trial-limits"), edition=1)
    assert not Statement.objects.current().filter(slug="trial-limits").exists()
    with pytest.raises(RuleViolation, match="Keep at least one statement for this"):
        retire_statement(actor=lead, statement=current("pain-heard-not-promised"), edition=1)
    retire_statement(actor=lead, statement=current("roadmap-direction"), edition=1)
