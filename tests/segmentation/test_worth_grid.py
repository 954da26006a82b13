"""Tier against contribution: who is in which field, and who may look."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from pmcrm.people.models import User
from segmentation.models import AccountProfit, ProfitRun
from segmentation.services.worth import squares_of
from tests import build

pytestmark = pytest.mark.django_db

# Name, tier, contribution; the best first.
CAST = [
    ("Alpha", "A", "900"),
    ("Cedar", "C", "500"),
    ("Nobody", "", "40"),
    ("Zero", "B", "0"),
    ("Burrow", "B", "-200"),
    ("Cinder", "C", "-300"),
]


@pytest.fixture
def run() -> ProfitRun:
    made = ProfitRun.objects.create(
        state="done",
        from_month=dt.date(2025, 3, 1),
        to_month=dt.date(2026, 2, 1),
        currency="USD",
        content_hash="c" * 64,
        account_count=len(CAST),
        finished_at=timezone.now(),
    )
    for place, (name, tier, contribution) in enumerate(CAST, start=1):
        AccountProfit.objects.create(
            run=made,
            account=build.account(name=name, tier=tier),
            position=place,
            rank=place,
            revenue_rank=place,
            ref=f"R-{place}",
            name=name,
            revenue=Decimal(1000),
            direct_cost=Decimal(0),
            people_cost=Decimal(0),
            hours=Decimal(0),
            contribution=Decimal(contribution),
            cumulative=Decimal(0),
        )
    return made


def page(client: Client, person: User, **asked: str) -> str:
    client.force_login(person)
    answer = client.get(reverse("worth_grid"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_account_is_in_one_field(run: ProfitRun) -> None:
    squares = squares_of(user=build.user("product_lead"), run=run)

    assert {slug: (one.accounts, one.contribution) for slug, one in squares.items()} == {
        "keep": (2, Decimal(900)),
        "invest": (1, Decimal(-200)),
        "harvest": (1, Decimal(500)),
        "question": (1, Decimal(-300)),
        "unknown-earner": (1, Decimal(40)),
        "unknown-loser": (0, Decimal(0)),
    }
    assert sum(one.accounts for one in squares.values()) == len(CAST)


def test_a_field_opens_its_accounts(client: Client, run: ProfitRun) -> None:
    lead = build.user("product_lead")
    shown = page(client, lead, field="keep")
    assert shown.index("<bdi>Alpha</bdi>") < shown.index("<bdi>Zero</bdi>")
    assert "<bdi>Burrow</bdi>" not in shown
    assert "6 external customers" in shown
    assert "<bdi>" not in page(client, lead, field="no-such-field")


def test_a_changed_tier_moves_the_account(client: Client, run: ProfitRun) -> None:
    Account.objects.filter(name="Cinder").update(tier="A")
    shown = page(client, build.user("finance"), field="invest")
    assert "<bdi>Cinder</bdi>" in shown
    assert "<bdi>Burrow</bdi>" in shown


def test_it_is_for_readers_of_the_curve(client: Client, run: ProfitRun) -> None:
    for role in ("sales_owner", "department_member", "administrator"):
        client.force_login(build.user(role))
        assert client.get(reverse("worth_grid")).status_code == 403


def test_without_a_run_it_says_what_to_do(client: Client) -> None:
    assert "No run yet" in page(client, build.user("product_lead"))
