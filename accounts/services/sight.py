"""Which accounts a person sees, for the statements of search that are written by hand.

It says the same as `Account.objects.visible_to`, which takes longer to be put into words than a whole search may take.
A test holds both against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from pmcrm.people.models import User

# So many are looked through one by one; among more a text is looked up first.
FEW_ACCOUNTS: Final = 500

# What is out of sight for everybody.
KEPT_ACCOUNTS: Final = "a.merged_into_id IS NULL AND a.deleted_at IS NULL"
_REASONS: Final = {
    "owner": "a.relationship_owner_id = %(person)s",
    "manager": "a.product_manager_id = %(person)s",
    "team": "a.id IN (SELECT account_id FROM accounts_accountteam WHERE user_id = %(person)s)",
}
_OF_A_DEPARTMENT: Final = {
    "inside": "a.department_id = %(department)s",
    "served": "a.id IN (SELECT s.to_account_id FROM accounts_account_serves AS s JOIN accounts_account AS i"
    " ON i.id = s.from_account_id WHERE i.department_id = %(department)s)",
}
_CONCERNING: Final = "(SELECT a.id, '{reason}' FROM accounts_account AS a WHERE {condition} LIMIT %(most)s)"
# These have an index each, in which the accounts stand by name.
_BY_NAME: Final = ({"owner"}, {"manager"})


@dataclass(frozen=True)
class Sight:
    """All accounts, or just these few, or those for which one of the reasons holds."""

    few: list[int] | None
    reasons: dict[str, str]
    values: dict[str, Any]

    @property
    def is_whole(self) -> bool:
        return self.few is None and not self.reasons

    @property
    def is_by_name(self) -> bool:
        """Whether the accounts seen can be gone through by name."""
        return set(self.reasons) in _BY_NAME

    @property
    def condition(self) -> str:
        """On an account `a`, with `values`."""
        seen = "a.id = ANY(%(few)s)" if self.few is not None else " OR ".join(self.reasons.values())
        return f"{KEPT_ACCOUNTS} AND ({seen})" if seen else KEPT_ACCOUNTS


def sight_of(person: User) -> Sight:
    """Asked once for each request: its person's object lives as long."""
    kept: dict[str, Any] = vars(person)
    if "_sight" not in kept:
        kept["_sight"] = _sight_of(person)
    sight: Sight = kept["_sight"]
    return sight


def at_accounts(keys: list[int]) -> Sight:
    """These accounts and no others."""
    return Sight(keys, {}, {"few": keys})


def _sight_of(person: User) -> Sight:
    if not may(person, "account.read"):
        return at_accounts([])
    if may(person, "account.read_all"):
        return Sight(None, {}, {})
    reasons = _REASONS if person.department_id is None else _REASONS | _OF_A_DEPARTMENT
    values = {"person": person.pk, "department": person.department_id}
    with connection.cursor() as cursor:
        parts = (_CONCERNING.format(reason=reason, condition=condition) for reason, condition in reasons.items())
        cursor.execute(" UNION ALL ".join(parts), {**values, "most": FEW_ACCOUNTS + 1})
        found = cursor.fetchall()
    keys = sorted({key for key, _reason in found})
    if len(keys) <= FEW_ACCOUNTS:
        return at_accounts(keys)
    known = {reason for _key, reason in found}
    return Sight(None, {name: condition for name, condition in reasons.items() if name in known}, values)
