from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from segmentation.models import HourEntry, LedgerLine
from tests import build
from tests.segmentation import money_cast
from tests.segmentation.test_profit_curve import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_ladder_goes_from_revenue_to_contribution_with_hours_at_their_rate(client: Client) -> None:
    made = money_cast.accounts()
    build.hours(pool=build.pool("support", rate="40"), account=made["Alpha"], hours="2.5", date=dt.date(2025, 6, 1))
    money_cast.run()
    answer = signed_in(client, "finance").get(reverse("account_profit", args=[made["Alpha"].pk]))
    row, ladder = answer.context["row"], answer.context["ladder"]
    assert (row.revenue, row.direct_cost, row.people_cost, row.contribution) == (900, 500, 100, 300)
    assert [(rung.category, rung.revenue, rung.cost, rung.lines) for rung in ladder.categories] == [
        ("Licences", 900, 500, 1)
    ]
    assert [(rung.pool, rung.hours, rung.cost, rung.rate) for rung in ladder.pools] == [("support", 2.5, 100, 40)]
    assert not ladder.has_newer_lines


def test_lines_that_came_after_the_run_are_named(client: Client) -> None:
    made = money_cast.accounts()
    money_cast.run()
    build.ledger_line(account=made["Alpha"], revenue="5", date=dt.date(2025, 7, 1))
    answer = signed_in(client, "finance").get(reverse("account_profit", args=[made["Alpha"].pk]))
    assert answer.context["ladder"].has_newer_lines
    assert "Ledger lines have come in since this run" in answer.content.decode()


def test_a_sales_owner_sees_the_contribution_of_own_accounts_but_no_line(client: Client) -> None:
    owner = build.user("sales_owner")
    made = money_cast.accounts(relationship_owner=owner)
    other = build.account(name="Of somebody else")
    money_cast.run()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(reverse("account_profit", args=[made["Alpha"].pk]))
    assert answer.context["row"].contribution == 400
    assert "lines" not in answer.context
    assert client.get(reverse("account_profit", args=[other.pk])).status_code == 404


def test_a_product_manager_opens_lines_of_own_accounts_only(client: Client) -> None:
    manager = build.user("product_manager")
    made = money_cast.accounts()
    made["Alpha"].product_manager = manager
    made["Alpha"].save()
    client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert len(client.get(reverse("account_profit", args=[made["Alpha"].pk])).context["lines"]) == 2
    assert "lines" not in client.get(reverse("account_profit", args=[made["Beta"].pk])).context


def test_department_and_administrator_get_no_money_at_all(client: Client) -> None:
    made = money_cast.accounts()
    for role in ("department_member", "administrator"):
        answer = signed_in(client, role).get(reverse("account_profit", args=[made["Alpha"].pk]))
        assert answer.status_code == 403


def test_hours_by_hand_count_for_the_account(client: Client) -> None:
    made = money_cast.accounts()
    build.pool("engineering")
    answer = signed_in(client, "product_lead").post(
        reverse("hour_entry_create", args=[made["Alpha"].pk]),
        {"pool": "engineering", "date": "2025-06-03", "hours": "1.5", "note": "Workshop"},
    )
    assert answer.status_code == 303
    entry = HourEntry.objects.get()
    assert (entry.account, entry.hours, entry.pool_id) == (made["Alpha"], 1.5, "engineering")


@pytest.mark.parametrize(
    ("hours", "date", "sentence"),
    [
        ("0", "2025-06-03", "above zero"),
        ("many", "2025-06-03", "Enter a number."),
        ("1", "2999-01-01", "These hours lie in the future"),
        ("1", "31/31/2025", "Enter a valid date."),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(client: Client, hours: str, date: str, sentence: str) -> None:
    made = money_cast.accounts()
    build.pool("engineering")
    answer = signed_in(client, "product_lead").post(
        reverse("hour_entry_create", args=[made["Alpha"].pk]), {"pool": "engineering", "date": date, "hours": hours}
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not HourEntry.objects.exists()


def test_lines_are_paged_without_a_gap(client: Client) -> None:
    account = build.account()
    for number in range(55):
        build.ledger_line(account=account, revenue=str(number), line_ref=f"L{number}", source="s")
    first = signed_in(client, "finance").get(reverse("account_profit", args=[account.pk]))
    second = client.get(first.context["next"])
    seen = [line.pk for line in [*first.context["lines"], *second.context["lines"]]]
    assert seen == list(LedgerLine.objects.order_by("-date", "-id").values_list("pk", flat=True))
    assert second.context["next"] == ""
