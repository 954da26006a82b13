"""The load of one account with ten thousand people, each of them named in a talk of the last months, and the page of
balance that shows the loads of all accounts.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Contact
from accounts.services.limits import engagement
from benchmarks.pages import signed_in
from benchmarks.result import Result, side_by_side
from touchpoints.load import HALF_LIVES_LOOKED_BACK
from touchpoints.models import Attendance, Interaction
from touchpoints.services.contact_load import load_of, publish_loads

if TYPE_CHECKING:
    from pmcrm.people.models import User

ROUNDS: Final = 40
PEOPLE: Final = 10_000
MOST_MILLISECONDS: Final = 20
KINDS: Final = ("meeting", "call", "mail")


def measure(lead: User) -> list[Result]:
    account = _crowd(lead)
    publish_loads()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    client = signed_in(lead)
    before, balance = reverse("account_before_call", args=[account.pk]), reverse("contact_balance")
    with override_settings(ROOT_URLCONF="benchmarks.pages"):
        for page in (before, balance):
            assert client.get(page).status_code == 200, page
        taken = side_by_side(
            {
                "minimal": partial(client.get, "/minimal/"),
                "load": partial(load_of, account),
                "before": partial(client.get, before),
                "balance": partial(client.get, balance),
            },
            rounds=ROUNDS,
        )
        with CaptureQueriesContext(connection) as of_before:
            client.get(before)
        with CaptureQueriesContext(connection) as of_balance:
            client.get(balance)
    minimal = taken["minimal"].median
    note = f"{PEOPLE:,} people, {PEOPLE:,} talks, load {load_of(account).load}"
    return [
        Result("contact load: minimal page", minimal * 1000, "ms"),
        Result("contact load: of one account", taken["load"].median * 1000, "ms", MOST_MILLISECONDS, note=note),
        Result("contact load: of one account, 95 of 100", taken["load"].p95 * 1000, "ms"),
        Result("contact load: of one account, against a page", taken["load"].median / minimal, "x minimal"),
        Result(
            "contact load: before calling it",
            taken["before"].median / minimal,
            "x minimal",
            note=f"{taken['before'].median * 1000:.1f} ms, {len(of_before)} queries",
        ),
        Result(
            "contact load: page of balance",
            taken["balance"].median / minimal,
            "x minimal",
            note=f"{taken['balance'].median * 1000:.1f} ms, {len(of_balance)} queries",
        ),
    ]


def _crowd(author: User) -> Account:
    """An account whose people were each in one talk, spread over the time that counts."""
    account = Account.objects.create(name="Crowded Haven", kind="external", product_manager=author)
    people = Contact.objects.bulk_create(
        (Contact(account=account, name=f"Person {number}") for number in range(PEOPLE)), batch_size=2000
    )
    now = timezone.now()
    span = HALF_LIVES_LOOKED_BACK * engagement().half_life_days * dt.timedelta(days=1)
    talks = Interaction.objects.bulk_create(
        (
            Interaction(
                author=author, at=now - span * (number + 0.5) / PEOPLE, kind=KINDS[number % 3], minutes=10 + number % 50
            )
            for number in range(PEOPLE)
        ),
        batch_size=2000,
    )
    Attendance.objects.bulk_create(
        (Attendance(interaction=talk, account=account, at=talk.at) for talk in talks), batch_size=2000
    )
    named = Interaction.contacts.through
    named.objects.bulk_create(
        (
            # Apart in both tables, as they are where people came over years.
            named(interaction_id=talk.pk, contact_id=people[number * 7 % PEOPLE].pk)
            for number, talk in enumerate(talks)
        ),
        batch_size=2000,
    )
    return account
