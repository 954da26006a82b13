"""Who is crowded and what contact is for: load, urgent needs, goals with their meetings, and what talks brought."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Final

from django.db.models import Max

from accounts.models.choices import TrustStage
from pmcrm.home.demo.customers import Customer
from pmcrm.people.models import User
from touchpoints.models import (
    AccountGoal,
    Attendance,
    Brought,
    GoalNote,
    Interaction,
    NeedState,
    OutcomeTag,
    TrustStep,
    UrgentNeed,
)

CROWDED: Final = (2, 9, 17)
MAILED: Final = (24, 41)
NEEDS: Final = (
    (4, "The gate scanner loses every tenth plate; trucks queue to the road.", 6),
    (11, "Their planner left; nobody can build next week's roster.", 3),
    (17, "Replans take nine minutes since the update.", 12),
)
TROUBLES: Final = (
    (4, "escalation", "Their board wants the gate fixed before the season.", "HD-2291", 4),
    (11, "outage", "Rosters could not be saved for two hours on Monday.", "HD-2304", 1),
    (22, "ticket", "The export writes yesterday's date.", "HD-2310", 9),
)
SOLVED: Final = (7, "The night shift could not sign in.", "Sessions last a whole shift now.")
GOALS: Final = (
    (2, "The north terminal plans with us by spring.", "The quay master wants to see it on the wall first."),
    (4, "They show the berth plan at their user day.", ""),
    (9, "Both yards in one plan.", "The east yard is in; the west yard waits for its map."),
)


def make_contact(random: Random, users: dict[str, User], customers: list[Customer], now: dt.datetime) -> None:
    """Some of the best customers; the rest of the company stays as it is. Sales took part, so no pool's hours move."""
    lead = users["lead"]
    for place in CROWDED:
        for number, minutes in enumerate((90, 60, 90, 60)):
            at = now - dt.timedelta(days=2 * number + 1, hours=random.randrange(3))
            _talk(customers[place], at, "meeting", minutes, lead)
    for place in MAILED:
        for number in range(60):
            _talk(customers[place], now - dt.timedelta(hours=3 * number + 1), "mail", 0, lead)
    # One is written to day by day, and nobody has talked with them for long: much contact, and silence all the same.
    silent = _longest_silent(customers)
    for number in range(60):
        _talk(silent, now - dt.timedelta(hours=3 * number + 2), "mail", 0, lead, people=None)
    for place, text, days in NEEDS:
        account = customers[place].account
        owner = account.product_manager or lead
        since = now.date() - dt.timedelta(days=days)
        UrgentNeed.objects.create(account=account, text=text, owner=owner, since=since, created_by=owner)
    for place, kind, text, reference, days in TROUBLES:
        account = customers[place].account
        owner = account.product_manager or lead
        since = now.date() - dt.timedelta(days=days)
        UrgentNeed.objects.create(
            account=account, kind=kind, text=text, reference=reference, owner=owner, since=since, created_by=owner
        )
    _solve(customers[SOLVED[0]], now, lead)
    for place, text, note in GOALS:
        account = customers[place].account
        owner = account.product_manager or lead
        goal = AccountGoal.objects.create(account=account, text=text, owner=owner, created_by=owner)
        AccountGoal.objects.filter(pk=goal.pk).update(created_at=now - dt.timedelta(days=200))
        talks = Interaction.objects.held().filter(accounts=account, kind="meeting", is_private=False).order_by("-at")
        keys = list(talks.values_list("pk", flat=True)[:4])
        Interaction.objects.filter(pk__in=keys).update(goal=goal)
        if note:
            kept = GoalNote.objects.create(goal=goal, text=note, author=owner)
            GoalNote.objects.filter(pk=kept.pk).update(at=now - dt.timedelta(days=4))
    held = Interaction.objects.held().filter(kind="meeting", is_private=False).order_by("-at", "pk")
    for pk in held.values_list("pk", flat=True)[:300]:
        if random.random() < 0.6:
            OutcomeTag.objects.create(interaction_id=pk, brought=random.choice(Brought.values))


def _longest_silent(customers: list[Customer]) -> Customer:
    """Of those with whom somebody talked once, the one with the oldest last talk."""
    theirs = {customer.account.pk: customer for customer in customers}
    spoken = Interaction.objects.two_way().filter(is_private=False, accounts__in=theirs).order_by()
    last = dict(spoken.values_list("accounts").annotate(last=Max("at")))
    return theirs[min((at, key) for key, at in last.items() if key in theirs)[1]]


def _talk(customer: Customer, at: dt.datetime, kind: str, minutes: int, lead: User, people: int | None = 1) -> None:
    account = customer.account
    owner = account.relationship_owner or lead
    made = Interaction.objects.create(kind=kind, at=at, minutes=minutes, author=owner, outcome="")
    Attendance.objects.create(interaction=made, account=account, at=at)
    if account.relationship_owner is not None:
        made.colleagues.add(owner)
    made.contacts.set(customer.contacts[:people])


def _solve(customer: Customer, now: dt.datetime, lead: User) -> None:
    _place, text, how = SOLVED
    owner = customer.account.product_manager or lead
    need = UrgentNeed.objects.create(
        account=customer.account,
        text=text,
        owner=owner,
        since=now.date() - dt.timedelta(days=40),
        created_by=owner,
        state=NeedState.SOLVED,
        settled_at=now - dt.timedelta(days=2),
        settled_by=owner,
        settled_how=how,
    )
    TrustStep.objects.create(account=customer.account, need=need, to_stage=TrustStage.PROVING)
