"""The limits of flags, runs and exit plans: who sets them, within which bounds, and what they do."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.engagement import PREFIX, Engagement
from accounts.models import Account
from accounts.services.limits import engagement
from accounts.services.value import assess_value
from accounts.tasks import compute_tiers
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import Organisation
from pmcrm.trail.models import TrailEntry
from segmentation.attention import WEIGHTS
from segmentation.facts import ExitLimits, Thresholds
from segmentation.limits import LIMITS, TIER_WEIGHTS, values_of
from segmentation.services.limits import edit_limits
from segmentation.services.runs import current_limits
from tests import build
from tests.segmentation import money_cast

pytestmark = pytest.mark.django_db


OF_ACCOUNTS = {"tier_a_from", "tier_b_from", "tier_manual_days", "tier_score_days", "reference_rest_days"}


def signed_in(*roles: str) -> Client:
    client = Client()
    client.force_login(build.user(*roles), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def entered(**changed: str) -> dict[str, str]:
    """The form as it stands, with what somebody typed."""
    page = signed_in("administrator").get(reverse("limit_edit"))
    form = page.context["form"]
    return {name: str(form[name].initial) for name in form.fields} | changed


def test_every_limit_of_the_rules_can_be_set() -> None:
    rules = {item.name for kind in (Thresholds, ExitLimits) for item in fields(kind)}
    engagement = {f"{PREFIX}{item.name}" for item in fields(Engagement)}
    assert set(LIMITS) == rules | set(WEIGHTS) | set(TIER_WEIGHTS) | OF_ACCOUNTS | engagement
    assert values_of({}) == {name: limit.default for name, limit in LIMITS.items()}


def test_only_an_administrator_sets_limits() -> None:
    for role in ("product_lead", "finance", "executive", "sales_vp"):
        assert signed_in(role).get(reverse("limit_edit")).status_code == 403
    page = signed_in("administrator").get(reverse("limit_edit")).content.decode()
    assert "Loss that matters, of the peak" in page
    assert "A larger one asks a second approver beside the CFO." in page


def test_a_changed_limit_is_kept_said_and_used() -> None:
    money_cast.accounts()
    administrator = signed_in("administrator")
    answer = administrator.post(reverse("limit_edit"), entered(material_of_peak="2.5", sanity_floor="4"))
    assert (answer.status_code, answer["Location"]) == (303, reverse("limit_edit"))

    organisation = Organisation.current()
    assert organisation.thresholds == {"material_of_peak": "0.025", "sanity_floor": "4"}
    assert (current_limits().material_of_peak, current_limits().sanity_floor) == (Decimal("0.025"), 4)
    entry = TrailEntry.objects.get(verb="organisation.limits_edited")
    assert entry.data["changes"] == {"material_of_peak": ["0.5 %", "2.5 %"], "sanity_floor": ["2", "4"]}
    assert "Usually 0.5 %." in administrator.get(reverse("limit_edit")).content.decode()

    administrator.post(reverse("limit_edit"), entered(material_of_peak="0.5", sanity_floor="2"))
    assert Organisation.current().thresholds == {}


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("material_of_peak", "51", "Loss that matters, of the peak: enter a value from 0 % to 50 %."),
        ("refund_limit", "-1", "Refund that the CFO signs alone: enter a value from 0 to 1000000000."),
        ("closed_months", "0", "Closed months in the window: enter a value from 1 to 36."),
        ("symptom_raters", "2.5", "People who rated: enter a whole number."),
        ("support", "50", "The four weights add to 100 %; these add to 120 %."),
        ("class_days", "soon", "Enter a number."),
    ],
)
def test_what_lies_outside_its_bounds_is_refused_in_words(name: str, typed: str, sentence: str) -> None:
    answer = signed_in("administrator").post(reverse("limit_edit"), entered(**{name: typed}))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Organisation.current().thresholds == {}
    assert not TrailEntry.objects.filter(verb="organisation.limits_edited").exists()


def test_the_second_of_two_overwrites_nothing() -> None:
    administrator = build.user("administrator")
    version = Organisation.current().version
    edit_limits(actor=administrator, version=version, values={"class_days": Decimal(90)})
    with pytest.raises(StaleVersion):
        edit_limits(actor=administrator, version=version, values={"class_days": Decimal(60)})
    assert Organisation.current().thresholds == {"class_days": "90"}


def test_other_settings_stay_where_they_are() -> None:
    organisation = Organisation.current()
    organisation.thresholds = {"something_else": "7", "attention_weights": {"support": "0.40", "product": "0.10"}}
    organisation.save()
    administrator = build.user("administrator")

    edit_limits(actor=administrator, version=organisation.version, values={"class_days": Decimal(90)})

    assert Organisation.current().thresholds == {
        "something_else": "7",
        "class_days": "90",
        "attention_weights": {"support": "0.4", "product": "0.1"},
    }
    with pytest.raises(RuleViolation, match="these add to 90 %"):
        edit_limits(actor=administrator, version=Organisation.current().version, values={"support": Decimal("0.3")})


def test_other_weights_change_tiers_and_the_page_computes_by_them(client: Client) -> None:
    lead = build.user("product_lead")
    account = build.account(product_manager=lead)
    for dimension, score in (("potential", 80), ("brand", 20), ("market", 20)):
        assess_value(actor=lead, account=account, dimension=dimension, score=score)
    account.refresh_from_db()
    # 0.25 x 80 + 0.15 x 20 + 0.125 x 20, over 0.525.
    assert (account.tier, str(account.tier_score)) == ("B", "48.571")

    administrator = signed_in("administrator")
    weights = {"tier_now": "0", "tier_potential": "90", "tier_brand": "10", "tier_market": "0", "tier_geography": "0"}
    answer = administrator.post(reverse("limit_edit"), entered(**weights, tier_a_from="72"))
    assert answer.status_code == 303
    compute_tiers()
    account.refresh_from_db()
    assert (account.tier, str(account.tier_score)) == ("A", "74.000")
    told = TrailEntry.objects.get(verb="organisation.limits_edited")
    assert told.data["changes"]["tier_potential"] == ["25 %", "90 %"]
    kept = Account.pgh_event_model.objects.filter(pgh_obj_id=account.pk).order_by("pgh_id")  # type: ignore[attr-defined]  # made by pghistory
    # A row of history is the account as it was before.
    assert [(one.tier, str(one.tier_score)) for one in kept][-1] == ("B", "48.571")
    client.force_login(lead)
    page = client.get(f"{account.get_absolute_url()}?tab=value").content.decode()
    assert "A from 72, B from 40." in page


def test_weights_of_the_tier_add_up_and_b_lies_below_a() -> None:
    administrator = signed_in("administrator")
    answer = administrator.post(reverse("limit_edit"), entered(tier_now="50", tier_a_from="40", tier_b_from="40"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "The five weights add to 100 %; these add to 115 %." in page
    assert "Tier B begins below tier A." in page
    assert Organisation.current().thresholds == {}


def test_a_limit_of_engagement_is_kept_under_its_prefix_and_used() -> None:
    administrator = signed_in("administrator")
    answer = administrator.post(reverse("limit_edit"), entered(engagement_red="7.5", engagement_incoming_part="40"))
    assert answer.status_code == 303
    assert Organisation.current().thresholds == {"engagement_red": "7.5", "engagement_incoming_part": "0.4"}
    assert (engagement().red, engagement().incoming_part) == (Decimal("7.5"), Decimal("0.4"))
    for name, typed, sentence in (
        ("engagement_red", "3", "Red begins at amber or above it."),
        ("engagement_closes", "9", "The day of calls ends after it begins."),
        ("engagement_meeting_minutes", "12.5", "Not longer than: enter a whole number."),
    ):
        refused = administrator.post(reverse("limit_edit"), entered(**{name: typed}))
        assert refused.status_code == 422
        assert sentence in refused.content.decode()
    assert engagement().red == Decimal("7.5")
