"""The preparation sheet: gathers itself, asks only what is missing, loses nobody's words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from accounts.services.figures import publish_figures
from meetings.services.planning import open_meeting
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from preparation.models import Sheet
from preparation.quality import completeness_of, required_of
from preparation.services.filling import plan_to_say, settle
from preparation.services.sheets import completeness, confirm_line, sheet_of, state_of, write_sheet
from tests import build
from touchpoints.models import Interaction, NpsAnswer, Pain, Renewal, Statement
from touchpoints.services.holds import place_hold
from touchpoints.services.pains import tell_pain
from touchpoints.services.questions import open_questions
from touchpoints.services.relationship import Use, note_usage
from touchpoints.services.statements import say

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager")


@pytest.fixture
def owner() -> User:
    return build.user("sales_owner", name="Lars Owner")


@pytest.fixture
def halden(owner: User, manager: User) -> Account:
    return build.account(name="Halden Cargo", relationship_owner=owner, product_manager=manager, country="NO")


@pytest.fixture
def _no_statements() -> None:
    Statement.objects.all().delete()


def planned(*accounts: Account, author: User, kind: str = "call", **fields: Any) -> Interaction:
    at = NOW + dt.timedelta(days=2)
    return build.interaction(*accounts, author=author, kind=kind, status="planned", **({"at": at} | fields))


def known(account: Account, author: User) -> Interaction:
    """A talk held before: the next one is no first contact."""
    return build.interaction(account, author=author, at=NOW - dt.timedelta(days=30), kind="meeting")


def test_six_of_eight_is_75_percent() -> None:
    found = completeness_of("abcdefgh", set("abcdef"))
    assert (found.share, found.missing, found.filled, found.required) == (Decimal("0.750000"), ("g", "h"), 6, 8)


def test_what_a_talk_requires() -> None:
    usual = ("business", "current_issues", "temperament", "immediate_need", "statements_due", "people")
    assert required_of(has_sales_owner=False, is_first=False) == usual
    assert required_of(has_sales_owner=True, is_first=True, more=["agenda"]) == (
        *usual,
        "sales_line",
        "credibility_points",
        "listener_role",
        "agenda",
    )


@pytest.mark.usefixtures("_no_statements")
def test_a_sheet_with_six_of_its_eight_parts(manager: User) -> None:
    """A first call where nobody in sales owns the account asks for eight parts."""
    account = build.account(business_summary="Moves containers.", product_manager=manager)
    kari = build.contact(account=account, temperament="calm", role="technical")
    talk = planned(account, author=manager)
    talk.contacts.add(kari)
    settle(actor=manager, interaction=talk, question="current_issues", is_none=True)
    settle(actor=manager, interaction=talk, question="immediate_need", is_none=True)
    found = completeness(sheet_of(talk))
    assert found.missing == ("credibility_points", "listener_role")
    assert found.share == Decimal("0.750000")
    assert Sheet.objects.get().share == Decimal("0.750000")
    write_sheet(actor=manager, interaction=talk, version=3, values={"listener_role": "pm_listens"})
    settle(actor=manager, interaction=talk, question="credibility_points", is_none=True)
    assert completeness(sheet_of(talk)).is_complete


@pytest.mark.parametrize("kind", ["call", "meeting"])
def test_a_sheet_has_the_same_fields_by_phone_and_in_person(
    client: Client, manager: User, halden: Account, kind: str
) -> None:
    known(halden, manager)
    talk = planned(halden, author=manager, kind=kind)
    client.force_login(manager)
    page = client.get(reverse("preparation_sheet", args=[talk.pk])).content.decode()
    for part in ("immediate_need", "business", "current_issues", "people", "sales_line", "statements_due"):
        assert f'id="{part}"' in page


def test_notes_and_mails_have_none(client: Client, manager: User, halden: Account) -> None:
    client.force_login(manager)
    for kind in ("note", "mail"):
        talk = planned(halden, author=manager, kind=kind)
        assert client.get(reverse("preparation_sheet", args=[talk.pk])).status_code == 404
        with pytest.raises(RuleViolation, match="Only a call or a meeting is prepared"):
            write_sheet(actor=manager, interaction=talk, version=0, values={"issues_note": "x"})
    assert not Sheet.objects.exists()


def test_business_has_its_day_and_grows_stale(client: Client, manager: User, halden: Account) -> None:
    talk = planned(halden, author=manager)
    client.force_login(manager)
    url = reverse("preparation_sheet", args=[talk.pk])
    assert "business" in completeness(sheet_of(talk)).missing
    answer = client.post(
        reverse("preparation_write", args=[talk.pk]),
        {"field": "business", "value": "Moves containers.", "version": halden.version},
    )
    assert answer.status_code == 303
    halden.refresh_from_db()
    assert (halden.business_summary, halden.business_as_of) == ("Moves containers.", timezone.localdate())
    assert "business" not in completeness(sheet_of(talk)).missing
    Account.objects.update(business_as_of=timezone.localdate() - dt.timedelta(days=365))
    assert "stale" not in client.get(url).content.decode()
    Account.objects.update(business_as_of=timezone.localdate() - dt.timedelta(days=366))
    assert "stale" in client.get(url).content.decode()
    assert "business" in completeness(sheet_of(talk)).missing


def test_who_sees_no_temperament_reads_restricted(client: Client, manager: User, owner: User, halden: Account) -> None:
    kari = build.contact(account=halden, temperament="sceptical", temperament_note="Say figures first.")
    talk = planned(halden, author=manager)
    talk.contacts.add(kari)
    url = reverse("preparation_sheet", args=[talk.pk])
    client.force_login(manager)
    assert "Sceptical" in client.get(url).content.decode()
    client.force_login(build.user("sales_vp"))
    page = client.get(url).content.decode()
    assert "Temperament restricted" in page
    assert "Sceptical" not in page
    assert "Say figures first." not in page


def test_two_people_write_at_once(manager: User, owner: User, halden: Account) -> None:
    talk = planned(halden, author=manager)
    first = write_sheet(actor=manager, interaction=talk, version=0, values={"issues_note": "The crane stands."})
    assert first.version == 2
    # Lars read the sheet when it was empty and writes elsewhere: both stay.
    write_sheet(actor=owner, interaction=talk, version=0, values={"people_note": "Kari is new."}, is_whole=False)
    with pytest.raises(StaleVersion) as refusal:
        write_sheet(actor=owner, interaction=talk, version=0, values={"issues_note": "All is well."}, is_whole=False)
    assert refusal.value.current == {"issues_note": "The crane stands.", "version": 3}
    sheet = Sheet.objects.get()
    assert (sheet.issues_note, sheet.people_note, sheet.version) == ("The crane stands.", "Kari is new.", 3)
    # The API says of the whole sheet which version it read.
    with pytest.raises(StaleVersion):
        write_sheet(actor=owner, interaction=talk, version=2, values={"listener_role": "shared"})


def test_a_clash_shows_both_and_loses_none(client: Client, manager: User, owner: User, halden: Account) -> None:
    talk = planned(halden, author=manager)
    write_sheet(actor=owner, interaction=talk, version=0, values={"issues_note": "The crane stands."})
    client.force_login(manager)
    url = reverse("preparation_write", args=[talk.pk])
    body = {"field": "issues_note", "value": "All is well.", "version": 0}
    answer = client.post(url, body, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "The crane stands." in answer.content.decode()
    assert Sheet.objects.get().issues_note == "The crane stands."
    assert client.post(url, body | {"version": 2}, headers={"HX-Request": "true"}).status_code == 200
    assert Sheet.objects.get().issues_note == "All is well."


def test_the_line_holds_when_the_owner_agrees(manager: User, owner: User, halden: Account) -> None:
    talk = planned(halden, author=manager)
    write_sheet(actor=manager, interaction=talk, version=0, values={"sales_line": "Renewal first."})
    assert "sales_line" in completeness(sheet_of(talk)).missing
    with pytest.raises(RuleViolation, match="owner of the relationship"):
        confirm_line(actor=manager, interaction=talk)
    sheet = confirm_line(actor=owner, interaction=talk)
    assert "sales_line" not in completeness(sheet_of(talk)).missing
    # Another line is another question.
    write_sheet(actor=manager, interaction=talk, version=sheet.version, values={"sales_line": "No prices."})
    assert "sales_line" in completeness(sheet_of(talk)).missing


def test_the_line_holds_after_two_working_days_of_silence(manager: User, halden: Account) -> None:
    talk = planned(halden, author=manager)
    write_sheet(actor=manager, interaction=talk, version=0, values={"sales_line": "Renewal first."})
    Sheet.objects.update(line_asked_at=NOW - dt.timedelta(days=5))
    assert "sales_line" not in completeness(sheet_of(talk)).missing
    Sheet.objects.update(line_asked_at=NOW - dt.timedelta(hours=20))
    assert "sales_line" in completeness(sheet_of(talk)).missing


def test_statements_that_are_due_are_chosen(manager: User, halden: Account) -> None:
    talk = planned(halden, author=manager)
    slugs = [one.slug for one in state_of(sheet_of(talk)).due]
    assert len(slugs) > 1
    for slug in slugs:
        assert "statements_due" in completeness(sheet_of(talk)).missing
        plan_to_say(actor=manager, interaction=talk, statement=slug, is_said=True)
    assert "statements_due" not in completeness(sheet_of(talk)).missing
    plan_to_say(actor=manager, interaction=talk, statement=slugs[0], is_said=False)
    assert "statements_due" in completeness(sheet_of(talk)).missing
    # One is not said, and that is meant.
    settle(actor=manager, interaction=talk, question="statements_due", is_none=True)
    assert "statements_due" not in completeness(sheet_of(talk)).missing


def test_what_is_said_of_a_call_is_said_in_calls(manager: User, halden: Account) -> None:
    def to_say(kind: str) -> set[str]:
        talk = planned(halden, author=manager, kind=kind)
        return {one.topic for one in state_of(sheet_of(talk)).due}

    assert to_say("call") - to_say("meeting") == {"call"}


def test_who_takes_no_part_does_not_write(client: Client, manager: User, halden: Account) -> None:
    talk = planned(halden, author=manager)
    client.force_login(build.user("executive"))
    assert client.get(reverse("preparation_sheet", args=[talk.pk])).status_code == 200
    body = {"field": "issues_note", "value": "x", "version": 0}
    answer = client.post(reverse("preparation_write", args=[talk.pk]), body, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert not Sheet.objects.exists()


def test_a_private_talk_is_nobody_elses(client: Client, manager: User, halden: Account) -> None:
    talk = planned(halden, author=manager, is_private=True)
    client.force_login(build.user("product_lead"))
    assert client.get(reverse("preparation_sheet", args=[talk.pk])).status_code == 404


def test_an_open_need_stands_first_and_counts(client: Client, manager: User, halden: Account) -> None:
    talk = planned(halden, author=manager)
    assert "immediate_need" in completeness(sheet_of(talk)).missing
    client.force_login(manager)
    client.post(reverse("preparation_fill", args=[talk.pk]), {"about": "need", "value": "A second crane by Friday"})
    page = client.get(reverse("preparation_sheet", args=[talk.pk])).content.decode()
    assert "A second crane by Friday" in page
    assert page.index("A second crane by Friday") < page.index('id="business"')
    assert "immediate_need" not in completeness(sheet_of(talk)).missing


def test_what_the_data_knows_shows_without_typing(client: Client, manager: User, owner: User, halden: Account) -> None:
    talk = planned(halden, author=manager)
    client.force_login(manager)
    url = reverse("preparation_sheet", args=[talk.pk])
    assert "current_issues" in completeness(sheet_of(talk)).missing
    build.promise(account=halden, owner=manager, text="The export", due_on=timezone.localdate() - dt.timedelta(days=3))
    place_hold(actor=owner, account=halden, reason="We settle a complaint")
    NpsAnswer.objects.create(account=halden, score=3, answered_on=timezone.localdate(), ref="1")
    Renewal.objects.create(account=halden, renews_on=timezone.localdate() + dt.timedelta(days=30), author=owner)
    page = client.get(url).content.decode()
    for words in (
        "Promised and late: The export",
        "On hold: We settle a complaint",
        "Unhappy in the survey: 3 of 10",
        "Renewal ahead",
    ):
        assert words in page
    assert "current_issues" not in completeness(sheet_of(talk)).missing


def test_pains_told_to_others_are_there_with_what_we_said(client: Client, manager: User, halden: Account) -> None:
    kari = build.contact(account=halden, name="Kari Lund")
    other = build.user("product_manager")
    halden.product_manager = other
    halden.save()
    tell_pain(
        actor=other, account=halden, words="The export stops at 500 rows", contact=kari, expectation="under_study",
        bypass_reason="She was in a hurry",
    )  # fmt: skip
    Pain.objects.update(told_on=timezone.localdate() - dt.timedelta(days=380))
    talk = planned(halden, author=manager)
    client.force_login(manager)
    page = client.get(reverse("preparation_known", args=[talk.pk])).content.decode()
    assert "The export stops at 500 rows" in page
    assert "Kari Lund" in page
    assert "We look into it" in page


def test_a_statement_said_vanishes_until_it_expires(client: Client, manager: User, halden: Account) -> None:
    kari = build.contact(account=halden)
    talk = planned(halden, author=manager)
    talk.contacts.add(kari)
    statement = Statement.objects.current()[0]
    client.force_login(manager)
    url = reverse("preparation_sheet", args=[talk.pk])
    assert f'id="say-{statement.slug}"' in client.get(url).content.decode()
    say(actor=manager, statement=statement, contacts=[kari], account=halden)
    assert f'id="say-{statement.slug}"' not in client.get(url).content.decode()
    Interaction.objects.filter(pk=talk.pk).update(at=NOW + dt.timedelta(days=statement.expires_days + 2))
    assert f'id="say-{statement.slug}"' in client.get(url).content.decode()


def test_figures_are_those_of_the_account(client: Client, manager: User, halden: Account) -> None:
    Account.objects.filter(pk=halden.pk).update(tier="B")
    publish_figures(
        [{"account_id": halden.pk, "contribution_12m": Decimal(-73188), "value_class": 2}],
        columns=["contribution_12m", "value_class"],
    )
    talk = planned(halden, author=manager)
    client.force_login(manager)
    sheet = client.get(reverse("preparation_sheet", args=[talk.pk])).content.decode()
    account = client.get(halden.get_absolute_url()).content.decode()
    for figure in ("−73,188", "Tier B"):
        assert figure in sheet
        assert figure in account
    client.force_login(build.user("department_member"))
    assert client.get(reverse("preparation_sheet", args=[talk.pk])).status_code == 404


def test_only_blanks_are_asked(manager: User, halden: Account) -> None:
    kari = build.contact(account=halden, job_title="Planner", background="Runs the night shift")
    assert [one.field for one in open_questions(kari)] == [
        "joined_company_on",
        "previous_employers",
        "purpose",
        "actual_way",
    ]
    note_usage(actor=manager, account=halden, use=Use(mode="as_intended", purpose="Crew plans"))
    assert [one.field for one in open_questions(kari)] == ["joined_company_on", "previous_employers", "actual_way"]


def test_above_the_limit_a_note_for_oneself(client: Client, manager: User, owner: User, halden: Account) -> None:
    talk = build.interaction(halden, author=manager, kind="meeting", at=NOW - dt.timedelta(hours=2))
    client.force_login(manager)
    url = reverse("preparation_write", args=[talk.pk])
    client.post(url, {"field": "is_introduction", "value": "on", "version": 0})
    client.post(url, {"field": "talk_share", "value": "50", "version": 2})
    page = reverse("preparation_sheet", args=[talk.pk])
    assert "Only you see this" not in client.get(page).content.decode()
    client.post(url, {"field": "talk_share", "value": "60", "version": 3})
    assert Sheet.objects.get().talk_share == Decimal("0.60")
    assert "Only you see this" in client.get(page).content.decode()
    client.force_login(owner)
    assert "Only you see this" not in client.get(page).content.decode()
    with pytest.raises(RuleViolation, match="A colleague entered how much we talked"):
        write_sheet(actor=owner, interaction=talk, version=4, values={"talk_share": Decimal("0.10")})
    assert Sheet.objects.get().talk_share == Decimal("0.60")


@pytest.mark.parametrize(("kind", "people"), [("call", 1), ("call", 6), ("meeting", 6)])
def test_few_questions_to_the_database(
    client: Client, manager: User, halden: Account, kind: str, people: int, django_assert_max_num_queries: Any
) -> None:
    talk = planned(halden, author=manager, kind=kind)
    if kind == "meeting":
        open_meeting(actor=manager, interaction=talk)
    client.force_login(manager)
    for number in range(people):
        talk.contacts.add(build.contact(account=halden, name=f"Person {number}"))
        build.promise(account=halden, owner=manager)
        build.interaction(halden, author=manager, at=NOW - dt.timedelta(days=number + 1))
    # What the shell keeps is kept from here on.
    client.get(reverse("preparation_sheet", args=[talk.pk]))
    for address in (
        reverse("preparation_sheet", args=[talk.pk]),
        reverse("preparation_known", args=[talk.pk]),
        reverse("preparation_known", args=[talk.pk]) + "?part=around",
        reverse("preparation_waiting"),
    ):
        with django_assert_max_num_queries(12):
            assert client.get(address, headers={"HX-Request": "true"}).status_code == 200


def test_a_meeting_asks_for_its_agenda_and_what_makes_it_a_success(manager: User, halden: Account) -> None:
    known(halden, manager)
    talk = planned(halden, author=manager, kind="meeting")
    assert completeness(sheet_of(talk)).required == 7
    open_meeting(actor=manager, interaction=talk)
    found = completeness(sheet_of(Interaction.objects.get(pk=talk.pk)))
    assert found.required == 9
    assert found.missing[-2:] == ("agenda", "success_criteria")
