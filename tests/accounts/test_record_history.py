"""Every value that a record had, and the way back to it."""

from __future__ import annotations

from typing import Any

import pghistory
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from accounts.services import bulk
from accounts.services.accounts import edit_account
from accounts.services.contacts import edit_contact
from accounts.services.custom_fields import create_field
from accounts.services.history import History, history_of, restore_value
from accounts.services.tags import in_words, tags_of
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db


def told(history: History) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [
        (moment.who, [(change.field, change.old, change.new) for change in moment.changes])
        for moment in history.moments
    ]


def edit(actor: User, account: Account, **values: Any) -> None:
    with pghistory.context(user=actor.pk):
        account.refresh_from_db()
        edit_account(actor=actor, account=account, version=account.version, **values)
    account.refresh_from_db()


def test_each_change_with_old_and_new_value_newest_first(lead: User) -> None:
    account = build.account(city="Oslo", product_manager=lead)
    other = build.user("product_manager", name="Mina")
    edit(lead, account, city="Bergen", state="prospect")
    edit(lead, account, city="Bodø", product_manager=other)
    Account.objects.filter(pk=account.pk).update(city="Tromsø")
    account.refresh_from_db()
    # What a transaction noted of its actor holds to its end: all of this test is one.
    assert told(history_of(actor=lead, thing=account, cursor=None)) == [
        (lead.name, [("city", "Bodø", "Tromsø")]),
        (lead.name, [("city", "Bergen", "Bodø"), ("product_manager", lead.name, "Mina")]),
        (lead.name, [("state", "Customer", "Prospect"), ("city", "Oslo", "Bergen")]),
    ]


def test_a_value_comes_back_as_an_edit(lead: User) -> None:
    account = build.account(city="Oslo", product_manager=lead)
    other = build.user("product_manager")
    edit(lead, account, city="Bergen", product_manager=other)
    (moment,) = history_of(actor=lead, thing=account, cursor=None).moments
    account.refresh_from_db()

    restore_value(actor=lead, thing=account, version=2, event=moment.event, field="product_manager")
    with pytest.raises(StaleVersion):
        restore_value(actor=lead, thing=account, version=2, event=moment.event, field="city")
    restore_value(actor=lead, thing=account, version=3, event=moment.event, field="city")

    account.refresh_from_db()
    assert (account.city, account.product_manager, account.version) == ("Oslo", lead, 4)
    entry = TrailEntry.objects.filter(verb="account.value_restored").latest("id")
    assert entry.data == {"changes": {"city": ["Bergen", "Oslo"]}}
    newest = history_of(actor=lead, thing=account, cursor=None).moments[0]
    assert [(one.field, one.may_restore) for one in newest.changes] == [("city", True)]


def test_somebody_who_left_does_not_come_back(lead: User) -> None:
    gone = build.user("product_manager")
    account = build.account(product_manager=gone)
    edit(lead, account, product_manager=lead)
    gone.is_active = False
    gone.save()
    (moment,) = history_of(actor=lead, thing=account, cursor=None).moments

    with pytest.raises(RuleViolation, match="not here any more"):
        restore_value(actor=lead, thing=account, version=2, event=moment.event, field="product_manager")

    account.refresh_from_db()
    assert account.product_manager == lead


def test_fields_of_ones_own(lead: User) -> None:
    field = create_field(actor=build.user("administrator"), thing="account", label="Berths", type="number")
    account = build.account(custom={field.key: "12"})
    edit(lead, account, custom={field.key: "14"})
    (moment,) = history_of(actor=lead, thing=account, cursor=None).moments
    assert [(one.label, one.old, one.new) for one in moment.changes] == [("Berths", "12", "14")]

    restore_value(actor=lead, thing=account, version=2, event=moment.event, field=f"custom.{field.key}")

    account.refresh_from_db()
    assert account.custom == {field.key: "12"}


def test_a_temperament_is_told_to_those_who_may_read_it(lead: User) -> None:
    manager = build.user("product_manager")
    contact = build.contact(account=build.account(), temperament="calm", job_title="CTO")
    edit_contact(actor=lead, contact=contact, version=1, temperament="direct", job_title="CEO")
    contact.refresh_from_db()

    ((_who, seen),) = told(history_of(actor=lead, thing=contact, cursor=None))
    ((_who, less),) = told(history_of(actor=manager, thing=contact, cursor=None))

    assert {field for field, *_rest in seen} == {"job_title", "temperament"}
    assert less == [("job_title", "CTO", "CEO")]
    (moment,) = history_of(actor=manager, thing=contact, cursor=None).moments
    assert [change.may_restore for change in moment.changes] == [False]
    with pytest.raises(RuleViolation):
        restore_value(actor=manager, thing=contact, version=2, event=moment.event, field="temperament")


def test_a_change_of_many_is_in_it(lead: User) -> None:
    account = build.account()
    change = bulk.request_change(actor=lead, field="state", value="former", rows=[(account.pk, 1)])
    bulk.work(change.pk)
    account.refresh_from_db()

    ((_who, changes),) = told(history_of(actor=lead, thing=account, cursor=None))
    assert changes == [("state", "Customer", "Former")]


def test_pages(client: Client, lead: User) -> None:
    account = build.account(city="Oslo")
    edit(lead, account, city="Bergen")
    client.force_login(lead)
    page = reverse("account_history", args=[account.pk])
    text = client.get(page).content.decode()
    assert "Restore this value" in text
    (moment,) = history_of(actor=lead, thing=account, cursor=None).moments

    sent = {"version": "2", "event": str(moment.event), "field": "city"}
    assert client.post(reverse("account_value_restore", args=[account.pk]), sent).status_code == 303
    assert client.post(reverse("account_value_restore", args=[account.pk]), {"event": "x"}).status_code == 303

    account.refresh_from_db()
    assert (account.city, account.version) == ("Oslo", 3)
    assert client.get(page + "?cursor=nonsense").status_code == 200
    client.force_login(build.user("sales_owner"))
    assert client.get(page).status_code == 404


def test_any_other_record_can_be_chosen_to_merge_with(client: Client, lead: User) -> None:
    one, other = build.account(), build.account()
    client.force_login(lead)
    page = reverse("account_merge_choose", args=[one.pk])

    assert client.get(page).status_code == 200
    assert client.get(page, {"other": ""}).status_code == 422
    answer = client.get(page, {"other": other.pk})
    assert answer.headers["Location"] == reverse("account_merge", args=[one.pk, other.pk])
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_tags_are_values_like_others() -> None:
    lead = build.user("product_lead")
    account = build.account(city="Oslo", product_manager=lead)
    edit(lead, account, tags=["Ports", "Fast"])
    edit(lead, account, city="Bergen")
    edit(lead, account, tags=["Slow"], city="Hamar")
    changed, moved, tagged = history_of(actor=lead, thing=account, cursor=None).moments
    assert told(history_of(actor=lead, thing=account, cursor=None)) == [
        (lead.name, [("city", "Bergen", "Hamar"), ("tags", "Fast, Ports", "Slow")]),
        (lead.name, [("city", "Oslo", "Bergen")]),
        (lead.name, [("tags", "", "Fast, Ports")]),
    ]
    assert [change.may_restore for moment in (changed, tagged) for change in moment.changes] == [True, True, True]

    restore_value(actor=lead, thing=account, version=account.version, event=changed.event, field="tags")

    assert in_words(tags_of(account)) == "Fast, Ports"
    account.refresh_from_db()
    with pytest.raises(RuleViolation):
        restore_value(actor=lead, thing=account, version=account.version, event=moved.event, field="tags")
