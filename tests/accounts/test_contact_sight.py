"""Whose people somebody sees: the same rows, however they are found."""

from __future__ import annotations

import pytest

from accounts.models import AccountTeam, Contact
from tests import build

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["sales_owner", "department_member", "product_lead"])
def test_found_from_the_accounts_they_are_the_same(role: str) -> None:
    office = build.department(pool="support")
    person = build.user(role, department=office)
    owned, looked_after = build.account(relationship_owner=person), build.account(product_manager=person)
    assigned, served, foreign = (build.account() for _number in range(3))
    AccountTeam.objects.create(account=assigned, user=person)
    inside = build.account(kind="internal", department=office)
    inside.serves.add(served)
    gone = build.account(relationship_owner=person, merged_into=owned)
    people = {one: build.contact(account=one) for one in (owned, looked_after, assigned, served, inside, foreign, gone)}

    found = set(Contact.objects.at_all_accounts_of(person))

    seen = {owned, looked_after, assigned, served, inside, *([foreign] if role == "product_lead" else [])}
    assert found == set(Contact.objects.visible_to(person)) == {people[one] for one in seen}
