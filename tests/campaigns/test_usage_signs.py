"""Signs from calls: shown where one looks, settled there, in the API as on the pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import Account
from campaigns.models import SignKind, UsageSign
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Interaction, UsageFinding

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign(halden: Account, mia: User) -> UsageSign:
    product = build.product(name="Berth planner")
    talk = build.interaction(halden, author=mia)
    found = {"actual_way": "Plans holidays", "quote": "It is our rota", "mode": "differently"}
    finding = UsageFinding.objects.create(account=halden, product=product, interaction=talk, author=mia, **found)
    return UsageSign.objects.create(account=halden, product=product, kind=SignKind.JUDGE_CLASS, finding=finding)


def panel(client: Client, account: Account) -> str:
    return client.get(
        reverse("account_usage_signs", args=[account.pk]), headers={"HX-Request": "true"}
    ).content.decode()


def test_an_account_shows_its_open_signs_with_the_button_to_settle_them(
    client: Client, mia: User, halden: Account, sign: UsageSign
) -> None:
    client.force_login(mia)
    assert reverse("account_usage_signs", args=[halden.pk]) in client.get(halden.get_absolute_url()).content.decode()
    words = panel(client, halden)
    settle = reverse("usage_sign_settle", args=[sign.pk])
    for said in ("Used differently: judge whether class 3 or 4 fits", "Berth planner", "Plans holidays", settle):
        assert said in words
    answer = client.post(settle, headers={"HX-Request": "true"})
    assert (answer.status_code, "touchpoints-changed" in answer.headers["HX-Trigger"]) == (204, True)
    sign.refresh_from_db()
    assert (sign.settled_by, panel(client, halden).strip()) == (mia, "")


def test_who_does_not_look_after_the_account_reads_a_sign_and_cannot_settle_it(
    client: Client, halden: Account, sign: UsageSign
) -> None:
    client.force_login(build.user("product_manager"))
    assert reverse("usage_sign_settle", args=[sign.pk]) not in panel(client, halden)
    assert client.post(reverse("usage_sign_settle", args=[sign.pk])).status_code == 422
    sign.refresh_from_db()
    assert sign.settled_at is None


def test_what_was_found_in_a_private_talk_is_not_repeated_to_others(
    client: Client, halden: Account, sign: UsageSign
) -> None:
    Interaction.objects.update(is_private=True)
    client.force_login(build.user("product_lead"))
    words = panel(client, halden)
    assert "Used differently" in words
    assert "rota" not in words


def test_whoever_judges_a_class_sees_what_calls_found(
    client: Client, mia: User, halden: Account, sign: UsageSign
) -> None:
    client.force_login(mia)
    words = client.get(reverse("review_fact_create", args=[halden.pk])).content.decode()
    assert "Used differently: judge whether class 3 or 4 fits" in words
    assert "rota" in words
    UsageSign.objects.update(settled_at="2026-03-01T00:00Z")
    assert "Used differently" not in client.get(reverse("review_fact_create", args=[halden.pk])).content.decode()


def test_the_api_lists_and_settles_signs(mia: User, halden: Account, sign: UsageSign) -> None:
    api = APIClient()
    api.force_authenticate(mia)
    listed = api.get("/api/v1/usage-signs/", {"is_open": "true"}).data["results"]
    assert [(one["id"], one["account"], one["kind"]) for one in listed] == [(sign.pk, halden.pk, "judge_class")]
    assert api.post(f"/api/v1/usage-signs/{sign.pk}/settle/").data["settled_by"] == mia.pk
    assert api.get("/api/v1/usage-signs/", {"is_open": "true"}).data["results"] == []
    assert api.get("/api/v1/usage-signs/", {"is_open": "perhaps"}).status_code == 400
