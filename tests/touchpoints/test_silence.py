"""When an account turns silent: the kept moment follows whatever was said there and whatever the account becomes."""

from __future__ import annotations

import datetime as dt
import random

import pytest
import time_machine

from accounts.models import Account, AccountFigures, AccountMerge
from accounts.services.accounts import edit_account
from accounts.services.erasure import erase_contact
from accounts.services.figures import publish_figures
from accounts.services.merging import merge, undo_merge
from accounts.services.tier import end_tier, set_tier
from accounts.services.trash import discard_account, remove_account, restore_account
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Attendance, Interaction, silent_accounts
from touchpoints.services.interactions import Facts, cancel_interaction, edit_interaction, log_interaction
from touchpoints.services.trash import discard_interaction, restore_interaction

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
ENTERED = NOW - dt.timedelta(days=400)
DAY = dt.timedelta(days=1)
Talk = Interaction


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead(db: None) -> User:
    return build.user("product_lead")


def kept(account: Account) -> dt.datetime | None:
    return AccountFigures.objects.values_list("silent_from", flat=True).get(account=account)


def entered(**fields: object) -> Account:
    with time_machine.travel(ENTERED, tick=False):
        return build.account(**fields)  # type: ignore[arg-type]  # whatever the test names


def talked(account: Account, lead: User, days: int, **more: object) -> Talk:
    facts = {"kind": "call", "minutes": 10, "outcome": "conversation", "override_reason": "By chance"} | more
    return log_interaction(actor=lead, facts=Facts(at=NOW - days * DAY, accounts=[account], **facts))  # type: ignore[arg-type]  # whatever the test names


def edited(talk: Talk, lead: User, **changes: object) -> None:
    talk.refresh_from_db()
    facts = {
        "kind": talk.kind,
        "at": talk.at,
        "accounts": list(talk.accounts.all()),
        "minutes": talk.minutes,
        "outcome": talk.outcome,
        "is_private": talk.is_private,
    }
    edit_interaction(actor=lead, interaction=talk, facts=Facts(**facts | changes), version=talk.version)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ({"tier": "A"}, 30),
        ({"tier": "B"}, 60),
        ({"tier": "C"}, 120),
        ({}, 120),
        ({"tier": "A", "state": "in_sales_cycle"}, 14),
        ({"tier": "A", "state": "exiting"}, 7),
        ({"kind": "internal", "state": "exiting"}, 30),
        ({"state": "prospect"}, None),
        ({"state": "suspect", "kind": "internal"}, None),
        ({"state": "former", "tier": "A"}, None),
    ],
)
def test_the_rule(fields: dict[str, str], days: int | None) -> None:
    account = entered(**fields)
    assert kept(account) == (None if days is None else ENTERED + days * DAY)
    assert days in (None, account.cadence)


def test_a_moment_makes_the_difference() -> None:
    account = entered(tier="B")
    for moment, silent in ((ENTERED + 60 * DAY - dt.timedelta(seconds=1), []), (ENTERED + 60 * DAY, [account])):
        with time_machine.travel(moment, tick=False):
            assert list(silent_accounts(Account.objects.all())) == silent


def test_what_is_said_and_unsaid(lead: User) -> None:
    account, other = entered(tier="A"), entered(tier="A")
    first = talked(account, lead, 50)
    assert kept(account) == NOW - 20 * DAY
    second = talked(account, lead, 10)
    assert kept(account) == NOW + 20 * DAY
    for nothing in ({"kind": "note"}, {"kind": "mail"}, {"outcome": "no_answer"}, {"is_private": True}):
        talked(account, lead, 1, **nothing)
        assert kept(account) == NOW + 20 * DAY
    edited(second, lead, at=NOW - 12 * DAY)
    assert kept(account) == NOW + 18 * DAY
    edited(second, lead, accounts=[other])
    assert (kept(account), kept(other)) == (NOW - 20 * DAY, NOW + 18 * DAY)
    edited(second, lead, accounts=[account, other])
    edited(second, lead, is_private=True)
    assert (kept(account), kept(other)) == (NOW - 20 * DAY, ENTERED + 30 * DAY)
    edited(second, lead, is_private=False)
    discard_interaction(actor=lead, interaction=second)
    assert (kept(account), kept(other)) == (NOW - 20 * DAY, ENTERED + 30 * DAY)
    restore_interaction(actor=lead, interaction=second)
    assert (kept(account), kept(other)) == (NOW + 18 * DAY, NOW + 18 * DAY)
    cancel_interaction(actor=lead, interaction=second)
    cancel_interaction(actor=lead, interaction=first)
    assert (kept(account), kept(other)) == (ENTERED + 30 * DAY, ENTERED + 30 * DAY)


def test_what_the_account_becomes(lead: User) -> None:
    account = entered()
    talked(account, lead, 10)
    heard = NOW - 10 * DAY

    def became(**values: str) -> dt.datetime | None:
        account.refresh_from_db()
        edit_account(actor=lead, account=account, version=account.version, **values)
        return kept(account)

    assert kept(account) == heard + 120 * DAY
    set_tier(actor=lead, account=account, tier="A", reason="They are growing fast")
    assert kept(account) == heard + 30 * DAY
    assert became(state="exiting") == heard + 7 * DAY
    assert became(state="former") is None
    assert became(state="customer") == heard + 30 * DAY
    end_tier(actor=lead, account=account)
    assert kept(account) == heard + 120 * DAY
    # In bulk, as imports and jobs write.
    Account.objects.filter(pk=account.pk).update(state="in_sales_cycle")
    assert kept(account) == heard + 14 * DAY
    # Figures of money say nothing of it.
    publish_figures([{"account_id": account.pk, "revenue_12m": 1}], columns=["revenue_12m"])
    assert kept(account) == heard + 14 * DAY


def test_two_become_one_and_two_again(lead: User) -> None:
    winner, loser = entered(), entered()
    talked(winner, lead, 150)
    talked(loser, lead, 5)
    made = merge(actor=lead, winner=winner, loser=loser, version=1, other_version=1, take={})
    assert (kept(winner), kept(loser)) == (NOW + 115 * DAY, ENTERED + 120 * DAY)
    assert list(silent_accounts(Account.objects.visible_to(lead))) == []
    undo_merge(actor=lead, made=made)
    assert (kept(winner), kept(loser)) == (NOW - 30 * DAY, NOW + 115 * DAY)
    assert list(silent_accounts(Account.objects.visible_to(lead))) == [winner]


def test_in_the_trash_and_back(lead: User) -> None:
    account, other = entered(tier="A"), entered(tier="A")
    talk = log_interaction(
        actor=lead,
        facts=Facts(
            kind="meeting", at=NOW - 50 * DAY, accounts=[account, other], minutes=30, override_reason="We met by chance"
        ),
    )
    discard_account(actor=lead, account=account)
    assert list(silent_accounts(Account.objects.visible_to(lead))) == [other]
    restore_account(actor=lead, account=account)
    assert (kept(account), kept(other)) == (NOW - 20 * DAY, NOW - 20 * DAY)
    discard_account(actor=lead, account=account)
    assert remove_account(actor=lead, key=account.pk)
    assert kept(other) == NOW - 20 * DAY
    assert not AccountFigures.objects.filter(account=account.pk).exists()
    assert list(talk.attendances.values_list("account", flat=True)) == [other.pk]


def test_a_person_who_is_erased_takes_no_talk_along(lead: User) -> None:
    account = entered(tier="A")
    person = build.contact(account=account)
    talked(account, lead, 10, contacts=[person])
    asked = {"requested_on": NOW.date(), "reason": "Asked by letter", "typed": person.name}
    erase_contact(actor=lead, contact=person, version=person.version, **asked)  # type: ignore[arg-type]  # each its own
    assert kept(account) == NOW + 20 * DAY


def test_whatever_happens_the_kept_moment_is_the_one_worked_out_anew(lead: User) -> None:
    """Some hundred steps in an order that chance chose once."""
    chance = random.Random(20260310)
    accounts = [entered(ref=f"S-{number}", tier=tier) for number, tier in enumerate(("A", "B", "C", ""))]
    for _step in range(120):
        _happens(chance, lead, accounts)
        for account in Account.objects.all():
            assert kept(account) == _worked_out(account), account.ref


def _happens(chance: random.Random, lead: User, accounts: list[Account]) -> None:
    one, other = chance.sample(accounts, 2)
    one.refresh_from_db()
    talks = list(Interaction.objects.kept().exclude(status="cancelled").order_by("pk"))
    talk = chance.choice(talks) if talks else None
    merges = list(AccountMerge.objects.filter(undone_at=None))
    match chance.choice(["log", "log", "edit", "cancel", "discard", "restore", "state", "tier", "merge", "undo"]):
        case "log" if one.merged_into_id is None:
            kind, outcome = chance.choice([("call", "conversation"), ("call", "no_answer"), ("meeting", "")])
            is_private = chance.random() < 0.2
            talked(one, lead, chance.randrange(1, 200), kind=kind, outcome=outcome, is_private=is_private)
        case "edit" if talk:
            edited(talk, lead, at=NOW - chance.randrange(1, 200) * DAY, is_private=chance.random() < 0.3)
        case "cancel" if talk:
            cancel_interaction(actor=lead, interaction=talk)
        case "discard" if talk:
            discard_interaction(actor=lead, interaction=talk)
        case "restore":
            for gone in Interaction.objects.discarded():
                restore_interaction(actor=lead, interaction=gone)
        case "state" if one.merged_into_id is None:
            state = chance.choice(["customer", "in_sales_cycle", "exiting", "former", "prospect"])
            edit_account(actor=lead, account=one, version=one.version, state=state)
        case "tier":
            Account.objects.filter(pk=one.pk).update(tier=chance.choice("ABC"))
        case "merge" if not merges:
            other.refresh_from_db()
            versions = {"version": one.version, "other_version": other.version}
            merge(actor=lead, winner=one, loser=other, **versions, take={})
        case "undo" if merges:
            undo_merge(actor=lead, made=merges[0])


def _worked_out(account: Account) -> dt.datetime | None:
    """The rule in other words, from the rows themselves."""
    if account.state not in {"customer", "in_sales_cycle", "exiting"}:
        return None
    by_state = {"exiting": 7, "in_sales_cycle": 14}
    days = by_state.get(account.state) or {"A": 30, "B": 60}.get(account.tier, 120)
    talks = [row.interaction for row in Attendance.objects.filter(account=account).select_related("interaction")]
    heard = [
        talk.at
        for talk in talks
        if talk.status == "held"
        and talk.deleted_at is None
        and not talk.is_private
        and (talk.kind == "meeting" or (talk.kind == "call" and talk.outcome == "conversation"))
    ]
    return max(heard, default=account.created_at) + days * DAY
