"""Assessed value and the tier computed from it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Account, ValueAssessment
from accounts.services.figures import publish_figures
from accounts.services.value import assess_value, revenue_scores
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


def revenue(**by_account: str) -> dict[str, Account]:
    made = {name: build.account(name=name) for name in by_account}
    rows = [{"account_id": made[name].pk, "revenue_12m": Decimal(value)} for name, value in by_account.items()]
    publish_figures(rows, columns=["revenue_12m"])
    return made


def test_revenue_counts_by_its_average_rank_among_customers() -> None:
    made = revenue(a="10", b="20", c="20", d="40")
    supplier = build.account(party="supplier")
    publish_figures([{"account_id": supplier.pk, "revenue_12m": Decimal(99)}], columns=["revenue_12m"])

    found = revenue_scores([one.pk for one in made.values()] + [supplier.pk])

    assert found == {made["a"].pk: 25, made["b"].pk: Decimal("62.5"), made["c"].pk: Decimal("62.5"), made["d"].pk: 100}


def test_the_tier_follows_the_newest_scores(lead: User) -> None:
    account = revenue(a="10", b="20")["b"]
    for dimension, score in [("potential", 60), ("brand", 60), ("market", 0), ("geo", 20), ("geo", 100)]:
        assess_value(actor=lead, account=account, dimension=dimension, score=score, evidence="seen")

    account.refresh_from_db()

    # 0.35 x 100 + 0.25 x 60 + 0.15 x 60 + 0.125 x 0 + 0.125 x 100
    assert (account.tier, account.tier_score) == ("A", Decimal("71.500"))
    assert ValueAssessment.objects.filter(account=account, dimension="geo").count() == 2
    assert TrailEntry.objects.filter(account_id=account.pk, verb="value.assessed").count() == 5


def test_two_scores_make_no_tier(lead: User) -> None:
    account = revenue(a="10")["a"]

    assess_value(actor=lead, account=account, dimension="brand", score=100)

    account.refresh_from_db()
    assert (account.tier, account.tier_score) == ("", None)


def test_new_figures_move_the_tier(lead: User) -> None:
    made = revenue(a="10", b="20")
    for dimension in ("potential", "brand"):
        assess_value(actor=lead, account=made["a"], dimension=dimension, score=60)
    made["a"].refresh_from_db()
    # (0.35 x 50 + 0.25 x 60 + 0.15 x 60) / 0.75
    assert (made["a"].tier, made["a"].tier_score) == ("B", Decimal("55.333"))

    publish_figures([{"account_id": made["a"].pk, "revenue_12m": Decimal(30)}], columns=["revenue_12m"])

    made["a"].refresh_from_db()
    assert (made["a"].tier, made["a"].tier_score) == ("A", Decimal("78.667"))


@pytest.mark.parametrize(("dimension", "score"), [("luck", 20), ("brand", 101), ("brand", -1)])
def test_a_wrong_score_is_refused_and_nothing_is_kept(lead: User, dimension: str, score: int) -> None:
    account = build.account()

    with pytest.raises(RuleViolation):
        assess_value(actor=lead, account=account, dimension=dimension, score=score)

    assert not ValueAssessment.objects.exists()


def test_only_its_owners_assess_an_account(client: Client) -> None:
    account = build.account()
    client.force_login(build.user("product_manager"))

    answer = client.post(reverse("value_assess", args=[account.pk]), {"dimension": "brand", "score": "60"})

    assert answer.status_code == 403
    assert not ValueAssessment.objects.exists()


def test_the_page_marks_a_score_without_evidence(client: Client, lead: User) -> None:
    account = build.account()
    client.force_login(lead)

    answer = client.post(reverse("value_assess", args=[account.pk]), {"dimension": "brand", "score": "80"})
    html = client.get(answer["Location"]).content.decode()

    assert answer.status_code == 303
    assert "without evidence" in html


def test_all_five_scores_stand_at_the_head_of_the_page(client: Client, lead: User) -> None:
    account = build.account()
    assess_value(actor=lead, account=account, dimension="brand", score=80)
    client.force_login(lead)

    page = client.get(account.get_absolute_url()).content.decode()
    scores = client.get(account.get_absolute_url(), {"part": "worth"}).content.decode()
    wanted = ("revenue now", "revenue possible", "brand <b>80</b>", "without evidence")

    assert f'hx-get="{account.get_absolute_url()}?part=worth"' in page
    assert [words for words in wanted if words not in scores] == []
    assert scores.count("<b>") == 5


def test_scores_are_due_after_a_year_and_older_ones_stay_in_sight(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    lead = build.user("product_manager")
    account = build.account(product_manager=lead)
    old = assess_value(actor=lead, account=account, dimension="brand", score=40, evidence="A fair in Bergen")
    fresh = assess_value(actor=lead, account=account, dimension="market", score=60, evidence="The first port")
    year = timezone.now() - dt.timedelta(days=366)
    ValueAssessment.objects.filter(pk=old.pk).update(assessed_at=year)
    mine = Account.objects.owned_by(lead)
    assert [one.pk for one in ValueAssessment.objects.due_on(mine)] == [old.pk]
    assert not fresh.is_due()
    client.force_login(lead)
    build.interaction(account, author=lead)  # whoever is new is greeted instead
    assert "Scores to renew" in client.get("/").content.decode()
    assert "too old: look again" in client.get(f"{account.get_absolute_url()}?tab=value").content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        assess_value(actor=lead, account=account, dimension="brand", score=60, evidence="A second fair")

    assert not ValueAssessment.objects.due_on(mine).exists()
    page = client.get(f"{account.get_absolute_url()}?tab=value").content.decode()
    assert page.index("A second fair") < page.index("Earlier scores") < page.index("A fair in Bergen")
    assert "Scores to renew" not in client.get("/").content.decode()
