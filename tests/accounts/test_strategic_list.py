"""The strategic list: ranks, reasons, the cap."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account, StrategicEntry
from accounts.services.strategic import (
    add_to_strategic_list,
    edit_strategic_entry,
    move_strategic_entry,
    remove_from_strategic_list,
)
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def vp() -> User:
    return build.user("sales_vp")


def soon() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=90)


def put(actor: User, account: Account, **more: Any) -> StrategicEntry:
    usual: dict[str, Any] = {"reason": "Lighthouse", "sponsor": actor, "review_by": soon()}
    more = usual | {"over_cap_reason": "agreed"} | more
    return add_to_strategic_list(actor=actor, account=account, **more)


def ranks() -> list[tuple[int, str]]:
    return list(StrategicEntry.objects.order_by("rank").values_list("rank", "account__name"))


def test_with_a_cap_of_a_tenth_and_twenty_accounts_the_third_needs_a_reason(vp: User) -> None:
    accounts = [build.account() for _ in range(20)]
    put(vp, accounts[0], over_cap_reason="")
    put(vp, accounts[1], over_cap_reason="")

    with pytest.raises(RuleViolation, match=r"more than the 10 % of accounts") as refusal:
        put(vp, accounts[2], over_cap_reason=" ")
    assert refusal.value.fields.keys() == {"over_cap_reason"}
    assert StrategicEntry.objects.count() == 2

    put(vp, accounts[2], over_cap_reason="The board decided so")
    assert TrailEntry.objects.latest("id").data["over_cap_reason"] == "The board decided so"


def test_ranks_stay_unique_and_without_gaps(vp: User) -> None:
    a, b, c, d = (put(vp, build.account(name=name)) for name in "ABCD")

    move_strategic_entry(actor=vp, entry=d, rank=1)
    assert ranks() == [(1, "D"), (2, "A"), (3, "B"), (4, "C")]
    edit_strategic_entry(actor=vp, entry=a, reason="Still", sponsor=vp, review_by=soon(), rank=99)
    assert ranks() == [(1, "D"), (2, "B"), (3, "C"), (4, "A")]
    remove_from_strategic_list(actor=vp, entry=b, reason="Sold")
    assert ranks() == [(1, "D"), (2, "C"), (3, "A")]
    put(vp, build.account(name="E"), rank=2)
    assert ranks() == [(1, "D"), (2, "E"), (3, "C"), (4, "A")]
    move_strategic_entry(actor=vp, entry=c, rank=-5)
    assert ranks() == [(1, "C"), (2, "D"), (3, "E"), (4, "A")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"reason": " "}, "reason"), ({"review_by": dt.date(2020, 1, 1)}, "review_by")],
)
def test_an_entry_needs_a_reason_and_a_review_to_come(vp: User, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        put(vp, build.account(), **wrong)

    assert refusal.value.fields.keys() == {field}
    assert not StrategicEntry.objects.exists()


def test_an_account_is_on_the_list_once_and_from_outside(vp: User) -> None:
    account = build.account()
    put(vp, account)

    for refused in (account, build.account(kind="internal")):
        with pytest.raises(RuleViolation):
            put(vp, refused)
    assert StrategicEntry.objects.count() == 1


@pytest.mark.parametrize("role", ["product_manager", "executive", "sales_owner"])
def test_only_leads_and_the_vp_write_it(vp: User, role: str) -> None:
    with pytest.raises(RuleViolation):
        put(build.user(role), build.account())

    assert not StrategicEntry.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("product_manager", 200),
        ("product_lead", 200),
        ("sales_vp", 200),
        ("executive", 200),
        ("sales_owner", 403),
        ("finance", 403),
        ("department_member", 403),
        ("administrator", 403),
    ],
)
def test_who_reads_it(client: Client, role: str, status: int) -> None:
    client.force_login(build.user(role))

    assert client.get(reverse("strategic_list")).status_code == status


def test_the_page_shows_promises_and_due_reviews(client: Client, vp: User) -> None:
    account = build.account(name="Nord & Co")
    entry = put(vp, account)
    StrategicEntry.objects.filter(pk=entry.pk).update(review_by=timezone.localdate())
    build.promise(account=account, owner=vp, due_on=dt.date(2020, 1, 1))
    build.promise(account=account, owner=vp, due_on=soon())
    build.promise(account=account, owner=vp, state="kept")
    client.force_login(vp)

    text = re.sub(r"<[^>]+>|\s+", " ", client.get(reverse("strategic_list")).content.decode())

    assert "Nord &amp; Co" in text
    assert re.search(r"2 open\s*, +1 late", text)
    assert "1 review is due" in text


def test_the_forms_work_in_a_browser_without_scripts(client: Client, vp: User) -> None:
    a, b = build.account(name="A"), build.account(name="B")
    client.force_login(vp)
    body = {"reason": "Lighthouse", "sponsor": vp.pk, "review_by": soon().isoformat(), "over_cap_reason": "agreed"}
    for account in (a, b):
        assert client.post(reverse("strategic_add"), body | {"account": account.pk}).status_code == 303
    entry = StrategicEntry.objects.get(account=b)

    assert client.post(reverse("strategic_move", args=[entry.pk]), {"to": "up"}).status_code == 303
    assert ranks() == [(1, "B"), (2, "A")]
    assert client.post(reverse("strategic_edit", args=[entry.pk]), body | {"rank": "2"}).status_code == 303
    assert client.post(reverse("strategic_remove", args=[entry.pk]), {"reason": ""}).status_code == 422
    assert client.post(reverse("strategic_remove", args=[entry.pk]), {"reason": "Sold"}).status_code == 303
    assert ranks() == [(1, "A")]


@pytest.mark.parametrize("size", [2, 20])
def test_the_page_asks_the_same_few_queries(
    client: Client, vp: User, size: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(size):
        build.promise(account=put(vp, build.account()).account, owner=vp)
    client.force_login(vp)
    client.get(reverse("strategic_list"))

    with django_assert_max_num_queries(6):
        client.get(reverse("strategic_list"))
