"""What needs me now, by role: each block is as long as its own list."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import StrategicEntry, ValueAssessment
from accounts.services.figures import publish_figures
from accounts.services.manners import write_manners
from accounts.services.value import assess_value
from pmcrm.home import silence
from pmcrm.home.my_day import Block
from pmcrm.people.models import Invitation, Organisation, User
from pmcrm.people.permissions import ROLES
from tests import build
from tests.segmentation import exit_cast
from touchpoints.models import Draft, Pain
from touchpoints.services.figures import refresh_contact_figures

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def blocks(client: Client) -> dict[str, Block]:
    page = client.get("/")
    assert page.status_code == 200
    return {block.slug: block for block in [*page.context["first"], *page.context["second"]]}


@pytest.mark.parametrize(
    ("roles", "slugs"),
    [
        (["product_manager"], ["meetings", "promises", "start", "steps"]),
        (["product_lead"], ["meetings", "promises", "run", "silent", "steps", "strategic"]),
        (["sales_owner"], ["meetings", "promises", "start", "steps"]),
        (["sales_vp"], ["meetings", "promises", "silent", "steps", "strategic"]),
        (["department_member"], ["meetings", "steps"]),
        (["finance"], ["imports", "meetings", "run", "steps"]),
        (["executive"], ["decisions", "meetings", "run", "steps"]),
        (["administrator"], ["invitations"]),
    ],
)
def test_each_role_has_its_own_questions(roles: list[str], slugs: list[str]) -> None:
    assert sorted(blocks(signed_in(build.user(*roles)))) == slugs


def test_somebody_new_learns_whom_they_serve_and_by_which_rules(client: Client) -> None:
    pm, seller = build.user("product_manager"), build.user("sales_owner", name="Sven Seller")
    lead = build.user("product_lead")
    own = build.account(name="Halden", product_manager=pm, relationship_owner=seller, tier="A")
    helped = build.account(name="Quay")
    helped.team.add(pm)
    build.account(name="Of others")
    build.promise(account=own, owner=seller, due_on=TODAY - dt.timedelta(days=1))
    build.interaction(own, author=seller, at=NOW - dt.timedelta(days=3))
    refresh_contact_figures()
    write_manners(actor=lead, read_version=None, ownership="Sales own the relationship.", contact_rules="Ask first.")
    client.force_login(pm)
    block = blocks(client)["start"]
    assert [(one.name, one.promises_open, one.promises_late) for one in block.rows] == [
        ("Halden", 1, 1),
        ("Quay", 0, 0),
    ]
    page = client.get("/").content.decode()
    for words in ("Sven Seller (sales)", "Sales own the relationship.", "Ask first.", "tier A every 30 days"):
        assert words in page
    with CaptureQueriesContext(connection) as asked:
        client.get("/")
    assert len(asked) <= 12
    # The first thing logged ends it.
    build.interaction(own, author=pm, at=NOW)
    assert "start" not in blocks(client)


def test_leads_and_the_sales_vp_are_reminded_of_old_scores(client: Client) -> None:
    def old_score(role: str) -> ValueAssessment:
        person = build.user(role)
        account = build.account(product_manager=person)
        score = assess_value(actor=person, account=account, dimension="brand", score=40)
        ValueAssessment.objects.filter(pk=score.pk).update(assessed_at=NOW - dt.timedelta(days=366))
        client.force_login(person)
        return score

    for role in ("product_lead", "sales_vp"):
        score = old_score(role)
        assert [row.pk for row in blocks(client)["scores"].rows] == [score.pk]
    Organisation.objects.update_or_create(pk=1, defaults={"name": "X", "thresholds": {"tier_score_days": "400"}})
    old_score("product_lead")
    assert "scores" not in blocks(client)


def test_due_steps_are_those_of_their_list(client: Client) -> None:
    pm = build.user("product_manager")
    account = build.account()
    for days in (-1, 0, 3):
        build.next_step(account=account, owner=pm, due_on=TODAY + dt.timedelta(days=days))
    build.next_step(account=account, owner=build.user(), due_on=TODAY)
    client.force_login(pm)
    block = blocks(client)["steps"]
    tally = client.get(block.url).context["tally"]
    assert (block.count, block.late) == (tally["late"] + tally["today"], tally["late"]) == (2, 1)
    assert '<span class="count">2</span>' in client.get("/").text


def test_todays_meetings_with_the_customers_clock() -> None:
    pm = build.user("product_manager", time_zone="Europe/Oslo")
    tokyo = build.account(name="Kobe Instruments", time_zone="Asia/Tokyo")
    meeting: dict[str, Any] = {"kind": "meeting", "status": "planned", "author": pm}
    build.interaction(tokyo, at=NOW + dt.timedelta(hours=2), **meeting)
    build.interaction(tokyo, at=NOW - dt.timedelta(days=1), **meeting)
    # 23:30 UTC is tomorrow in Oslo already.
    build.interaction(tokyo, at=dt.datetime(2026, 3, 10, 23, 30, tzinfo=dt.UTC), **meeting)
    client = signed_in(pm)
    block = blocks(client)["meetings"]
    assert (block.count, block.late) == (2, 1)
    assert client.get(block.url).context["count"] == 2
    page = client.get("/").text
    assert "15:00" in page
    assert "23:00 there" in page
    assert "It took place" in page


def test_promises_of_mine_and_of_my_accounts() -> None:
    pm, ingrid = build.user("product_manager"), build.user("sales_owner")
    own, other = build.account(product_manager=pm), build.account()
    build.promise(account=own, owner=ingrid, due_on=TODAY - dt.timedelta(days=1))
    build.promise(account=other, owner=pm, due_on=TODAY + dt.timedelta(days=7))
    build.promise(account=own, owner=pm, due_on=TODAY + dt.timedelta(days=8))
    build.promise(account=other, owner=ingrid, due_on=TODAY)
    client = signed_in(pm)
    block = blocks(client)["promises"]
    assert (block.count, block.late) == (2, 1)
    assert len(client.get(block.url).context["found"].rows) == 2


def test_silent_accounts_by_cadence_the_most_valuable_first() -> None:
    pm = build.user("product_manager")
    with time_machine.travel(NOW - dt.timedelta(days=400), tick=False):
        mine = [
            build.account(name=name, tier=tier, product_manager=pm) for name, tier in zip("PQRS", "AABC", strict=True)
        ]
        build.account(name="Of somebody else", tier="A")
        build.account(name="Left", tier="A", product_manager=pm, state="former")
    # P spoke 31 days ago (cadence 30), Q 29 days ago, R 61 days ago (cadence 60), S never.
    for account, days in zip(mine, (31, 29, 61), strict=False):
        build.interaction(account, author=pm, at=NOW - dt.timedelta(days=days), outcome="conversation")
    refresh_contact_figures()
    worth = {"P": "10", "R": "500"}
    publish_figures(
        [{"account_id": one.pk, "contribution_12m": Decimal(worth[one.name])} for one in mine if one.name in worth],
        columns=["contribution_12m"],
    )
    client = signed_in(pm)
    block = blocks(client)["silent"]
    assert [account.name for account in block.rows] == ["R", "P", "S"]
    assert [account.name for account in client.get(block.url).context["found"].rows] == ["R", "P", "S"]


def test_of_many_silent_accounts_one_that_was_called_is_gone_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "MANY", 9)
    pm = build.user("product_manager")
    with time_machine.travel(NOW - dt.timedelta(days=400), tick=False):
        mine = [build.account(name=f"S{number}", tier="A", product_manager=pm) for number in range(10)]
    build.interaction(build.account(), author=pm, at=NOW)
    refresh_contact_figures()
    client = signed_in(pm)
    before = blocks(client)["silent"]
    newest_first = [f"S{number}" for number in reversed(range(10))]
    assert ([account.name for account in before.rows], before.count) == (newest_first[:8], 10)

    build.interaction(mine[8], author=pm, at=NOW, outcome="conversation")
    refresh_contact_figures()

    after = blocks(client)["silent"]
    assert ([account.name for account in after.rows], after.count) == (["S9", *newest_first[2:9]], 9)


def test_drafts_wait_where_they_were_begun() -> None:
    pm = build.user("product_manager")
    account = build.account(name="Corso Foods")
    Draft.objects.create(user=pm, form=f"interaction:account:{account.pk}", data={"notes": ["She asked whether"]})
    Draft.objects.create(user=build.user(), form="interaction", data={"notes": ["Theirs"]})
    client = signed_in(pm)
    assert blocks(client)["drafts"].count == 1
    page = client.get("/").text
    assert f"/interactions/new/?account={account.pk}" in page
    assert "She asked whether" in page
    assert "Theirs" not in page


def test_the_strategic_list_for_the_sales_vp() -> None:
    vp = build.user("sales_vp")
    accounts = [build.account(name=name) for name in ("First", "Second")]
    for rank, account in enumerate(accounts, start=1):
        StrategicEntry.objects.create(
            account=account, rank=rank, reason="North", sponsor=vp, review_by=TODAY + dt.timedelta(days=30)
        )
    build.promise(account=accounts[1], owner=vp, due_on=TODAY - dt.timedelta(days=3))
    build.interaction(accounts[0], author=vp, at=NOW - dt.timedelta(days=2), outcome="conversation")
    refresh_contact_figures()
    client = signed_in(vp)
    block = blocks(client)["strategic"]
    assert [(row.account.name, row.late_promises) for row in block.rows] == [("First", 0), ("Second", 1)]
    assert (block.count, block.more["changed"], block.url) == (2, 1, "/strategic/")


def test_open_invitations_for_the_administrator() -> None:
    administrator = build.user("administrator")
    fields = {"roles": ["finance"], "invited_by": administrator}
    Invitation.objects.create(email="new@example.com", name="Nora New", token_hash="a", **fields)
    Invitation.objects.create(email="in@example.com", name="Ivar In", token_hash="b", accepted_at=NOW, **fields)
    block = blocks(signed_in(administrator))["invitations"]
    assert [row.name for row in block.rows] == ["Nora New"]


def test_a_page_with_all_roles_stays_within_its_questions() -> None:
    everything = build.user("product_lead", "sales_vp", "finance", "executive", "administrator")
    account = build.account(product_manager=everything)
    client = signed_in(everything)
    client.get("/")
    counts = []
    for _round in range(2):
        for _number in range(10):
            call = build.interaction(account, author=everything, status="planned", at=NOW)
            build.next_step(account=account, owner=everything, due_on=TODAY, interaction=call)
            build.promise(account=account, owner=everything, due_on=TODAY)
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", ROLES)
def test_no_role_asks_more_than_twelve_questions_whatever_waits(role: str) -> None:
    person = build.user(role)
    of = exit_cast.company()
    exit_cast.run(of)
    client = signed_in(person)
    counts = []
    for rank in range(1, 7):
        account = build.account(product_manager=person, relationship_owner=person, tier="A")
        call = build.interaction(account, author=person, status="planned", at=NOW)
        call.contacts.add(build.contact(account=account))
        build.next_step(account=account, owner=person, due_on=TODAY, interaction=call)
        build.promise(account=account, owner=person, due_on=TODAY)
        Draft.objects.create(user=person, form=f"interaction:account:{account.pk}", data={"notes": ["She asked"]})
        fields = {"reason": "North", "sponsor": person, "review_by": TODAY}
        StrategicEntry.objects.create(account=account, rank=rank, **fields)
        of.account = build.account(state="prospect", product_manager=of.manager, relationship_owner=of.sales_owner)
        plan = exit_cast.in_coalition(of)
        plan.coalition.filter(office="vp_marketing").update(person=person)
        if rank in {1, 6}:
            client.get("/")
            with CaptureQueriesContext(connection) as asked:
                client.get("/")
            counts.append(len(asked))
    assert max(counts) <= 12
    assert len(set(counts)) == 1


def test_a_strategic_review_past_its_day_comes_first() -> None:
    vp, sponsor = build.user("sales_vp"), build.user("executive")
    for rank, days in [(1, 5), (2, 0), (3, -1)]:
        StrategicEntry.objects.create(
            account=build.account(name=f"Rank {rank}"),
            rank=rank,
            reason="North",
            sponsor=sponsor if rank != 2 else vp,
            review_by=TODAY + dt.timedelta(days=days),
        )
    client = signed_in(vp)
    block = blocks(client)["strategic"]
    assert ([entry.rank for entry in block.rows], block.late) == ([3, 1, 2], 1)
    assert "review was due 9 Mar" in client.get("/").content.decode()
    # Whoever stands for it sees it, too; without one past its day there is nothing to see.
    assert [entry.rank for entry in blocks(signed_in(sponsor))["strategic"].rows] == [3]
    StrategicEntry.objects.filter(rank=3).update(review_by=TODAY)
    assert "strategic" not in blocks(signed_in(sponsor))


def test_a_silent_inside_voice_that_nobody_looks_after_is_the_product_leads() -> None:
    lead, manager = build.user("product_lead"), build.user("product_manager")
    with time_machine.travel(NOW - dt.timedelta(days=30), tick=False):
        for name, person in [("Legal", None), ("Support", manager)]:
            build.account(name=name, kind="internal", product_manager=person)
    with time_machine.travel(NOW - dt.timedelta(days=29), tick=False):
        board = build.account(name="Board office", kind="internal")
    # Whoever has written anything down is not new, and sees who is silent.
    build.interaction(board, kind="note", author=manager, at=NOW - dt.timedelta(days=1))
    assert [account.name for account in blocks(signed_in(lead))["silent"].rows] == ["Legal"]
    assert [account.name for account in blocks(signed_in(manager))["silent"].rows] == ["Support"]


def test_of_very_many_plans_of_others_it_says_that_there_are_more(client: Client) -> None:
    seller, other = build.user("sales_owner"), build.user("sales_owner")
    account = build.account(relationship_owner=seller)
    for number in range(101):
        build.interaction(account, author=other, status="planned", at=NOW + dt.timedelta(hours=number + 1))
    client.force_login(seller)
    block = blocks(client)["plans"]
    assert [row.at for row in block.rows] == [NOW + dt.timedelta(hours=hour) for hour in range(1, 9)]
    assert (block.count, block.counted) == (100, "100+")


@pytest.mark.parametrize("role", ["product_lead", "sales_vp"])
def test_who_leads_hears_of_customers_who_wait_for_their_own_answer(
    role: str, django_capture_on_commit_callbacks: Any
) -> None:
    person = build.user(role)
    client = signed_in(person)
    assert "They wait for our answer" not in client.get("/").content.decode()
    account = build.account(product_manager=person)
    told = {"words": "The export stops", "told_on": TODAY, "report_back_on": TODAY}
    with django_capture_on_commit_callbacks(execute=True):
        pain = Pain.objects.create(account=account, author=person, **told)
    assert "The export stops" in client.get("/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        pain.state = "answered"
        pain.save()
    assert "The export stops" not in client.get("/").content.decode()
