"""Who knows somebody best, by recent talks both ways."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import Contact
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Interaction
from touchpoints.services.warm_path import who_knows

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


def spoke(author: User, person: Contact, days: int, minutes: int = 30, **fields: object) -> Interaction:
    fields = {"outcome": "conversation"} | fields
    at = NOW - dt.timedelta(days=days)
    made = build.interaction(person.account, author=author, at=at, minutes=minutes, **fields)
    made.contacts.add(person)
    return made


def test_the_colleague_with_the_warmest_relation_comes_first() -> None:
    ada, sven, left = build.user(name="Ada"), build.user("department_member", name="Sven"), build.user(is_active=False)
    account = build.account()
    kari, ola = build.contact(account=account, name="Kari"), build.contact(account=account, name="Ola")
    spoke(ada, kari, 180, 60)
    spoke(ada, kari, 90)
    spoke(sven, kari, 0, 60)
    spoke(sven, ola, 90, 0)
    # None of these warms a path: unanswered, private, long ago, still ahead, by somebody who left.
    spoke(ada, kari, 0, outcome="no_answer")
    spoke(ada, kari, 0, is_private=True)
    spoke(ada, kari, 361)
    spoke(ada, kari, -1, status="planned")
    spoke(left, kari, 0)
    found = who_knows(account=account, at=NOW)
    assert [(one.colleague.name, one.contact.name, one.strength, one.talks) for one in found] == [
        ("Sven", "Kari", 2.0, 1),
        ("Ada", "Kari", 1.0, 2),
        ("Sven", "Ola", 0.5, 1),
    ]
    assert found[1].last_at == NOW - dt.timedelta(days=90)
    assert [one.colleague for one in who_knows(contacts=[ola], at=NOW)] == [sven]
    ola.is_active = False
    ola.save()
    assert who_knows(contacts=[ola], at=NOW) == []
    assert who_knows(contacts=[], at=NOW) == []
