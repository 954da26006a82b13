"""What contact brought, and where the time went: exact, of oneself or of all."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Learning, OutcomeTag
from touchpoints.services.engagement_figures import Brought, Learnt, Spent, figures_of
from touchpoints.services.interactions import Facts, edit_interaction, log_interaction
from touchpoints.tasks import keep_engagement_figures

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 10)
MARCH, FEBRUARY = dt.date(2026, 3, 1), dt.date(2026, 2, 1)
NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


def at(month: int, day: int) -> dt.datetime:
    return dt.datetime(2026, month, day, 12, tzinfo=dt.UTC)


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Ada")


def history(manager: User, colleague: User) -> None:
    customer = build.account(name="Customer", state="customer")
    prospect = build.account(name="Prospect", state="prospect")
    inside = build.account(kind="internal")
    first = build.interaction(customer, prospect, author=manager, at=at(3, 2), kind="meeting", minutes=60)
    first.colleagues.add(colleague)
    for brought in ("insight", "request"):
        OutcomeTag.objects.create(interaction=first, brought=brought)
    second = build.interaction(customer, author=manager, at=at(3, 3), kind="meeting", minutes=30)
    OutcomeTag.objects.create(interaction=second, brought="revenue_step")
    call = build.interaction(prospect, author=manager, at=at(2, 3), minutes=45, outcome="conversation")
    Learning.objects.create(interaction=call, text="They buy in May", author=manager)
    Learning.objects.create(interaction=call, text="By committee", author=manager)
    build.interaction(inside, author=manager, at=at(3, 4), kind="meeting", minutes=120)
    build.interaction(customer, author=manager, at=at(3, 4), minutes=5, outcome="no_answer")
    build.interaction(customer, author=manager, at=at(3, 4), kind="meeting", minutes=60, status="cancelled")
    build.interaction(customer, author=colleague, at=at(3, 5), kind="meeting", minutes=90)
    build.interaction(customer, author=manager, at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC), kind="meeting", minutes=60)


def test_the_figures_of_a_person(manager: User) -> None:
    history(manager, build.user(name="Sven"))
    found = figures_of(person=manager, today=TODAY)
    # Meetings: 60 + 30 + 120 minutes inside; three outcomes.
    assert found.brought[MARCH] == Brought(3, Decimal("3.5"))
    assert found.brought[MARCH].per_hour == Decimal("0.86")
    assert found.brought[FEBRUARY].per_hour is None
    assert found.tags[MARCH] == {"insight": 1, "request": 1, "reference": 0, "revenue_step": 1}
    assert found.tags[FEBRUARY] == {"insight": 0, "request": 0, "reference": 0, "revenue_step": 0}
    assert found.tags_in_all == found.tags[MARCH]
    assert [(month, name, list(tags.values())) for month, _key, name, tags in found.tagged] == [
        (MARCH, "Customer", [1, 1, 0, 1]),
        (MARCH, "Prospect", [1, 1, 0, 0]),
    ]
    # Half of an hour shared with the prospect, thirty minutes, and five minutes of ringing.
    assert found.spent[MARCH].customers.quantize(Decimal("0.0001")) == Decimal("1.0833")
    assert found.spent[MARCH].prospects == Decimal("0.5")
    assert found.spent[FEBRUARY] == Spent(Decimal(0), Decimal("0.75"))
    assert found.learnt == found.learnt | {FEBRUARY: Learnt(2, 1), MARCH: Learnt(0, 3)}
    assert found.learnt[FEBRUARY].per_talk == Decimal("2.00")
    assert found.customers[dt.date(2026, 1, 1)] == 2
    assert len(found.brought) == 12
    assert [(name, one.outcomes, one.hours) for _key, name, one in found.busiest][1:] == [
        ("Customer", 3, Decimal("1.5")),
        ("Prospect", 2, Decimal(1)),
    ]


def test_all_of_us_together_count_each_colleague(manager: User) -> None:
    history(manager, build.user(name="Sven"))
    found = figures_of(person=None, today=TODAY)
    assert found.brought_in_all == Brought(3, Decimal(5))
    # Two colleagues for an hour, half of it: 1; 0.5; 5 minutes; the colleague's 1.5.
    assert found.spent_in_all.customers.quantize(Decimal("0.0001")) == Decimal("3.0833")
    assert found.spent_in_all.prospects == Decimal("1.75")


def test_everybody_sees_the_own_figures_and_leads_the_sums(client: Client, manager: User) -> None:
    with time_machine.travel(NOON, tick=False):
        history(manager, build.user(name="Sven"))
        for person, whose, outcomes in (
            (manager, "me", "3 noted"),
            (manager, "all", "3 noted"),
            (build.user("product_lead"), "me", "0 noted"),
            (build.user("product_lead"), "all", "3 noted"),
        ):
            client.force_login(person)
            answer = client.get(reverse("engagement_figures"), {"whose": whose})
            assert answer.context["whose"] == ("all" if whose == "all" and person != manager else "me")
            assert outcomes in answer.content.decode()
            assert ("Outcomes by account and month" in answer.content.decode()) == (outcomes == "3 noted")
        client.get(reverse("engagement_figures"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("engagement_figures"))
        assert len(asked) <= 12


def test_figures_over_many_talks_are_kept(client: Client, manager: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("touchpoints.services.kept_figures.MANY", 4)
    client.force_login(manager)
    with time_machine.travel(NOON, tick=False):
        history(manager, build.user(name="Sven"))
        first = client.get(reverse("engagement_figures"))
        assert (first.context["found"], first.context["as_of"]) == (figures_of(person=manager), NOON)
        OutcomeTag.objects.all().delete()
    with time_machine.travel(NOON + dt.timedelta(minutes=40), tick=False):
        kept = client.get(reverse("engagement_figures"))
        assert (kept.context["found"], kept.context["as_of"]) == (first.context["found"], NOON)
        assert "As of 12:00." in kept.content.decode()
        keep_engagement_figures()
        anew = client.get(reverse("engagement_figures")).context
        assert (anew["found"], anew["as_of"]) == (figures_of(person=manager), NOON + dt.timedelta(minutes=40))
        assert anew["found"].brought_in_all.outcomes == 0


def test_what_a_talk_brought_is_kept_with_it_and_only_once_it_was_held(manager: User) -> None:
    account = build.account(product_manager=manager)
    with time_machine.travel(NOON, tick=False):
        facts = Facts(kind="call", at=at(3, 9), accounts=[account], minutes=30, brought=["insight", "insight"])
        made = log_interaction(actor=manager, facts=facts)
        assert made.brought == ["insight"]
        kept = Facts(kind="call", at=at(3, 9), accounts=[account], minutes=30)
        assert edit_interaction(actor=manager, interaction=made, facts=kept, version=1).brought == ["insight"]
        changed = Facts(kind="call", at=at(3, 9), accounts=[account], minutes=30, brought=["reference"])
        assert edit_interaction(actor=manager, interaction=made, facts=changed, version=2).brought == ["reference"]
        for brought, when, sentence in (
            (["gold"], at(3, 9), "Choose from: insight, request, reference, revenue_step"),
            (["insight"], at(3, 20), "What a talk brought is known once it was held"),
        ):
            wrong = Facts(kind="call", at=when, accounts=[account], brought=brought)
            with pytest.raises(RuleViolation, match=sentence):
                log_interaction(actor=manager, facts=wrong)
    assert OutcomeTag.objects.count() == 1
