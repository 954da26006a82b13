"""The list of accounts: rows by role, filters, sorting, paging, search, export."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account
from accounts.services.custom_fields import create_field
from accounts.services.figures import publish_figures
from tests import build

pytestmark = pytest.mark.django_db


def names(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', html)


def listed(client: Client, **asked: Any) -> list[str]:
    answer = client.get(reverse("account_list"), asked)
    assert answer.status_code == 200
    return names(answer.content.decode())


def exported(client: Client, **asked: Any) -> str:
    """Every field of the list as CSV."""
    form = {"holds": "everything", "format": "csv", **asked}
    answer: Any = client.post(reverse("list_export", args=["accounts"]), form)
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def figures(account: Account, contribution: str | None, **more: Any) -> None:
    row = {"account_id": account.pk, "contribution_12m": contribution and Decimal(contribution), **more}
    publish_figures([row], columns=set(row) - {"account_id"})


@pytest.fixture
def lead(client: Client) -> Client:
    client.force_login(build.user("product_lead"))
    return client


def test_customers_come_first_and_other_parties_on_asking(lead: Client) -> None:
    build.account(name="Bering AS")
    build.account(name="Ärger GmbH")
    build.account(name="Supply Co", party="supplier")
    build.account(name="Support", kind="internal")

    assert listed(lead) == ["Ärger GmbH", "Bering AS"]
    assert listed(lead, who="internal") == ["Support"]
    assert listed(lead, who="partners") == ["Supply Co"]
    assert listed(lead, party="supplier") == ["Supply Co"]
    assert listed(lead, who="all") == ["Ärger GmbH", "Bering AS", "Supply Co", "Support"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "prospect"}, ["Ost"]),
        ({"state": ["prospect", "customer"]}, ["Nord", "Ost", "West"]),
        ({"tier": "A"}, ["West"]),
        ({"tier": "none"}, ["Nord", "Ost"]),
        ({"country": "NO"}, ["Nord"]),
        ({"industry": "Shipping"}, ["West"]),
        ({"owner": "mine"}, ["Nord"]),
        ({"owner": "none"}, ["Ost", "West"]),
        ({"q": "ORD"}, ["Nord"]),
        ({"q": "w-7"}, ["West"]),
        ({"q": "nothing like it"}, []),
    ],
)
def test_filters_narrow_the_list(client: Client, asked: dict[str, Any], found: list[str]) -> None:
    person = build.user("product_lead", "sales_vp")
    client.force_login(person)
    build.account(name="Nord", country="NO", relationship_owner=person)
    build.account(name="Ost", state="prospect")
    build.account(name="West", ref="W-77", tier="A", industry="Shipping")

    assert listed(client, **asked) == found


@pytest.mark.parametrize("text", ["компания", "КОМП", "有限", "限公"])
def test_search_finds_every_script(lead: Client, text: str) -> None:
    build.account(name="Компания 上海有限公司")
    build.account(name="Other")

    assert listed(lead, q=text) == ["Компания 上海有限公司"]


def test_sorting_by_contribution_puts_accounts_without_figures_last_in_both_directions(lead: Client) -> None:
    for name, contribution in [("Middle", "10"), ("Worst", "-5"), ("Best", "20")]:
        figures(build.account(name=name), contribution)
    build.account(name="Unknown")

    assert listed(lead, sort="-contribution") == ["Best", "Middle", "Worst", "Unknown"]
    assert listed(lead, sort="contribution") == ["Worst", "Middle", "Best", "Unknown"]


def test_pages_lead_to_the_last_and_back(lead: Client) -> None:
    Account.objects.bulk_create(Account(ref=f"R{n:03}", name=f"Account {n:03}", kind="external") for n in range(120))

    def rel(html: str, word: str) -> str:
        found = re.search(rf'href="([^"]*)"(?=[^>]*{word})', html)
        assert found, word
        return found.group(1).replace("&amp;", "&")

    first = lead.get(reverse("account_list")).content.decode()
    last = lead.get(rel(first, 'aria-label="Last page"')).content.decode()
    before = lead.get(rel(last, 'rel="prev"')).content.decode()
    after = lead.get(rel(before, 'rel="next"')).content.decode()

    assert names(first)[0] == "Account 000"
    assert (names(last)[0], names(last)[-1], len(names(last))) == ("Account 070", "Account 119", 50)
    assert (names(before)[0], names(before)[-1]) == ("Account 020", "Account 069")
    assert names(after) == names(last)
    assert "120 accounts" in first


def test_a_cursor_of_another_list_starts_from_the_beginning(lead: Client) -> None:
    build.account(name="Only")

    answer = lead.get(reverse("account_list"), {"cursor": "bm9uc2Vuc2U", "sort": "-contribution"})

    assert answer.status_code == 200
    assert names(answer.content.decode()) == ["Only"]
    assert "starts from the beginning" in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "state=nowhere",
        "sort=password",
        "owner=99999999999999999999",
        "owner=-",
        "q=%00",
        "q=" + "x" * 300,
        "tier=Z",
        "country=%F0%9F%92%A9",
        "who=everyone",
        "cursor=%00",
        "cursor=WzEsMl0",
        "party='",
    ],
)
def test_bad_input_is_named_and_never_breaks_the_page(lead: Client, query: str) -> None:
    build.account(name="Still here")

    answer = lead.get(f"{reverse('account_list')}?{query}")

    assert answer.status_code == 200
    assert names(answer.content.decode()) == ["Still here"]


def test_a_sales_owner_sees_own_and_assigned_accounts_only(client: Client) -> None:
    person = build.user("sales_owner")
    build.account(name="Own", relationship_owner=person)
    build.account(name="Assigned").team.add(person)
    build.account(name="Foreign")
    client.force_login(person)

    assert listed(client) == ["Assigned", "Own"]


def test_a_department_member_sees_what_the_department_serves(client: Client) -> None:
    support = build.department(name="Support", pool="support")
    inside = build.account(name="Support team", kind="internal", department=support)
    served = build.account(name="Served")
    inside.serves.add(served)
    build.account(name="Foreign")
    client.force_login(build.user("department_member", department=support))

    assert listed(client, who="all") == ["Served", "Support team"]


@pytest.mark.parametrize(
    ("role", "own", "foreign"),
    [
        ("product_lead", True, True),
        ("product_manager", True, True),
        ("sales_vp", True, True),
        ("finance", True, True),
        ("executive", True, True),
        ("sales_owner", True, False),
        ("department_member", False, False),
        ("administrator", False, False),
    ],
)
def test_money_is_absent_where_the_role_does_not_carry_it(client: Client, role: str, own: bool, foreign: bool) -> None:
    person = build.user(role)
    mine = build.account(name="Own", relationship_owner=person)
    other = build.account(name="Foreign")
    other.team.add(person)
    figures(mine, "-6626")
    figures(other, "48210")
    client.force_login(person)

    for html in (client.get(reverse("account_list")).content.decode(), exported(client)):
        assert "Own" in html
        assert "Foreign" in html
        assert ("6,626" in html or "-6626" in html) is own
        assert ("48,210" in html or "48210" in html) is foreign


def test_nobody_without_every_figure_sorts_by_money(client: Client) -> None:
    person = build.user("sales_owner")
    client.force_login(person)
    build.account(name="B", relationship_owner=person)
    build.account(name="A", relationship_owner=person)

    assert listed(client, sort="-contribution") == ["A", "B"]


def test_names_are_inert(lead: Client) -> None:
    build.account(name='<script>alert("x")</script> & Söhne')

    html = lead.get(reverse("account_list")).content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; Söhne" in html


def test_export_neutralises_formulas_and_names_each_row(lead: Client) -> None:
    account = build.account(name='=HYPERLINK("http://evil")', ref="+1")

    rows = list(csv.DictReader(io.StringIO(exported(lead))))

    assert rows[0]["pmcrm_id"] == str(account.pk)
    assert rows[0]["ref"] == "'+1"
    assert rows[0]["name"] == '\'=HYPERLINK("http://evil")'


@pytest.mark.parametrize("size", [10, 100])
def test_the_page_asks_the_same_few_queries_for_10_rows_as_for_100(
    lead: Client, size: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    owner = build.user("sales_owner")
    for number in range(size):
        build.account(name=f"Account {number}", relationship_owner=owner, country="NO")
    lead.get(reverse("account_list"))

    with django_assert_max_num_queries(3):
        lead.get(reverse("account_list"))


def test_htmx_gets_the_list_alone_and_the_address_to_show(lead: Client) -> None:
    build.account(name="Nord")

    answer = lead.get(reverse("account_list"), {"q": "nor", "sort": ""}, headers={"HX-Request": "true"})

    assert answer.content.decode().lstrip().startswith('<section class="stack" id="accounts"')
    assert answer["HX-Push-Url"] == "/accounts/?q=nor"
    assert "HX-Request" in answer["Vary"]


def test_beyond_the_limit_the_number_of_accounts_is_an_estimate(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pmcrm.lists.pages.MOST_COUNTED", 5)
    Account.objects.bulk_create(Account(ref=f"R{n:03}", name=f"Account {n:03}", kind="external") for n in range(6))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_account")

    assert "about 6 accounts" in lead.get(reverse("account_list")).content.decode()


def test_fields_of_our_own_are_columns_filters_and_in_the_file(lead: Client) -> None:
    decider = build.user("product_lead")
    create_field(actor=decider, thing="account", label="Edition", type="choice", choices=["Basic", "Gold"])
    create_field(actor=decider, thing="account", label="On premises", type="yes_no")
    seats = create_field(actor=decider, thing="account", label="Seats", type="number")
    build.account(name="Nord", custom={"edition": "Gold", "on_premises": True, "seats": "1250.5"})
    build.account(name="Sued", custom={"edition": "Basic"})

    def shown(query: str) -> str:
        return lead.get(f"{reverse('account_list')}?{query}").content.decode()

    plain, wide = shown(""), shown("columns=custom_seats&columns=custom_edition")
    assert ("Nord" in plain, "Sued" in plain, "1,250.5" in plain) == (True, True, False)
    assert "1,250.5" in wide
    assert 'data-label="Edition"' in wide
    gold, on_premises, elsewhere = (
        shown("custom_edition=Gold"),
        shown("custom_on_premises=yes"),
        shown("custom_on_premises=no"),
    )
    assert ("Nord" in gold, "Sued" in gold) == (True, False)
    assert "Edition: Gold" in gold
    assert ("Nord" in on_premises, "Sued" in on_premises) == (True, False)
    assert ("Nord" in elsewhere, "Sued" in elsewhere) == (False, False)
    assert "Select a valid choice" in shown("custom_edition=Platinum")
    file = exported(lead)
    lines = file.splitlines()
    assert lines[0].endswith("custom_edition,custom_on_premises,custom_seats")
    assert lines[1].endswith("Gold,yes,1250.5")
    assert lines[2].endswith("Basic,,")

    lead.force_login(decider)
    lead.post(reverse("custom_field_retire", args=[seats.pk]))
    assert "1,250.5" not in shown("columns=custom_seats")
