"""The two accounts that the tests of merging make one of."""

from __future__ import annotations

import pytest

from accounts.models import (
    Account,
)
from pmcrm.people.models import User
from tests import build
from tests.accounts.merge_cast import full
from touchpoints.services.figures import refresh_contact_figures


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


@pytest.fixture
def two(lead: User) -> tuple[Account, Account]:
    winner = build.account(name="Nordlys AS", ref="N-1", city="Oslo", industry="Shipping")
    loser = build.account(name="Nordlys", ref="N-2", industry="Food", country="NO", business_summary="They ship.")
    pool = build.pool()
    full(winner, lead, pool)
    full(loser, lead, pool)
    refresh_contact_figures()
    return winner, loser


# What passes over
