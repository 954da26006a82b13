from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from segmentation.models import ProfitRun
from tests import build
from tests.segmentation import money_cast

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(client: Client, *roles: str) -> Client:
    client.force_login(build.user(*roles), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_without_a_ledger_the_page_says_what_to_bring_in(client: Client) -> None:
    answer = signed_in(client, "executive").get(reverse("profit_curve"))
    assert answer.status_code == 200
    assert "No ledger yet" in answer.content.decode()


def test_the_figures_of_the_newest_run_lead_the_page(client: Client) -> None:
    money_cast.accounts()
    money_cast.run()
    answer = signed_in(client, "executive").get(reverse("profit_curve"))
    page = answer.content.decode()
    assert answer.context["figures"].total == 350
    assert answer.context["figures"].peak == 600
    assert answer.context["figures"].hidden_loss == 250
    for shown in ("350", "600", "−250", "earned by the first 3", "Fewer than ten accounts", "Zeta"):
        assert shown.lower() in page.lower(), shown


def test_the_table_beside_the_chart_has_the_points_of_the_curve(client: Client) -> None:
    money_cast.accounts()
    money_cast.run()
    steps = signed_in(client, "executive").get(reverse("profit_curve")).context["steps"]
    assert [(step["position"], step["cumulative"]) for step in steps] == [
        (0, 0),
        (1, 400),
        (2, 550),
        (3, 600),
        (4, 600),
        (5, 550),
        (6, 350),
    ]


def test_flags_are_not_in_the_markup_of_those_who_may_not_see_them(client: Client) -> None:
    money_cast.accounts()
    money_cast.run()
    lead = signed_in(client, "product_lead").get(reverse("profit_curve")).content.decode()
    executive = signed_in(Client(), "executive").get(reverse("profit_curve")).content.decode()
    assert "Watch" in lead
    assert "Watch" not in executive


def test_a_sales_owner_sees_no_curve(client: Client) -> None:
    assert signed_in(client, "sales_owner").get(reverse("profit_curve")).status_code == 403


def test_asking_again_with_unchanged_data_opens_the_run_that_is_there(client: Client) -> None:
    money_cast.accounts()
    run = money_cast.run()
    answer = signed_in(client, "finance").post(
        reverse("profit_run_create"), {"from_month": "2025-01", "to_month": "2025-12"}
    )
    assert answer.status_code == 303
    assert answer["Location"] == f"{reverse('profit_curve')}?run={run.pk}"
    assert ProfitRun.objects.count() == 1


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        ({"from_month": "2025-12", "to_month": "2025-01"}, "The last month lies before the first one."),
        ({"from_month": "last spring", "to_month": "2025-01"}, "Give a month as year and month, for example 2026-01."),
        ({"from_month": "2999-01", "to_month": "2999-02"}, "No month of this window is closed."),
    ],
)
def test_a_window_that_cannot_be_is_refused_in_words(client: Client, window: dict[str, str], sentence: str) -> None:
    answer = signed_in(client, "product_lead").post(reverse("profit_run_create"), window)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ProfitRun.objects.exists()


def test_a_product_manager_may_not_start_a_run(client: Client) -> None:
    answer = signed_in(client, "product_manager").post(
        reverse("profit_run_create"), {"from_month": "2025-01", "to_month": "2025-12"}
    )
    assert answer.status_code == 403
    assert not ProfitRun.objects.exists()


def test_a_stretch_of_the_curve_opens_its_accounts(client: Client) -> None:
    money_cast.accounts()
    run = money_cast.run()
    address = reverse("curve_accounts", args=[run.pk])
    answer = signed_in(client, "executive").get(f"{address}?from=2&to=4")
    assert [row.name for row, _flag in answer.context["rows"]] == ["Beta", "Gamma", "Delta"]
    worst = client.get(f"{address}?from=5&to=99999999")
    assert [row.name for row, _flag in worst.context["rows"]] == ["Epsilon", "Zeta"]


@pytest.mark.parametrize("query", ["from=x&to=y", "from=-3", "to=0", "at=99999999999999999999", "from=٣"])
def test_an_address_that_is_no_place_still_opens_the_curve(client: Client, query: str) -> None:
    money_cast.accounts()
    run = money_cast.run()
    answer = signed_in(client, "executive").get(f"{reverse('curve_accounts', args=[run.pk])}?{query}")
    assert answer.status_code == 200


def test_the_page_asks_the_database_the_same_few_times_for_few_and_many_accounts(
    client: Client, django_assert_max_num_queries: object
) -> None:
    money_cast.accounts()
    money_cast.run()
    signed_in(client, "product_lead").get(reverse("profit_curve"))
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # pytest-django's fixture
        client.get(reverse("profit_curve"))
