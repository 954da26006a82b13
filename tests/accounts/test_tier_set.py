"""A tier set by hand: with a reason, for a time, the computed one beside it, and its history."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, TierOverride
from accounts.services.tier import end_expired_tiers, end_tier, set_tier
from accounts.services.value import assess_value
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead", name="Lea Lead")


@pytest.fixture
def account(lead: User) -> Account:
    """Three known scores of 60, 20 and 0: 25, 15 and 12.5 of 52.5 parts make 34.286, tier C."""
    made = build.account()
    for dimension, score in (("potential", 60), ("brand", 20), ("market", 0)):
        assess_value(actor=lead, account=made, dimension=dimension, score=score, evidence="Seen")
    made.refresh_from_db()
    assert (made.tier, made.tier_score) == ("C", Decimal("34.286"))
    return made


def test_the_set_tier_holds_and_the_computed_one_stays_in_sight(lead: User, account: Account) -> None:
    made = set_tier(actor=lead, account=account, tier="A", reason="The whole coast follows them.")

    account.refresh_from_db()
    assert (account.tier, account.tier_score) == ("A", Decimal("34.286"))
    assert (made.computed_tier, made.computed_score) == ("C", Decimal("34.286"))
    assert made.expires_on == timezone.localdate() + dt.timedelta(days=180)
    client = Client()
    client.force_login(lead, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(f"/accounts/{account.pk}/?tab=value").content.decode()
    assert "Tier A, set by hand until" in page
    assert "Computed: C, 34.3 of 100." in page
    assert "The whole coast follows them." in page
    assert "computed then: C, 34.3" in page


def test_a_new_score_moves_the_computed_tier_and_not_the_set_one(lead: User, account: Account) -> None:
    set_tier(actor=lead, account=account, tier="B", reason="A reference")
    assess_value(actor=lead, account=account, dimension="potential", score=100, evidence="Signed a letter")
    account.refresh_from_db()
    # 25, 3 and 0 of 52.5 parts.
    assert (account.tier, account.tier_score) == ("B", Decimal("53.333"))


def test_an_account_that_nobody_assessed_can_have_a_tier(lead: User) -> None:
    account = build.account()
    set_tier(actor=lead, account=account, tier="B", reason="New and large")
    account.refresh_from_db()
    assert (account.tier, account.tier_score) == ("B", None)
    end_tier(actor=lead, account=account)
    account.refresh_from_db()
    assert account.tier == ""


def test_the_last_day_counts_and_then_the_computed_tier_holds(lead: User, account: Account) -> None:
    made = set_tier(actor=lead, account=account, tier="A", reason="A reference")
    today = timezone.localdate()
    TierOverride.objects.filter(pk=made.pk).update(expires_on=today)
    assert end_expired_tiers() == 0
    TierOverride.objects.filter(pk=made.pk).update(expires_on=today - dt.timedelta(days=1))

    assert (end_expired_tiers(), end_expired_tiers()) == (1, 0)

    account.refresh_from_db()
    assert account.tier == "C"
    verbs = TrailEntry.objects.filter(account_id=account.pk).order_by("-id").values_list("verb", "actor")
    assert list(verbs[:2]) == [("tier.expired", None), ("tier.set", lead.pk)]


def test_one_tier_at_a_time_and_the_others_stay_as_history(lead: User, account: Account) -> None:
    set_tier(actor=lead, account=account, tier="A", reason="First")
    set_tier(actor=lead, account=account, tier="B", reason="Second")
    assert [(one.tier, one.holds) for one in TierOverride.objects.all()] == [("B", True), ("A", False)]


@pytest.mark.parametrize(
    ("tier", "reason", "days", "field"),
    [
        ("D", "Why", 10, "tier"),
        ("A", "  ", 10, "reason"),
        ("A", "Why", 0, "expires_on"),
        ("A", "Why", 181, "expires_on"),
    ],
)
def test_what_is_missing_is_said(lead: User, account: Account, tier: str, reason: str, days: int, field: str) -> None:
    day = timezone.localdate() + dt.timedelta(days=days)
    with pytest.raises(RuleViolation) as refusal:
        set_tier(actor=lead, account=account, tier=tier, reason=reason, expires_on=day)
    assert list(refusal.value.fields) == [field]
    account.refresh_from_db()
    assert (account.tier, TierOverride.objects.count()) == ("C", 0)


def test_only_those_who_write_the_account_set_its_tier(account: Account) -> None:
    stranger = build.user("product_manager")
    with pytest.raises(RuleViolation, match="not yours to assess"):
        set_tier(actor=stranger, account=account, tier="A", reason="I like them")
    assert not TierOverride.objects.exists()
