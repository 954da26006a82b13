"""The picture of balance: four zones, whose accounts, its table and its pages."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.engagement import Engagement
from accounts.models import Account, AccountFigures
from accounts.services.limits import engagement
from pmcrm.people.models import Organisation, User
from tests import build
from touchpoints import chart
from touchpoints.chart import Zone
from touchpoints.models.balance import in_cell, in_heaps, in_zone, with_balance
from touchpoints.services.balance import balance_of, keep_picture
from touchpoints.services.figures import refresh_contact_figures

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Ada")


def four(manager: User) -> dict[Zone, Account]:
    """One account in each zone: talked with 20 or 45 days ago with a cadence of 30, and with little or much load."""
    made = {}
    for zone, days, mails in (
        (Zone.HEALTHY, 20, 0),
        (Zone.NEGLECTED, 45, 0),
        (Zone.CROWDED, 20, 1),
        (Zone.BOTH, 45, 1),
    ):
        account = build.account(
            name=zone.value, tier="A", product_manager=manager, distance_class="same_city", state="customer"
        )
        build.interaction(account, author=manager, at=NOW - dt.timedelta(days=days), kind="meeting", minutes=30)
        if mails:
            # Fifty mails to all of them within a day: much contact, and nobody answered.
            for _number in range(50):
                build.interaction(account, author=manager, at=NOW, kind="mail", minutes=0)
        made[zone] = account
    refresh_contact_figures()
    return made


def test_four_prepared_accounts_land_in_four_zones(client: Client, manager: User) -> None:
    with time_machine.travel(NOW, tick=False):
        accounts = four(manager)
        found = balance_of(Account.objects.own_of(manager))
        assert found.zones == dict.fromkeys(Zone, 1)
        assert {spot.account: spot.zone for spot in found.spots} == {one: zone for zone, one in accounts.items()}
        spots = {spot.zone: spot for spot in found.spots}
        crowded = spots[Zone.CROWDED].account
        assert crowded is not None
        # 50 x 0.1 + 2^(-20/14), and 20 of 30 days.
        assert (round(crowded.load, 4), round(crowded.silence, 4)) == (5.3715, 0.6667)  # type: ignore[attr-defined]  # annotated
        assert (spots[Zone.CROWDED].point.x, spots[Zone.BOTH].point.x) == (22.22, 50.0)
        client.force_login(manager)
        for zone, account in accounts.items():
            page = client.get(reverse("contact_balance"), {"zone": zone.value})
            assert [row.pk for row in page.context["listed"].rows] == [account.pk]
            markup = page.content.decode()
            assert markup.count("data-point") == 4
            assert markup.count(f'href="{account.get_absolute_url()}"') == 2


def test_the_zones_follow_time_without_being_written_anew(manager: User) -> None:
    with time_machine.travel(NOW, tick=False):
        accounts = four(manager)
    limits, later = Engagement(), NOW + dt.timedelta(days=14)
    own = Account.objects.own_of(manager)
    assert {zone: set(in_zone(own, zone, later, limits)) for zone in Zone} == {
        Zone.NEGLECTED: set(accounts.values()),
        Zone.HEALTHY: set(),
        Zone.CROWDED: set(),
        Zone.BOTH: set(),
    }
    loads = {row.pk: round(row.load, 4) for row in with_balance(own, later, limits)}
    assert loads[accounts[Zone.CROWDED].pk] == 2.6857


def test_limits_of_a_tier_move_its_accounts_only(manager: User) -> None:
    with time_machine.travel(NOW, tick=False):
        accounts = four(manager)
        Account.objects.filter(pk=accounts[Zone.CROWDED].pk).update(tier="C")
        organisation = Organisation.current()
        organisation.thresholds |= {"engagement_amber_c": "6"}
        organisation.save()
        found = balance_of(Account.objects.own_of(manager))
    assert found.zones == {Zone.NEGLECTED: 1, Zone.HEALTHY: 2, Zone.CROWDED: 0, Zone.BOTH: 1}


def test_a_manager_begins_with_own_accounts_a_lead_with_all_and_sales_sees_its_own(
    client: Client, manager: User
) -> None:
    with time_machine.travel(NOW, tick=False):
        four(manager)
        build.account(name="elsewhere", relationship_owner=(owner := build.user("sales_owner")))
        build.account(name="a suspect", state="suspect", product_manager=manager)
        for person, whose, number in (
            (manager, "", 4),
            (manager, "all", 5),
            (build.user("product_lead"), "", 5),
            (build.user("product_lead"), "mine", 0),
            (owner, "all", 1),
        ):
            client.force_login(person)
            page = client.get(reverse("contact_balance"), {"whose": whose} if whose else {})
            assert (page.status_code, page.context["found"].number) == (200, number)


def test_many_accounts_are_drawn_in_heaps_that_open_theirs(client: Client, manager: User) -> None:
    Account.objects.bulk_create(
        Account(ref=f"M-{number}", name=f"Many {number}", kind="external", tier="A", product_manager=manager)
        for number in range(410)
    )
    figures = AccountFigures.objects.filter(account__ref__startswith="M-")
    figures.update(silent_from=NOW - dt.timedelta(days=3))
    figures.filter(account__ref="M-7").update(load_is_one_at=NOW + dt.timedelta(days=28))
    with time_machine.travel(NOW, tick=False):
        found = balance_of(Account.objects.own_of(manager))
        # 33 of 30 days; a load of 4 of 6.
        assert [(spot.cell, spot.point.number, spot.zone) for spot in found.spots] == [
            ("4-0", 409, Zone.NEGLECTED),
            ("4-2", 1, Zone.BOTH),
        ]
        client.force_login(manager)
        page = client.get(reverse("contact_balance"), {"cell": "4-2"})
        assert [row.ref for row in page.context["listed"].rows] == ["M-7"]
        for wrong in ("x", "4", "4-", "-1-2", "99999999-1"):
            assert client.get(reverse("contact_balance"), {"cell": wrong}).status_code == 200
        first = client.get(reverse("contact_balance"), {"zone": "neglected"})
        assert len(first.context["listed"].rows) == 25
        second = client.get(first.context["listed"].next_url)
        refs = {row.ref for page in (first, second) for row in page.context["listed"].rows}
        assert len(refs) == 50


def test_it_asks_few_questions_however_many_accounts(client: Client, manager: User) -> None:
    client.force_login(manager)
    counts = []
    with time_machine.travel(NOW, tick=False):
        for _round in range(2):
            four(manager)
            client.get(reverse("contact_balance"))
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse("contact_balance"))
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_the_picture_of_many_is_kept_for_everybody(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("touchpoints.services.balance.KEPT_FROM", 4)
    lead = build.user("product_lead")
    client.force_login(lead)
    with time_machine.travel(NOW, tick=False):
        accounts = four(lead)
        first = client.get(reverse("contact_balance"))
        assert (first.context["found"].number, first.context["found"].drawn_at) == (4, None)
    later = NOW + dt.timedelta(minutes=4)
    with time_machine.travel(later, tick=False):
        accounts[Zone.NEGLECTED].state = "former"
        accounts[Zone.NEGLECTED].save()
        kept = client.get(reverse("contact_balance"), {"zone": "neglected"})
        assert (kept.context["found"].number, kept.context["found"].drawn_at) == (4, NOW)
        # The list below is of now, whatever the picture says.
        assert kept.context["listed"].rows == []
        mine = client.get(reverse("contact_balance"), {"whose": "mine"})
        assert (mine.context["found"].number, mine.context["found"].drawn_at) == (3, None)
        keep_picture()
        anew = client.get(reverse("contact_balance"))
        assert (anew.context["found"].number, anew.context["found"].drawn_at) == (3, None)
        # Other limits draw another picture.
        monkeypatch.setattr("touchpoints.services.balance.KEPT_FROM", 1)
        keep_picture()
        Organisation.objects.update(thresholds={"engagement_red": "9"})
        assert client.get(reverse("contact_balance")).context["found"].drawn_at is None


def test_each_cell_lists_as_many_accounts_as_its_point_stands_for(manager: User) -> None:
    with time_machine.travel(NOW, tick=False):
        four(manager)
        for state, tier in (
            ("customer", "B"),
            ("customer", "C"),
            ("customer", ""),
            ("exiting", ""),
            ("in_sales_cycle", ""),
        ):
            for days in (0, 3, 9, 20, 40, 70, 100, 200, 700):
                account = build.account(tier=tier, state=state, product_manager=manager)
                AccountFigures.objects.filter(account=account).update(last_two_way_at=NOW - dt.timedelta(days=days))
        mine, limits = Account.objects.own_of(manager), engagement()
        heaps = list(in_heaps(mine, NOW, limits))
        cells: Counter[tuple[int, int]] = Counter()
        for heap in heaps:
            cells[int(heap["column"]), int(heap["row"])] += heap["number"]
        assert sum(cells.values()) == 49
        assert {cell: in_cell(mine, *cell, NOW, limits).count() for cell in cells} == dict(cells)


def test_points_grow_with_what_they_stand_for() -> None:
    assert [chart.heap(0, 0, 6.0, number).radius for number in (1, 8, 100_000)] == [5.0, 8.0, 18.0]
    assert (chart.point(9.0, 99.0, 6.0).x, chart.point(9.0, 99.0, 6.0).y) == (100.0, 0.0)


def test_a_red_load_suppresses_due_with_a_note(client: Client, manager: User) -> None:
    """Tier A, silent for 31 days with a cadence of 30: due, but for the one that has much contact."""
    with time_machine.travel(NOW, tick=False):
        for name, mails in (("Calm", 0), ("Crowded", 90)):
            account = build.account(name=name, tier="A", product_manager=manager, state="customer")
            at = NOW - dt.timedelta(days=31)
            build.interaction(account, author=manager, at=at, kind="meeting", minutes=30)
            for _number in range(mails):
                build.interaction(account, author=manager, at=NOW, kind="mail", minutes=0)
        refresh_contact_figures()
        client.force_login(manager)
        page = client.get(reverse("silent_list")).content.decode()
        assert page.count("crowded, load 9.2: not due, send a document or wait until 19 Mar") == 1
        rows = {row.name: row.is_red for row in client.get(reverse("silent_list")).context["found"].rows}
        assert rows == {"Calm": False, "Crowded": True}
        assert "Crowded, load 9.2: not due before 19 Mar" in client.get(reverse("my_day")).content.decode()
