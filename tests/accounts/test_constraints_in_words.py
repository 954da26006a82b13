"""What only the database refuses is refused in words, and nothing is saved."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Account, Contact
from accounts.services.accounts import create_account, edit_account
from accounts.services.contacts import create_contact
from pmcrm.errors import RuleViolation
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": " \t"}, "An account needs a name."),
        ({"internal_mode": "assists"}, "Only an internal account helps"),
        ({"reference_ok": True}, "Say on which day they gave their permission."),
        ({"country": "no"}, "two capital letters"),
        ({"state": "asleep"}, "asleep"),
    ],
)
def test_a_wrong_account_is_refused_by_name(values: dict[str, Any], words: str) -> None:
    lead, account = build.user("product_lead"), build.account(name="Halden Foods")
    with pytest.raises(RuleViolation, match=words):
        edit_account(actor=lead, account=account, version=1, **values)
    with pytest.raises(RuleViolation, match=words):
        create_account(actor=lead, **{"kind": "external", "name": "Another"} | values)
    assert Account.objects.get().version == 1
    assert not TrailEntry.objects.exists()


def test_an_account_is_not_its_own_parent() -> None:
    account = build.account()
    with pytest.raises(RuleViolation, match="its own parent"):
        edit_account(actor=build.user("product_lead"), account=account, version=1, parent=account)
    assert Account.objects.get().parent is None


def test_a_person_needs_a_name() -> None:
    with pytest.raises(RuleViolation, match="A contact needs a name"):
        create_contact(actor=build.user("product_lead"), account=build.account(), name="  ")
    assert not Contact.objects.exists()
