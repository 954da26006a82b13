"""Urgent needs, goals and clashes: what they refuse and what they keep."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from accounts.models import Account
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from tests import build
from touchpoints.models import AccountGoal, TrustStep, UrgentNeed
from touchpoints.services.clashes import clashes
from touchpoints.services.goals import close_goal, note_progress, serve_goal, set_goal, without_progress
from touchpoints.services.needs import decide_trust_step, open_needs, raise_need, settle_need

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Ada")


@pytest.fixture
def account(manager: User) -> Account:
    return build.account(product_manager=manager)


def test_a_need_is_raised_and_the_longest_open_one_comes_first(manager: User, account: Account) -> None:
    with time_machine.travel(NOW, tick=False):
        raise_need(actor=manager, account=account, text="Faster export")
        first = raise_need(actor=manager, account=account, text=" Labels  jam ", since=dt.date(2026, 3, 1))
        assert [need.text for need in open_needs(account)] == ["Labels jam", "Faster export"]
        assert open_needs(account)[0] == first
        assert (first.owner, first.days_open) == (manager, 9)
        for words, since, sentence in (
            (" ", None, "Say what they need, in at most 300 characters."),
            ("Labels", dt.date(2026, 3, 11), "This day has not come yet."),
        ):
            with pytest.raises(RuleViolation, match=sentence):
                raise_need(actor=manager, account=account, text=words, since=since)
    stranger = build.user("sales_owner")
    with pytest.raises(RuleViolation, match="Choose an account from the list"):
        raise_need(actor=stranger, account=account, text="Labels")
    with pytest.raises(RuleViolation, match="does not see this account"):
        raise_need(actor=manager, account=account, text="Labels", owner=stranger)
    assert UrgentNeed.objects.count() == 2


def test_solving_one_proposes_a_step_and_changes_nothing_by_itself(manager: User, account: Account) -> None:
    need = raise_need(actor=manager, account=account, text="Labels jam")
    with pytest.raises(RuleViolation, match="Say how it ended"):
        settle_need(actor=manager, need=need, state="solved", how=" ")
    with pytest.raises(RuleViolation, match="Who sees to it"):
        settle_need(actor=build.user("product_manager"), need=need, state="solved", how="New rollers")
    settled = settle_need(actor=manager, need=need, state="solved", how="New rollers", version=1)
    account.refresh_from_db()
    assert (settled.state, settled.settled_by, open_needs(account), account.trust_stage) == (
        "solved",
        manager,
        [],
        "new",
    )
    step = TrustStep.objects.get()
    assert (step.state, step.to_stage) == ("proposed", "proving")
    decide_trust_step(actor=manager, step=step, confirmed=True)
    account.refresh_from_db()
    assert account.trust_stage == "proving"
    with pytest.raises(RuleViolation, match="decided already"):
        decide_trust_step(actor=manager, step=step, confirmed=False)
    with pytest.raises(RuleViolation, match="settled already"):
        settle_need(actor=manager, need=need, state="dropped", how="No more")


def test_a_dropped_need_proposes_nothing_and_a_declined_step_changes_nothing(manager: User, account: Account) -> None:
    settle_need(
        actor=manager, need=raise_need(actor=manager, account=account, text="A"), state="dropped", how="They moved on"
    )
    assert not TrustStep.objects.exists()
    need = raise_need(actor=manager, account=account, text="B")
    with pytest.raises(StaleVersion):
        settle_need(actor=manager, need=need, state="solved", how="Done", version=7)
    settle_need(actor=manager, need=need, state="solved", how="Done")
    decide_trust_step(actor=manager, step=TrustStep.objects.get(), confirmed=False)
    account.refresh_from_db()
    assert (account.trust_stage, TrustStep.objects.get().state) == ("new", "declined")


def test_three_meetings_without_a_word_of_progress_alert_until_one_is_noted(manager: User, account: Account) -> None:
    with time_machine.travel(NOW - dt.timedelta(days=20), tick=False):
        goal = set_goal(actor=manager, account=account, text="Pilot in two plants", target_on=dt.date(2026, 6, 30))
    for days in (9, 6, 3):
        at = NOW - dt.timedelta(days=days)
        made = build.interaction(account, author=manager, at=at, kind="meeting", minutes=30)
        assert not without_progress(list(AccountGoal.objects.with_talks()))
        serve_goal(actor=manager, interaction=made, goal=goal)
    (found,) = AccountGoal.objects.visible_to(manager).with_talks()
    assert (found.meetings, found.minutes, found.meetings_since, without_progress([found])) == (3, 90, 3, [found])
    with time_machine.travel(NOW, tick=False):
        note_progress(actor=manager, goal=goal, text="First plant runs.")
    (found,) = AccountGoal.objects.with_talks()
    assert (found.meetings, found.meetings_since, without_progress([found])) == (3, 0, [])
    close_goal(actor=manager, goal=goal, state="reached")
    with pytest.raises(RuleViolation, match="closed already"):
        close_goal(actor=manager, goal=goal, state="dropped")
    elsewhere = build.interaction(build.account(), author=manager)
    with pytest.raises(RuleViolation, match="account that is present"):
        serve_goal(actor=manager, interaction=elsewhere, goal=goal)


def test_a_second_talk_by_another_department_shows_the_first(manager: User, account: Account) -> None:
    support = build.user("department_member", name="Sven", department=build.department(pool="support"))
    near = build.interaction(account, author=support, at=NOW - dt.timedelta(days=5), kind="meeting")
    nearer = build.interaction(account, author=support, at=NOW + dt.timedelta(days=2), status="planned")
    others: tuple[dict[str, Any], ...] = (
        {"author": manager, "at": NOW},
        {"author": support, "at": NOW - dt.timedelta(days=8)},
        {"author": support, "at": NOW, "kind": "mail"},
        {"author": support, "at": NOW, "is_incoming": True},
        {"author": support, "at": NOW, "is_private": True},
        {"author": support, "at": NOW, "status": "cancelled"},
    )
    for fields in others:
        build.interaction(account, **fields)
    joined = build.interaction(account, author=support, at=NOW)
    joined.colleagues.add(manager)
    found = clashes(user=manager, accounts=[account], at=NOW)
    assert [clash.interaction for clash in found] == [nearer, near]
    assert (found[0].colleagues, found[0].account) == (["Sven"], account)
    assert clashes(user=manager, accounts=[account], at=NOW, apart_from=near)[0].interaction == nearer
    assert clashes(user=build.user("sales_owner"), accounts=[account], at=NOW) == []
