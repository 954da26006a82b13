"""Search and the typeahead boxes: every script, only visible rows, customers first, at most so many."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account, Contact
from accounts.services.matching import ACCOUNT, write_keys
from pmcrm.files.models import Attachment
from pmcrm.lists.search import search
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Interaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client: Client) -> User:
    person = build.user("product_lead", name="Ravi Kapoor")
    client.force_login(person)
    return person


def file_called(name: str, account: Account, person: User) -> Attachment:
    return Attachment.objects.create(
        name=name, account=account, uploaded_by=person, media_type="application/pdf", size=1
    )


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("farg ostlund", ["Östlund Färg"]),
        ("限公", ["上海有限公司"]),
        ("海有限", ["上海有限公司"]),
        ("司", ["上海有限公司"]),
        ("се", ["Компания Север"]),
        ("kompaniya sever", ["Компания Север"]),
        ("0 22 34-56", ["Östlund Färg"]),
        ("+47 (0) 2234 5678", ["Östlund Färg"]),
        ("x" * 200, []),
        ("’", []),
    ],
)
def test_words_in_any_order_pieces_other_scripts_and_numbers(
    client: Client, lead: User, text: str, found: list[str]
) -> None:
    build.account(name="Östlund Färg", ref="n-77", phone="+4722345678")
    build.account(name="Компания Север", ref="R1")
    build.account(name="上海有限公司", ref="C1")
    write_keys(ACCOUNT, list(Account.objects.values_list("pk", flat=True)))

    assert labels(client, "account_options", q=text) == found


def test_internal_accounts_come_after_customers_and_before_partners(client: Client, lead: User) -> None:
    build.account(name="Nord Partner", party="channel_partner")
    build.account(name="Nord Team", kind="internal")
    build.account(name="Nord Customer")

    assert labels(client, "account_options", q="nord") == ["Nord Customer", "Nord Team", "Nord Partner"]
    assert labels(client, "account_options", q="nrod") == []
    assert labels(client, "account_options", q="nord customr") == ["Nord Customer"]


def test_people_still_there_at_customers_come_first(client: Client, lead: User) -> None:
    supplier, customer = build.account(name="S", party="supplier"), build.account(name="C")
    build.contact(account=supplier, name="Kari A")
    build.contact(account=customer, name="Kari B", is_active=False)
    build.contact(account=customer, name="Anna Kari")
    build.contact(account=customer, name="Kari C")

    html = client.get(reverse("search"), {"q": "kari"}).content.decode()

    names = re.findall(r"<span>((?:Kari|Anna)[^<]*)</span>", html)
    assert names == ["Kari C", "Anna Kari", "Kari A", "Kari B"]


@pytest.mark.parametrize("text", ["livraison", "LIVR", "deja retard", "春节", "follow-up", "kari@halden.no"])
def test_interactions_are_found_by_words_of_any_language(client: Client, lead: User, text: str) -> None:
    account = build.account(name="Halden")
    build.interaction(
        account, author=lead, subject="Follow-up", notes="Livraison déjà en retard, kari@halden.no, 在春节前"
    )
    build.interaction(account, author=lead, subject="Other", notes="Nothing of it.")

    html = client.get(reverse("search"), {"q": text}).content.decode()

    assert "Follow-up" in html
    assert "Other" not in html


def test_private_words_are_found_by_who_is_named_and_nobody_else(client: Client, lead: User) -> None:
    author, named, other = build.user("product_manager"), build.user("sales_vp"), build.user("product_manager")
    account = build.account(name="Halden")
    hush = build.interaction(account, author=author, subject="Hush", notes="Merger.", is_private=True)
    hush.colleagues.add(named)

    seen = {}
    for person in (author, named, other, lead):
        client.force_login(person)
        seen[person] = "Hush" in client.get(reverse("search"), {"q": "merger"}).content.decode()

    assert seen == {author: True, named: True, other: False, lead: False}


def test_who_sees_few_accounts_finds_what_happened_there_and_what_they_logged(client: Client) -> None:
    owner, colleague = build.user("sales_owner"), build.user("product_manager")
    own, foreign = build.account(name="Own", relationship_owner=owner), build.account(name="Foreign")
    build.interaction(own, author=colleague, subject="Berths at own")
    build.interaction(foreign, author=colleague, subject="Berths at foreign")
    build.interaction(foreign, author=owner, subject="Berths by me")
    client.force_login(owner)

    html = client.get(reverse("search"), {"q": "berths"}).content.decode()

    assert "Berths at own" in html
    assert "Berths by me" in html
    assert "Berths at foreign" not in html


@pytest.mark.parametrize("roles", [("sales_owner",), ("department_member",), ("sales_vp",)])
@pytest.mark.parametrize("few", [300, 1])
def test_search_shows_what_lists_show_whyever_one_sees_it(
    client: Client, lead: User, monkeypatch: pytest.MonkeyPatch, roles: tuple[str, ...], few: int
) -> None:
    """Search says in its own words which accounts one sees: they mean the same as `visible_to`."""
    monkeypatch.setattr("accounts.services.sight.FEW_ACCOUNTS", few)
    support = build.department(name="Support", pool="support")
    person = build.user(*roles, department=support)
    inside = build.account(name="Nord inside", kind="internal", department=support)
    owned = build.account(name="Nord owned", relationship_owner=person)
    managed = build.account(name="Nord managed", product_manager=person)
    served, assigned, foreign = (build.account(name=f"Nord {word}") for word in ("served", "assigned", "foreign"))
    gone = build.account(name="Nord gone", relationship_owner=person, deleted_at=timezone.now())
    merged = build.account(name="Nord merged", relationship_owner=person, merged_into=owned)
    inside.serves.add(served)
    assigned.team.add(person)
    for account in (inside, owned, managed, served, assigned, foreign, gone, merged):
        build.contact(account=account, name=f"Kari {account.name}")
        build.interaction(account, author=lead, subject=f"About {account.name}")
        build.interaction(account, author=lead, subject=f"Whispered {account.name}", is_private=True)
    build.contact(account=owned, name="Kari erased Nord", erased_at=timezone.now())
    build.contact(account=owned, name="Kari deleted Nord", deleted_at=timezone.now())
    build.interaction(owned, author=lead, subject="Cancelled Nord", status="cancelled")
    build.interaction(owned, author=lead, subject="Deleted Nord", deleted_at=timezone.now())
    build.interaction(foreign, author=person, subject="Private Nord by me", is_private=True)

    found = {kind.slug: {hit.url for hit in hits} for kind, hits in search(person, "nord", limit=25)}

    assert found == {
        "account": {row.get_absolute_url() for row in Account.objects.visible_to(person)},
        "contact": {row.get_absolute_url() for row in Contact.objects.visible_to(person)},
        "interaction": {row.get_absolute_url() for row in Interaction.objects.visible_to(person).current()},
    }
    assert len(found["account"]) == (6 if roles == ("sales_vp",) else 5)
    singly = Account.objects.visible_to(person, singly=True)
    assert set(singly) == set(Account.objects.visible_to(person))


@pytest.mark.parametrize(
    ("text", "found"), [("nord", 3), ("no", 3), ("n", 3), ("kari", 3), ("berths", 3), ("nordd", 3)]
)
def test_who_sees_many_accounts_by_name_finds_their_own(
    client: Client, lead: User, monkeypatch: pytest.MonkeyPatch, text: str, found: int
) -> None:
    monkeypatch.setattr("accounts.services.sight.FEW_ACCOUNTS", 1)
    owner = build.user("sales_owner")
    for number in range(6):
        account = build.account(name=f"Nord {number}", relationship_owner=owner if number % 2 else lead)
        build.contact(account=account, name=f"Kari {number}")
        build.interaction(account, author=lead, subject="Berths")
    client.force_login(owner)

    html = client.get(reverse("search"), {"q": text}, headers={"HX-Request": "true"}).content.decode()

    assert html.count('role="option"') == found
    assert not any(f"Nord {number}" in html for number in (0, 2, 4))


def test_people_at_one_account_are_found_among_many_of_their_name(
    client: Client, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.services.finding.MOST_COMPARED", 30)
    crowd, halden = build.account(name="Crowd"), build.account(name="Halden")
    for number in range(40):
        build.contact(account=crowd, name=f"Kari {number}")
    build.contact(account=halden, name="Kari of Halden")

    assert labels(client, "contact_options", q="kari", account=halden.pk) == ["Kari of Halden"]


@pytest.mark.parametrize(("text", "found"), [("b-00001234", True), ("b-0000", False), ("order b-00001234", True)])
def test_words_with_signs_in_them_are_whole_ones(client: Client, lead: User, text: str, found: bool) -> None:
    build.interaction(build.account(name="Halden"), author=lead, subject="Order b-00001234")

    html = client.get(reverse("search"), {"q": text}).content.decode()

    assert ("Order b-00001234" in html) is found


def test_what_stands_somewhere_is_not_taken_for_mistyped(client: Client, lead: User) -> None:
    account = build.account(name="Nordhavn")
    client.get(reverse("my_day"))
    guessed = client.get(reverse("search"), {"q": "nordhaven"}, headers={"HX-Request": "true"}).content.decode()
    build.interaction(account, author=lead, subject="Nordhaven station")

    said = client.get(reverse("search"), {"q": "nordhaven"}, headers={"HX-Request": "true"}).content.decode()

    assert f'href="/accounts/{account.pk}/"' in guessed
    assert f'href="/accounts/{account.pk}/"' not in said
    assert "Nordhaven station" in said


def test_files_are_found_by_name_where_one_sees_what_they_lie_beside(client: Client, lead: User) -> None:
    owner = build.user("sales_owner")
    account = build.account(name="Halden")
    file_called("Verträge 2026.pdf", account, lead)

    assert f"/accounts/{account.pk}/?tab=files" in client.get(reverse("search"), {"q": "vertrage"}).content.decode()
    client.force_login(owner)
    assert "2026.pdf" not in client.get(reverse("search"), {"q": "vertrage"}).content.decode()


def test_a_search_asks_the_database_at_most_twelve_times(
    client: Client, lead: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        account = build.account(name=f"Nord {number}")
        build.contact(account=account, name=f"Kari Nord {number}")
        build.interaction(account, author=lead, subject=f"Nord {number}")
        file_called(f"Nord {number}.pdf", account, lead)
    client.get(reverse("my_day"))

    for text in ("nord", "nord 3", "nrod kari", "zzzz"):
        with django_assert_max_num_queries(12):
            client.get(reverse("search"), {"q": text}, headers={"HX-Request": "true"})
