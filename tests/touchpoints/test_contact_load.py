"""The load of accounts and people: over all colleagues, worked out by the database, exact."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from accounts.engagement import Engagement
from accounts.models import Account, AccountFigures, Contact
from pmcrm.errors import RuleViolation
from pmcrm.people.models import Organisation, User
from pmcrm.trail.models import TrailEntry
from tests import build
from touchpoints.load import Light
from touchpoints.models import Attendance, Interaction, LoadOverride
from touchpoints.services.contact_load import load_from, load_of, loads_of, publish_loads
from touchpoints.services.heeding import advise
from touchpoints.services.interactions import Facts, cancel_interaction, log_interaction

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Ada", time_zone="Europe/Oslo")


def ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def talk(
    person: Contact, author: User, days: float, minutes: int = 30, kind: str = "call", **more: object
) -> Interaction:
    made = build.interaction(person.account, author=author, at=ago(days), kind=kind, minutes=minutes, **more)
    made.contacts.add(person)
    return made


def four_talks(person: Contact, author: User) -> None:
    """Those of the worked example."""
    talk(person, author, 1, 60, "meeting")
    talk(person, author, 3, 30, "call")
    talk(person, author, 9, 90, "meeting")
    talk(person, author, 20, 30, "call")


def test_the_worked_example_near_and_from_afar(manager: User) -> None:
    near = build.contact(account=build.account(product_manager=manager, distance_class="same_city"))
    far = build.contact(account=build.account(product_manager=manager, distance_class="remote"))
    for person in (near, far):
        four_talks(person, manager)
    found = loads_of([near, far], at=NOW)
    assert (round(found[near.pk].load, 4), found[near.pk].light) == (4.8115, Light.AMBER)
    assert (round(found[far.pk].load, 4), found[far.pk].light) == (6.0144, Light.RED)
    assert round(load_of(near.account, at=NOW).load, 4) == 4.8115
    assert round(load_of(far.account, at=NOW).load, 4) == 6.0144


def test_five_long_meetings_by_three_colleagues_are_red_for_all_of_them(manager: User) -> None:
    person = build.contact(account=build.account(product_manager=manager, distance_class="same_city"))
    support = build.user("department_member", department=build.department(pool="support"))
    sales = build.user("sales_owner")
    for author, days in ((manager, 0), (support, 2.5), (sales, 5), (manager, 7.5), (support, 10)):
        talk(person, author, days, 60, "meeting")
    assert (loads_of([person], at=NOW)[person.pk].load, load_of(person.account, at=NOW).light) == (7.927221, Light.RED)


def test_a_dial_weighs_little_however_long_it_rang_and_who_was_turned_away_three_minutes(manager: User) -> None:
    account = build.account(product_manager=manager)
    for outcome, minutes, load in (
        ("no_answer", 0, 0.02),
        ("voicemail", 5, 0.02),
        ("wrong_number", 0, 0.02),
        ("gatekeeper", 4, 0.02),
        ("declined_busy", 0, 0.08),
        ("declined_no_contact", 15, 0.4),
        ("conversation", 0, 0.8),
        ("callback_agreed", 60, 1.6),
    ):
        person = build.contact(account=account)
        talk(person, manager, 0, minutes, outcome=outcome)
        assert loads_of([person], at=NOW)[person.pk].load == load


def test_incoming_talks_count_half_and_mails_a_tenth(manager: User) -> None:
    account = build.account(product_manager=manager)
    came, wrote = build.contact(account=account), build.contact(account=account)
    talk(came, manager, 14, 60, "meeting", is_incoming=True)
    talk(wrote, manager, 0, 0, "mail")
    found = loads_of([came, wrote], at=NOW)
    assert (found[came.pk].load, found[wrote.pk].load) == (0.5, 0.1)
    # Two people: (0.5 + 0.1) / 2.
    assert load_of(account, at=NOW).load == 0.3


def test_the_account_carries_the_mean_of_its_people_but_half_of_the_most_loaded(manager: User) -> None:
    account = build.account(product_manager=manager)
    people = [build.contact(account=account) for _number in range(10)]
    talk(people[0], manager, 0, 180, "meeting")
    assert load_of(account, at=NOW).load == 3.0
    for person in people[1:]:
        talk(person, manager, 0, 120, "meeting")
    assert load_of(account, at=NOW).load == 4.2
    # Nobody was named: it weighs all the same. Who left takes their 4.0 along: (6 + 8 x 4 + 2.2) / 9.
    build.interaction(account, author=manager, at=NOW, kind="meeting", minutes=66)
    Contact.objects.filter(pk=people[9].pk).update(is_active=False)
    assert load_of(account, at=NOW).load == 4.466667


def test_who_came_along_from_another_account_carries_it_there_and_nobody_twice(manager: User) -> None:
    one, other = build.account(product_manager=manager), build.account(product_manager=manager)
    person = build.contact(account=one)
    made = build.interaction(one, other, author=manager, at=NOW, kind="meeting", minutes=60)
    made.contacts.add(person)
    told = build.account()
    Attendance.objects.create(interaction=made, account=told, at=NOW, is_second_hand=True)
    assert [load_of(account, at=NOW).load for account in (one, other, told)] == [2.0, 2.0, 0.0]


def test_private_talks_weigh_what_was_cancelled_or_deleted_does_not(manager: User) -> None:
    person = build.contact(account=build.account(product_manager=manager))
    talk(person, manager, 0, 30, "meeting", is_private=True)
    talk(person, manager, 0, 30, "meeting", status="cancelled")
    talk(person, manager, 0, 30, "meeting", deleted_at=NOW)
    talk(person, manager, 0, 30, "note")
    assert load_of(person.account, at=NOW).load == 1.0


def test_planned_talks_count_from_their_time_on(manager: User) -> None:
    person = build.contact(account=build.account(product_manager=manager))
    talk(person, manager, -7, 30, "meeting", status="planned")
    talk(person, manager, 7, 30, "meeting")
    assert load_of(person.account, at=NOW).load == 0.707107
    assert load_of(person.account, at=ago(-7)).load == 1.5


def test_limits_weights_and_half_life_are_those_of_the_organisation(manager: User) -> None:
    account = build.account(product_manager=manager, tier="C", distance_class="remote")
    talk(build.contact(account=account), manager, 7, 30, "meeting")
    organisation = Organisation.current()
    organisation.thresholds |= {
        "engagement_half_life_days": "7",
        "engagement_weight_meeting": "3",
        "engagement_distance_remote": "1.5",
        "engagement_amber_c": "1",
        "engagement_red_c": "2",
    }
    organisation.save()
    found = load_of(account, at=NOW)
    # 3 x 2^-1 x 1.5
    assert (found.load, found.light, found.amber, found.red) == (2.25, Light.RED, 1.0, 2.0)
    account.tier = "A"
    assert load_of(account, at=NOW).light is Light.GREEN


def test_one_published_moment_tells_the_load_at_any_time(manager: User) -> None:
    account = build.account(product_manager=manager)
    with time_machine.travel(NOW, tick=False):
        facts = Facts(kind="meeting", at=NOW, accounts=[account], minutes=120, override_reason="We met by chance")
        made = log_interaction(actor=manager, facts=facts)
        figures = AccountFigures.objects.get(account=account)
        assert figures.load_is_one_at == NOW + dt.timedelta(days=28)
        limits = Engagement()
        assert load_from(figures.load_is_one_at, NOW, limits) == 4.0
        assert load_from(figures.load_is_one_at, ago(-14), limits) == load_of(account, at=ago(-14)).load == 2.0
        cancel_interaction(actor=manager, interaction=made)
    assert AccountFigures.objects.get(account=account).load_is_one_at is None
    assert load_from(None, NOW, limits) == 0.0


def test_a_planned_talk_is_published_once_its_time_has_come(manager: User) -> None:
    account = build.account(product_manager=manager)
    with time_machine.travel(NOW, tick=False):
        facts = Facts(kind="call", at=ago(-1), accounts=[account], minutes=75)
        log_interaction(actor=manager, facts=facts)
        assert AccountFigures.objects.get(account=account).load_is_one_at is None
    with time_machine.travel(ago(-1), tick=False):
        assert publish_loads() == 1
        assert publish_loads() == 0
    assert AccountFigures.objects.get(account=account).load_is_one_at == ago(-15)


def crowded(manager: User) -> Account:
    account = build.account(name="Aurora", product_manager=manager, distance_class="same_city")
    four_talks(build.contact(account=account), manager)
    talk(account.contacts.get(), manager, 0, 60, "meeting")
    return account


def test_a_red_load_asks_for_a_reason_and_keeps_it(manager: User) -> None:
    account = crowded(manager)
    with time_machine.travel(NOW, tick=False):
        facts = Facts(kind="call", at=ago(-0.5), accounts=[account])
        with pytest.raises(RuleViolation) as refused:
            log_interaction(actor=manager, facts=facts)
        assert (refused.value.code, refused.value.sentence) == (
            "load_red",
            (
                "Aurora has had much contact: load 6.6, red from 6. Send a document instead, or wait until 13 March."
                " If you contact them all the same, say why."
            ),
        )
        # What happened is logged as it was, and what comes from them needs no reason.
        log_interaction(actor=manager, facts=Facts(kind="call", at=NOW, accounts=[account], minutes=1))
        log_interaction(actor=manager, facts=Facts(kind="call", at=ago(-0.5), accounts=[account], is_incoming=True))
        assert not LoadOverride.objects.exists()
        said = Facts(kind="call", at=ago(-0.5), accounts=[account], override_reason="Their plant stands still.")
        made = log_interaction(actor=manager, facts=said)
    kept = LoadOverride.objects.get()
    assert (kept.interaction, kept.account, kept.reason, kept.author) == (
        made,
        account,
        "Their plant stands still.",
        manager,
    )
    assert TrailEntry.objects.get(verb="load.overridden").account_id == account.pk


def test_amber_and_too_many_meetings_are_words_only(manager: User) -> None:
    account = build.account(name="Aurora", product_manager=manager, distance_class="same_city")
    person = build.contact(account=account, name="Kari Lund")
    talk(person, manager, 1, 75, "meeting")
    talk(person, manager, 2, 75, "meeting")
    found = advise(accounts=[account], contacts=[person], at=NOW)
    assert [advice.words for advice in found] == [
        (
            "Aurora has had a good deal of contact: load 4.6, amber from 4. Keep it short, or join a colleague’s talk."
            " This would be more than 2 meetings in 14 days."
        )
    ]
    assert not found[0].needs_reason
    assert advise(accounts=[account], at=ago(-10), kind="call") == []
    assert advise(accounts=[build.account()], at=NOW) == []


def test_the_day_on_which_red_ends_counts_what_is_planned(manager: User) -> None:
    account = crowded(manager)
    with time_machine.travel(NOW, tick=False):
        (alone,) = advise(accounts=[account], at=NOW)
        talk(account.contacts.get(), manager, -2, 60, "meeting", status="planned")
        (planned,) = advise(accounts=[account], at=NOW)
    assert alone.calm_at is not None
    assert planned.calm_at is not None
    assert load_of(account, at=planned.calm_at).load == pytest.approx(6.0, abs=1e-4)
    assert planned.calm_at > alone.calm_at + dt.timedelta(days=3)
    assert Decimal(alone.load.red) == 6
