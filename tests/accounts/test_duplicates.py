"""Who is here twice: warned of while typing, found by the search, decided upon."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, AccountPair, Contact, ContactPair, DuplicateSearch, ExternalReference
from accounts.services.accounts import create_account, edit_account
from accounts.services.duplicates import dismiss_pair, likely_accounts, likely_contacts, request_search, search
from accounts.services.matching import typed_account, typed_contact
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


def searched() -> DuplicateSearch:
    found, _is_new = request_search(actor=None)
    done = search(found.pk)
    assert done is not None
    return done


def pairs() -> set[tuple[str, str]]:
    return {(pair.left.name, pair.right.name) for pair in AccountPair.objects.to_decide()}


# While typing


@pytest.mark.django_db
def test_a_likely_account_is_named_with_its_reasons(lead: User) -> None:
    nordlys = build.account(name="Nordlys AS", country="NO", city="Oslo")
    build.account(name="Bergen Seafood", country="NO", city="Bergen")

    found = likely_accounts(actor=lead, typed=typed_account({"name": "nordlys", "country": "NO", "city": "Oslo"}))

    assert [(one.record, one.score) for one in found.likely] == [(nordlys, 0.94737)]
    assert [(part.what, part.factor) for part in found.likely[0].parts] == [
        ("name", 3000.0),
        ("city", 4.0),
        ("country", 1.5),
    ]
    assert not found.is_one_hidden


@pytest.mark.django_db
def test_the_form_shows_the_warning_as_it_is_typed(client: Client, lead: User) -> None:
    build.account(name="Nordlys AS", ref="N-1")
    client.force_login(lead)

    form = client.get(reverse("account_create")).content.decode()
    answer = client.get(reverse("account_duplicates"), {"name": "NORDLYS", "phone": "no number"})

    assert 'hx-get="/accounts/duplicates/typed/"' in form
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Nordlys AS" in html
    assert "75" in html
    assert "name the same" in html
    assert "×3,000" in html
    assert client.get(reverse("account_duplicates"), {"name": "Quite another"}).content.decode().strip() == ""


@pytest.mark.django_db
def test_the_warning_does_not_hold_up_whoever_saw_it(client: Client, lead: User) -> None:
    build.account(name="Nordlys AS")
    client.force_login(lead)
    fields = {"name": "Nordlys", "kind": "external", "party": "customer", "state": "customer"}
    fields["relationship_owner"] = str(build.user("sales_owner").pk)
    notice = client.get(reverse("account_duplicates"), {"name": "Nordlys"}).content.decode()
    assert re.search(r'<input type="hidden" name="is_another" value="1">', notice)

    answer = client.post(reverse("account_create"), fields | {"is_another": "1"})

    assert answer.status_code == 303
    assert Account.objects.filter(name="Nordlys").count() == 1


@pytest.mark.django_db
def test_of_an_account_out_of_sight_only_its_being_there_is_told(client: Client) -> None:
    owner = build.user("sales_owner")
    build.account(name="Nordlys AS", country="NO", city="Oslo", website="https://nordlys.no")
    client.force_login(owner)
    typed = {"name": "Nordlys", "country": "NO", "city": "Oslo", "website": "https://nordlys.no"}

    found = likely_accounts(actor=owner, typed=typed_account(typed))
    html = client.get(reverse("account_duplicates"), typed).content.decode()

    assert (found.likely, found.is_one_hidden) == ([], True)
    assert "outside of what you may see" in html
    assert "Nordlys" not in html
    assert "%" not in html
    # A name alone is no certainty, and nothing is said.
    assert not likely_accounts(actor=owner, typed=typed_account({"name": "Nordlys"}))


@pytest.mark.django_db
def test_of_people_out_of_sight_nothing_is_told() -> None:
    owner = build.user("sales_owner")
    mine = build.account(relationship_owner=owner)
    theirs = build.account()
    build.contact(account=theirs, name="Kari Lund", email="kari@nordlys.no")
    here = build.contact(account=mine, name="Kari Lund", email="kari@nordlys.no")
    typed = typed_contact({"name": "Kari Lund", "email": "KARI@nordlys.no"}, mine)

    found = likely_contacts(actor=owner, typed=typed)

    assert [one.record for one in found.likely] == [here]
    assert not found.is_one_hidden
    assert len(likely_contacts(actor=build.user("product_lead"), typed=typed).likely) == 2


@pytest.mark.django_db
def test_a_contact_is_found_by_its_phone(client: Client, lead: User) -> None:
    account = build.account(country="NO")
    build.contact(account=account, name="Kari Lund", phone="+4722345678")
    client.force_login(lead)

    html = client.get(
        reverse("contact_duplicates", args=[account.pk]), {"name": "Kari L", "phone": "22 34 56 78"}
    ).content.decode()

    assert "Kari Lund" in html
    assert "phone the same" in html


@pytest.mark.django_db
def test_another_script_is_found_once_keys_are_made(lead: User) -> None:
    fields = {"kind": "external", "city": "Москва"}
    romashka = create_account(actor=lead, name="ООО «Ромашка»", **fields)
    typed = typed_account({"name": "Romashka LLC", "city": "Moskva"})
    assert [one.record for one in likely_accounts(actor=lead, typed=typed).likely] == [romashka]

    edit_account(actor=lead, account=romashka, version=1, name="ООО «Лютик»")

    assert not likely_accounts(actor=lead, typed=typed)


# The search


@pytest.mark.django_db(transaction=True)
def test_the_search_finds_pairs_by_each_of_their_signs(lead: User) -> None:
    by_name = build.account(name="Nordlys AS", city="Oslo", country="NO")
    build.account(name="Nordlys", city="Oslo", country="NO")
    by_phone = build.account(name="Quillon Foods", phone="+4722345678")
    other = build.account(name="Quillon Food")
    build.contact(account=other, name="Ola", phone="+4722345678")
    by_domain = build.account(name="Orvane Optics", website="https://orvane.com")
    build.contact(account=build.account(name="Orvane Optics Nordic"), name="Per", email="per@orvane.com")
    by_reference = build.account(name="Lumeta Freight", ref="ERP-40017")
    twin = build.account(name="Lumeta", ref="OLD-1")
    ExternalReference.objects.create(source="erp", kind="account", value="erp-40017", account=twin)
    build.account(name="Borea Works", city="Oslo")

    done = searched()

    assert done.state == "done"
    assert pairs() == {
        ("Nordlys AS", "Nordlys"),
        ("Quillon Foods", "Quillon Food"),
        ("Orvane Optics", "Orvane Optics Nordic"),
        ("Lumeta Freight", "Lumeta"),
    }
    pair = AccountPair.objects.get(left=by_name)
    assert pair.score == Decimal("0.94737")
    assert [(part["what"], part["factor"]) for part in pair.parts] == [
        ("name", 3000.0),
        ("city", 4.0),
        ("country", 1.5),
    ]
    assert "phone" in {part["what"] for part in AccountPair.objects.get(left=by_phone).parts}
    assert "domain" in {part["what"] for part in AccountPair.objects.get(left=by_domain).parts}
    assert "reference" in {part["what"] for part in AccountPair.objects.get(left=by_reference).parts}
    assert done.figures["account_pairs"] == 4
    assert list(
        TrailEntry.objects.filter(verb="duplicate_search.done").values_list("data__account_pairs", flat=True)
    ) == [4]


@pytest.mark.django_db(transaction=True)
def test_people_are_paired_too(lead: User) -> None:
    account = build.account()
    build.contact(account=account, name="Kari Lund", email="kari@nordlys.no")
    build.contact(account=account, name="Lund, Kari")
    build.contact(account=build.account(), name="Kari Lund")

    searched()

    assert [(pair.left.name, pair.right.name) for pair in ContactPair.objects.to_decide()] == [
        ("Kari Lund", "Lund, Kari")
    ]


@pytest.mark.django_db(transaction=True)
def test_a_second_search_changes_nothing_and_a_decision_stays(lead: User) -> None:
    for name in ("Nordlys AS", "Nordlys", "Quillon GmbH", "Quillon"):
        build.account(name=name, city="Oslo")
    searched()
    before = sorted(AccountPair.objects.values_list("pk", "score", "found_at"))
    assert len(before) == 2
    dismissed = AccountPair.objects.get(left__name="Nordlys AS")
    dismiss_pair(actor=lead, pair=dismissed)

    searched()

    assert sorted(AccountPair.objects.values_list("pk", "score", "found_at")) == before
    assert pairs() == {("Quillon GmbH", "Quillon")}
    dismissed.refresh_from_db()
    assert (dismissed.state, dismissed.settled_by) == ("dismissed", lead)


@pytest.mark.django_db(transaction=True)
def test_a_pair_that_nothing_speaks_for_any_more_goes(lead: User) -> None:
    build.account(name="Nordlys AS", city="Oslo")
    other = build.account(name="Nordlys", city="Oslo")
    searched()
    assert len(pairs()) == 1

    edit_account(actor=lead, account=other, version=1, name="Polaris", city="Tromsø")
    searched()

    assert pairs() == set()
    assert AccountPair.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_search_whose_worker_died_is_done_by_the_next(lead: User) -> None:
    build.account(name="Nordlys AS", city="Oslo")
    build.account(name="Nordlys", city="Oslo")
    found, is_new = request_search(actor=lead)
    again, is_second = request_search(actor=lead)
    assert (is_new, is_second, again) == (True, False, found)
    DuplicateSearch.try_claim(found.pk, working_state="working")
    assert search(found.pk) is None, "a living worker has it"

    DuplicateSearch.objects.update(heartbeat_at=timezone.now() - dt.timedelta(minutes=1))
    assert [one.pk for one in DuplicateSearch.silent()] == [found.pk]
    done = search(found.pk)

    assert done is not None
    assert (done.state, done.attempts) == ("done", 2)
    assert len(pairs()) == 1
    assert search(found.pk) is None, "a late copy finds nothing to do"


@pytest.mark.django_db
def test_only_lead_and_sales_vp_start_a_search() -> None:
    with pytest.raises(RuleViolation):
        request_search(actor=build.user("product_manager"))
    assert not DuplicateSearch.objects.exists()


# The page


def pair(one: Account, other: Account, **fields: Any) -> AccountPair:
    parts = [{"what": "name", "likeness": 1.0, "factor": 3000.0}]
    return AccountPair.objects.create(left=one, right=other, **{"score": Decimal("0.75"), "parts": parts} | fields)


@pytest.mark.django_db
def test_the_list_shows_the_surest_pair_first_with_why(client: Client, lead: User) -> None:
    accounts = [build.account(name=name) for name in ("Alpha AS", "Alpha", "Beta AS", "Beta")]
    pair(accounts[0], accounts[1], score=Decimal("0.6"))
    pair(accounts[2], accounts[3], score=Decimal("0.97"))
    client.force_login(lead)

    html = client.get(reverse("duplicate_list")).content.decode()

    assert html.index("Beta AS") < html.index("Alpha AS")
    assert "name the same" in html
    assert f"/accounts/{accounts[2].pk}/merge/{accounts[3].pk}/" in html


@pytest.mark.django_db
def test_not_the_same_is_remembered_with_who_said_so_and_taken_back(client: Client, lead: User) -> None:
    found = pair(build.account(name="Alpha AS"), build.account(name="Alpha"))
    client.force_login(lead)

    answer = client.post(reverse("duplicate_dismiss", args=["accounts", found.pk]), {"back": "/x?of=accounts"})

    assert (answer.status_code, answer["Location"]) == (303, "/accounts/duplicates/?of=accounts")
    found.refresh_from_db()
    assert (found.state, found.settled_by) == ("dismissed", lead)
    assert lead.name in client.get(reverse("duplicate_list"), {"state": "dismissed"}).content.decode()

    client.post(reverse("duplicate_reopen", args=["accounts", found.pk]))
    found.refresh_from_db()
    assert (found.state, found.settled_by) == ("open", None)
    assert list(TrailEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "duplicate.dismissed",
        "duplicate.reopened",
    ]


@pytest.mark.django_db
def test_a_pair_is_seen_by_who_sees_both_sides(client: Client) -> None:
    owner = build.user("sales_owner")
    mine, theirs = build.account(name="Alpha AS", relationship_owner=owner), build.account(name="Alpha")
    found = pair(mine, theirs)
    client.force_login(owner)

    assert "Alpha" not in re.sub(r"<title>.*", "", client.get(reverse("duplicate_list")).content.decode())
    assert client.post(reverse("duplicate_dismiss", args=["accounts", found.pk])).status_code == 404

    theirs.relationship_owner = owner
    theirs.save()
    html = client.get(reverse("duplicate_list")).content.decode()
    assert "Alpha AS" in html
    assert "Not the same" in html
    assert "Merge" not in html.partition('<ul class="pairs">')[2], "accounts are merged by lead and sales VP"


@pytest.mark.django_db
def test_who_may_not_change_both_decides_nothing() -> None:
    manager = build.user("product_manager")
    found = pair(build.account(name="Alpha AS", product_manager=manager), build.account(name="Alpha"))

    with pytest.raises(RuleViolation):
        dismiss_pair(actor=manager, pair=found)

    found.refresh_from_db()
    assert found.state == "open"


@pytest.mark.django_db
def test_the_list_takes_few_queries_and_pages_by_keys(
    client: Client, lead: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        one, other = build.account(name=f"Alpha {number} AS"), build.account(name=f"Alpha {number}")
        pair(one, other, score=Decimal(f"0.{60 + number}"))
    client.force_login(lead)
    client.get(reverse("duplicate_list"))

    with django_assert_max_num_queries(12):
        first = client.get(reverse("duplicate_list")).content.decode()
    following = re.search(r'href="([^"]+cursor=[^"]+)"', first)
    assert following is not None
    second = client.get(following[1].replace("&amp;", "&")).content.decode()

    assert first.count('<li class="pair">') == 25
    assert second.count('<li class="pair">') == 5


@pytest.mark.django_db(transaction=True)
def test_a_search_is_started_on_the_page(client: Client, lead: User) -> None:
    client.force_login(lead)

    answer = client.post(reverse("duplicate_search"))

    assert (answer.status_code, answer["Location"]) == (303, "/accounts/duplicates/")
    assert DuplicateSearch.objects.get().created_by == lead
    assert "<progress" in client.get(reverse("duplicate_list")).content.decode()


@pytest.mark.django_db
def test_nonsense_in_the_address_is_not_found(client: Client, lead: User) -> None:
    client.force_login(lead)

    assert client.get(reverse("duplicate_list"), {"of": "cats"}).status_code == 404
    assert client.get(reverse("duplicate_list"), {"cursor": "nonsense"}).status_code == 200
    assert client.post("/accounts/duplicates/cats/1/dismiss/").status_code == 404


@pytest.mark.django_db
def test_a_name_of_signs_only_is_no_fault(client: Client, lead: User) -> None:
    build.account(name="…")
    client.force_login(lead)

    assert client.get(reverse("account_duplicates"), {"name": "???", "country": "XX"}).status_code == 200
    assert Contact.objects.count() == 0
