"""How we deal with customers: read by all, written as versions by few."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Manners
from accounts.services.manners import write_manners
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.accounts.test_value_api import ROOT, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead", name="Lea Lead")


def test_a_change_is_a_version_and_the_old_one_stays_readable(client: Client, lead: User) -> None:
    client.force_login(lead)
    url = reverse("customer_manners")
    client.post(url, {"ownership": "Sales own it.", "contact_rules": "", "approval_path": "", "read_version": ""})
    first = Manners.objects.get()
    posted = {"ownership": "Product owns it.", "contact_rules": "Ask.", "approval_path": "", "read_version": first.pk}
    assert client.post(url, posted).status_code == 303
    present = Manners.objects.in_force()
    assert present is not None
    assert (present.ownership, present.contact_rules, present.written_by) == ("Product owns it.", "Ask.", lead)
    first.refresh_from_db()
    assert first.ownership == "Sales own it."
    client.force_login(build.user("sales_owner"))
    page = client.get(url).content.decode()
    assert page.index("Product owns it.") < page.index("Version of") < page.index("Sales own it.")
    assert "Write a new version" not in page
    told = TrailEntry.objects.filter(verb="manners.written").latest("id")
    assert told.data["changes"]["ownership"] == ["Sales own it.", "Product owns it."]


def test_two_writers_do_not_overwrite_each_other(client: Client, lead: User) -> None:
    present = write_manners(actor=lead, read_version=None, ownership="One")
    with pytest.raises(StaleVersion):
        write_manners(actor=lead, read_version=None, ownership="Two")
    client.force_login(lead)
    answer = client.post(reverse("customer_manners"), {"ownership": "Two", "read_version": "0"})
    assert answer.status_code == 422
    assert "Somebody wrote a new version in between." in answer.content.decode()
    assert write_manners(actor=lead, read_version=present.pk, ownership=" One ") == present
    assert Manners.objects.count() == 1


def test_few_write_and_never_nothing(client: Client, lead: User) -> None:
    with pytest.raises(RuleViolation, match="Only a product lead"):
        write_manners(actor=build.user("sales_vp"), read_version=None, ownership="Mine")
    with pytest.raises(RuleViolation, match="at least one"):
        write_manners(actor=lead, read_version=None, ownership=" ")
    client.force_login(build.user("sales_vp"))
    assert client.post(reverse("customer_manners"), {"ownership": "Mine"}).status_code == 403
    assert not Manners.objects.exists()


def test_the_api_lists_versions_and_writes_one(lead: User) -> None:
    api = client_of(lead)
    made = api.post(f"{ROOT}/manners/", {"ownership": "Sales", "read_version": None}, format="json")
    assert made.status_code == 201, made.content
    stale = api.post(f"{ROOT}/manners/", {"ownership": "Product", "read_version": None}, format="json")
    assert stale.status_code == 409
    read = client_of(build.user("sales_owner")).get(f"{ROOT}/manners/").json()["results"]
    assert [(one["ownership"], one["approval_path"]) for one in read] == [("Sales", "")]
