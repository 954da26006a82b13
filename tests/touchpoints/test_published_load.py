"""What is published of an account tells its load exactly, or is not asked: after each kind of change, by whomever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, AccountFigures, Contact
from pmcrm.people.models import Organisation, User
from tests import build
from touchpoints.models import Attendance, Interaction, LoadChange
from touchpoints.services.contact_load import Load, load_of, publish_loads_that_changed
from touchpoints.services.interactions import Facts, log_interaction

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
NAMED = Interaction.contacts.through


def ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


@pytest.fixture
def account() -> Account:
    """Three people, a talk with each, and one with nobody named: the mean counts, not the most loaded one."""
    made = build.account(product_manager=build.user("product_manager", name="Ada"), distance_class="remote")
    for name, days, minutes, kind in (
        ("First", 1, 60, "meeting"),
        ("Second", 3, 30, "call"),
        ("Third", 9, 90, "meeting"),
    ):
        talk(made, days, minutes, kind).contacts.add(build.contact(account=made, name=name))
    talk(made, 20, 30, "call")
    return made


def talk(account: Account, days: float, minutes: int = 30, kind: str = "meeting", **more: object) -> Interaction:
    return build.interaction(account, author=author(), at=ago(days), kind=kind, minutes=minutes, **more)


def author() -> User:
    found: User = User.objects.get(name="Ada")
    return found


def told(account: Account, at: dt.datetime | None = None) -> tuple[Load, bool]:
    """The load, and whether it was read from what is published."""
    with CaptureQueriesContext(connection) as asked:
        found = load_of(account, at=at)
    return found, not any("WITH touch" in query["sql"] for query in asked)


def worked_out(account: Account, at: dt.datetime = NOW) -> Load:
    """The same from all talks; that of no talk stands for one that does not count."""
    return load_of(account, at=at, apart_from=Interaction(pk=-1))


def first_talk() -> Interaction:
    return Interaction.objects.order_by("pk")[0]


def name_one(account: Account) -> None:
    for row in Interaction.objects.all():
        row.contacts.set([account.contacts.get(name="Second")])


def name_nobody(_account: Account) -> None:
    for row in Interaction.objects.all():
        row.contacts.clear()


def merge_people(account: Account) -> None:
    account.contacts.filter(name="Second").update(merged_into=account.contacts.get(name="First"))


def move_to_another(account: Account) -> None:
    account.contacts.filter(name="First").update(account=build.account())


def add_a_talk_in_bulk(account: Account) -> None:
    rows = [Interaction(author=author(), at=ago(2), kind="call", minutes=30) for _number in range(3)]
    made = Interaction.objects.bulk_create(rows)
    Attendance.objects.bulk_create(Attendance(interaction=row, account=account, at=row.at) for row in made)
    NAMED.objects.create(interaction=made[0], contact=account.contacts.get(name="First"))


def set_thresholds(**more: str) -> None:
    organisation = Organisation.current()
    organisation.thresholds |= more
    organisation.save()


CHANGES: dict[str, Callable[[Account], object]] = {
    "a talk in bulk": add_a_talk_in_bulk,
    "a talk is longer": lambda _account: Interaction.objects.filter(pk=first_talk().pk).update(minutes=120),
    "a talk is another kind": lambda _account: Interaction.objects.filter(pk=first_talk().pk).update(kind="call"),
    "nobody answered": lambda _account: Interaction.objects.filter(kind="call").update(outcome="no_answer"),
    "they called us": lambda _account: Interaction.objects.filter(pk=first_talk().pk).update(is_incoming=True),
    "a talk is cancelled": lambda _account: Interaction.objects.filter(pk=first_talk().pk).update(status="cancelled"),
    "a talk in the trash": lambda _account: Interaction.objects.filter(pk=first_talk().pk).update(deleted_at=NOW),
    "a talk is gone": lambda _account: first_talk().delete(),
    "told by others": lambda _account: first_talk().attendances.update(is_second_hand=True),
    "present no longer": lambda _account: first_talk().attendances.all().delete(),
    "at another account": lambda _account: first_talk().attendances.update(account=build.account()),
    "another person named": name_one,
    "nobody named": name_nobody,
    "one person more": lambda account: build.contact(account=account, name="Fourth"),
    "a person left": lambda account: account.contacts.filter(name="First").update(is_active=False),
    "a person moved": move_to_another,
    "two people are one": merge_people,
    "a person in the trash": lambda account: account.contacts.filter(name="First").update(deleted_at=NOW),
    "a person erased": lambda account: account.contacts.filter(name="First").update(erased_at=NOW),
    "people gone": lambda _account: (NAMED.objects.all().delete(), Contact.objects.all().delete()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_the_load_is_worked_out_until_it_is_published_anew(account: Account, change: str) -> None:
    with time_machine.travel(NOW, tick=False):
        publish_loads_that_changed()
        before = worked_out(account)
        assert told(account) == (before, True)
        CHANGES[change](account)
        after = worked_out(account)
        assert after != before
        assert told(account) == (after, False)
        assert publish_loads_that_changed() >= 1
        assert not LoadChange.objects.exists()
        assert told(account) == (after, True)
        assert publish_loads_that_changed() == 0


def test_what_the_load_does_not_follow_from_leaves_it_as_published(account: Account) -> None:
    with time_machine.travel(NOW, tick=False):
        publish_loads_that_changed()
        Interaction.objects.update(notes="Short.", is_private=True)
        Contact.objects.update(phone="+4722345678")
        assert not LoadChange.objects.exists()
        assert told(account) == (worked_out(account), True)


def test_who_logs_publishes_in_the_same_breath(account: Account) -> None:
    with time_machine.travel(NOW, tick=False):
        log_interaction(actor=author(), facts=Facts(kind="call", at=ago(0.1), accounts=[account], minutes=15))
        assert not LoadChange.objects.filter(account_id=account.pk).exists()
        assert told(account) == (worked_out(account), True)


def test_other_weights_or_another_distance_are_not_read_from_what_was_published(account: Account) -> None:
    with time_machine.travel(NOW, tick=False):
        publish_loads_that_changed()
        set_thresholds(engagement_red="2")
        assert told(account) == (worked_out(account), True)
        set_thresholds(engagement_weight_meeting="3")
        assert told(account) == (worked_out(account), False)
        set_thresholds(engagement_weight_meeting="1.0")
        account.distance_class = "same_city"
        assert told(account) == (worked_out(account), False)


def test_it_tells_other_moments_as_long_as_the_same_talks_count(account: Account) -> None:
    talk(account, -7, status="planned")
    with time_machine.travel(NOW, tick=False):
        publish_loads_that_changed()
        for days, is_published in ((-6.9, True), (-7, False), (-30, False), (0.3, True), (0.7, False), (2, False)):
            assert told(account, ago(days)) == (worked_out(account, ago(days)), is_published), days
    with time_machine.travel(ago(-7), tick=False):
        assert told(account)[1] is False
        assert publish_loads_that_changed() == 1
        assert told(account) == (worked_out(account, ago(-7)), True)


def test_an_old_talk_counts_to_the_end_of_its_day_and_no_longer(account: Account) -> None:
    talk(account, 139.9, 60)
    with time_machine.travel(NOW, tick=False):
        publish_loads_that_changed()
        until = AccountFigures.objects.get(account=account).load_holds_until
    assert until == dt.datetime(2026, 3, 11, tzinfo=dt.UTC)
    for at, is_published in ((until - dt.timedelta(seconds=1), True), (until, False)):
        with time_machine.travel(at, tick=False):
            assert told(account) == (worked_out(account, at), is_published)
