"""Accounts and people go to the trash, come back as they were, and go for good."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, AccountKeys, Contact, ContactReference
from accounts.models.choices import State
from accounts.services.accounts import create_account, edit_account
from accounts.services.contacts import edit_contact
from accounts.services.duplicates import likely_accounts
from accounts.services.matching import typed_account
from accounts.services.trash import discard_account, discard_contact, restore_account, restore_contact
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.exchange.services import imports
from pmcrm.exchange.services.running import work
from pmcrm.people.models import Organisation, User
from pmcrm.trail.models import TrailEntry
from pmcrm.trash.services import empty
from tests import build
from touchpoints.models import Attendance, Interaction, NextStep
from touchpoints.services.trash import discard_interaction

pytestmark = pytest.mark.django_db


def age(thing: Account | Contact | Interaction, *, days: int) -> None:
    type(thing)._default_manager.filter(pk=thing.pk).update(deleted_at=timezone.now() - dt.timedelta(days=days))


def test_an_account_goes_with_all_that_hangs_on_it_and_comes_back(lead: User) -> None:
    gone, other = build.account(name="Nordlys Havn"), build.account(name="Fjord")
    person = build.contact(account=gone)
    step = build.next_step(account=gone, owner=lead)
    promise = build.promise(account=gone, owner=lead)
    alone, shared = build.interaction(gone, author=lead), build.interaction(gone, other, author=lead)

    discard_account(actor=lead, account=gone, version=1, reason="Entered twice")

    assert list(Account.objects.visible_to(lead)) == [other]
    assert list(Account.objects.writable_by(lead)) == [other]
    assert list(Contact.objects.visible_to(lead)) == []
    assert list(NextStep.objects.visible_to(lead)) == []
    assert list(NextStep.objects.of(lead)) == []
    assert list(type(promise).objects.visible_to(lead)) == []
    assert list(Interaction.objects.visible_to(lead)) == [shared]
    assert [one.name for one in Interaction.objects.with_names().get(pk=shared.pk).present] == ["Fjord"]
    assert not AccountKeys.objects.filter(account=gone).exists()
    entry = TrailEntry.objects.get(verb="account.discarded")
    assert (entry.actor, entry.data) == (lead, {"reason": "Entered twice"})

    assert restore_account(actor=lead, account=gone) == []

    assert set(Account.objects.visible_to(lead)) == {gone, other}
    assert list(Contact.objects.visible_to(lead)) == [person]
    assert list(NextStep.objects.of(lead)) == [step]
    assert set(Interaction.objects.visible_to(lead)) == {alone, shared}
    assert Attendance.objects.count() == 3
    assert AccountKeys.objects.filter(account=gone).exists()
    assert Account.objects.get(pk=gone.pk).version == 3


def test_what_somebody_deleted_before_stays_in_the_trash(lead: User) -> None:
    account = build.account()
    before, along = build.contact(account=account, name="Before"), build.contact(account=account, name="Along")
    talk = build.interaction(account, author=lead)
    discard_contact(actor=lead, contact=before)
    discard_interaction(actor=lead, interaction=talk)

    discard_account(actor=lead, account=account)
    restore_account(actor=lead, account=account)

    assert list(Contact.objects.visible_to(lead)) == [along]
    assert list(Interaction.objects.visible_to(lead)) == []


def test_a_second_time_changes_nothing(lead: User) -> None:
    account = build.account()
    for _time in range(2):
        discard_account(actor=lead, account=account)
    assert Account.objects.get().version == 2
    for _time in range(2):
        restore_account(actor=lead, account=account)

    assert TrailEntry.objects.filter(verb__in=["account.discarded", "account.restored"]).count() == 2


def test_an_account_with_figures_stays(lead: User) -> None:
    account = build.account()
    build.ledger_line(account=account, revenue="10")

    with pytest.raises(RuleViolation, match="Former") as refused:
        discard_account(actor=lead, account=account)

    assert refused.value.code == "held"
    assert list(Account.objects.visible_to(lead)) == [account]


def test_two_at_once(lead: User) -> None:
    account, person = build.account(), build.contact(account=build.account())
    edit_account(actor=lead, account=account, version=1, state=State.FORMER)
    with pytest.raises(StaleVersion):
        discard_account(actor=lead, account=account, version=1)
    discard_account(actor=lead, account=account, version=2)
    discard_contact(actor=lead, contact=person)

    with pytest.raises(RuleViolation, match="trash"):
        edit_account(actor=lead, account=account, version=3, state=State.CUSTOMER)
    with pytest.raises(RuleViolation, match="deleted this contact"):
        edit_contact(actor=lead, contact=person, version=2, name="Else")


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("product_lead", True),
        ("sales_vp", True),
        ("product_manager", False),
        ("sales_owner", False),
        ("department_member", False),
        ("finance", False),
        ("executive", False),
        ("administrator", False),
    ],
)
def test_who_deletes_an_account(role: str, may: bool) -> None:
    person = build.user(role)
    account = build.account(product_manager=person)
    if may:
        discard_account(actor=person, account=account)
    else:
        with pytest.raises(RuleViolation):
            discard_account(actor=person, account=account)

    assert Account.objects.kept().exists() is not may


def test_a_reference_in_the_trash_is_taken(lead: User) -> None:
    account = build.account(ref="N-1")
    discard_account(actor=lead, account=account)

    with pytest.raises(RuleViolation, match="in the trash") as refused:
        create_account(actor=lead, name="New", ref="N-1", kind="external", relationship_owner=lead)

    assert list(refused.value.fields) == ["ref"]


def test_no_warning_names_what_is_in_the_trash(lead: User) -> None:
    account = create_account(actor=lead, name="Nordlys Havn AS", ref="", kind="external", relationship_owner=lead)
    discard_account(actor=lead, account=account)

    assert not likely_accounts(actor=lead, typed=typed_account({"name": "Nordlys Havn AS"}))


def test_a_person_comes_back_only_where_their_account_is(lead: User) -> None:
    account = build.account()
    person = build.contact(account=account, email="kari@example.com")
    discard_contact(actor=lead, contact=person)
    discard_account(actor=lead, account=account)
    with pytest.raises(RuleViolation, match="Restore that account"):
        restore_contact(actor=lead, contact=person)
    restore_account(actor=lead, account=account)
    build.contact(account=account, name="Kari L.", email="KARI@example.com")

    assert restore_contact(actor=lead, contact=person) == [
        "Kari L. has the same e-mail address by now. Merge the two if they are one."
    ]


# For good -----------------------------------------------------------------------------------------------------------


def test_the_night_deletes_what_is_older_than_the_setting(lead: User) -> None:
    Organisation.current()
    Organisation.objects.update(trash_days=10)
    old, young = build.account(name="Kari Lund Consulting"), build.account()
    person = build.contact(account=old, name="Kari Lund", email="kari@example.com")
    edit_contact(actor=lead, contact=person, version=1, phone="+4722345678")
    build.next_step(account=old, owner=lead, text="Call Kari")
    build.interaction(old, author=lead, subject="Kari said")
    for account in (old, young):
        discard_account(actor=lead, account=account)
    age(old, days=11)

    assert empty() == 1
    assert empty() == 0

    assert list(Account.objects.all()) == [young]
    assert [Contact.objects.count(), NextStep.objects.count(), Interaction.objects.count()] == [0, 0, 0]
    for model in ("accountevent", "contactevent"):
        assert not apps.get_model("accounts", model).objects.filter(pgh_label="delete").exists()
    assert not apps.get_model("accounts", "contactevent").objects.exists()
    told = TrailEntry.objects.filter(account_id=old.pk)
    assert [(one.verb, one.subject_label, one.data) for one in told.order_by("id")] == [
        ("contact.edited", "", {}),
        ("account.discarded", "", {}),
        ("account.removed", "", {}),
    ]


def test_whoever_was_spoken_with_leaves_a_row_without_a_name(lead: User) -> None:
    account = build.account()
    person = build.contact(account=account, name="Kari Lund", email="kari@example.com", phone="+4722345678")
    ContactReference.objects.create(source="crm", value="K-1", contact=person)
    talk = build.interaction(account, author=lead)
    talk.contacts.add(person)
    discard_contact(actor=lead, contact=person)
    age(person, days=31)

    assert empty() == 1

    left = Contact.objects.get()
    assert (left.name, left.email, str(left.phone), left.is_discarded) == ("Erased person", "", "", False)
    assert list(Contact.objects.visible_to(lead)) == []
    assert list(talk.contacts.all()) == [left]
    assert not ContactReference.objects.exists()


def test_a_file_that_names_an_account_in_the_trash_is_told_so(lead: User) -> None:
    gone, twin = build.account(name="Nordlys Havn", ref="N-1"), build.account(name="Fjord", ref="F-1")
    build.account(name="Fjord", ref="F-2")
    discard_account(actor=lead, account=gone)
    discard_account(actor=lead, account=twin)
    rows = b"Customer ID,Customer Name,Date,Revenue\n"
    rows += b"N-1,,2026-01-31,10\n,nordlys havn,2026-01-31,20\n,Fjord,2026-02-01,5\n"
    job = imports.receive(actor=None, kind="ledger", name="lines.csv", chunks=[rows])
    work(job.pk)
    job.refresh_from_db()

    assert [error["row"] for error in job.first_errors] == [2, 3]
    assert job.first_errors[1]["params"] == {"refs": "N-1"}


# Pages --------------------------------------------------------------------------------------------------------------


def test_deleting_on_the_page_offers_undo(client: Client, lead: User) -> None:
    account = build.account(name="Nordlys Havn")
    client.force_login(lead)

    assert client.post(reverse("account_delete", args=[account.pk])).status_code == 303
    answer = client.get(reverse("account_list"))

    undo = reverse("trash_restore", args=["account", account.pk])
    assert f'action="{undo}"' in answer.content.decode()
    assert client.get(reverse("account_detail", args=[account.pk])).status_code == 404
    assert client.post(undo).headers["Location"] == account.get_absolute_url()
    assert "Nordlys Havn is back." in client.get(account.get_absolute_url()).content.decode()


def test_who_sees_what_in_the_trash(client: Client, lead: User) -> None:
    manager, other = build.user("product_manager"), build.user("product_manager")
    account = build.account(product_manager=manager)
    mine = build.contact(account=account, name="Kari Mine")
    theirs = build.contact(account=account, name="Ola Theirs")
    discard_contact(actor=manager, contact=mine)
    discard_contact(actor=lead, contact=theirs)
    page = reverse("trash_list") + "?of=contact"

    def seen(person: User) -> list[bool]:
        client.force_login(person)
        text = client.get(page).content.decode()
        return [name in text for name in ("Kari Mine", "Ola Theirs")]

    assert seen(manager) == [True, False]
    assert seen(other) == [False, False]
    assert seen(lead) == [True, True]
    assert seen(build.user("administrator")) == [True, True]
    client.force_login(other)
    assert client.post(reverse("trash_restore", args=["contact", mine.pk])).status_code == 404
    client.force_login(manager)
    assert client.post(reverse("trash_remove", args=["contact", mine.pk])).status_code == 403


def test_delete_now(client: Client, lead: User) -> None:
    person = build.contact(account=build.account())
    discard_contact(actor=lead, contact=person)
    client.force_login(build.user("administrator"))

    answer = client.post(reverse("trash_remove", args=["contact", person.pk]))

    assert answer.status_code == 303
    assert not Contact.objects.exists()


def test_the_page_asks_the_same_for_many(
    client: Client, lead: User, django_assert_max_num_queries: pytest.FixtureDef[object]
) -> None:
    account = build.account()
    for number in range(12):
        discard_contact(actor=lead, contact=build.contact(account=account, name=f"Person {number}"))
    client.force_login(lead)
    client.get(reverse("trash_list"))

    with django_assert_max_num_queries(8):  # type: ignore[operator]  # a fixture that is called
        client.get(reverse("trash_list") + "?of=contact")


def test_over_the_api(client: Client, lead: User) -> None:
    account = build.account(name="Nordlys Havn")
    client.force_login(lead)

    assert client.delete(f"/api/v1/accounts/{account.pk}/").status_code == 204
    assert client.get(f"/api/v1/accounts/{account.pk}/").status_code == 404
    (row,) = client.get("/api/v1/trash-accounts/").json()["results"]
    assert (row["id"], row["name"], row["deleted_by"]) == (account.pk, "Nordlys Havn", lead.pk)
    answer = client.post(f"/api/v1/trash-accounts/{account.pk}/restore/")

    assert answer.json() == {"id": account.pk, "notes": []}
    assert client.get(f"/api/v1/accounts/{account.pk}/").status_code == 200
