"""Whoever takes an account over reads what came before and says so."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from accounts.services.accounts import edit_account
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from preparation.models import Handover
from preparation.services.handovers import before, confirm_read
from preparation.services.waiting import waiting_for
from tests import build
from touchpoints.services.pains import tell_pain

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead", name="Lea Lead")


@pytest.fixture
def former() -> User:
    return build.user("product_manager", name="Fritz Former")


@pytest.fixture
def new() -> User:
    return build.user("product_manager", name="Nora New")


@pytest.fixture
def halden(former: User) -> Account:
    return build.account(name="Halden", product_manager=former)


def test_a_new_product_manager_gets_a_hand_over(lead: User, former: User, new: User, halden: Account) -> None:
    edit_account(actor=lead, account=halden, version=1, product_manager=new)
    found = Handover.objects.get()
    assert (found.account, found.person, found.former, found.read_at) == (halden, new, former, None)
    assert waiting_for(new).handovers == [found]
    with pytest.raises(RuleViolation, match="took the account over"):
        confirm_read(actor=lead, handover=found)
    confirm_read(actor=new, handover=found)
    assert waiting_for(new).handovers == []


def test_however_it_changes_hands(former: User, new: User, halden: Account) -> None:
    """In bulk, by an import, by whoever leaves: the database sees it."""
    Account.objects.filter(pk=halden.pk).update(product_manager=new)
    assert Handover.objects.get().person == new
    # Given back before anybody read it: only the last one has to.
    Account.objects.filter(pk=halden.pk).update(product_manager=former)
    assert Handover.objects.get().person == former
    Account.objects.filter(pk=halden.pk).update(product_manager=None)
    assert not Handover.objects.exists()
    # Nobody to take it over from.
    Account.objects.filter(pk=halden.pk).update(product_manager=new)
    assert not Handover.objects.exists()


def test_other_changes_put_none(lead: User, halden: Account) -> None:
    edit_account(actor=lead, account=halden, version=1, industry="Ferry line")
    assert not Handover.objects.exists()


def test_what_came_before_in_ten_lines(lead: User, former: User, new: User, halden: Account) -> None:
    start = timezone.now() - dt.timedelta(days=20)
    talks = [
        build.interaction(halden, author=former, at=start + dt.timedelta(days=day), subject=f"Talk {day}")
        for day in range(12)
    ]
    promise = build.promise(account=halden, owner=former)
    pain = tell_pain(actor=former, account=halden, words="The export stops", bypass_reason="No time")
    calm = build.contact(account=halden, name="Kari", temperament="calm")
    build.contact(account=halden, name="Unknown")
    edit_account(actor=lead, account=halden, version=1, product_manager=new)
    halden.refresh_from_db()
    found = before(new, halden)
    assert found.talks == talks[:1:-1]
    assert (found.promises.rows, found.pains.rows, found.people) == ([promise], [pain], [calm])
    assert before(build.user("sales_vp"), halden).people == []


def test_the_page_is_read_and_confirmed(client: Client, lead: User, new: User, halden: Account) -> None:
    edit_account(actor=lead, account=halden, version=1, product_manager=new)
    url = reverse("account_handover", args=[halden.pk])
    client.force_login(lead)
    assert "I have read this" not in client.get(url).content.decode()
    client.force_login(new)
    assert "I have read this" in client.get(url).content.decode()
    assert "Read up on Halden" in client.get(reverse("preparation_waiting")).content.decode()
    found = Handover.objects.get()
    client.post(reverse("handover_confirm", args=[found.pk]))
    found.refresh_from_db()
    assert found.read_at is not None
    assert "I have read this" not in client.get(url).content.decode()
