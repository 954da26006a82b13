"""Search and the typeahead boxes: every script, only visible rows, customers first, at most so many."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pmcrm.people.models import User
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client: Client) -> User:
    person = build.user("product_lead", name="Ravi Kapoor")
    client.force_login(person)
    return person


def labels(client: Client, name: str, **asked: Any) -> list[str]:
    answer = client.get(reverse(name), asked)
    assert answer.status_code == 200
    return [row["label"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ostlund", ["Östlund Färg"]),
        ("FÄRG", ["Östlund Färg"]),
        ("компания", ["Компания Север"]),
        ("有限公司", ["上海有限公司"]),
        ("N-7", ["Östlund Färg"]),
        ("ostlnd farg", ["Östlund Färg"]),
        ("100%", []),
        ("_", []),
    ],
)
def test_accounts_are_found_by_part_of_the_name_in_any_script(
    client: Client, lead: User, text: str, found: list[str]
) -> None:
    build.account(name="Östlund Färg", ref="n-77")
    build.account(name="Компания Север", ref="R1")
    build.account(name="上海有限公司", ref="C1")

    assert labels(client, "account_options", q=text) == found


def test_customers_come_before_suppliers_and_the_very_name_first(client: Client, lead: User) -> None:
    build.account(name="Nord Alpha", party="supplier")
    build.account(name="Nord Beta")
    build.account(name="Der Nord")
    build.account(name="Nord", party="supplier")

    assert labels(client, "account_options", q="nord") == ["Nord", "Nord Beta", "Der Nord", "Nord Alpha"]


@pytest.mark.parametrize("text", ["kari", "LUND", "kari@", "345678", "22 34 56", "022 34", "Lnud Kari"])
def test_contacts_are_found_by_name_mail_and_digits(client: Client, lead: User, text: str) -> None:
    account = build.account(name="Halden")
    build.contact(account=account, name="Kari Lund", email="kari@halden.no", phone="+4722345678", job_title="CFO")
    build.contact(account=account, name="Other", phone="+4790000000")

    assert labels(client, "contact_options", q=text) == ["Kari Lund"]


def test_contact_options_keep_to_the_account(client: Client, lead: User) -> None:
    a, b = build.account(), build.account()
    build.contact(account=a, name="At A")
    build.contact(account=b, name="At B")
    build.contact(account=a, name="Gone", is_active=False)

    assert labels(client, "contact_options", account=a.pk) == ["At A"]
    assert labels(client, "contact_options", account=[a.pk, b.pk]) == ["At A", "At B"]
    assert labels(client, "contact_options", account="x") == ["At A", "At B"]


def test_options_hold_ten_at_most(client: Client, lead: User) -> None:
    for number in range(12):
        build.account(name=f"Nord {number:02}")

    assert len(labels(client, "account_options", q="nord")) == 10
    assert len(labels(client, "account_options")) == 10


def test_only_visible_rows_are_offered(client: Client) -> None:
    person = build.user("sales_owner")
    own, foreign = build.account(name="Nord own", relationship_owner=person), build.account(name="Nord foreign")
    build.contact(account=own, name="Kari own")
    build.contact(account=foreign, name="Kari foreign")
    client.force_login(person)

    assert labels(client, "account_options", q="nord") == ["Nord own"]
    assert labels(client, "contact_options", q="kari") == ["Kari own"]
    html = client.get(reverse("search"), {"q": "foreign"}).content.decode()
    assert "Nord foreign" not in html
    assert "Kari foreign" not in html


def test_writable_options_are_those_one_may_change(client: Client) -> None:
    person = build.user("product_manager")
    build.account(name="Mine", product_manager=person)
    build.account(name="Foreign")
    client.force_login(person)

    assert labels(client, "account_options") == ["Foreign", "Mine"]
    assert labels(client, "account_options", writable="1") == ["Mine"]


def test_people_are_offered_while_they_are_here(client: Client, lead: User) -> None:
    build.user("finance", name="Gone Kapoor", is_active=False)

    assert labels(client, "person_options", q="kapoor") == ["Ravi Kapoor"]


def test_the_palette_gets_hits_by_kind_and_the_page_the_same(client: Client, lead: User) -> None:
    account = build.account(name="<b>Halden</b>")
    contact = build.contact(account=account, name="Kari of Halden")

    piece = client.get(reverse("search"), {"q": "halden"}, headers={"HX-Request": "true"}).content.decode()
    whole = client.get(reverse("search"), {"q": "halden"}).content.decode()

    for html in (piece, whole):
        assert f'href="/accounts/{account.pk}/"' in html
        assert f'href="/contacts/{contact.pk}/"' in html
        assert "&lt;b&gt;Halden&lt;/b&gt;" in html
    assert piece.count('role="option"') == 2
    assert "<!doctype html>" in whole


@pytest.mark.parametrize("text", ["", " ", "\x00", "%", "'", '"', "\\", "x" * 5000, "💩", "(", "\u202e"])
@pytest.mark.parametrize("name", ["search", "account_options", "contact_options", "person_options"])
def test_no_text_breaks_it(client: Client, lead: User, name: str, text: str) -> None:
    assert client.get(reverse(name), {"q": text}).status_code == 200
