"""Merging people, and who may merge."""

from __future__ import annotations

import pytest

from accounts.models import (
    Account,
    AccountMerge,
    Contact,
    ContactMerge,
)
from accounts.services.merging import choices, undo_merge
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from segmentation.models import LedgerLine
from tests import build
from tests.accounts.merge_cast import everything, merged


@pytest.mark.django_db
def test_people_become_one_and_two_again(lead: User) -> None:
    account, left = build.account(), build.account()
    winner = build.contact(account=account, name="Kari Lund", background="Sailor")
    loser = build.contact(account=left, name="K. Lund", email="kari@nordlys.no", background="Captain")
    build.interaction(account, author=lead).contacts.add(winner, loser)
    build.interaction(left, author=lead).contacts.add(loser)
    before = everything()

    made = merged(lead, winner, loser, email="other", background="both")

    winner.refresh_from_db()
    assert (winner.email, winner.background, winner.account) == ("kari@nordlys.no", "Sailor\n\nCaptain", account)
    assert winner.interactions.count() == 2
    assert list(Contact.objects.visible_to(lead)) == [winner]
    undo_merge(actor=lead, made=made)
    assert everything() == before


@pytest.mark.django_db
def test_a_temperament_that_one_may_not_see_is_neither_shown_nor_lost() -> None:
    vice = build.user("sales_vp")
    account = build.account()
    winner = build.contact(account=account, name="Kari Lund")
    loser = build.contact(account=account, name="K. Lund", temperament="direct", temperament_note="Be brief")

    assert {choice.name for choice in choices(vice, winner, loser)} == {"name"}
    with pytest.raises(RuleViolation):
        merged(vice, winner, loser, temperament="other")
    merged(vice, winner, loser)

    winner.refresh_from_db()
    assert (winner.temperament, winner.temperament_note) == ("direct", "Be brief")
    assert "brief" not in str(TrailEntry.objects.latest("pk").data)


# Who may, and what the pages do


@pytest.mark.django_db
def test_who_may_not_merges_nothing(two: tuple[Account, Account]) -> None:
    manager = build.user("product_manager")
    Account.objects.update(product_manager=manager)

    with pytest.raises(RuleViolation):
        merged(manager, *two)

    assert not AccountMerge.objects.exists()
    assert LedgerLine.objects.filter(account=two[1]).count() == 1


@pytest.mark.django_db
def test_own_people_may_be_merged_by_who_may_edit_them() -> None:
    owner = build.user("sales_owner")
    account, other = build.account(relationship_owner=owner), build.account()
    one, two_, far = (build.contact(account=where) for where in (account, account, other))

    merged(owner, one, two_)
    with pytest.raises(RuleViolation):
        merged(owner, one, far)

    assert ContactMerge.objects.count() == 1
