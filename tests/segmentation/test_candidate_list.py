from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from pmcrm.trail.models import TrailEntry, ViewLog
from segmentation.models import Flag, FlagDismissal, ReviewFact
from tests import build
from tests.segmentation import money_cast
from tests.segmentation.test_profit_curve import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_material_losers_are_listed_with_their_reasons(client: Client) -> None:
    money_cast.accounts()
    money_cast.run()
    answer = signed_in(client, "product_lead").get(reverse("candidate_list"))
    assert [(flag.account.name, flag.level, reasons) for flag, reasons in answer.context["rows"]] == [
        ("Zeta", "watch", ["Loses money", "Not recovering"]),
        ("Epsilon", "watch", ["Loses money", "Not recovering"]),
    ]


def test_a_product_manager_sees_flags_of_own_accounts_only(client: Client) -> None:
    manager = build.user("product_manager")
    made = money_cast.accounts()
    made["Zeta"].product_manager = manager
    made["Zeta"].save()
    money_cast.run()
    client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert [flag.account.name for flag, _reasons in client.get(reverse("candidate_list")).context["rows"]] == ["Zeta"]
    foreign = Flag.objects.get(account=made["Epsilon"])
    assert client.get(reverse("flag_detail", args=[foreign.pk])).status_code == 404


@pytest.mark.parametrize(
    "role", ["sales_owner", "sales_vp", "department_member", "finance", "executive", "administrator"]
)
def test_nobody_outside_product_sees_flags(client: Client, role: str) -> None:
    money_cast.accounts()
    money_cast.run()
    assert signed_in(client, role).get(reverse("candidate_list")).status_code == 403
    assert client.get(reverse("flag_detail", args=[Flag.objects.all()[0].pk])).status_code == 403


def test_opening_a_flag_is_logged_and_shows_the_sum(client: Client) -> None:
    made = money_cast.accounts()
    money_cast.run()
    flag = Flag.objects.get(account=made["Zeta"])
    answer = signed_in(client, "product_lead").get(reverse("flag_detail", args=[flag.pk]))
    page = answer.content.decode()
    assert ViewLog.objects.filter(subject_type="segmentation.flag", subject_id=str(flag.pk)).count() == 1
    for shown in ("−200.00", "Not recovering", "not enough data"):
        assert shown in page, shown


def test_a_dismissal_needs_a_reason_and_silences_the_flag(client: Client) -> None:
    made = money_cast.accounts()
    money_cast.run()
    flag = Flag.objects.get(account=made["Zeta"])
    url = reverse("flag_dismiss", args=[flag.pk])
    refused = signed_in(client, "product_lead").post(url, {"reason": " "})
    assert refused.status_code == 422
    assert "Say why, so that the next reader need not ask." in refused.content.decode()
    assert not FlagDismissal.objects.exists()
    assert client.post(url, {"reason": "Launch year, agreed in spring."}).status_code == 303
    flag.refresh_from_db()
    assert flag.is_silenced
    assert FlagDismissal.objects.get().reason == "Launch year, agreed in spring."
    assert TrailEntry.objects.filter(verb="flag.dismissed").count() == 1
    assert [one.account.name for one, _reasons in client.get(reverse("candidate_list")).context["rows"]] == ["Epsilon"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "value_class", "value": "5", "reason": "x"}, "The class is 1, 2, 3 or 4."),
        ({"kind": "value_class", "reason": "x"}, "Give the number."),
        ({"kind": "symptom_score", "value": "60", "reason": "x"}, "Say how many people rated."),
        ({"kind": "rescue_plan", "reason": "x"}, "Give the deadline; without one a rescue never ends."),
        ({"kind": "nonsense", "reason": "x"}, "Select a valid choice."),
    ],
)
def test_a_fact_that_says_too_little_is_refused(client: Client, fields: dict[str, str], sentence: str) -> None:
    account = build.account()
    answer = signed_in(client, "product_lead").post(
        reverse("review_fact_create", args=[account.pk]), {"on": "2026-01-01", **fields}
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ReviewFact.objects.exists()


def test_a_class_set_by_a_person_counts_in_the_next_run(client: Client) -> None:
    made = money_cast.accounts()
    answer = signed_in(client, "product_lead").post(
        reverse("review_fact_create", args=[made["Zeta"].pk]),
        {"kind": "value_class", "value": "4", "on": "2026-01-01", "reason": "Uses it as a message bus."},
    )
    assert answer.status_code == 303
    money_cast.run()
    verdict = Flag.objects.get(account=made["Zeta"]).verdict
    misfit = next(test for test in verdict["tests"] if test["code"] == "misfit")
    assert misfit["outcome"] == "yes"
