"""Figures of meetings with values known beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from meetings.kpis import Share, share_of
from meetings.models import Criterion, Meeting
from meetings.rules import RULES
from meetings.services.figures import Scope, figures_of
from pmcrm.people.models import User
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from tests.meetings.cast import NOW, Cast, cast
from touchpoints.models import NextStep
from touchpoints.services.interactions import cancel_interaction

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people() -> Cast:
    return cast()


def closed(people: Cast, *, organiser: User | None = None, is_kept: bool | None = True, **fields: object) -> Meeting:
    by = organiser or people.mia
    at = fields.pop("at", dt.datetime(2026, 2, 10, 9, tzinfo=dt.UTC))
    talk = build.interaction(people.halden, author=by, kind="meeting", at=at)  # type: ignore[arg-type]  # an instant
    given = {"closed_at": NOW, "closed_by": by, "is_kept": is_kept} if is_kept is not None else {}
    return Meeting.objects.create(interaction=talk, organiser=by, **given | fields)


def test_eight_meetings_of_which_six_meet_all_give_three_quarters(people: Cast) -> None:
    for number in range(8):
        broken = {"length": "overridden"} if number == 0 else {"sent": "broken", "length": "broken"}
        verdicts = dict.fromkeys(RULES, "met") | (broken if number < 2 else {})
        closed(people, is_kept=number >= 2, verdicts=verdicts)
    closed(people, is_kept=None)  # held, not judged yet
    found = figures_of(scope=Scope(people.mia), today=TODAY)
    assert found.shares["adherence"] == Share(6, 8)
    assert found.shares["adherence"].share == Decimal("0.750000")
    assert [(rule.slug, number) for rule, number in found.missed] == [("length", 2), ("sent", 1)]
    assert found.accounts == [(people.halden, Share(6, 8))]


def test_a_person_an_account_a_month_and_everybody(people: Cast) -> None:
    ada = build.user("product_manager", name="Ada")
    closed(people)
    closed(people, is_kept=False, at=dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC))
    closed(people, organiser=ada, is_kept=False)
    closed(people, at=dt.datetime(2025, 3, 31, 12, tzinfo=dt.UTC))  # before the twelve months
    assert figures_of(scope=Scope(people.mia), today=TODAY).shares["adherence"] == Share(1, 2)
    assert figures_of(scope=Scope(ada), today=TODAY).shares["adherence"] == Share(0, 1)
    everybody = figures_of(scope=Scope(), today=TODAY)
    assert everybody.shares["adherence"] == Share(1, 3)
    assert [(month.first, month.adherence) for month in everybody.months if month.adherence.whole] == [
        (dt.date(2026, 1, 1), Share(0, 1)),
        (dt.date(2026, 2, 1), Share(1, 2)),
    ]
    assert (everybody.months[0].first, everybody.months[-1].first) == (dt.date(2025, 4, 1), dt.date(2026, 3, 1))
    other = build.account(name="Fjord")
    assert figures_of(scope=Scope(account=other), today=TODAY).shares["adherence"] == Share(0, 0)
    assert figures_of(scope=Scope(account=people.halden), today=TODAY).shares["adherence"] == Share(1, 3)


def test_two_of_four_steps_done_by_their_day_give_one_half(people: Cast) -> None:
    talk = closed(people).interaction
    day = dt.date(2026, 2, 20)
    for done in (day, day - dt.timedelta(days=1), day + dt.timedelta(days=1), None):
        step = build.next_step(account=people.halden, owner=people.mia, due_on=day, interaction=talk)
        if done:
            NextStep.objects.filter(pk=step.pk).update(done_at=dt.datetime.combine(done, dt.time(15), tzinfo=dt.UTC))
    build.next_step(account=people.halden, owner=people.mia, due_on=TODAY, interaction=talk)  # its day is not over
    build.next_step(account=people.halden, owner=people.mia, due_on=day)  # of no meeting
    found = figures_of(scope=Scope(people.mia), today=TODAY)
    assert found.shares["follow_through"] == Share(2, 4)
    assert found.shares["follow_through"].share == Decimal("0.500000")


def test_criteria_with_and_without_a_complete_sheet(people: Cast) -> None:
    prepared, bare = closed(people, is_prepared=True), closed(people, is_prepared=False)
    scores = [
        (prepared, "met", "met"),
        (prepared, "met", ""),
        (prepared, "met", "partly"),
        (bare, "not_met", "met"),
        (bare, "", ""),
    ]
    for place, (meeting, product, sales) in enumerate(scores):
        Criterion.objects.create(
            meeting=meeting, position=place % 3, text="It was good", product_score=product, sales_score=sales
        )
    found = figures_of(scope=Scope(), today=TODAY).shares
    assert (found["criteria"], found["criteria_prepared"], found["criteria_unprepared"]) == (
        Share(2, 4),
        Share(2, 3),
        Share(0, 1),
    )


def test_of_nothing_there_is_no_share() -> None:
    assert share_of(0, 0) is None
    assert share_of(1, 3) == Decimal("0.333333")


def test_everybody_sees_their_own_and_leads_see_sums(client: Client, people: Cast) -> None:
    ada = build.user("product_manager", name="Ada")
    closed(people)
    closed(people, organiser=ada, is_kept=False)
    url = reverse("meeting_figures")
    for person, address, base in (
        (people.mia, url, "1 of 1"),
        (people.mia, f"{url}?whose=all", "1 of 1"),
        (ada, url, "0 of 1"),
        (build.user("product_lead"), url, "1 of 2"),
    ):
        client.force_login(person)
        text = client.get(address).content.decode()
        assert base in text
        assert "Ada" not in text.replace(person.name, "")
    client.force_login(people.lars)
    assert "Nothing to tell yet" in client.get(url).content.decode()
    assert client.get(f"{url}?account=x").status_code == 200


def test_a_program_reads_the_same_figures(people: Cast) -> None:
    closed(people)
    closed(people, is_kept=False)
    answer = client_of(people.mia).get(f"{ROOT}/meetings/figures/")
    assert answer.status_code == 200
    found = answer.json()
    assert found["figures"][0] == {"figure": "adherence", "part": 1, "whole": 2, "share": "0.500000"}
    assert found["figures"][1] == {"figure": "follow_through", "part": 0, "whole": 0, "share": None}
    assert found["months"][-2] == {"month": "2026-02-01", "kept": 1, "judged": 2, "done": 0, "due": 0}
    assert client_of(people.mia).get(f"{ROOT}/meetings/figures/?whose=all").json()["whose"] == "mine"


def test_what_was_entered_by_mistake_counts_nowhere(people: Cast) -> None:
    kept, mistaken = closed(people), closed(people, is_kept=False, is_prepared=True)
    for meeting, score in ((kept, "met"), (mistaken, "not_met")):
        Criterion.objects.create(meeting=meeting, position=0, text="They say so", product_score=score)
    assert figures_of(scope=Scope(), today=TODAY).shares["criteria"] == Share(1, 2)
    cancel_interaction(actor=people.mia, interaction=mistaken.interaction, reason="Entered by mistake")
    found = figures_of(scope=Scope(), today=TODAY)
    assert (found.shares["adherence"], found.shares["criteria"]) == (Share(1, 1), Share(1, 1))
    assert found.shares["criteria_prepared"] == Share(0, 0)
    assert found.accounts == [(people.halden, Share(1, 1))]
