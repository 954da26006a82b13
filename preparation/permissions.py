"""Row rules of preparation: who writes on a sheet, who agrees to its line with sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmcrm.people.permissions import may
from touchpoints.permissions import may_change

if TYPE_CHECKING:
    from accounts.models import Account
    from pmcrm.people.models import User
    from preparation.models import Experience
    from touchpoints.models import Interaction


def may_prepare(user: User, interaction: Interaction) -> bool:
    """Who may change the talk, and who owns one of its accounts in product or in sales."""
    if not may(user, "interaction.log") or interaction.is_cancelled:
        return False
    return may_change(user, interaction) or any(account.is_own_of(user) for account in interaction.present)


def may_confirm_line(user: User, account: Account) -> bool:
    """The owner of the relationship, and who leads sales or product in their place."""
    return account.relationship_owner_id == user.pk or may(user, "account.set_owner")


def may_tell(user: User, experience: Experience) -> bool:
    """One tells and changes one's own stories."""
    return may(user, "experience.write") and experience.owner_id == user.pk
